"""What was asked, what came back, and how much of it could be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from agent.digest.offsets import Offset
from agent.digest.wording import plural
from agent.schema.bundle import Artifact, Manifest, Request
from agent.schema.digest import Coverage, SourceQuery

_MOST_NOTES = 5
_UNDAMAGED: Mapping[str, str] = MappingProxyType({})


def ledger(
    manifest: Manifest, offsets: Sequence[Offset] = (), damage: Mapping[str, str] = _UNDAMAGED
) -> tuple[Coverage, ...]:
    """One row for each request and signal; a request that returned nothing keeps its row and its outcome.

    A clock that ran apart is told with its artifact, and so is `damage` that was met when reading it.
    """
    met = [(offset.artifact, offset.sentence()) for offset in offsets]
    met += [(path, broken_off(path, reason)) for path, reason in sorted(damage.items())]
    by_path = {artifact.path: artifact for artifact in manifest.artifacts}
    rows: list[Coverage] = []
    for request in manifest.requests:
        returned = [by_path[path] for path in request.artifacts if path in by_path]
        signals = sorted({artifact.signal for artifact in returned})
        if not signals:
            rows.append(_row(request, [], met))
        rows.extend(_row(request, [a for a in returned if a.signal == signal], met) for signal in signals)
    return tuple(rows)


def broken_off(path: str, reason: str) -> str:
    """Say that a packed file ends in damage."""
    return f"{path} breaks off: {reason}, so only what stands before was read"


def queries(manifest: Manifest) -> tuple[SourceQuery, ...]:
    """Every query of every request, in order."""
    return tuple(
        SourceQuery(source=request.source, **dict(query))
        for request in manifest.requests
        for query in request.queries
    )


def _told(artifacts: Sequence[Artifact], already: str) -> list[str]:
    """Say once what several artifacts have noted; counts that stand in columns of the row are left out."""
    parts = dict.fromkeys(
        part
        for note in sorted({artifact.note for artifact in artifacts})
        for part in note.split("; ")
        if part and not part.endswith("without a readable time") and part not in already
    )
    found = list(parts)
    more = len(found) - _MOST_NOTES
    return found if more <= 0 else [*found[:_MOST_NOTES], f"{plural(more, 'further note')} in the manifest"]


def _row(request: Request, artifacts: Sequence[Artifact], met: Sequence[tuple[str, str]]) -> Coverage:
    bad = sum(artifact.malformed for artifact in artifacts)
    notes = [request.note] if request.note else []
    first = next((a for a in sorted(artifacts, key=lambda a: a.path) if a.first_bad_line), None)
    if bad and first and first.path not in request.note:
        notes.append(
            f"{plural(bad, 'row')} could not be read, the first at {first.path}:{first.first_bad_line}"
        )
    notes.extend(_told(artifacts, request.note))
    paths = {artifact.path for artifact in artifacts}
    notes.extend(told for path, told in met if path in paths)
    outcome = request.outcome
    if outcome == "ok" and artifacts and all(artifact.outcome != "ok" for artifact in artifacts):
        outcome = artifacts[0].outcome
    return Coverage(
        source=request.source,
        signal=artifacts[0].signal if artifacts else "unknown",
        query=request.query,
        outcome=outcome,
        window=request.window,
        artifacts=len(artifacts),
        rows=sum(artifact.rows for artifact in artifacts),
        bytes=sum(artifact.bytes for artifact in artifacts),
        undated=sum(artifact.undated for artifact in artifacts),
        malformed=bad,
        note="; ".join(notes),
    )
