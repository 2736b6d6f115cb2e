"""Where in a large log each time stands, so that a window is read and not the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from agent.digest import logparts
from tools.formats.continuation import may_end
from tools.formats.joining import join
from tools.formats.logline import LogLine
from tools.formats.logs_text import LineReader
from tools.formats.opening import Damage, chunks, decode, whole_lines
from tools.formats.records import Clock, LogRecord, Tally

SIZE = 256 << 10
"""Bytes of a section, about."""
SLACK = 60.0
"""Seconds by which a line may stand beside the times that its section was seen to hold."""
MOST_BELOW = 500
"""Lines that a message may go on for."""
_LOOKS = 8
_TRIES = 20
"""Lines that are tried for a time at each look."""
_LONGEST = 64 << 10
_MOST_OF_LINE = 1 << 20


@dataclass(frozen=True, slots=True)
class Section:
    """Whole messages of a log, the bytes and lines before them, and the epoch seconds seen in them."""

    offset: int
    size: int
    before: int
    lines: int
    low: float
    high: float

    def meets(self, low: float, high: float) -> bool:
        """Whether lines of a window, epoch seconds with both ends, may stand here."""
        return self.low - SLACK <= high and low <= self.high + SLACK


class Sections:
    """The sections of one log in the order of the file; damage of a packed file ends them quietly.

    Of each the times at eight places are read. A log in which single lines stand over a minute away from the
    times around them may lose those lines from a window, never from a search without one.
    """

    def __init__(self, path: Path, clock: Clock, labels: Mapping[str, str]) -> None:
        self._path, self._clock, self._labels = path, clock, labels
        self._plain = logparts.is_plain(path)
        self.first: datetime | None = None
        self.sample: list[bytes] = []
        """The first lines of the file."""
        self._all = self._indexed()

    @property
    def lines(self) -> int:
        """How many lines the log has."""
        return self._all[-1].before + self._all[-1].lines if self._all else 0

    @property
    def span(self) -> tuple[float, float]:
        """The earliest and latest epoch second seen, 0 and 0 where no line has a time."""
        dated = [s for s in self._all if s.low > float("-inf")]
        return min((s.low for s in dated), default=0.0), max((s.high for s in dated), default=0.0)

    def meeting(self, low: float, high: float) -> list[Section]:
        """Give the sections in which lines of a window may stand."""
        return [section for section in self._all if section.meets(low, high)]

    def text(self, wanted: Iterable[Section]) -> Iterator[tuple[Section, bytes]]:
        """Read some sections, in the order of the file."""
        ordered = sorted(wanted, key=lambda section: section.offset)
        if self._plain:
            with self._path.open("rb") as file:
                for section in ordered:
                    file.seek(section.offset)
                    yield section, file.read(section.size)
            return
        held, offset = b"", 0
        blocks = (block for _, block in _packed(self._path))
        for section in ordered:
            while offset + len(held) < section.offset + section.size and (block := next(blocks, b"")):
                skipped = min(len(held), section.offset - offset)
                held, offset = held[skipped:] + block, offset + skipped
            begin = section.offset - offset
            yield section, held[begin : begin + section.size]

    def records(self, wanted: Sequence[Section]) -> Iterator[LogRecord]:
        """Read the records of some sections."""
        reader = logparts.reader_of(self._clock, self.first)
        yield from join(self._parsed(wanted, reader), Tally(), self._labels, lambda: self.first)

    def at(self, numbers: Iterable[int]) -> dict[int, LogRecord]:
        """Read the records that begin at some lines."""
        asked = sorted(numbers)
        wanted = [s for s in self._all if any(s.before < number <= s.before + s.lines for number in asked)]
        found: dict[int, LogRecord] = {}
        reader = logparts.reader_of(self._clock, self.first)
        for section, block in self.text(wanted):
            lines = block.split(b"\n")
            for number in asked:
                begin = number - section.before - 1
                if 0 <= begin < section.lines:
                    parsed = _taken_apart(lines[begin : begin + MOST_BELOW], number, reader)
                    record = next(join(parsed, Tally(), self._labels, lambda: self.first), None)
                    if record is not None:
                        found[number] = record
        return found

    def _parsed(self, wanted: Sequence[Section], reader: LineReader) -> Iterator[tuple[int, LogLine]]:
        for section, block in self.text(wanted):
            yield from _taken_apart(block.split(b"\n"), section.before + 1, reader)

    def _indexed(self) -> list[Section]:
        reader = logparts.reader_of(self._clock, None)
        found: list[Section] = []
        before = 0
        seen: list[float] = []
        blocks = _plain(self._path) if self._plain else _packed(self._path)
        for offset, block in _in_messages(blocks, reader):
            lines = block.split(b"\n")
            if not lines[-1]:
                lines.pop()
            if not found:
                self.sample = lines
            times = list(self._times(lines, reader))
            seen = times or seen[-1:]
            low, high = (min(seen), max(seen)) if seen else (float("-inf"), float("inf"))
            found.append(Section(offset, len(block), before, len(lines), low, high))
            before += len(lines)
        return found

    def _times(self, lines: Sequence[bytes], reader: LineReader) -> Iterator[float]:
        step = max(1, len(lines) // _LOOKS)
        for start in (*range(0, len(lines), step), max(0, len(lines) - _TRIES)):
            tried = (reader.read(decode(line[:_LONGEST])).time for line in lines[start : start + _TRIES])
            time = next((time for time in tried if time is not None), None)
            if time is not None:
                self.first = self.first or time
                yield time.timestamp()


def _in_messages(blocks: Iterator[tuple[int, bytes]], reader: LineReader) -> Iterator[tuple[int, bytes]]:
    """Move the lines with which a block goes on with the message above to the block before.

    Where none of many lines begins a message, or bytes between two blocks were left out, nothing is moved.
    """
    at, held, most = 0, b"", MOST_BELOW
    for offset, block in blocks:
        moved = _rest(held, block, reader, most) if held and offset == at + len(held) else 0
        if held and moved == len(block):
            held, most = held + block, most - block.count(b"\n")
            continue
        if held:
            yield at, held + block[:moved]
        at, held, most = offset + moved, block[moved:], MOST_BELOW
    if held:
        yield at, held


def _rest(above: bytes, block: bytes, reader: LineReader, most: int) -> int:
    """Count the bytes with which a block goes on with the last message above; 0 where more lines may do."""
    end = above.rstrip(b"\n").rfind(b"\n") + 1
    partial = reader.read(_text(above[end:].rstrip(b"\n"))).partial
    begin = 0
    for _ in range(most):
        end = block.find(b"\n", begin) + 1 or len(block)
        line = reader.read(_text(block[begin:end].rstrip(b"\n")))
        if not partial and line.time is not None and (line.own or not may_end(line.body)):
            return begin
        partial, begin = line.partial, end
        if begin == len(block):
            return begin
    return 0


def _text(line: bytes) -> str:
    return decode((line[:-1] if line[-1:] == b"\r" else line)[:_LONGEST])


def _taken_apart(lines: Sequence[bytes], first: int, reader: LineReader) -> Iterator[tuple[int, LogLine]]:
    for number, text in enumerate(lines, first):
        line = reader.read(_text(text))
        if line.message or line.own:
            yield number, line


def _plain(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield whole lines with the offset of the first; of one that is over a mebibyte the rest is left out."""
    with path.open("rb") as file:
        offset = 0
        while block := file.read(SIZE):
            rest = b"" if block.endswith(b"\n") else file.readline(_MOST_OF_LINE)
            yield offset, block + rest
            while len(rest) == _MOST_OF_LINE and not rest.endswith(b"\n"):
                rest = file.readline(_MOST_OF_LINE)
            offset = file.tell()


def _packed(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield what can be read, with its place among all of it; the digest says where a file is damaged."""
    offset = 0
    for block in whole_lines(_undamaged(path), SIZE):
        yield offset, block
        offset += len(block)


def _undamaged(path: Path) -> Iterator[bytes]:
    try:
        yield from chunks(path)
    except Damage:
        return
