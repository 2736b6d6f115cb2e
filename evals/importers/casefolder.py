"""Writing one case: a sealed bundle that a drafter may read, and beside it what only graders may read."""

from __future__ import annotations

import gzip
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from agent.collecting import describe_artifact
from agent.errors import UserError
from agent.schema.bundle import Artifact, Manifest, Outcome, Request, Signal
from agent.schema.incident import Incident
from agent.store import IncidentFolder, write_model, write_text
from evals.expectation import Expectation, dump_expectation
from tools.formats.records import Clock

_UNSAFE = re.compile(r"[^A-Za-z0-9._]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of the recording, as an engineer would have it on disk."""

    source: str
    """Folder below evidence/."""
    name: str
    data: bytes
    query: str
    """What upstream asked to get it."""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    clock: Clock | None = None
    """Own clock; without one the recording's clock holds."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """Something that upstream asked for and that was not there."""

    source: str
    query: str
    note: str
    outcome: Outcome = "empty"


@dataclass(frozen=True, slots=True)
class Recording:
    """A converted incident, ready to be sealed."""

    incident: Incident
    expectation: Expectation
    pieces: tuple[Piece, ...]
    clock: Clock
    notice: str
    absences: tuple[Absence, ...] = ()


def write_case(recording: Recording, destination: Path, *, gzip_over: int | None = None) -> Path:
    """Write DST/<id>/ with bundle, expect.yaml and NOTICE; raise UserError where the folder exists.

    Artifacts of more than `gzip_over` bytes are compressed.
    """
    target = destination / recording.incident.id
    if target.exists():
        raise UserError(f"{target} exists.", hint="Remove it to import the incident again.")
    destination.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".importing-", dir=destination))
    try:
        _fill(scratch, _compressed(recording, gzip_over))
        scratch.chmod(0o755)
        scratch.rename(target)
    finally:
        if scratch.exists():
            shutil.rmtree(scratch)
    return target


def slug(text: str, *, limit: int = 100) -> str:
    """Make a file name out of a command or a title."""
    return _UNSAFE.sub("-", text).strip("-.")[:limit].rstrip("-.") or "unnamed"


def _compressed(recording: Recording, gzip_over: int | None) -> Recording:
    if gzip_over is None:
        return recording
    pieces = tuple(_gzipped(p) if len(p.data) > gzip_over else p for p in recording.pieces)
    return replace(recording, pieces=pieces)


def _gzipped(piece: Piece) -> Piece:
    """Compress without a time stamp, so that importing twice gives the same bytes."""
    return replace(piece, name=f"{piece.name}.gz", data=gzip.compress(piece.data, 9, mtime=0))


def _fill(folder: Path, recording: Recording) -> None:
    bundle = folder / "bundle"
    evidence = bundle / "evidence"
    evidence.mkdir(parents=True)
    artifacts = _describe(evidence, recording)
    IncidentFolder(bundle).write_incident(recording.incident)
    write_model(evidence / "manifest.json", _manifest(recording, artifacts))
    signals = _signals(artifacts)
    write_text(
        folder / "expect.yaml",
        dump_expectation(recording.expectation.model_copy(update={"signals": signals})),
    )
    write_text(folder / "NOTICE", recording.notice)


def _describe(evidence: Path, recording: Recording) -> tuple[Artifact, ...]:
    artifacts: list[Artifact] = []
    for piece in recording.pieces:
        path = _free(evidence / piece.source / piece.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(piece.data)
        artifacts.append(
            describe_artifact(
                path,
                root=evidence,
                source=piece.source,
                query=piece.query,
                clock=piece.clock or recording.clock,
                labels=piece.labels,
            )
        )
    return tuple(artifacts)


def _free(path: Path) -> Path:
    number = 2
    candidate = path
    while candidate.exists():
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return candidate


def _manifest(recording: Recording, artifacts: tuple[Artifact, ...]) -> Manifest:
    return Manifest(
        incident=recording.incident.id,
        sealed_at=_sealed_at(recording, artifacts),
        window=recording.incident.window,
        requests=(*_requests(artifacts, _notes(recording)), *(_absence(item) for item in recording.absences)),
        artifacts=artifacts,
    )


def _sealed_at(recording: Recording, artifacts: tuple[Artifact, ...]) -> datetime:
    """Use the recording's own time, so that importing twice gives the same bytes."""
    last = [artifact.last_time for artifact in artifacts if artifact.last_time]
    return recording.clock.recorded_at or max(last, default=datetime(1970, 1, 1, tzinfo=UTC))


def _notes(recording: Recording) -> dict[str, tuple[str, ...]]:
    told: dict[str, tuple[str, ...]] = {}
    for piece in recording.pieces:
        if piece.note:
            told[piece.source] = (*told.get(piece.source, ()), f"{piece.name}: {piece.note}")
    return told


def _requests(artifacts: tuple[Artifact, ...], notes: dict[str, tuple[str, ...]]) -> tuple[Request, ...]:
    by_source: dict[str, list[Artifact]] = {}
    for artifact in artifacts:
        by_source.setdefault(artifact.source, []).append(artifact)
    return tuple(_request(source, found, notes.get(source, ())) for source, found in by_source.items())


def _request(source: str, artifacts: list[Artifact], notes: tuple[str, ...]) -> Request:
    bad = [artifact for artifact in artifacts if artifact.outcome not in {"ok", "empty"}]
    faults = [f"{artifact.path}: {artifact.outcome} {artifact.note}".strip() for artifact in bad[:5]]
    return Request(
        source=source,
        query=artifacts[0].query if len(artifacts) == 1 else f"{len(artifacts)} recorded answers",
        outcome="partial" if bad else "ok",
        artifacts=tuple(artifact.path for artifact in artifacts),
        rows=sum(artifact.rows for artifact in artifacts),
        bytes=sum(artifact.bytes for artifact in artifacts),
        note="; ".join((*notes, *faults)),
    )


def _absence(item: Absence) -> Request:
    return Request(source=item.source, query=item.query, outcome=item.outcome, note=item.note)


def _signals(artifacts: tuple[Artifact, ...]) -> tuple[Signal, ...]:
    order: dict[Signal, None] = {a.signal: None for a in artifacts if a.signal != "unknown"}
    return tuple(order)
