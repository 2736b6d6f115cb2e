"""The whole path on recorded incidents: draft, draft again, decide, and what others script against."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.cli.main import main
from agent.errors import ExitCode
from agent.samples import catalogue
from agent.store import IncidentFolder

SAMPLES = tuple(sample.id for sample in catalogue())
QUIET = "cluster-7b5950"
"""The negative control: an alert that is meant to fire all the time."""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("PM_AGENT_HOME", "PM_AGENT_CONFIG", "PM_AGENT_DRAFTER"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)


def draft(capsys: pytest.CaptureFixture[str], incident: str, *flags: str) -> dict[str, object]:
    assert main(["draft", "--incident", incident, "--json", *flags]) == ExitCode.OK
    return json.loads(capsys.readouterr().out)


def without_clock(file: Path) -> dict[str, object]:
    read = json.loads(file.read_bytes())
    assert read["provenance"].pop("drafted_at")
    return read


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_drafts_the_same_twice_and_cites_what_is_there(
    capsys: pytest.CaptureFixture[str], sample: str
) -> None:
    told = draft(capsys, sample, "--offline")
    assert set(told) == {
        "incident", "state", "folder", "draft_md", "draft_json", "evidence", "claims", "gaps", "findings",
        "open_questions", "drafter", "usage", "seconds",
    }  # fmt: skip
    assert (told["incident"], told["state"], told["drafter"], told["usage"]) == (
        sample,
        "drafted",
        "offline",
        {},
    )
    folder = IncidentFolder(Path(str(told["folder"])))
    digest_before, draft_before = (folder.path / "digest.json").read_bytes(), without_clock(folder.draft_file)
    written, digest = folder.read_draft(), folder.read_digest()
    assert written
    assert digest
    known = {item.id for item in digest.evidence}
    assert all(row.evidence and set(row.evidence) <= known for row in written.timeline)
    assert all(set(factor.claim.evidence) <= known and factor.claim.evidence for factor in written.factors)
    draft(capsys, sample, "--offline")
    assert (folder.path / "digest.json").read_bytes() == digest_before
    assert without_clock(folder.draft_file) == draft_before


def test_the_negative_control_ends_in_no_incident_and_is_approved(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = draft(capsys, QUIET)
    folder = IncidentFolder(Path(str(told["folder"])))
    written = folder.read_draft()
    assert written
    assert written.cause.verdict == "no incident"
    assert (written.factors, written.actions) == ((), ())
    for question in written.open_questions:
        waive = ["waive", QUIET, question.id, "--reason", "Nothing happened.", "--by", "Dana"]
        assert main(waive) == ExitCode.OK
    assert main(["approve", QUIET, "--by", "Dana (SRE)"]) == ExitCode.OK
    assert (folder.path / "postmortem.md").is_file()
    assert json.loads((folder.path / "follow-up.json").read_text()).keys() == {"distribute_by", "review_on"}
    capsys.readouterr()
    assert main(["draft", "--incident", QUIET]) == ExitCode.NOT_ALLOWED
    assert "approved by Dana (SRE)" in capsys.readouterr().err


def test_binary_junk_is_kept_and_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "core").write_bytes(bytes(range(256)) * 64)
    main(["new", "--id", "junk", "--title", "Junk", "--source", "core"])
    capsys.readouterr()
    assert main(["draft", "--incident", "junk"]) == ExitCode.NO_EVIDENCE
    out, err = capsys.readouterr()
    assert out == ""
    assert "no evidence to draft from" in err
    assert "failed (files/core: cannot be read: the content is not text)" in err
    assert "manifest.json has the ledger" in err
    kept = [file for file in (tmp_path / "postmortems/junk/evidence").rglob("core*") if file.is_file()]
    assert [file.read_bytes() for file in kept] == [bytes(range(256)) * 64]


def test_an_empty_folder_leaves_nothing_sealed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    main(["new", "--id", "bare", "--title", "Nothing", "--source", "logs"])
    capsys.readouterr()
    assert main(["draft", "--incident", "bare"]) == ExitCode.NO_EVIDENCE
    assert "matched nothing" in capsys.readouterr().err
    assert not (tmp_path / "postmortems/bare/evidence").exists()
    (tmp_path / "logs" / "app.log").write_text(
        "".join(f"2026-03-01T12:00:{second:02d}Z ERROR pool exhausted\n" for second in range(60))
    )
    told = draft(capsys, "bare")
    assert told["evidence"]
