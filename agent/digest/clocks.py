"""Clocks that disagree: found from what two sources must both show, told as zone or drift, and applied.

Spans carry the reference: their times are numbers since the epoch, which no zone can shift. A log that shares
trace ids with them shows its own offset. Where a table of metrics names no zone, the alerts about the same
services show whether whole hours are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from statistics import median
from typing import Literal, TypeVar

from agent.digest.wording import duration, plural
from tools.formats.records import LogRecord, Record, Series, Span

R = TypeVar("R", bound=Record)
_SHARED = 5
"""Ids that two sources must share before their clocks are compared."""
_TOLERATED = 2.0
"""Seconds of difference that mean nothing: buffering, and spans that end after their log lines."""
_ZONE_STEP = 1800.0
_ZONE_SLACK = 60.0
_MOST_HOURS = 14
_NEAR = 300.0
"""Seconds between the move of a metric and the alert on it."""
_IDS = 2000


@dataclass(frozen=True, slots=True)
class Offset:
    """How far the clock of one artifact is ahead of the others, in seconds."""

    artifact: str
    seconds: float
    shared: int
    """Things that both sources show."""
    spread: float
    """Median distance of the single differences from `seconds`."""
    by: Literal["trace ids", "alerts"]

    @property
    def zone(self) -> bool:
        """Whether it is whole half-hours, which a misread zone gives and drift does not."""
        steps = round(self.seconds / _ZONE_STEP)
        return steps != 0 and abs(self.seconds - steps * _ZONE_STEP) <= _ZONE_SLACK

    @property
    def confidence(self) -> Literal["high", "medium"]:
        """High where many ids agree closely."""
        return "high" if self.by == "trace ids" and self.shared >= 10 and self.spread <= 5 else "medium"

    def sentence(self) -> str:
        """Say what was found and what was done about it."""
        way = "ahead of" if self.seconds > 0 else "behind"
        what = "a zone was misread" if self.zone else "the clock had drifted"
        far = "the spans" if self.by == "trace ids" else "the alerts"
        basis = (
            f"{plural(self.shared, 'shared trace id')}"
            if self.by == "trace ids"
            else plural(self.shared, "alert")
        )
        return (
            f"The clock of {self.artifact} was {duration(abs(self.seconds))} {way} {far} ({basis}, "
            f"{self.confidence} confidence): {what}; its times were shifted to agree."
        )


@dataclass(slots=True)
class ClockBook:
    """Collects what shows a clock: times of trace ids in logs and in spans."""

    logged: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])
    """Artifact -> trace id -> first time, in epoch seconds."""
    traced: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])
    """Trace id -> first start and last end."""
    zoneless: set[str] = field(default_factory=set[str])
    """Artifacts with times that name no zone."""

    def log(self, artifact: str, record: LogRecord) -> None:
        """Keep the first time of a trace id, of a bounded number of them."""
        if record.trace_id is None or record.time is None or record.undated:
            return
        seen = self.logged.setdefault(artifact, {})
        if record.trace_id in seen or len(seen) < _IDS:
            time = record.time.timestamp()
            seen[record.trace_id] = min(seen.get(record.trace_id, time), time)

    def span(self, record: Span) -> None:
        """Widen the interval of a trace."""
        start = record.start.timestamp()
        low, high = self.traced.get(record.trace_id, (start, start))
        self.traced[record.trace_id] = (min(low, start), max(high, start + record.seconds))

    def offsets(self) -> list[Offset]:
        """Compare each log with the spans; nothing where they agree, or disagree with themselves."""
        found = (self._against_spans(artifact) for artifact in sorted(self.logged))
        return [offset for offset in found if offset is not None]

    def _against_spans(self, artifact: str) -> Offset | None:
        shared = [
            _outside(time, self.traced[trace])
            for trace, time in sorted(self.logged[artifact].items())
            if trace in self.traced
        ]
        if len(shared) < _SHARED:
            return None
        middle = median(shared)
        spread = median(abs(value - middle) for value in shared)
        if abs(middle) <= _TOLERATED or spread > max(1.0, 0.1 * abs(middle)):
            return None
        return Offset(artifact, round(middle, 1), len(shared), round(spread, 3), "trace ids")


def _outside(time: float, interval: tuple[float, float]) -> float:
    low, high = interval
    if low - _TOLERATED <= time <= high + _TOLERATED:
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

    counts = {hours: hits(hours) for hours in range(-_MOST_HOURS, _MOST_HOURS + 1)}
    best = max(counts, key=lambda hours: (counts[hours], -abs(hours)))
    rival = max((count for hours, count in counts.items() if hours != best), default=0)
    if best == 0 or counts[0] or counts[best] < max(2, 0.6 * len(alerts)) or rival * 2 > counts[best]:
        return None
    return Offset(artifact, 3600.0 * best, counts[best], 0.0, "alerts")


def shifts(offsets: Iterable[Offset]) -> dict[str, timedelta]:
    """Map each artifact to what must be taken from its times."""
    return {offset.artifact: timedelta(seconds=offset.seconds) for offset in offsets}


def shifted(record: R, shift: timedelta | None) -> R:
    """Take a shift from the times of a log record or series; any other record stays as it is."""
    if not shift:
        return record
    if isinstance(record, LogRecord):
        return replace(record, time=record.time - shift) if record.time else record
    if isinstance(record, Series):
        return replace(record, times=tuple(time - shift.total_seconds() for time in record.times))
    return record
