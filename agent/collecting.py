"""Collecting: every source of an incident is asked once, and what came back is sealed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import cast

from agent.errors import ExitCode, UserError
from agent.schema.bundle import Artifact, Manifest, Outcome, Request, Signal
from agent.schema.incident import Incident, SourceSpec, Window
from agent.store import Bundle, IncidentFolder, sha256_file, write_model
from tools.formats.records import Clock, Sniffed, Tally
from tools.formats.zones import zone
from tools.sources import REGISTRY
from tools.sources.files import examine
from tools.sources.source import FetchedArtifact

Part = tuple[Request, tuple[Artifact, ...]]
"""What one source gave: its row of the ledger and its artifacts."""

_BEFORE, _AFTER = timedelta(hours=1), timedelta(minutes=30)
_OWN = (
    *("incident.yaml", "digest.json", "draft.json", "draft.md", "draft.html", "draft.edited.md"),
    *("findings.json", "findings.sarif", "review.jsonl", "follow-up.json", "history", ".pm-agent"),
    *("postmortem.md", "postmortem.json", "postmortem.html"),
)


def collect(folder: IncidentFolder, incident: Incident, *, now: Callable[[], datetime]) -> Bundle:
    """Ask every source in parallel and seal a new snapshot; raise UserError where nothing came back."""
    if not incident.sources:
        raise UserError(
            f"{folder.incident_file} names no source.",
            hint="Add `sources: [{kind: files, paths: [logs/**]}]`, then collect again.",
            exit_code=ExitCode.NO_EVIDENCE,
        )
    names = [spec.name for spec in incident.sources]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UserError(f"{folder.incident_file}: two sources are called {twice!r}; give each its own name.")
    with folder.new_snapshot() as scratch:
        with ThreadPoolExecutor(max_workers=min(8, len(names))) as pool:
            parts = list(pool.map(partial(fetch_source, base=folder.path, scratch=scratch), incident.sources))
        seal(scratch, incident, window_of(incident), parts, now)
    bundle = folder.bundle()
    if bundle is None:
        raise RuntimeError(f"{folder.path} has no snapshot right after one was sealed")
    return bundle


def fetch_source(spec: SourceSpec, base: Path, scratch: Path) -> Part:
    """Ask one source; what it gives lies below `scratch/<name>/`.

    Raise UserError for a zone that does not exist.
    """
    if spec.assume_zone and zone(spec.assume_zone) is None:
        raise UserError(
            f"Source {spec.name!r}: {spec.assume_zone!r} is no time zone.",
            hint="Write UTC, an offset such as +08:00, or a name such as Europe/Berlin.",
        )
    began = time.monotonic()
    source = REGISTRY[spec.kind](
        name=spec.name,
        base=base,
        patterns=spec.paths,
        clock=Clock(spec.assume_zone, spec.recorded_at),
        excluded=_own_files(base, scratch),
    )
    fetched = source.fetch(None, scratch / spec.name)
    artifacts = tuple(_artifact(item, root=scratch, source=spec.name) for item in fetched.artifacts)
    request = Request(
        source=spec.name,
        query=fetched.query,
        outcome=cast("Outcome", fetched.outcome),
        artifacts=tuple(artifact.path for artifact in artifacts),
        rows=sum(artifact.rows for artifact in artifacts),
        bytes=sum(artifact.bytes for artifact in artifacts),
        seconds=round(time.monotonic() - began, 3),
        note=_request_note(fetched.note, artifacts),
    )
    return request, artifacts


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
            hint="Check the paths in incident.yaml; they are relative to its folder.",
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
        outcome="empty" if item.sniffed.format == "empty" else "ok",
        bytes=item.path.stat().st_size,
        sha256=sha256_file(item.path),
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


def _note(sniffed: Sniffed, tally: Tally, clock: Clock) -> str:
    parts: list[str] = []
    if tally.malformed:
        parts.append(
            f"{tally.malformed} malformed, first in line {tally.first_bad_line}: {tally.first_bad_reason}"
        )
    elif sniffed.reason:
        parts.append(sniffed.reason)
    if tally.undated:
        hint = "" if clock.recorded_at else "; recorded_at would date relative ages and stamps without a year"
        parts.append(f"{tally.undated} without a readable time{hint}")
    if tally.truncated:
        parts.append(f"{tally.truncated} lines longer than 64 KiB were cut")
    if tally.zone_assumed:
        parts.append("times without a zone count as UTC")
    return "; ".join(parts)


def _request_note(note: str, artifacts: tuple[Artifact, ...]) -> str:
    parts = [note] if note else []
    bad = [artifact for artifact in artifacts if artifact.malformed]
    if bad:
        rows = sum(artifact.malformed for artifact in bad)
        parts.append(f"{rows} malformed in {len(bad)} files, first {bad[0].path}:{bad[0].first_bad_line}")
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
