"""Log records -> patterns: one streaming pass, memory bounded by the number of distinct messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from agent.digest import masking
from agent.digest.messages import inferred_level, service_of, text_of
from agent.digest.picks import UNDATED, Picks
from tools.formats.records import LogRecord

BUCKET_SECONDS = 10.0
"""Width of a pattern's first time buckets; doubled for a pattern that fills too many."""
MAX_BUCKETS = 512
MAX_PATTERNS = 20_000
"""Distinct patterns kept apart; what comes after is counted in one pattern per service and level."""
MAX_KEYS = 100_000
_OVERFLOW = "(messages of further kinds)"
_RANK = {"fatal": 4, "error": 3, "warning": 2, "info": 1, "debug": 0, "": 1}


Span = tuple[str, int, int]
"""A place as a plain tuple, which takes a tenth of the time to make."""


class Place(NamedTuple):
    """Where a record stands."""

    artifact: str
    first: int
    last: int


@dataclass(slots=True)
class Pattern:
    """All records of one service with one template and level."""

    service: str | None
    level: str
    template: str
    exemplar: str
    event: str
    """The number that names what happened, such as `status 503`; empty where there is none."""
    exception: str
    count: int = 0
    undated: int = 0
    first: datetime | None = None
    last: datetime | None = None
    width: float = BUCKET_SECONDS
    buckets: dict[int, int] = field(default_factory=dict[int, int])
    starts: dict[int, Span] = field(default_factory=dict[int, Span])
    """Where the first record of each bucket stands."""
    places: list[Place] = field(default_factory=list[Place])
    pods: dict[str, int] = field(default_factory=dict[str, int])
    containers: set[str] = field(default_factory=set[str])
    nodes: set[str] = field(default_factory=set[str])

    form: str = ""
    """The message with <*> where words differ; empty where all messages are the exemplar but for numbers."""
    values: dict[str, int] = field(default_factory=dict[str, int])
    """What stands in the place of `form` where words differ the most, and how often."""
    picks: Picks = field(default_factory=Picks)
    """Lines that are read again where its parameters are of interest."""

    def widen(self, width: float) -> None:
        """Join buckets until they are at least so wide."""
        while self.width < width:
            self.width *= 2
            buckets: dict[int, int] = {}
            starts: dict[int, Span] = {}
            for slot in sorted(self.buckets):
                buckets[slot // 2] = buckets.get(slot // 2, 0) + self.buckets[slot]
                starts.setdefault(slot // 2, self.starts[slot])
            self.buckets, self.starts = buckets, starts

    def coarsen(self) -> None:
        """Join buckets where there are too many."""
        if len(self.buckets) > MAX_BUCKETS:
            while len(self.buckets) > MAX_BUCKETS // 2:
                self.widen(self.width * 2)

    def bad(self) -> bool:
        """Whether it tells of trouble by its level."""
        return _RANK[self.level] >= 2

    def between(self, origin: float, start: datetime | None, end: datetime | None) -> int:
        """Count records from `start` up to `end`, to the resolution of the buckets."""
        low = _slot(start, origin, self.width) if start else None
        high = _slot(end, origin, self.width) if end else None
        return sum(
            count
            for slot, count in self.buckets.items()
            if (low is None or slot >= low) and (high is None or slot < high)
        )

    def since(self, origin: float, start: datetime) -> tuple[datetime, Place] | None:
        """Find the first bucket at or after a time, and where its first record stands."""
        low = _slot(start, origin, self.width)
        later = [slot for slot in self.buckets if slot >= low]
        if not later:
            return None
        slot = min(later)
        began = datetime.fromtimestamp(origin + slot * self.width, UTC)
        return max(began, self.first or began), Place(*self.starts[slot])


def _slot(time: datetime, origin: float, width: float) -> int:
    return int((time.timestamp() - origin) // width)


@dataclass(slots=True)
class ServiceLog:
    """How much one service logged, and when."""

    count: int = 0
    first: datetime | None = None
    last: datetime | None = None
    kinds: int = 0
    """Distinct cheap keys met so far."""
    coarse: bool = False
    """Whether its messages carry so many ids that a coarser key is needed."""


@dataclass(slots=True)
class LogBook:
    """Collects log records from any number of artifacts; `origin` is the time that buckets align to."""

    origin: float = 0.0
    patterns: dict[tuple[str | None, str, str], Pattern] = field(
        default_factory=dict[tuple[str | None, str, str], Pattern]
    )
    services: dict[str | None, ServiceLog] = field(default_factory=dict[str | None, ServiceLog])
    artifacts: dict[str, int] = field(default_factory=dict[str, int])
    """Artifacts that were read, numbered as picks name them."""
    lines: int = 0
    overflowed: int = 0
    _keys: dict[tuple[str | None, str, str, str], Pattern] = field(
        default_factory=dict[tuple[str | None, str, str, str], Pattern]
    )
    _sensitive: set[str] = field(default_factory=set[str])

    def read(self, artifact: str, records: Iterable[LogRecord]) -> None:
        """Add every record of one artifact."""
        for record in records:
            self.add(artifact, record)

    def add(self, artifact: str, record: LogRecord) -> None:
        """Add one record."""
        self.lines += 1
        service = service_of(record)
        text = text_of(record)
        totals = self.services.get(service)
        if totals is None:
            totals = self.services[service] = ServiceLog()
        bones = masking.coarse_skeleton(text) if totals.coarse else masking.skeleton(text)
        event = masking.event_number(text) if bones in self._sensitive else ""
        key = (service, record.level, bones, event)
        pattern = self._keys.get(key)
        if pattern is None:
            pattern = self._meet(key, text, record)
            totals.kinds += 1
            totals.coarse |= totals.kinds > 500 and totals.kinds > 0.1 * totals.count
        self._count(pattern, totals, artifact, record)

    def _meet(self, key: tuple[str | None, str, str, str], text: str, record: LogRecord) -> Pattern:
        service, _, bones, _ = key
        event = masking.event_number(text)
        if event and bones not in self._sensitive:
            self._sensitive.add(bones)
        level = record.level or inferred_level(text)
        shape = masking.template(text)
        name = (service, level, shape)
        if name not in self.patterns and len(self.patterns) >= MAX_PATTERNS:
            name = (service, level, _OVERFLOW)
            self.overflowed += 1
        if name not in self.patterns:
            self.patterns[name] = Pattern(service, level, name[2], text, event, masking.exception(text))
        if len(self._keys) >= MAX_KEYS:
            self._keys.clear()
            self._sensitive.clear()
        self._keys[service, record.level, bones, event] = self.patterns[name]
        return self.patterns[name]

    def _count(self, pattern: Pattern, totals: ServiceLog, artifact: str, record: LogRecord) -> None:
        pattern.count += 1
        totals.count += 1
        if len(pattern.places) < 3:
            _place(pattern.places, artifact, record)
        _whereabouts(pattern, record)
        time = record.time
        second = UNDATED if time is None or record.undated else int(time.timestamp())
        pattern.picks.add(self.number_of(artifact), record.line, second)
        if time is None or record.undated:
            pattern.undated += 1
        if time is None:
            return
        _stretch(pattern, time)
        if not record.undated:
            _stretch(totals, time)
        slot = int((time.timestamp() - self.origin) // pattern.width)
        seen = pattern.buckets.get(slot)
        if seen is None:
            pattern.starts[slot] = Place(artifact, record.line, record.end_line)
            pattern.buckets[slot] = 1
            pattern.coarsen()
        else:
            pattern.buckets[slot] = seen + 1

    def number_of(self, artifact: str) -> int:
        """Give the number by which picks name an artifact."""
        return self.artifacts.setdefault(artifact, len(self.artifacts))

    def extent(self) -> tuple[datetime, datetime] | None:
        """First and last dated record, or None where nothing is dated."""
        firsts = [log.first for log in self.services.values() if log.first]
        lasts = [log.last for log in self.services.values() if log.last]
        return (min(firsts), max(lasts)) if firsts and lasts else None


def _stretch(span: Pattern | ServiceLog, time: datetime) -> None:
    if span.first is None or time < span.first:
        span.first = time
    if span.last is None or time > span.last:
        span.last = time


def _whereabouts(pattern: Pattern, record: LogRecord) -> None:
    if record.pod and (record.pod in pattern.pods or len(pattern.pods) < 50):
        pattern.pods[record.pod] = pattern.pods.get(record.pod, 0) + 1
    if record.container and len(pattern.containers) < 10:
        pattern.containers.add(record.container)
    if record.node and len(pattern.nodes) < 10:
        pattern.nodes.add(record.node)


def _place(places: list[Place], artifact: str, record: LogRecord) -> None:
    if places and places[-1].artifact == artifact and record.line == places[-1].last + 1:
        places[-1] = Place(artifact, places[-1].first, record.end_line)
    else:
        places.append(Place(artifact, record.line, record.end_line))
