"""The incident folder: atomic writes, snapshots that nobody rewrites, paths that stay inside."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import NotFound, UserError
from agent.schema.bundle import Manifest
from agent.schema.incident import Incident
from agent.schema.review import ReviewEvent
from agent.store import Home, IncidentFolder, dump_incident, read_incident, write_model, write_text
from tests.agent.specs import files_spec
from tests.agent.workflow.scripted import NOW


def manifest(incident: str = "inc-1") -> Manifest:
    return Manifest(incident=incident, sealed_at=NOW, requests=(), artifacts=())


@pytest.fixture
def folder(tmp_path: Path) -> IncidentFolder:
    return Home(tmp_path / "home").create(Incident(id="inc-1", title="Checkout slow"))


def snapshot(folder: IncidentFolder) -> Path:
    with folder.new_snapshot() as scratch:
        write_model(scratch / "manifest.json", manifest())
    return folder.snapshots()[-1]


def test_a_second_snapshot_leaves_the_first_alone(folder: IncidentFolder) -> None:
    first = snapshot(folder)
    before = (first / "manifest.json").stat()
    assert [first.name, snapshot(folder).name] == ["evidence", "evidence.2"]
    after = (first / "manifest.json").stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)
    newest = folder.bundle()
    assert newest
    assert newest.name == "evidence.2"


def test_a_collection_that_dies_leaves_no_snapshot(folder: IncidentFolder) -> None:
    with pytest.raises(RuntimeError), folder.new_snapshot():
        raise RuntimeError
    assert [entry.name for entry in folder.path.iterdir()] == ["incident.yaml"]


def test_snapshots_are_ordered_by_number(folder: IncidentFolder) -> None:
    for number in range(1, 12):
        snapshot(folder)
        assert folder.snapshots()[-1].name == ("evidence" if number == 1 else f"evidence.{number}")


def test_staged_evidence_survives_and_is_adopted_once(folder: IncidentFolder) -> None:
    name = folder.next_snapshot()
    write_model(folder.staging(name) / "manifest.json", manifest())
    assert folder.snapshots() == ()
    assert folder.adopt_staging(name).name == "evidence"
    assert folder.adopt_staging(name).name == "evidence"
    assert folder.next_snapshot() == "evidence.2"
    folder.staging("evidence.2")
    folder.discard_staging()
    assert not (folder.path / ".pm-agent" / "staging").exists()


@pytest.mark.parametrize("path", ["../incident.yaml", "/etc/passwd", "web/../../incident.yaml", "link/x"])
def test_an_artifact_outside_the_snapshot_is_refused(folder: IncidentFolder, path: str) -> None:
    (snapshot(folder) / "link").symlink_to("/etc")
    bundle = folder.bundle()
    assert bundle
    with pytest.raises(UserError, match="points outside the snapshot"):
        bundle.path(path)


def test_a_write_that_fails_keeps_the_old_file(
    folder: IncidentFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder.write_text("draft.md", "old\n")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        folder.write_text("draft.md", "new\n")
    assert file.read_text() == "old\n"
    assert [entry.name for entry in folder.path.iterdir() if entry.name.startswith(".draft")] == []


def _try_lock(path: Path, results: multiprocessing.Queue[str]) -> None:
    try:
        with IncidentFolder(path).locked():
            results.put("got it")
    except UserError as error:
        results.put(str(error))


def test_one_writer_at_a_time(folder: IncidentFolder) -> None:
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[str] = context.Queue()
    with folder.locked():
        other = context.Process(target=_try_lock, args=(folder.path, results))
        other.start()
        other.join(60)
    assert "Another pm-agent is working on inc-1" in results.get(timeout=5)
    with folder.locked():
        assert folder.id == "inc-1"


def test_a_broken_line_of_the_review_log_is_named(folder: IncidentFolder) -> None:
    folder.append_review(ReviewEvent(at=NOW, by="Dana", action="drafted", version="v"))
    with (folder.path / "review.jsonl").open("a") as file:
        file.write('{"at": "2026-')
    with pytest.raises(UserError, match=r"review\.jsonl:2 is not valid"):
        folder.reviews()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id: [", "not readable YAML"),
        ("- a\n- b\n", r"incident\.yaml is not valid: Input should be a valid dictionary"),
        ("", r"incident\.yaml is not valid: Input should be a valid dictionary"),
        ("id: a\ntitle: b\nstart: 2026-03-01 12:00\n", "start: .*no zone"),
        ("\x00\x01", "not readable YAML"),
    ],
)
def test_a_broken_record_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "incident.yaml"
    file.write_text(text)
    with pytest.raises(UserError, match=message):
        read_incident(file)


def test_a_missing_incident_says_what_there_is(folder: IncidentFolder, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="holds inc-1"):
        Home(tmp_path / "home").open("nope")
    with pytest.raises(UserError, match="exists and is not empty"):
        Home(tmp_path / "home").create(Incident(id="inc-1", title="again"))


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


@given(title=texts, services=st.lists(texts).map(tuple), paths=st.lists(texts, min_size=1).map(tuple))
def test_a_record_survives_its_yaml(
    tmp_path_factory: pytest.TempPathFactory, title: str, services: tuple[str, ...], paths: tuple[str, ...]
) -> None:
    file = tmp_path_factory.mktemp("record") / "incident.yaml"
    incident = Incident(id="inc-1", title=title, services=services, start=NOW, sources=(files_spec(*paths),))
    write_text(file, dump_incident(incident))
    assert read_incident(file) == incident


def test_what_a_killed_collection_left_is_removed_by_the_next(tmp_path: Path) -> None:
    folder = IncidentFolder(tmp_path)
    (tmp_path / ".collecting-dead" / "files").mkdir(parents=True)
    with folder.new_snapshot() as scratch:
        (scratch / "manifest.json").write_text("{}")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["evidence"]
