"""A file of log lines, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from tools.formats.joining import join
from tools.formats.logline import LogLine
from tools.formats.logs_text import LineReader
from tools.formats.opening import lines, spoil
from tools.formats.records import Clock, LogRecord, Tally
from tools.formats.stamps import Stamps

FORMATS = frozenset(
    ("kubectl-logs", "cri", "container-json", "json-lines", "logfmt", "klog", "access-log", "syslog", "text")
)
"""Formats in which each line stands for itself."""
LARGE = 8 << 20
"""Bytes from which on a log is not read line by line."""
_YEAR = re.compile(
    r"(?<!\d)(?:19|20)\d\d[-/.]?\d\d|[/ -](?:19|20)\d\d\b|(?<!\d)1\d{9}|^\d{6} |\d[./-]\d{1,2}[./-]\d\d"
)
"""Something that may be a date with its year, or epoch seconds."""


def read_lines(path: Path, clock: Clock, tally: Tally, labels: Mapping[str, str]) -> Iterator[LogRecord]:
    """Yield the file's records; lines without a time stand beside their neighbour's."""
    ahead = Ahead(path, clock)
    yield from join(_log_lines(path, clock, tally, ahead), tally, labels, ahead.first_time)


def _log_lines(path: Path, clock: Clock, tally: Tally, ahead: Ahead) -> Iterator[tuple[int, LogLine]]:
    """Yield each line that is not blank, taken apart, with its number."""
    stamps = Stamps(clock, tally)
    reader = LineReader(stamps)
    for number, text in lines(path, tally):
        line = read_line(text, reader, stamps, ahead)
        if not line.message and not line.own:
            continue
        if line.dialect == "broken-json":
            spoil(tally, number, "broken JSON, kept as text")
        if line.time is not None and clock.recorded_at is None:
            stamps.anchor = line.time
        yield number, line


def read_line(text: str, reader: LineReader, stamps: Stamps, ahead: Ahead) -> LogLine:
    """Take one line apart; where its time lacks a year, with the year of the file's dated lines."""
    line = reader.read(text)
    if stamps.lacks_year and stamps.around is None and (around := ahead.full_date()) is not None:
        stamps.around = around
        line = reader.read(text)
    return line


class Ahead:
    """Looks once through the rest of a file for what its first lines do not say."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock
        self._full: datetime | None = None
        self._searched = False

    def full_date(self) -> datetime | None:
        """Find the first time that says its year."""
        if not self._searched:
            self._searched = True
            reader = LineReader(Stamps(self._clock, Tally()))
            numbered = lines(self._path, Tally())
            times = (reader.read(text).time for _, text in numbered if _YEAR.search(text))
            self._full = next((time for time in times if time is not None), None)
        return self._full

    def first_time(self) -> datetime | None:
        """Find the time of the first line that has one."""
        if self._searched and self._full is None:
            return None
        numbered = _log_lines(self._path, self._clock, Tally(), self)
        return next((line.time for _, line in numbered if line.time is not None), None)
