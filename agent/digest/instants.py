"""Where the time stands in lines of one kind, so that it is read once a minute and not once a line."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from tools.formats.logs_text import LineReader

_CANDIDATE = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:(\d\d)|\d{4}[/.]\d\d[/.]\d\d[ T-]\d\d:\d\d:(\d\d)"
    r"|\d{1,2}[ /-][A-Z][a-z]{2}[ /-]\d{4}[ :T]\d\d:\d\d:(\d\d)"
    r"|[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:(\d\d)(?: \d{4})?"
    r"|(?<=[IWEFD])\d{4} \d\d:\d\d:(\d\d)|\d\d[-.]\d\d \d\d:\d\d:(\d\d)|\d{6} \d{4}(\d\d)|\b1\d{8}(\d)"
    r"|\d\d:\d\d:(\d\d)"
)
_NO_VALUE = bytes.maketrans(b"123456789", b"000000000")
_MOST = 100_000
"""Stamps of one style that are kept."""
BAD = -(1 << 60)
"""In place of a second: what stands where the time should be is none."""


class Style(dict[bytes, int]):
    """Stamps written in one way -> epoch seconds, `BAD` for what is no such stamp; fills itself.

    `before` and `after` are a line of this style around its time, `read` reads the time of a line.
    """

    def __init__(self, before: str, after: str, shape: bytes, read: Callable[[str], datetime | None]) -> None:
        super().__init__()
        self._around = before, after
        self._shape = shape
        self._read = read
        self._minutes: dict[bytes, int] = {}
        """Stamps without their seconds -> epoch seconds of the minute, where seconds come last."""

    def __missing__(self, stamp: bytes) -> int:
        found = self._second(stamp) if shape_of(stamp) == self._shape else None
        if found is None:
            return BAD
        if len(self) >= _MOST:
            self.clear()
        self[stamp] = found
        return found

    def _second(self, stamp: bytes) -> int | None:
        minute = self._minutes.get(stamp[:-2])
        if minute is not None and stamp[-2:] < b"60":
            return minute + int(stamp[-2:])
        before, after = self._around
        time = self._read(f"{before}{stamp.decode('latin-1')}{after}")
        if time is None:
            return None
        found = seconds(time)
        if self._shape[-3:] == b":00" and stamp[-2:] < b"60":
            self._minutes[stamp[:-2]] = found - int(stamp[-2:])
        return found


def seconds(time: datetime) -> int:
    """Whole epoch seconds of a time."""
    return int(time.timestamp() // 1)


def locate(text: str, time: datetime, reader: LineReader) -> tuple[int, int] | None:
    """Find the characters that set a line's time, by changing their second; None where none does."""
    for match in _CANDIDATE.finditer(text[:4096]):
        at = match.end(match.lastindex or 0) - 1
        other = "1" if text[at] == "0" else "0"
        moved = reader.read(f"{text[:at]}{other}{text[at + 1 :]}").time
        if moved is not None and round((moved - time).total_seconds(), 3) == int(other) - int(text[at]):
            return match.start(), match.end()
    return None


def shape_of(stamp: bytes) -> bytes:
    """Write a stamp with all digits as 0."""
    return stamp.translate(_NO_VALUE)


_ZONE = re.compile(r"(?:[.,:]\d+)?( ?(?:Z\b|[+-]\d\d:?\d\d\b|[A-Z]{3,4}\b))?")


def zone_of(after: str) -> str:
    """Read the zone that follows a stamp's seconds; empty where none does."""
    match = _ZONE.match(after)
    return (match[1] or "") if match else ""
