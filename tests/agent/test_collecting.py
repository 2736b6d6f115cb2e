"""Collecting: the ledger, the seal, and what a user hears when nothing came back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.cli.main import main
from agent.collecting import collect, describe_artifact, window_of
from agent.errors import ExitCode, UserError
from agent.schema.incident import Incident, SourceSpec
from agent.settings import Settings
from agent.store import Home, IncidentFolder, sha256_file
from tests.agent.specs import files_spec
from tools.formats.records import Clock

NOW = datetime(2026, 3, 17, 12, tzinfo=UTC)


def incident(tmp_path: Path, *sources: SourceSpec) -> tuple[IncidentFolder, Incident]:
    record = Incident(id="checkout", title="t", start=datetime(2026, 3, 17, 10, tzinfo=UTC), sources=sources)
    return Home(tmp_path).create(record), record


def test_collect_seals_a_snapshot_and_never_rewrites_it(tmp_path: Path) -> None:
    folder, record = incident(tmp_path, files_spec("logs/*"), files_spec("nope/*", name="other"))
    (folder.path / "logs").mkdir()
    (folder.path / "logs" / "cart.log").write_text("2026-03-17 10:00:00 ERROR down\nwords\n")
    bundle = collect(folder, record, settings=Settings(), now=lambda: NOW)
    assert bundle.name == "evidence"
    (artifact,) = bundle.manifest.artifacts
    assert artifact.path == "files/logs/cart.log"
    assert artifact.sha256 == sha256_file(bundle.path(artifact.path))
    assert (artifact.signal, artifact.rows, artifact.undated, artifact.labels) == (
        "logs",
        2,
        1,
        {"service": "cart"},
    )
    assert "count as UTC" in artifact.note
    assert [(row.source, row.outcome) for row in bundle.manifest.requests] == [
        ("files", "ok"),
        ("other", "empty"),
    ]
    assert bundle.manifest.window == window_of(record)
    before = sha256_file(bundle.folder / "manifest.json")
    again = collect(folder, record, settings=Settings(), now=lambda: NOW)
    assert again.name == "evidence.2"
    assert sha256_file(bundle.folder / "manifest.json") == before
    assert len(again.manifest.artifacts) == 1


def test_everything_in_the_folder_leaves_our_own_files_out(tmp_path: Path) -> None:
    folder, record = incident(tmp_path, files_spec("**/*"))
    (folder.path / "a.log").write_text("2026-03-17 10:00:00 ERROR down\n")
    collect(folder, record, settings=Settings(), now=lambda: NOW)
    second = collect(folder, record, settings=Settings(), now=lambda: NOW)
    assert [item.path for item in second.manifest.artifacts] == ["files/a.log"]


def test_nothing_at_all_names_each_source_and_leaves_no_snapshot(tmp_path: Path) -> None:
    folder, record = incident(tmp_path, files_spec("nope/*"))
    with pytest.raises(UserError, match=r"files: empty, nope/\* matched nothing") as caught:
        collect(folder, record, settings=Settings(), now=lambda: NOW)
    assert caught.value.exit_code == ExitCode.NO_EVIDENCE
    assert folder.snapshots() == ()
    assert {entry.name for entry in folder.path.iterdir()} == {"incident.yaml", ".pm-agent"}


def test_unknown_zone_is_a_user_error(tmp_path: Path) -> None:
    folder, record = incident(tmp_path, files_spec("*.log", assume_zone="Mars/Base"))
    with pytest.raises(UserError, match="'Mars/Base' is no time zone"):
        collect(folder, record, settings=Settings(), now=lambda: NOW)


def test_describe_artifact(tmp_path: Path) -> None:
    path = tmp_path / "src" / "x"
    path.parent.mkdir()
    path.write_bytes(bytes(range(256)) * 10)
    artifact = describe_artifact(
        path, root=tmp_path, source="src", query="q", clock=Clock(), labels={"service": "a"}
    )
    assert (artifact.path, artifact.signal, artifact.format) == ("src/x", "unknown", "binary")
    assert (artifact.malformed, artifact.first_bad_line) == (1, 1)
    assert artifact.labels == {"service": "a"}


def test_command_prints_the_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, _ = incident(tmp_path, files_spec("*.log"))
    (folder.path / "a.log").write_text("2026-03-17 10:00:00 ERROR down\n")
    assert main(["collect", "checkout", "--home", str(tmp_path), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["snapshot"], printed["artifacts"]) == ("evidence", 1)
    assert printed["requests"][0]["outcome"] == "ok"
    assert main(["collect", "checkout", "--home", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].split() == ["SOURCE", "QUERY", "OUTCOME", "ROWS", "BYTES", "NOTE"]
    assert "evidence.2: 1 artifacts, sealed." in out


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        ("2026-03-17T10:00:00Z INFO up\n", "ok"),
        ("2026-03-17T10:00:00Z INFO " + "x" * 70_000 + "\n", "partial"),
        ('{"status": "error", "error": "query timed out"}\n', "failed"),
        ("", "empty"),
    ],
)
def test_an_artifact_says_how_much_of_it_was_read(tmp_path: Path, content: str, outcome: str) -> None:
    path = tmp_path / "files" / "one"
    path.parent.mkdir()
    path.write_text(content)
    artifact = describe_artifact(path, root=tmp_path, source="files", query="one", clock=Clock(), labels={})
    assert artifact.outcome == outcome
    assert (outcome == "ok") == (not artifact.note)
