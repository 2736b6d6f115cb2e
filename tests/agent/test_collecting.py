"""Collecting: the ledger, the seal, and what a user hears when nothing came back."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from agent.cli.main import main
from agent.collecting import collect, describe_artifact, window_of
from agent.digest import bulk, digest
from agent.drafting.assembly import gaps
from agent.errors import ExitCode, UserError
from agent.schema.incident import Incident, SourceSpec
from agent.settings import Settings, read_settings
from agent.store import Home, IncidentFolder, sha256_file
from tests.agent.specs import files_spec
from tools.formats.records import Clock
from tools.sources import GROUP
from tools.sources.settings import SourceSettings
from tools.sources.source import Asked, Fetched, FetchedArtifact, Health, Scope, SourceKind, examine

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


def test_a_collection_removes_what_a_killed_one_has_left_half_written(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("2026-03-17 10:00:00 INFO up\n")
    folder, record = incident(tmp_path, files_spec(str(tmp_path / "a.log")))
    scratch = folder.path / ".collecting-killed" / "files"
    half = folder.staging(".fetching") / "files-killed"
    for left in (scratch, half):
        left.mkdir(parents=True)
        (left / "app.log").write_text("2026-03-17 10:0")
    collect(folder, record, settings=Settings(), now=lambda: NOW)
    assert not scratch.parent.exists()
    assert not half.exists()
    assert [path.name for path in (folder.path / "evidence").rglob("*.log")] == ["a.log"]


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


@pytest.mark.parametrize("large", [False, True])
def test_a_packed_file_that_breaks_off_is_told_once_with_its_name(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    large: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr(bulk, "LARGE", 8_000 if large else bulk.LARGE)
    folder, record = incident(tmp_path, files_spec("*.gz"))
    rows = (f"2026-03-17 10:{n // 60 % 60:02}:{n % 60:02}Z ERROR lost {n * n:x}\n" for n in range(2_000))
    whole = gzip.compress("".join(rows).encode())
    (folder.path / "a.log.gz").write_bytes(whole[: len(whole) // 2])
    bundle = collect(folder, record, settings=Settings(), now=lambda: NOW)
    assert bulk.is_large(bundle.path("files/a.log.gz")) is large
    read = bundle.manifest.artifacts[0].first_bad_line
    (gap,) = [gap for gap in gaps(digest(bundle, record)) if "a.log.gz" in gap or "gzip" in gap]
    assert gap.count("gzip stream") == gap.count(".log.gz") == 1
    assert gap.startswith(
        "files: logs (*.gz): only a part came back. files/a.log.gz: breaks off at line "
        f"{read}: gzip stream ends before its end, so only what stands before was read"
    )


def test_unreadable_rows_are_told_once_with_the_first_of_each_file(tmp_path: Path) -> None:
    folder, record = incident(tmp_path, files_spec("*.csv"))
    for name, bad in (("a", 1), ("b", 3)):
        rows = [f"2026-03-17T10:00:{n:02}Z,{n}" for n in range(30)]
        text = "\n".join(["time,value", *rows, *["no time,1"] * bad])
        (folder.path / f"{name}.csv").write_text(f"{text}\n")
    bundle = collect(folder, record, settings=Settings(), now=lambda: NOW)
    (gap,) = [gap for gap in gaps(digest(bundle, record)) if ".csv" in gap]
    assert gap.endswith(
        "files/a.csv: unreadable rows: 1, in line 32: no readable time; "
        "files/b.csv: unreadable rows: 3, the first in line 32: no readable time"
    )


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


class Behaviour:
    """A source for tests that does what its settings say."""

    def __init__(self, does: str, release: threading.Event) -> None:
        self.does, self.release = does, release

    def fetch(self, scope: Scope, destination: Path) -> Fetched:
        if self.does == "hang":
            scope.ended.append(Asked("q1", "ok", rows=3))
            self.release.wait(30)
            (destination / "late.log").parent.mkdir(parents=True, exist_ok=True)
            (destination / "late.log").write_text("2026-03-17 10:00:00 ERROR late\n")
        if self.does == "break":
            raise KeyError("token-4711")
        if self.does == "fail":
            return Fetched("q", "failed", (), "HTTP 500")
        path = destination / "a.log"
        path.write_text("2026-03-17T10:00:00Z ERROR down\n")
        sniffed, tally = examine(path, clock=Clock(), labels={})
        return Fetched(
            "q", "ok", (FetchedArtifact(path, "q", sniffed, tally, {}, Clock()),), "", (Asked("q1", "ok"),)
        )

    def probe(self, scope: Scope) -> Health:
        return Health(reachable=True)


class BehaviourSettings(SourceSettings):
    does: str


@pytest.fixture
def behaviours(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Offer the kind `behaviour` as an installed package would."""
    release = threading.Event()
    kind = SourceKind("behaviour", BehaviourSettings, lambda told, _: Behaviour(told.does, release))
    entry = SimpleNamespace(name="behaviour", value="elsewhere:KIND", load=lambda: kind)

    def installed(*, group: str) -> list[SimpleNamespace]:
        return [entry] if group == GROUP else []

    monkeypatch.setattr("tools.sources.entry_points", installed)
    yield
    release.set()


def behaviour(name: str, does: str) -> SourceSpec:
    return SourceSpec.model_validate({"kind": "behaviour", "name": name, "does": does})


@pytest.mark.usefixtures("behaviours")
def test_ten_sources_of_which_three_fail_and_two_hang(tmp_path: Path) -> None:
    does = ["ok"] * 5 + ["fail", "break", "fail", "hang", "hang"]
    folder, record = incident(tmp_path, *(behaviour(f"s{n}", what) for n, what in enumerate(does)))
    began = time.monotonic()
    bundle = collect(folder, record, settings=Settings(source_timeout=0.5), now=lambda: NOW)
    assert time.monotonic() - began < 5
    rows = {row.source: (row.outcome, row.note) for row in bundle.manifest.requests}
    assert [outcome for outcome, _ in rows.values()] == ["ok"] * 5 + ["failed"] * 5
    assert rows["s8"] == rows["s9"]
    assert rows["s8"][1].startswith("timed out after 0.5 s")
    assert rows["s6"][1].startswith("defect in Behaviour: KeyError at test_collecting.py:")
    assert "4711" not in (bundle.folder / "manifest.json").read_text()
    assert [row.queries[0].query for row in bundle.manifest.requests if row.queries] == ["q1"] * 7


@pytest.mark.usefixtures("behaviours")
def test_what_a_given_up_source_still_writes_stays_out_of_the_snapshot(tmp_path: Path) -> None:
    folder, record = incident(tmp_path, behaviour("good", "ok"), behaviour("slow", "hang"))
    bundle = collect(folder, record, settings=Settings(source_timeout=0.2), now=lambda: NOW)
    threads = [thread for thread in threading.enumerate() if thread.name == "pm-agent-bounded"]
    assert threads
    assert all(thread.daemon for thread in threads)
    assert sorted(path.name for path in bundle.folder.iterdir()) == ["good", "manifest.json"]


@pytest.mark.usefixtures("behaviours")
def test_sources_of_the_settings_serve_every_incident_and_the_record_s_win(tmp_path: Path) -> None:
    (tmp_path / "pm-agent.toml").write_text(
        '[[sources]]\nkind = "behaviour"\nname = "shared"\ndoes = "fail"\n'
        '[[sources]]\nkind = "behaviour"\nname = "own"\ndoes = "fail"\n'
    )
    folder, record = incident(tmp_path / "home", behaviour("own", "ok"))
    settings = read_settings(cwd=tmp_path, environ={})
    bundle = collect(folder, record, settings=settings, now=lambda: NOW)
    assert [(row.source, row.outcome) for row in bundle.manifest.requests] == [
        ("own", "ok"),
        ("shared", "failed"),
    ]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('kind = "prometeus"\nname = "p"', "of kind 'prometeus', which nobody offers"),
        ('kind = "prometheus"\nname = "p"', "source 'p' is not valid: url: Field required"),
        ('kind = "prometheus"\nname = "p"\nurl = "https://u:secret@h"', "url: carries a user"),
        ('kind = "prometheus"\nname = "p"\nurl = "h:9090"', "url: must begin with http"),
        ('kind = "prometheus"\nname = "p"\nurl = "http://h"\ntoken = "x"', "token: Extra inputs"),
    ],
)
def test_a_wrong_source_names_file_source_and_field_before_anything_is_asked(
    tmp_path: Path, table: str, message: str
) -> None:
    (tmp_path / "pm-agent.toml").write_text(f"[[sources]]\n{table}\n")
    folder, record = incident(tmp_path / "home")
    with pytest.raises(UserError, match=message) as caught:
        collect(folder, record, settings=read_settings(cwd=tmp_path, environ={}), now=lambda: NOW)
    assert "pm-agent.toml" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_secret_that_is_not_set_is_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH_TOKEN", raising=False)
    told = {"kind": "prometheus", "url": "http://127.0.0.1:1", "token_env": "NO_SUCH_TOKEN"}
    folder, record = incident(tmp_path, files_spec("*.log"), SourceSpec.model_validate(told))
    (folder.path / "a.log").write_text("2026-03-17T10:00:00Z ERROR down\n")
    bundle = collect(folder, record, settings=Settings(), now=lambda: NOW)
    row = bundle.manifest.requests[1]
    assert (row.outcome, row.note) == ("failed", "the environment variable NO_SUCH_TOKEN is not set")


@pytest.mark.usefixtures("behaviours")
def test_the_draft_arrives_in_time_with_a_gap_for_each_source_that_gave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    timeout = 3.0
    monkeypatch.setenv("PM_AGENT_SOURCE_TIMEOUT", str(timeout))
    does = ["ok"] * 5 + ["fail", "break", "fail"] + ["hang"] * 2
    specs = [behaviour(f"s{n}", what) for n, what in enumerate(does)]

    def draft(name: str, specs: list[SourceSpec]) -> tuple[IncidentFolder, float]:
        folder, _ = incident(tmp_path / name, *specs)
        began = time.monotonic()
        told = ["--home", str(tmp_path / name), "--drafter", "offline", "--json"]
        assert main(["draft", "--incident", "checkout", *told]) == ExitCode.OK
        return folder, time.monotonic() - began

    _, alone = draft("five", specs[:5])
    capsys.readouterr()
    folder, took = draft("ten", specs)
    assert took < alone + 2 * timeout, "the two that hang were not waited for side by side"
    gaps = json.loads(capsys.readouterr().out)["gaps"]
    assert sorted({gap.split()[0].rstrip(":") for gap in gaps} & {f"s{n}" for n in range(10)}) == [
        f"s{n}" for n in range(5, 10)
    ]
    assert "down" in (folder.path / "draft.md").read_text()


@pytest.mark.usefixtures("behaviours")
def test_queries_that_ended_before_a_source_was_given_up_are_kept(tmp_path: Path) -> None:
    folder, record = incident(tmp_path, behaviour("good", "ok"), behaviour("slow", "hang"))
    bundle = collect(folder, record, settings=Settings(source_timeout=0.5), now=lambda: NOW)
    slow = bundle.manifest.requests[1]
    assert (slow.outcome, slow.artifacts) == ("failed", ())
    assert [(query.query, query.rows) for query in slow.queries] == [("q1", 3)]
    assert "1 query had ended; what it gave is not kept" in slow.note


def test_a_process_with_a_source_that_hangs_ends_in_time(tmp_path: Path) -> None:
    told = {"kind": "prometheus", "url": "http://127.0.0.1:1"}
    folder, _ = incident(tmp_path, files_spec("*.log"), SourceSpec.model_validate(told))
    (folder.path / "a.log").write_text("2026-03-17T10:00:00Z ERROR down\n")
    code = (
        "import sys, time; from tools.sources.prometheus import PrometheusSource as source;"
        "source.fetch = lambda *_: time.sleep(600);"
        "from agent.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, "collect", folder.id, "--home", str(tmp_path)]
    done = subprocess.run(
        command,
        check=False,
        env={**os.environ, "PM_AGENT_SOURCE_TIMEOUT": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    bundle = folder.bundle()
    assert bundle
    assert bundle.manifest.requests[1].note == "timed out after 1 s"
