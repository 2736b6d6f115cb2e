"""--since, --until and --service: the record says afterwards what was asked, and keeps its comments."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.cli.main import main
from agent.errors import ExitCode
from agent.store import IncidentFolder

RECORD = """# written by hand
id: inc-1
title: Checkout down  # as the pager said
start: 2026-03-17T10:00:00Z
services:
- cart
sources:
- paths: ['*.log']
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> IncidentFolder:
    monkeypatch.chdir(tmp_path)
    found = IncidentFolder(tmp_path / "postmortems" / "inc-1")
    found.path.mkdir(parents=True)
    found.incident_file.write_text(RECORD)
    (found.path / "a.log").write_text("2026-03-17T10:00:00Z ERROR down\n")
    return found


def test_options_become_the_record_and_a_new_snapshot(folder: IncidentFolder) -> None:
    assert main(["collect", "inc-1"]) == ExitCode.OK
    scope = ["--since", "2026-03-17T09:30:00Z", "--until", "2026-03-17T11:00:00Z", "--service", "web"]
    draft = ["draft", "--incident", "inc-1", "--offline"]
    assert main([*draft, *scope]) == ExitCode.OK
    record = folder.read_incident()
    assert record.window
    assert (record.window.start.hour, record.window.end.hour, record.services) == (9, 11, ("web",))
    text = folder.incident_file.read_text()
    assert "# written by hand" in text
    assert "# as the pager said" in text
    assert [path.name for path in folder.snapshots()] == ["evidence", "evidence.2"]
    bundle = folder.bundle()
    assert bundle
    assert bundle.manifest.window == record.window
    assert main([*draft, *scope]) == ExitCode.OK
    assert len(folder.snapshots()) == 2
    assert folder.incident_file.read_text() == text


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        (("--since", "2026-03-17T12:00:00Z", "--until", "2026-03-17T11:00:00Z"), "reversed"),
        (("--since", "yesterday"), "the command line is not valid: window.start"),
    ],
)
def test_what_cannot_be_meant_changes_nothing(
    folder: IncidentFolder, capsys: pytest.CaptureFixture[str], scope: tuple[str, ...], message: str
) -> None:
    assert main(["collect", "inc-1", *scope]) == ExitCode.UNUSABLE
    assert message in capsys.readouterr().err
    assert folder.incident_file.read_text() == RECORD


def test_a_record_without_a_time_needs_both_ends(
    folder: IncidentFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.incident_file.write_text(RECORD.replace("start: 2026-03-17T10:00:00Z\n", ""))
    assert main(["collect", "inc-1", "--since", "2026-03-17T09:30:00Z"]) == ExitCode.UNUSABLE
    assert "--until is needed too" in capsys.readouterr().err
