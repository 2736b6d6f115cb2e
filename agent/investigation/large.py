"""A log of millions of lines: those that hold the sought word are counted by key, the others passed over."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from agent.digest import census, logparts, offsets, skeletons
from agent.digest.absorbing import record_of
from agent.digest.anchors import anchors
from agent.digest.counting import LineCounter
from agent.digest.keys import keys_of
from agent.digest.kinds import BEGUN, CODE, ENDED, LINE, MANY, Plan
from agent.investigation.timeline import MOST_BELOW, Section, Sections
from tools.formats.continuation import may_go_on
from tools.formats.logs_text import LineReader
from tools.formats.opening import decode
from tools.formats.records import Clock, LogRecord

_WORDS = re.compile(r"[A-Za-z0-9_-]+")
_VARIES = re.compile(r"\d|[a-f]{8}", re.IGNORECASE)
"""What a key leaves out: lines of one key may differ in it."""
_LONGEST = 64 << 10
_SLOTS = 256
"""Parts of a window; of the earliest part with such lines the first is shown."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """Lines of one kind in a window and a record of the kind."""

    record: LogRecord
    count: int
    line: int
    """Number of the first line."""
    late: int
    """Number of the first line in the last part of the window that has any."""
    first: datetime | None
    last: datetime | None


class LargeLog:
    """Searches one log file; the index of its times is made at the first look and kept."""

    def __init__(self, path: Path, clock: Clock, labels: Mapping[str, str], shift: timedelta) -> None:
        self._clock, self._labels, self._shift = clock, labels, shift
        self._sections = Sections(path, clock, labels)
        self._anchors = anchors(self._sections.sample)
        self._services: frozenset[str] | None = None

    @property
    def lines(self) -> int:
        """How many lines the log has."""
        return self._sections.lines

    def services(self) -> frozenset[str]:
        """Name everything that wrote a line."""
        if self._services is None:
            found = self.search("", None, None)
            self._services = frozenset(item.record.service or "" for item in found)
        return self._services

    def around(self, low: datetime, high: datetime) -> Iterator[LogRecord]:
        """Yield the records of a window and some beside it, in the order of the file."""
        wanted = self._sections.meeting(*self._window(low, high))
        return (offsets.shifted(record, self._shift) for record in self._sections.records(wanted))

    def record(self, found: Sighting) -> LogRecord:
        """Read the first record of a kind as it stands in the file."""
        read = self._sections.at([found.line]).get(found.line)
        return found.record if read is None else offsets.shifted(read, self._shift)

    def search(self, text: str, start: datetime | None, end: datetime | None) -> list[Sighting]:
        """Count the lines that hold a text, in any case, by kind; times to the second, with both ends."""
        low, high = self._window(start, end)
        if not low <= high:
            return []
        wanted = self._sections.meeting(low, high)
        seconds = high // 1 + 1 - low // 1
        width = max(1.0, seconds / _SLOTS)
        plan = Plan(self._clock, low // 1, width, self._anchors, self._sections.first)
        slots = (0 if start else None, round(seconds / width) if end else None)
        counters: dict[int, _Counter] = {}
        for number, chunk, lines in self._chosen(text, wanted):
            counters.setdefault(number, _Counter(plan)).feed(chunk, lines)
        reader = logparts.reader_of(self._clock, self._sections.first)
        words = text.casefold()
        return [
            self._shifted(found)
            for _, counter in sorted(counters.items())
            for found in counter.found(reader, self._labels, *slots)
            if words in found.record.message.casefold()
        ]

    def _shifted(self, found: Sighting) -> Sighting:
        if not self._shift:
            return found
        return replace(
            found,
            record=offsets.shifted(found.record, self._shift),
            first=found.first and found.first - self._shift,
            last=found.last and found.last - self._shift,
        )

    def _window(self, start: datetime | None, end: datetime | None) -> tuple[float, float]:
        """Give both ends by the log's own clock; an open end is where its times were seen to end."""
        low, high = self._sections.span
        if start is not None:
            low = (start + self._shift).timestamp()
        if end is not None:
            high = (end + self._shift).timestamp()
        return low, high

    def _chosen(self, text: str, wanted: Sequence[Section]) -> Iterator[tuple[int, bytes, _Lines]]:
        """Yield lines to count, parted by how often they hold the sought word, with where they stand."""
        blocks = self._sections.text(wanted)
        if not text:
            for section, block in blocks:
                yield 0, block, _Lines(section.before, None)
            return
        sieve = _Sieve(text, self._clock, self._anchors, self._sections.first)
        for section, block in blocks:
            for number, indexes in sorted(sieve.hits(block).items()):
                lines = block.split(b"\n")
                chunk = b"".join(lines[index] + b"\n" for index in indexes)
                yield number, chunk, _Lines(section.before, indexes)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Where the lines of a chunk stand: their indexes behind `before`, all of them where there are none."""

    before: int
    indexes: Sequence[int] | None

    def number(self, index: int) -> int:
        return self.before + 1 + (index if self.indexes is None else self.indexes[index])


class _Sieve:
    """Picks the lines of a block that hold a text's longest word, and the rest of their messages.

    Whether a line begins a message is read once for each key. Where the text holds what keys leave out,
    each line is read and its message compared.
    """

    def __init__(self, text: str, clock: Clock, anchors: Sequence[skeletons.Anchor], first: datetime | None):
        self._text = text.casefold()
        self._word = max(_WORDS.findall(self._text), key=len, default=self._text).encode()
        self._exact = _VARIES.search(text) is not None
        self._anchors = tuple(anchors)
        self._reader = logparts.reader_of(clock, first)
        self._begins: dict[bytes, bool] = {}

    def hits(self, block: bytes) -> dict[int, list[int]]:
        """Give the indexes of the lines by how often the message holds the word."""
        held = dict(self._held(block.lower()))
        if not held:
            return {}
        lines = block.split(b"\n")
        if not lines[-1]:
            lines.pop()
        keys = keys_of(block, self._anchors)
        found: dict[int, list[int]] = {}
        below = 0
        for hit in held:
            if hit < below:
                continue
            least, above = max(below, hit - MOST_BELOW), hit
            while above > least and not self._starts(keys[above], lines[above]):
                above -= 1
            below = hit + 1
            while below < len(lines) and not self._starts(keys[below], lines[below]):
                if below - above > MOST_BELOW:
                    break
                below += 1
            if self._exact and not self._holds(lines[above:below]):
                continue
            times = sum(held.get(index, 0) for index in range(above, below))
            found.setdefault(times, []).extend(range(above, below))
        return found

    def _held(self, lowered: bytes) -> Iterator[tuple[int, int]]:
        """Yield the index of each line that holds the word, and how often it does."""
        index = begin = 0
        at = lowered.find(self._word)
        while at >= 0:
            start = lowered.rfind(b"\n", begin, at) + 1 or begin
            index += lowered.count(b"\n", begin, start)
            end = lowered.find(b"\n", at)
            end = len(lowered) if end < 0 else end
            yield index, lowered.count(self._word, start, end)
            begin = start
            at = lowered.find(self._word, end)

    def _starts(self, key: bytes, line: bytes) -> bool:
        known = self._begins.get(key)
        if known is None:
            read = self._reader.read(_decoded(line))
            begins = read.own or not may_go_on(read.body)
            known = self._begins[key] = begins and read.time is not None
        return known

    def _holds(self, lines: Sequence[bytes]) -> bool:
        return any(self._text in self._reader.read(_decoded(line)).message.casefold() for line in lines)


class _Counter:
    """Counts chunks of lines and remembers where each line came from."""

    def __init__(self, plan: Plan) -> None:
        self._counter = LineCounter(plan)
        self._fed: list[tuple[int, _Lines]] = []

    def feed(self, chunk: bytes, lines: _Lines) -> None:
        self._fed.append((self._counter.lines, lines))
        self._counter.feed(chunk)

    def found(
        self, reader: LineReader, labels: Mapping[str, str], low: int | None, high: int | None
    ) -> Iterator[Sighting]:
        """Yield what was counted in slots from `low` on and before `high`."""
        for kind in census.kinds_of(self._counter.finish()):
            rows = np.zeros((5, 0), dtype=np.int64) if kind.slots is None else kind.slots
            kept = np.ones(rows.shape[1], dtype=np.bool_)
            if low is not None:
                kept &= rows[CODE] >= low
            if high is not None:
                kept &= rows[CODE] < high
            rows = rows[:, kept]
            timeless = kind.timeless if low is None and high is None else 0
            if not rows.size and not timeless:
                continue
            line, late, first, last = kind.line, kind.line, None, None
            if rows.size:
                line, late = int(rows[LINE, 0]), int(rows[LINE, -1])
                first, last = int(rows[BEGUN].min()), int(rows[ENDED].max())
            yield Sighting(
                record_of(kind, reader, labels),
                int(rows[MANY].sum()) + timeless,
                self._real(line),
                self._real(late),
                _moment(first),
                _moment(last),
            )

    def _real(self, line: int) -> int:
        """Give the number in the file of the n-th line that was fed, both from 1 on."""
        at = bisect_right(self._fed, line - 1, key=lambda entry: entry[0]) - 1
        before, lines = self._fed[at]
        return lines.number(line - 1 - before)


def _moment(second: int | None) -> datetime | None:
    return None if second is None else datetime.fromtimestamp(second, UTC)


def _decoded(line: bytes) -> str:
    return decode((line[:-1] if line[-1:] == b"\r" else line)[:_LONGEST])
