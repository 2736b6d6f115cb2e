"""Times as people and programs write them, read strictly: an unreadable time is None, never a guess."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from tools.formats.notations import DATED, DAYS, ISO, LATER, MONTHS, NAMED, OTHERS, WEEKDAY
from tools.formats.records import Clock, Tally
from tools.formats.zones import AMBIGUOUS, NAMES, zone

_ZONE_NAMES = frozenset(NAMES.split("|"))
_JITTER = timedelta(minutes=1)
"""How far neighbouring lines of one file may stand out of order."""
_AGE = re.compile(r"^(?:(\d+)y)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time found in a line: where it ends there, and whether it said its zone."""

    time: datetime
    start: int
    end: int
    zoned: bool


class Stamps:
    """Reads the times of one file; knows the file's zone and, for stamps without a date, its day."""

    def __init__(self, clock: Clock, tally: Tally) -> None:
        told = zone(clock.zone) if clock.zone else None
        if clock.zone and told is None:
            raise ValueError(
                f"unknown time zone {clock.zone!r}; use UTC, an offset such as +08:00, or a name"
            )
        self.told = told
        self.zone: tzinfo = told or UTC
        self.recorded_at = clock.recorded_at
        self.anchor: datetime | None = clock.recorded_at
        self.around: datetime | None = clock.around
        """A time of the same file, for stamps without a year that stand before the first full date."""
        self.lacks_year = False
        """A stamp without a year was met while nothing told its year."""
        self._tally = tally
        self._last = ("", datetime.min.replace(tzinfo=UTC))
        self._before: datetime | None = None
        self._day_first: bool | None = None
        self._readers: list[tuple[re.Pattern[str], Callable[[re.Match[str]], datetime | None]]] = [
            (pattern, self._from_groups) for pattern in OTHERS
        ]

    def assumed(self) -> tuple[bool, bool]:
        """Say whether a zone and a year were assumed so far."""
        return self._tally.zone_assumed, self._tally.year_assumed

    def take_back(self, assumed: tuple[bool, bool]) -> None:
        """Go back to what was assumed before some times were read that turned out not to be needed."""
        self._tally.zone_assumed, self._tally.year_assumed = assumed

    def leading(self, line: str, start: int = 0) -> Stamp | None:
        """Read the time that a line begins with, behind at most one opening bracket."""
        match = ISO.match(line, start)
        if match is None and line[start : start + 1] in {"[", "(", "<", '"', "'"}:
            start += 1
            match = ISO.match(line, start)
        if match is not None:
            found = self._iso(match)
            return found and Stamp(found, start, match.end(), _iso_says_zone(match))
        if not line[start : start + 1].isdigit():
            if line[start : start + 3] not in NAMED:
                return None
            if line[start : start + 3] in DAYS and (day := WEEKDAY.match(line, start)):
                return self.leading(line, day.end())
        for index, (pattern, reader) in enumerate(self._readers):
            match = pattern.match(line, start)
            if match is None:
                continue
            if match[0] == self._last[0]:  # neighbours often share their second
                return Stamp(self._last[1], start, match.end(), _says_zone(match))
            if (found := reader(match)) is not None:
                self._last = (match[0], found)
                if index > 1:  # files keep to one way of writing: try it first next time
                    self._readers.insert(0, self._readers.pop(index))
                return Stamp(found, start, match.end(), _says_zone(match))
        return None

    def near(self, line: str, reach: int = 64) -> Stamp | None:
        """Read a full date and time that stands at a word's start within the first `reach` characters."""
        position = 0
        while True:
            position = line.find(" ", position, reach) + 1
            if not position:
                return None
            if line[position : position + 1] in "[(" and position + 1 < len(line):
                position += 1
            if not line[position : position + 1].isdigit() and line[position : position + 3] not in NAMED:
                continue
            if (match := ISO.match(line, position)) and (found := self._iso(match)):
                return Stamp(found, position, match.end(), _iso_says_zone(match))
            for pattern in DATED:
                if (match := pattern.match(line, position)) and (found := self._from_groups(match)):
                    return Stamp(found, position, match.end(), _says_zone(match))

    def later(self, line: str) -> Stamp | None:
        """Read a time anywhere in a line that is announced as one, as in `Time: 2025-06-20 13:14:30`."""
        announced = LATER.search(line)
        if announced is None or (match := ISO.match(line, announced.end())) is None:
            return None
        found = self._iso(match)
        return found and Stamp(found, announced.start(), match.end(), _iso_says_zone(match))

    def parse(self, text: str) -> datetime | None:
        """Read a whole field as a time; None where it is not one."""
        text = text.strip().strip('"')
        found = self.leading(text)
        if found is None:
            return None
        rest = text[found.end :].strip()
        known = not rest or rest.startswith("m=") or rest in {"]", ")"} or rest in _ZONE_NAMES
        return found.time if known or rest.startswith(("UTC m=", "+0000 UTC")) else None

    def epoch(self, value: float) -> datetime | None:
        """Read epoch seconds, milli-, micro- or nanoseconds, told apart by size; None outside 1990-2100."""
        for scale in (1, 1_000, 1_000_000, 1_000_000_000):
            seconds = value / scale
            if 631_152_000 <= seconds <= 4_102_444_800:
                return datetime.fromtimestamp(seconds, UTC)
        return None

    def ago(self, text: str) -> datetime | None:
        """Resolve a kubectl age such as 5m, 3m12s or 2d4h against the recording time; None without one."""
        seconds = age_seconds(text)
        if seconds is None or self.recorded_at is None:
            return None
        return self.recorded_at - timedelta(seconds=seconds)

    def _iso(self, match: re.Match[str]) -> datetime | None:
        written, half, offset, name, hours = match.groups()
        if written[10].isdigit():  # what lost the separator of date and time
            written = f"{written[:10]}T{written[10:]}"
        try:
            if half:
                naive = datetime.fromisoformat(written)
                hour = naive.hour % 12 + (12 if half == "PM" else 0)
                written = naive.replace(hour=hour).isoformat()
            if offset or hours:
                zoned = datetime.fromisoformat(written + (offset or hours))
                return zoned if offset == "Z" else zoned.astimezone(UTC)
            if name:
                return self._named(datetime.fromisoformat(written), name)
            if self.told is None:
                self._tally.zone_assumed = True
                return datetime.fromisoformat(written + "Z")
            return self._in_zone(datetime.fromisoformat(written))
        except (ValueError, OverflowError):
            return self._leap(match)

    def _leap(self, match: re.Match[str]) -> datetime | None:
        """Read a 61st second as the one after 59, as clocks that know no leap seconds do."""
        written = match[0]
        if written[16:19] != ":60" or (calm := ISO.match(f"{written[:17]}59{written[19:]}")) is None:
            return None
        found = self._iso(calm)
        return found and found + timedelta(seconds=1)

    def _in_zone(self, naive: datetime) -> datetime:
        if self.told is None:
            self._tally.zone_assumed = True
            return naive.replace(tzinfo=UTC)
        if isinstance(self.told, timezone):
            return naive.replace(tzinfo=self.told).astimezone(UTC)
        return self._in_seasons(naive, self.told)

    def _in_seasons(self, naive: datetime, told: tzinfo) -> datetime:
        """Place a local time; of an hour that the clocks went through twice, the pass that the file is in.

        A time that the clocks skipped counts by the offset before the skip.
        """
        first = naive.replace(tzinfo=told).astimezone(UTC)
        again = naive.replace(tzinfo=told, fold=1).astimezone(UTC)
        twice = again > first
        if twice and self._before is not None and first < self._before - _JITTER:
            first = again
        self._before = first
        return first

    def _named(self, naive: datetime, name: str) -> datetime | None:
        if name in AMBIGUOUS:
            return naive.replace(tzinfo=self.told).astimezone(UTC) if self.told else None
        known = zone(name)
        return naive.replace(tzinfo=known).astimezone(UTC) if known else None

    def _from_groups(self, match: re.Match[str]) -> datetime | None:
        part = match.groupdict()
        if part.get("e"):
            return self.epoch(float(part["e"]))
        try:
            naive = self._naive(part)
            if naive is None:
                return None
            name = part.get("z") or part.get("o")
            return self._named(naive, name) if name else self._in_zone(naive)
        except (ValueError, OverflowError):
            return None

    def _naive(self, part: dict[str, str | None]) -> datetime | None:
        hour = int(part["h"] or 0)
        if half := part.get("ap"):
            hour = hour % 12 + (12 if half[0] in "Pp" else 0)
        micros = int((part.get("f") or "0")[:6].ljust(6, "0"))
        clock = (hour, int(part["mi"] or 0), int(part["s"] or 0), micros)
        if part.get("a"):
            ordered = self._ordered(int(part["a"] or 0), int(part["b"] or 0), american=half is not None)
            if ordered is None:
                return None
            day, month = ordered
        elif part.get("d") is None:
            return self._nearest_day(clock)
        else:
            name = part.get("mon")
            month = MONTHS[name[:3].lower()] if name else int(part["m"] or 0)
            day = int(part["d"] or 0)
        year, short = part.get("y"), part.get("y2")
        if year or short:
            return datetime(int(year or 2000 + int(short or 0)), month, day, *clock)  # noqa: DTZ001 - the zone comes next
        return self._nearest_year(month, day, clock)

    def _ordered(self, one: int, two: int, *, american: bool) -> tuple[int, int] | None:
        """Tell day and month apart: a number past 12, an earlier one of the file, or AM and PM; else None."""
        if one > 12 or two > 12:
            self._day_first = one > 12
        elif self._day_first is None and american:
            self._day_first = False
        if self._day_first is None:
            return (one, two) if one == two else None
        return (one, two) if self._day_first else (two, one)

    def _nearest_year(self, month: int, day: int, clock: tuple[int, int, int, int]) -> datetime | None:
        """Take the last such day before the recording, or else the nearest to a dated line of the file."""
        anchor = self.anchor or self.around
        if anchor is None:
            self.lacks_year = True
            return None
        local = anchor.astimezone(self.zone).replace(tzinfo=None)
        found: list[datetime] = []
        for year in (local.year + 1, local.year, local.year - 1):
            with suppress(ValueError):  # 29 February
                found.append(datetime(year, month, day, *clock))  # noqa: DTZ001 - the zone comes next
        if self.recorded_at is not None:
            return next((time for time in found if time <= local + timedelta(days=1)), None)
        self._tally.year_assumed = True
        return min(found, key=lambda time: abs(time - local), default=None)

    def _nearest_day(self, clock: tuple[int, int, int, int]) -> datetime | None:
        if self.anchor is None:
            return None
        local = self.anchor.astimezone(self.zone).replace(tzinfo=None)
        hour, minute, second, micros = clock
        found = local.replace(hour=hour, minute=minute, second=second, microsecond=micros)
        if self.recorded_at is not None:
            return found if found <= local + timedelta(hours=1) else found - timedelta(days=1)
        if found < local - timedelta(hours=12):
            return found + timedelta(days=1)
        return found - timedelta(days=1) if found > local + timedelta(hours=12) else found


def age_seconds(text: str) -> float | None:
    """Read a kubectl age (5m, 3m12s, 2d4h, 1y30d) or <invalid> as seconds; None where it is none."""
    text = text.strip().removesuffix(" ago").strip()
    match = _AGE.match(text)
    if not text or match is None:
        return None
    years, days, hours, minutes, seconds = (int(group or 0) for group in match.groups())
    return float(((years * 365 + days) * 24 + hours) * 3600 + minutes * 60 + seconds)


def _iso_says_zone(match: re.Match[str]) -> bool:
    return match[3] is not None or match[4] is not None or match[5] is not None


def _says_zone(match: re.Match[str]) -> bool:
    groups = match.re.groupindex
    return any(name in groups and match[name] for name in ("z", "o", "e"))
