"""The times of one stretch of a log: where they stand in a line, and how they are read."""

from __future__ import annotations

from datetime import datetime

from agent.digest import instants
from agent.digest.instants import Style
from tools.formats.logline import LogLine
from tools.formats.logs_text import LineReader
from tools.formats.opening import decode
from tools.formats.records import Clock, Tally
from tools.formats.stamps import Stamps

NO_TIME = -(1 << 59)
"""In place of a second: the line has no time, and none stands above it."""
Timed = tuple[slice, Style]
"""Where the stamp of lines of one key stands, and how it is written."""


class Timing:
    """Reads lines and their times."""

    def __init__(self, clock: Clock, first_time: datetime | None) -> None:
        self._tally = Tally()
        self._stamps = Stamps(clock, self._tally)
        if self._stamps.anchor is None:
            self._stamps.anchor = first_time
        self._follows = clock.recorded_at is None
        self.reader = LineReader(self._stamps)
        self._styles: dict[tuple[bytes, str], Style] = {}
        untimed = Style("", "", b"", self.read)
        untimed[b""] = NO_TIME
        self.nowhere: Timed = slice(0, 0), untimed
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

    def second(self, text: str) -> int:
        """Read the epoch second of a line; NO_TIME where it has none."""
        time = self.read(text)
        return NO_TIME if time is None else instants.seconds(time)

    def place(self, parsed: LogLine, line: bytes, text: str) -> Timed | None:
        """Find where the time of a line stands; None where no place in it sets the time."""
        place = instants.locate(text, parsed.time, self.reader) if parsed.time else None
        if place is None:
            return None
        start, end = (len(text[:at].encode()) for at in place)
        shape, after = instants.shape_of(line[start:end]), decode(line[end:])
        zone = instants.zone_of(after)
        style = self._styles.get((shape, zone))
        if style is None:
            style = self._styles[shape, zone] = Style(decode(line[:start]), after, shape, self.read)
        return slice(start, end), style
