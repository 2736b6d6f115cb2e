"""Times as people and programs write them, read strictly: an unreadable time is None, never a guess."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from tools.formats.records import Clock, Tally
from tools.formats.zones import AMBIGUOUS, NAMES, zone

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_MONTH = r"(?P<mon>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_CLOCK = r"(?P<h>\d{1,2}):(?P<mi>\d\d):(?P<s>\d\d)(?:[.,:](?P<f>\d{1,9}))?"
_ZONE = rf"(?: ?(?P<z>Z|[+-]\d\d:?\d\d(?!\d)|(?:{NAMES})\b))?"
_DAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? +)?"

_ISO = re.compile(
    rf"(\d{{4}}-\d\d-\d\d[T ]?\d\d:\d\d(?::\d\d(?:[.,]\d{{1,9}})?)?)"
    rf"(?: ?(Z\b|[+-]\d\d:?\d\d(?!\d)|(?:{NAMES})\b))?"
)
_OTHERS: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?P<y>\d{{4}})[/.](?P<m>\d\d)[/.](?P<d>\d\d)[ T-]{_CLOCK}{_ZONE}"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)-(?P<h>\d\d)\.(?P<mi>\d\d)\.(?P<s>\d\d)\.(?P<f>\d{6})"),
    re.compile(rf"{_DAY}{_MONTH} +(?P<d>\d{{1,2}}) {_CLOCK}(?: (?P<z>{NAMES}))? (?P<y>\d{{4}})\b"
               r"(?: (?P<o>[+-]\d{4}))?"),
    re.compile(rf"{_DAY}(?P<d>\d{{1,2}})[ /-]{_MONTH}[ /-](?P<y>\d{{4}})[ :T]{_CLOCK}{_ZONE}"),
    re.compile(rf"{_DAY}{_MONTH} +(?P<d>\d{{1,2}}),? (?P<y>\d{{4}})(?:,| at)? {_CLOCK}"
               rf"(?: (?P<ap>[AP]M))?{_ZONE}"),
    re.compile(rf"{_DAY}{_MONTH} +(?P<d>\d{{1,2}}) {_CLOCK}{_ZONE}"),
    re.compile(r"(?P<y2>\d\d)(?P<m>\d\d)(?P<d>\d\d) +(?P<h>\d\d):?(?P<mi>\d\d):?(?P<s>\d\d)(?!\d)"),
    re.compile(rf"(?P<m>\d\d)[.-](?P<d>\d\d) {_CLOCK}"),
    re.compile(r"(?P<e>1\d{9}(?:\.\d{1,9})?|1\d{12}|1\d{15}|1\d{18})(?!\d)"),
    re.compile(r"(?P<h>\d\d):(?P<mi>\d\d):(?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?(?![\d:])"),
)  # fmt: skip
_NAMED = frozenset(
    (
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "May",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Oct",
        "Nov",
        "Dec",
        "Mon",
        "Tue",
        "Wed",
        "Thu",
        "Fri",
        "Sat",
        "Sun",
    )
)
_ZONE_NAMES = frozenset(NAMES.split("|"))
_LATER = re.compile(r"(?i:\b(?:time|timestamp|ts)[\"']?\s*[:=]\s*[\"']?)(?=\d{4}-)")
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
        self._tally = tally
        self._last = ("", datetime.min.replace(tzinfo=UTC))
        self._readers: list[tuple[re.Pattern[str], Callable[[re.Match[str]], datetime | None]]] = [
            (pattern, self._from_groups) for pattern in _OTHERS
        ]

    def leading(self, line: str, start: int = 0) -> Stamp | None:
        """Read the time that a line begins with, behind at most one opening bracket."""
        match = _ISO.match(line, start)
        if match is None and line[start : start + 1] in {"[", "(", "<", '"', "'"}:
            start += 1
            match = _ISO.match(line, start)
        if match is not None:
            found = self._iso(match)
            return found and Stamp(found, start, match.end(), match[2] is not None)
        first = line[start : start + 1]
        if not first.isdigit() and line[start : start + 3] not in _NAMED:
            return None
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
            if (match := _ISO.match(line, position)) and (found := self._iso(match)):
                return Stamp(found, position, match.end(), match[2] is not None)
            for pattern in _OTHERS[:5]:
                if (match := pattern.match(line, position)) and (found := self._from_groups(match)):
                    return Stamp(found, position, match.end(), _says_zone(match))

    def later(self, line: str) -> Stamp | None:
        """Read a time anywhere in a line that is announced as one, as in `Time: 2025-06-20 13:14:30`."""
        announced = _LATER.search(line)
        if announced is None or (match := _ISO.match(line, announced.end())) is None:
            return None
        found = self._iso(match)
        return found and Stamp(found, announced.start(), match.end(), match[2] is not None)

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
        named = match[2]
        try:
            if named is None:
                if self.told is None:
                    self._tally.zone_assumed = True
                    return datetime.fromisoformat(match[1] + "Z")
                return self._in_zone(datetime.fromisoformat(match[1]))
            if named == "Z":
                return datetime.fromisoformat(match[1] + named)
            if named[0] in "+-":
                return datetime.fromisoformat(match[1] + named).astimezone(UTC)
            return self._named(datetime.fromisoformat(match[1]), named)
        except (ValueError, OverflowError):
            return None

    def _in_zone(self, naive: datetime) -> datetime:
        if self.told is None:
            self._tally.zone_assumed = True
            return naive.replace(tzinfo=UTC)
        return naive.replace(tzinfo=self.told).astimezone(UTC)

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
            hour = hour % 12 + (12 if half == "PM" else 0)
        micros = int((part.get("f") or "0")[:6].ljust(6, "0"))
        clock = (hour, int(part["mi"] or 0), int(part["s"] or 0), micros)
        if part.get("d") is None:
            return self._nearest_day(clock)
        month_name = part.get("mon")
        month = _MONTHS[month_name[:3].lower()] if month_name else int(part["m"] or 0)
        year, short = part.get("y"), part.get("y2")
        if year or short:
            return datetime(int(year or 2000 + int(short or 0)), month, int(part["d"] or 0), *clock)  # noqa: DTZ001 - the zone comes next
        return self._nearest_year(month, int(part["d"] or 0), clock)

    def _nearest_year(self, month: int, day: int, clock: tuple[int, int, int, int]) -> datetime | None:
        if self.anchor is None:
            return None
        local = self.anchor.astimezone(self.zone).replace(tzinfo=None)
        for year in (local.year, local.year - 1):
            try:
                found = datetime(year, month, day, *clock)  # noqa: DTZ001 - the zone comes next
            except ValueError:
                continue
            if found <= local + timedelta(days=1):
                return found
        return None

    def _nearest_day(self, clock: tuple[int, int, int, int]) -> datetime | None:
        if self.anchor is None:
            return None
        local = self.anchor.astimezone(self.zone).replace(tzinfo=None)
        hour, minute, second, micros = clock
        found = local.replace(hour=hour, minute=minute, second=second, microsecond=micros)
        if self.recorded_at is not None:
            return found if found <= local + timedelta(hours=1) else found - timedelta(days=1)
        shift = timedelta(days=1 if found < local - timedelta(hours=12) else 0)
        return found + shift


def age_seconds(text: str) -> float | None:
    """Read a kubectl age (5m, 3m12s, 2d4h, 1y30d) or <invalid> as seconds; None where it is none."""
    text = text.strip().removesuffix(" ago").strip()
    match = _AGE.match(text)
    if not text or match is None:
        return None
    years, days, hours, minutes, seconds = (int(group or 0) for group in match.groups())
    return float(((years * 365 + days) * 24 + hours) * 3600 + minutes * 60 + seconds)


def _says_zone(match: re.Match[str]) -> bool:
    groups = match.re.groupindex
    return any(name in groups and match[name] for name in ("z", "o", "e"))
