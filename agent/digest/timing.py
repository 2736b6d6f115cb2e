"""The times of one stretch of a log: where they stand in a line, and in which slot they fall."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime

from agent.digest import instants
from agent.digest.instants import BAD, Slots, Style
from tools.formats.logline import LogLine
from tools.formats.logs_text import LineReader
from tools.formats.opening import decode
from tools.formats.records import Clock, Tally
from tools.formats.stamps import Stamps

Stamp = bytes | int | None
"""A stamp as it stands in the line, or its second where that was worked out otherwise; None: no time."""
NO_SLOT = -(1 << 40)
Timed = tuple[slice, Slots, Style | None]
"""Where the stamp of lines of one key stands, the slots of its stamps, and how it is written."""


class RunStamps:
    """The stamps of a block's lines, kept for each run of lines; single ones can be set."""

    def __init__(self, firsts: Sequence[int], stamps: Sequence[Stamp]) -> None:
        self._firsts = firsts
        self._stamps = stamps
        self._own: dict[int, Stamp] = {}

    def __setitem__(self, index: int, stamp: Stamp) -> None:
        self._own[index] = stamp

    def __getitem__(self, index: int) -> Stamp:
        if index in self._own:
            return self._own[index]
        return self._stamps[bisect_right(self._firsts, index) - 1]


class Timing:
    """Reads lines and their times; slots are numbered from `origin` and multiplied by `step`."""

    def __init__(
        self, clock: Clock, first_time: datetime | None, origin: float, width: float, step: int
    ) -> None:
        self._tally = Tally()
        self._stamps = Stamps(clock, self._tally)
        if self._stamps.anchor is None:
            self._stamps.anchor = first_time
        self._follows = clock.recorded_at is None
        self.reader = LineReader(self._stamps)
        self._origin, self._width, self._step = origin, width, step
        self._styles: dict[tuple[bytes, str], tuple[Slots, Style]] = {}
        untimed = Slots(lambda _: None, lambda _: BAD)
        untimed[b""] = NO_SLOT * step
        self.nowhere: Timed = slice(0, 0), untimed, None
        """For lines without a stamp at a place of its own."""

    @property
    def zone_assumed(self) -> bool:
        """Whether a time without a zone was read as UTC."""
        return self._tally.zone_assumed

    def read(self, text: str) -> datetime | None:
        """Read the time of a line; later ones without a date are near it."""
        time = self.reader.read(text).time
        if time is not None and self._follows:
            self._stamps.anchor = time
        return time

    def slot(self, second: int | None) -> int:
        """Give the slot of an epoch second, times the step."""
        return (NO_SLOT if second is None else int((second - self._origin) // self._width)) * self._step

    def second(self, stamp: Stamp, style: Style | None) -> int | None:
        """Give the epoch seconds of a stamp that was met."""
        if not isinstance(stamp, bytes):
            return stamp
        return style.second(stamp, self.read) if style else None

    def place(self, parsed: LogLine, line: bytes, text: str) -> Timed | None:
        """Find where the time of a line stands; None where no place in it sets the time."""
        place = instants.locate(text, parsed.time, self.reader) if parsed.time else None
        if place is None:
            return None
        start, end = (len(text[:at].encode()) for at in place)
        shape, after = instants.shape_of(line[start:end]), decode(line[end:])
        zone = instants.zone_of(after)
        found = self._styles.get((shape, zone))
        if found is None:
            style = Style(decode(line[:start]), after, shape)
            slots = Slots(lambda stamp: style.second(stamp, self.read), self.slot)
            found = self._styles[shape, zone] = slots, style
        return slice(start, end), *found
