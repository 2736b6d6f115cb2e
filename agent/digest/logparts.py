"""Where a large log is cut into parts, each of which one process counts, and what all of them must know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from agent.digest.kinds import Plan
from agent.digest.requestids import Spot
from tools.formats.continuation import may_end
from tools.formats.logs_text import LineReader
from tools.formats.opening import decode, head
from tools.formats.records import Clock, Tally
from tools.formats.stamps import Stamps

PART = 128 << 20
"""Bytes that one process counts, at most, before it hands back what it found."""
SMALL = 24 << 20
"""Files up to this size are counted in one process."""
_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
"""Beginnings of files that are compressed or not plain UTF-8."""
_LOOK = 1 << 20
_SLOTS = 256
_CALM = 50
"""Lines without a time of their own and without any sign of a trace; the text of no exception is as long."""


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes of a file that one process counts; a packed file, which has no `high`, is read as a whole."""

    path: Path
    plan: Plan
    low: int = 0
    high: int | None = None
    spots: tuple[Spot, ...] = ()
    """Where lines carry the ids that are sampled."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is counted in parts."""

    plan: Plan
    parts: list[Part]


def source(path: Path, clock: Clock, origin: float, base_width: float, cores: int) -> Source:
    """Cut a file into parts at line ends; a packed or small one is one part."""
    sample, whole = head(path, _LOOK)
    if not is_plain(path):
        plan = _plan(sample, b"", clock, origin, base_width)
        return Source(plan, [Part(path, plan)])
    size = path.stat().st_size
    plan = _plan(sample, _end(path, size), clock, origin, base_width)
    if size <= SMALL or whole or cores < 2:
        return Source(plan, [Part(path, plan, 0, size)])
    step = -(-size // (cores * -(-size // (cores * PART))))
    cuts = [0, *_cuts(path, size, step, plan), size]
    return Source(
        plan,
        [
            Part(path, replace(plan, first_time=_first(path, low, plan)), low, high)
            for low, high in pairwise(cuts)
        ],
    )


def is_plain(path: Path) -> bool:
    """Say whether a file can be read from any of its bytes on: not packed, and UTF-8 without a mark."""
    with path.open("rb") as file:
        return not file.read(4).startswith(_PACKED)


def _plan(sample: bytes, end: bytes, clock: Clock, origin: float, base_width: float) -> Plan:
    """Learn from the head of a file where ids stand, when it begins, and how wide slots must be."""
    from agent.digest.anchors import anchors  # noqa: PLC0415 - numpy, which large logs alone are worth

    lines = sample.split(b"\n")[:8_000]
    first, last = _dated(lines, clock), None
    if first is not None:
        last = _dated(reversed(end.split(b"\n")), clock, first)
    width = base_width
    if first is not None and last is not None:
        while (last - first).total_seconds() / width > _SLOTS:
            width *= 2
    return Plan(clock, origin, width, anchors(lines), first)


def _dated(
    lines: Iterator[bytes] | list[bytes] | reversed[bytes], clock: Clock, anchor: datetime | None = None
) -> datetime | None:
    stamps = Stamps(clock, Tally())
    stamps.anchor = stamps.anchor or anchor
    reader = LineReader(stamps)
    times = (reader.read(decode(line[:65536])).time for line in lines if line)
    return next((time for time in times if time is not None), None)


def _end(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, size - (256 << 10)))
        return file.read()


def _first(path: Path, low: int, plan: Plan) -> datetime | None:
    if low == 0:
        return plan.first_time
    with path.open("rb") as file:
        file.seek(low)
        return _dated(file.read(64 << 10).split(b"\n"), plan.clock, plan.first_time) or plan.first_time


def _cuts(path: Path, size: int, step: int, plan: Plan) -> Iterator[int]:
    """Find places near multiples of `step` where a line with a time of its own begins.

    Where only the runtime dates lines, one below many that are no part of a trace is as good.
    """
    reader = reader_of(plan.clock, plan.first_time)
    with path.open("rb") as file:
        for position in range(step, size - step // 4, step):
            file.seek(position)
            file.readline()
            calm = 0
            while line := file.readline():
                read = reader.read(decode(line.rstrip(b"\r\n")[:65536]))
                begins = read.message and read.time is not None and (read.own or calm >= _CALM)
                calm = calm + 1 if read.time is not None and not may_end(read.body) else 0
                if begins and (read.own or calm):
                    yield file.tell() - len(line)
                    break
                if file.tell() > position + step // 4:
                    break


def reader_of(clock: Clock, first: datetime | None) -> LineReader:
    """Make a reader for the exemplar lines of a file."""
    stamps = Stamps(clock, Tally())
    stamps.anchor = stamps.anchor or first
    return LineReader(stamps)
