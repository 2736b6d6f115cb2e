"""How far the clock of one artifact is from the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median
from typing import Literal, TypeVar

from agent.digest.wording import duration, plural
from tools.formats.records import LogRecord, Record, Series

R = TypeVar("R", bound=Record)
TOLERATED = 2.0
"""Seconds of difference that mean nothing: buffering, and spans that end after their log lines."""
ZONE_STEP = 1800.0
"""Seconds between the clocks of neighbouring zones."""
MOST_HOURS = 14
_ZONE_SLACK = 60.0
Basis = Literal["trace ids", "alerts", "shared ids", "restarts"]
_FAR = {
    "trace ids": "the spans",
    "alerts": "the alerts",
    "shared ids": "the other logs",
    "restarts": "the cluster",
}
_THING = {
    "trace ids": "shared trace id",
    "alerts": "alert",
    "shared ids": "shared id",
    "restarts": "container restart",
}


@dataclass(frozen=True, slots=True)
class Offset:
    """How far the clock of one artifact is ahead of the others, in seconds."""

    artifact: str
    seconds: float
    shared: int
    """Things that both sources show."""
    spread: float
    """Median distance of the single differences from `seconds`."""
    by: Basis
    applied: bool = True
    """Whether its times are shifted; not where it is open which clock is right, or whether it is a clock."""
    against: str = ""
    """The one other source that it was compared with, where it was only one."""

    @property
    def zone(self) -> bool:
        """Whether it is whole half-hours, which a misread zone gives and drift does not."""
        return is_zone(self.seconds)

    @property
    def confidence(self) -> Literal["high", "medium"]:
        """High where many ids agree closely."""
        by_ids = self.by in {"trace ids", "shared ids"}
        return "high" if by_ids and self.shared >= 10 and self.spread <= 5 else "medium"

    def sentence(self) -> str:
        """Say what was found and what was done about it."""
        way = "ahead of" if self.seconds > 0 else "behind"
        far = self.against or _FAR[self.by]
        clock = f"The clock of {self.artifact} was {duration(abs(self.seconds))} {way} {far}"
        basis = f"({plural(self.shared, _THING[self.by])}, {self.confidence} confidence)"
        return f"{clock} {basis}: {self._outcome()}."

    def _outcome(self) -> str:
        if self.applied:
            what = "a zone was misread" if self.zone else "the clock had drifted"
            return f"{what}; its times were shifted to agree"
        if self.zone:
            return "one of them was misread, and which one is open; no time was shifted"
        return "the clock had drifted, or one waits for the other; no time was shifted"


def is_zone(seconds: float) -> bool:
    """Say whether a difference is whole half-hours and not none."""
    steps = round(seconds / ZONE_STEP)
    return steps != 0 and abs(seconds - steps * ZONE_STEP) <= _ZONE_SLACK


def settled(seconds: float) -> float:
    """Give the exact half-hours that a zone error of about so many seconds must be, else tenths."""
    whole = ZONE_STEP * round(seconds / ZONE_STEP)
    return whole if whole and abs(seconds - whole) <= TOLERATED else round(seconds, 1)


def centre(values: Sequence[float]) -> tuple[float, float]:
    """Give the median, and the median distance from it."""
    middle = median(values)
    return middle, median(abs(value - middle) for value in values)


def shifts(offsets: Iterable[Offset]) -> dict[str, timedelta]:
    """Map each artifact to what must be taken from its times."""
    return {offset.artifact: timedelta(seconds=offset.seconds) for offset in offsets if offset.applied}


def shifted(record: R, shift: timedelta | None) -> R:
    """Take a shift from the times of a log record or series; any other record stays as it is."""
    if not shift:
        return record
    if isinstance(record, LogRecord):
        return replace(record, time=record.time - shift) if record.time else record
    if isinstance(record, Series):
        return replace(record, times=tuple(time - shift.total_seconds() for time in record.times))
    return record
