"""The large logs of a bundle: counted all at once, and moved in time where their clocks ran apart."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta

from agent.digest import bulk, logparts, requestids
from agent.digest.bulk import Counted
from agent.digest.logs import BUCKET_SECONDS
from agent.digest.offsets import Offset
from agent.schema.bundle import Artifact
from agent.schema.incident import Incident
from agent.store import Bundle
from tools.formats.opening import decode
from tools.formats.records import Clock

_AGAIN = "{} was counted a second time, with its times shifted: the shift is no whole number of its buckets."


def count(bundle: Bundle, incident: Incident) -> dict[str, Counted]:
    """Count the large logs, all at once so that they share the processes."""
    large = [artifact for artifact in readable(bundle) if _is_large(bundle, artifact)]
    return _counted(bundle, incident, large, origin_of(incident), ids=_share_ids(bundle, large))


def shifted(
    bundle: Bundle, incident: Incident, large: Mapping[str, Counted], shifts: Mapping[str, timedelta]
) -> tuple[dict[str, Counted], list[str]]:
    """Move the logs whose clocks ran apart; the notes tell which had to be counted again for it."""
    from agent.digest import shifting  # noqa: PLC0415 - numpy, which large logs alone are worth

    moved, notes = dict(large), list[str]()
    for artifact in readable(bundle):
        shift = shifts.get(artifact.path)
        if shift is None or (counted := large.get(artifact.path)) is None:
            continue
        seconds = round(shift.total_seconds())
        fits = shifting.fits(counted, seconds)
        if not fits:
            origin = origin_of(incident) + seconds
            counted = _counted(bundle, incident, [artifact], origin)[artifact.path]
            notes.append(_AGAIN.format(artifact.path))
        moved[artifact.path] = shifting.earlier(counted, seconds, slots=fits)
    return moved, notes


def first_times(counted: Counted, clock: Clock) -> dict[str, float]:
    """Read when the ids of least hash first showed; lines without a time are left out."""
    found: dict[str, float] = {}
    for name in requestids.least(counted.ids):
        line, near = counted.ids[name]
        time = logparts.reader_of(clock, near).read(decode(line)).time
        if time is not None:
            found[name.decode()] = time.timestamp()
    return found


def whole(offset: Offset) -> Offset:
    """Round to whole seconds, to which large logs are counted."""
    return replace(offset, seconds=float(round(offset.seconds)))


def _is_large(bundle: Bundle, artifact: Artifact) -> bool:
    return artifact.format in bulk.FORMATS and bulk.is_large(bundle.path(artifact.path))


def _counted(
    bundle: Bundle, incident: Incident, large: Collection[Artifact], origin: float, *, ids: bool = False
) -> dict[str, Counted]:
    files = [(bundle.path(artifact.path), clock_of(artifact, incident)) for artifact in large]
    counted = bulk.count_each(files, origin, base_width=BUCKET_SECONDS, ids=ids)
    return dict(zip((artifact.path for artifact in large), counted, strict=True))


def _share_ids(bundle: Bundle, large: Collection[Artifact]) -> bool:
    """Say whether a large log may share ids of requests with traces or with another log."""
    if not any(requestids.carries(bundle.path(artifact.path)) for artifact in large):
        return False
    others = [artifact for artifact in readable(bundle) if artifact.signal in {"traces", "logs"}]
    telling = (a for a in others if a.signal == "traces" or requestids.carries(bundle.path(a.path)))
    return sum(1 for _, _ in zip(range(2), telling, strict=False)) == 2


def origin_of(incident: Incident) -> float:
    """Give the time that slots of time are counted from, in epoch seconds."""
    return incident.start.timestamp() if incident.start else 0.0


def readable(bundle: Bundle) -> list[Artifact]:
    """Give the artifacts that hold records, by path."""
    found = (a for a in bundle.manifest.artifacts if a.format not in {"binary", "empty", "unknown"})
    return sorted(found, key=lambda artifact: artifact.path)


def clock_of(artifact: Artifact, incident: Incident) -> Clock:
    """Tell how the times of an artifact are read."""
    around = incident.start or (incident.window and incident.window.start)
    return Clock(zone=artifact.assume_zone, recorded_at=artifact.recorded_at, around=around)
