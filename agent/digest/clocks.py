"""Clocks that disagree: found from what two sources must both show, told as zone or drift, and applied.

Spans carry the reference: their times are numbers since the epoch, which no zone can shift. A log that shares
trace ids with them shows its own offset; logs that share ids of requests show each other's. Where a table of
metrics names no zone, the alerts about the same services show whether whole hours are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.digest import logclocks
from agent.digest.logclocks import SHARED
from agent.digest.offsets import MOST_HOURS, TOLERATED, Offset, centre, settled
from agent.digest.requestids import IdSample, ids_of
from tools.formats.records import LogRecord, Span

_NEAR = 300.0
"""Seconds between the move of a metric and the alert on it."""


def _no_samples() -> dict[str, IdSample]:
    return {}


@dataclass(slots=True)
class ClockBook:
    """Collects what shows a clock: times of ids in logs, and of traces in spans."""

    logged: dict[str, IdSample] = field(default_factory=_no_samples)
    """The ids in each log."""
    traced: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])
    """Trace id -> first start and last end."""
    zoneless: set[str] = field(default_factory=set[str])
    """Artifacts with times that name no zone."""

    def log(self, artifact: str, record: LogRecord) -> None:
        """Keep the first time of each id of a record, of a bounded number of ids."""
        if record.time is None or record.undated:
            return
        for name in ids_of(record):
            self.logged.setdefault(artifact, IdSample()).add(name, record.time.timestamp())

    def counted(self, artifact: str, ids: Mapping[str, float]) -> None:
        """Take the ids that were sampled of a log counted in bulk."""
        sample = self.logged.setdefault(artifact, IdSample())
        for name, time in ids.items():
            sample.add(name, time)

    def span(self, record: Span) -> None:
        """Widen the interval of a trace."""
        start = record.start.timestamp()
        low, high = self.traced.get(record.trace_id, (start, start))
        self.traced[record.trace_id] = (min(low, start), max(high, start + record.seconds))

    def offsets(self) -> list[Offset]:
        """Compare each log with the spans and with other logs; nothing where they agree, or scatter."""
        sampled = {artifact: self.logged[artifact].times() for artifact in sorted(self.logged)}
        known: dict[str, Offset] = {}
        for artifact, times in sampled.items():
            if (found := self._against_spans(artifact, times)) is not None:
                known[artifact] = found
        ahead = {artifact: offset.seconds for artifact, offset in known.items()}
        apart = [offset for offset in known.values() if offset.seconds]
        apart += logclocks.offsets(sampled, ahead, self.zoneless)
        return sorted(apart, key=lambda offset: offset.artifact)

    def _against_spans(self, artifact: str, times: Mapping[str, float]) -> Offset | None:
        """Find the offset of a log, none of zero seconds; None where the spans tell nothing of its clock."""
        shared = [_outside(time, self.traced[trace]) for trace, time in times.items() if trace in self.traced]
        if len(shared) < SHARED:
            return None
        middle, spread = centre(shared)
        if spread > max(1.0, 0.1 * abs(middle)):
            return None
        seconds = 0.0 if abs(middle) <= TOLERATED else settled(middle)
        return Offset(artifact, seconds, len(shared), round(spread, 3), "trace ids")


def _outside(time: float, interval: tuple[float, float]) -> float:
    low, high = interval
    if low - TOLERATED <= time <= high + TOLERATED:
        return 0.0
    return time - low


def hours_by_alerts(
    artifact: str, moved: Mapping[str, Sequence[float]], alerted: Iterable[tuple[str, float]]
) -> Offset | None:
    """Find the whole hours by which the moves of a metric table miss the alerts on the same services.

    `moved` are starts of moves by service, `alerted` service and start of alerts, in epoch seconds. An offset
    needs at least two alerts that a move precedes by minutes once shifted, none that it does as recorded, and
    no other offset that does half as well.
    """
    alerts = [(name, time) for name, time in alerted if name in moved]

    def hits(hours: int) -> int:
        return sum(
            any(-60 <= time - (start - 3600 * hours) <= _NEAR for start in moved[name])
            for name, time in alerts
        )

    counts = {hours: hits(hours) for hours in range(-MOST_HOURS, MOST_HOURS + 1)}
    best = max(counts, key=lambda hours: (counts[hours], -abs(hours)))
    rival = max((count for hours, count in counts.items() if hours != best), default=0)
    if best == 0 or counts[0] or counts[best] < max(2, 0.6 * len(alerts)) or rival * 2 > counts[best]:
        return None
    return Offset(artifact, 3600.0 * best, counts[best], 0.0, "alerts")
