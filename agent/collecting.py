"""Collecting: every source of an incident is asked once, and what came back is sealed."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from traceback import extract_tb
from typing import cast

from agent.bounding import TimedOut, bounded
from agent.errors import ExitCode, UserError
from agent.schema.bundle import Artifact, Manifest, Outcome, Query, Request, Signal
from agent.schema.incident import Incident, Window
from agent.settings import Settings
from agent.sourcing import Declared, declared, is_live, opened, scope_of, seconds_of, surroundings_of
from agent.store import Bundle, IncidentFolder, sha256_file, write_model
from tools.formats.records import Clock, Sniffed, Tally
from tools.sources.source import Asked, Fetched, FetchedArtifact, Health, Scope, Source, examine
from tools.sources.source import Span as SourceSpan

Part = tuple[Request, tuple[Artifact, ...]]
"""What one source gave: its row of the ledger and its artifacts."""

_FETCHING = ".fetching"
"""Staging folder where a source writes before what it gave is moved into place."""
_SOFT = 0.9
"""Share of its time after which a source should stop by itself and return what it has."""
_MOST_BAD = 3
"""Files that a request tells of, of those that could not be read in full."""
_BEFORE, _AFTER = timedelta(hours=1), timedelta(minutes=30)
_OWN = (
    *("incident.yaml", "digest.json", "draft.json", "draft.md", "draft.html", "draft.edited.md"),
    *("findings.json", "findings.sarif", "review.jsonl", "follow-up.json", "history", ".pm-agent"),
    *("postmortem.md", "postmortem.json", "postmortem.html"),
)


def collect(
    folder: IncidentFolder, incident: Incident, *, settings: Settings, now: Callable[[], datetime]
) -> Bundle:
    """Ask every source in parallel and seal a new snapshot; raise UserError where nothing came back."""
    sources = declared(incident, folder.incident_file, settings)
    if not sources:
        raise UserError(
            f"{folder.incident_file} names no source.",
            hint="Add `sources: [{kind: files, paths: [logs/**]}]`, or [[sources]] to pm-agent.toml.",
            exit_code=ExitCode.NO_EVIDENCE,
        )
    shutil.rmtree(folder.staging(_FETCHING))  # what the sources of a killed process have left
    with folder.new_snapshot() as scratch:

        def ask(source: Declared) -> Part:
            return fetch_source(source, folder, settings, scratch)

        with ThreadPoolExecutor(max_workers=len(sources)) as pool:
            parts = list(pool.map(ask, sources))
        seal(scratch, incident, window_of(incident), parts, now)
    bundle = folder.bundle()
    if bundle is None:
        raise RuntimeError(f"{folder.path} has no snapshot right after one was sealed")
    return bundle


def fetch_source(source: Declared, folder: IncidentFolder, settings: Settings, scratch: Path) -> Part:
    """Ask one source; what it gives lies below `scratch/<name>/`.

    A source that hangs, fails or breaks becomes a row of the ledger. It writes into a folder of its own that
    is moved into place at the end, so that one which was given up cannot add to a sealed snapshot.
    """
    name, began = source.spec.name, time.monotonic()
    incident = folder.read_incident()
    window, seconds = window_of(incident), seconds_of(source, settings)
    own = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder.staging(_FETCHING)))
    try:
        try:
            ready = (
                _Unasked()
                if settings.offline and is_live(source)
                else opened(source, surroundings_of(folder, _own_files(folder.path, scratch)))
            )
        except ValueError as error:
            fetched = Fetched(source.spec.kind, "failed", (), note=str(error))
        else:
            scope = scope_of(source, incident, window, seconds * _SOFT)
            fetched = _asked(ready, source, scope, own, seconds)
        place = scratch / name
        if fetched.artifacts:
            own.chmod(0o755)
            own.rename(place)
    finally:
        if own.exists():
            shutil.rmtree(own, ignore_errors=True)
    moved = [replace(item, path=place / item.path.relative_to(own)) for item in fetched.artifacts]
    artifacts = tuple(_artifact(item, root=scratch, source=name) for item in moved)
    request = Request(
        source=name,
        query=fetched.query,
        window=_window(scope_of(source, incident, window, seconds).window),
        outcome=fetched.outcome,
        artifacts=tuple(artifact.path for artifact in artifacts),
        rows=sum(artifact.rows for artifact in artifacts),
        bytes=sum(artifact.bytes for artifact in artifacts),
        seconds=round(time.monotonic() - began, 3),
        note=_request_note(fetched.note, artifacts),
        truncated=any(item.truncated for item in fetched.asked),
        queries=tuple(map(_query, fetched.asked)),
    )
    return request, artifacts


def _asked(ready: Source, source: Declared, scope: Scope, own: Path, seconds: float) -> Fetched:
    kind = source.spec.kind
    try:
        return bounded(lambda: ready.fetch(scope, own), seconds)
    except TimedOut:
        ended = tuple(scope.ended)
        many = f"{len(ended)} queries" if len(ended) > 1 else "1 query"
        lost = f"; {many} had ended; what {'they' if len(ended) > 1 else 'it'} gave is not kept"
        note = f"timed out after {seconds:g} s{lost if ended else ''}"
        return Fetched(kind, "failed", (), note=note, asked=ended)
    except Exception as error:  # noqa: BLE001 - a defect of one source must not cost the draft; its text may hold secrets
        frame = extract_tb(error.__traceback__)[-1]
        at = f"{Path(frame.filename).name}:{frame.lineno}"
        note = f"defect in {type(ready).__name__}: {type(error).__name__} at {at}"
        return Fetched(kind, "failed", (), note=note)


class _Unasked:
    """Stands for a source of which nothing was recorded, where the network must not be touched."""

    def fetch(self, scope: Scope, destination: Path) -> Fetched:  # noqa: ARG002 - nothing is asked
        return Fetched("nothing", "not recorded", (), "offline: the source was not asked")

    def probe(self, scope: Scope) -> Health:  # noqa: ARG002 - nothing is asked
        return Health(reachable=False, problem="offline: the source was not asked")


def _query(asked: Asked) -> Query:
    return Query(
        query=asked.query,
        outcome=asked.outcome,
        window=_window(asked.window),
        rows=asked.rows,
        bytes=asked.bytes,
        seconds=round(asked.seconds, 3),
        truncated=asked.truncated,
        note=asked.note,
    )


def _window(span: SourceSpan | None) -> Window | None:
    return Window(start=span.start, end=span.end) if span else None


def seal(
    scratch: Path,
    incident: Incident,
    window: Window | None,
    parts: Iterable[Part],
    now: Callable[[], datetime],
) -> Manifest:
    """Write manifest.json; raise UserError naming each source and why, where no artifact came back."""
    parts = list(parts)
    manifest = Manifest(
        incident=incident.id,
        sealed_at=now(),
        window=window,
        requests=tuple(request for request, _ in parts),
        artifacts=tuple(artifact for _, artifacts in parts for artifact in artifacts),
    )
    if not manifest.artifacts:
        reasons = [f"{row.source}: {row.outcome}, {row.note or row.query}" for row in manifest.requests]
        raise UserError(
            "No source gave any evidence.\n  " + "\n  ".join(reasons),
            hint="Correct `sources`, or see with `pm-agent doctor` what each of them needs.",
            exit_code=ExitCode.NO_EVIDENCE,
        )
    write_model(scratch / "manifest.json", manifest)
    return manifest


def describe_artifact(
    path: Path, *, root: Path, source: str, query: str, clock: Clock, labels: Mapping[str, str]
) -> Artifact:
    """Sniff, read and hash a file that lies below the snapshot folder `root`."""
    sniffed, tally = examine(path, clock=clock, labels=labels)
    return _artifact(FetchedArtifact(path, query, sniffed, tally, labels, clock), root=root, source=source)


def window_of(incident: Incident) -> Window | None:
    """Evidence to look at: the record's window, else from 1 h before the start to 30 min after the end."""
    if incident.window is not None or incident.start is None:
        return incident.window
    return Window(start=incident.start - _BEFORE, end=(incident.end or incident.start) + _AFTER)


def _artifact(item: FetchedArtifact, *, root: Path, source: str) -> Artifact:
    tally = item.tally
    return Artifact(
        path=item.path.relative_to(root).as_posix(),
        source=source,
        signal=cast("Signal", item.sniffed.signal),
        format=item.sniffed.format,
        query=item.query,
        outcome=_outcome(item),
        bytes=item.path.stat().st_size,
        sha256=item.sha256 or sha256_file(item.path),
        rows=tally.rows,
        undated=tally.undated,
        malformed=tally.malformed,
        first_bad_line=tally.first_bad_line,
        first_time=tally.first_time,
        last_time=tally.last_time,
        assume_zone=item.clock.zone,
        recorded_at=item.clock.recorded_at,
        labels=item.labels,
        note=_note(item.sniffed, tally, item.clock),
    )


def _outcome(item: FetchedArtifact) -> Outcome:
    if item.sniffed.format == "empty":
        return "empty"
    if item.tally.malformed and not item.tally.rows:
        return "failed"
    return "partial" if item.tally.truncated else "ok"


def _note(sniffed: Sniffed, tally: Tally, clock: Clock) -> str:
    parts: list[str] = []
    if tally.malformed:
        parts.append(_unread(tally))
    elif sniffed.reason:
        parts.append(sniffed.reason)
    if tally.undated:
        hint = "" if clock.recorded_at else "; recorded_at would date relative ages and stamps without a year"
        parts.append(f"{tally.undated} without a readable time{hint}")
    if tally.truncated:
        parts.append(f"lines longer than 64 KiB, which were cut: {tally.truncated}")
    if tally.year_assumed:
        parts.append("years taken from dated lines of the same file")
    if tally.zone_assumed:
        parts.append("times without a zone count as UTC")
    return "; ".join(parts)


def _unread(tally: Tally) -> str:
    """Say how much of a file could not be read, and where that begins."""
    at = f"line {tally.first_bad_line}: {tally.first_bad_reason}"
    if tally.damage and tally.malformed == 1:
        return f"breaks off at {at}, so only what stands before was read"
    if tally.malformed == 1 and not tally.rows:
        return f"cannot be read: {tally.first_bad_reason}"
    broken = f", and the file breaks off: {tally.damage}" if tally.damage else ""
    return f"unreadable rows: {tally.malformed}, {'the first ' if tally.malformed > 1 else ''}in {at}{broken}"


def _request_note(note: str, artifacts: tuple[Artifact, ...]) -> str:
    parts = [note] if note else []
    bad = [artifact for artifact in artifacts if artifact.malformed]
    parts += [f"{artifact.path}: {artifact.note.partition('; ')[0]}" for artifact in bad[:_MOST_BAD]]
    if further := sum(artifact.malformed for artifact in bad[_MOST_BAD:]):
        parts.append(f"unreadable rows in other files: {further}")
    if undated := sum(artifact.undated for artifact in artifacts):
        parts.append(f"{undated} without a readable time")
    return "; ".join(parts)


def _own_files(base: Path, scratch: Path) -> frozenset[Path]:
    names = {base / name for name in _OWN}
    earlier = {
        entry
        for pattern in ("evidence", "evidence.*", ".collecting-*")
        for entry in base.glob(pattern)
        if (entry / "manifest.json").is_file() or entry.name.startswith(".")
    }
    return frozenset(path.resolve() for path in (*names, *earlier, scratch))
