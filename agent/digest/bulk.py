"""Large log files: cut at line ends, counted on all cores, put together in the order of the file."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import TYPE_CHECKING

from agent.digest import skeletons
from agent.digest.kinds import Kind, Plan
from tools.formats.logs_text import LineReader
from tools.formats.opening import Damage, chunks, decode, head, whole_lines
from tools.formats.records import Clock, Tally
from tools.formats.stamps import Stamps

if TYPE_CHECKING:
    from agent.digest.counting import LineCounter

CHUNK = 1 << 20
"""Bytes that are counted in one step."""
PART = 128 << 20
"""Bytes that one process counts, at most, before it hands back what it found."""
LARGE = 8 << 20
"""Files from this size on are counted by key; of smaller ones each record is read, to the microsecond."""
SMALL = 24 << 20
"""Files up to this size are counted in one process."""
FORMATS = frozenset(
    ("kubectl-logs", "cri", "container-json", "json-lines", "logfmt", "klog", "access-log", "syslog", "text")
)
"""Formats in which each line stands for itself."""
_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
"""Beginnings of files that are compressed or not plain UTF-8."""
_LOOK = 1 << 20
_SLOTS = 256


@dataclass(frozen=True, slots=True)
class Counted:
    """What a file holds, by kind; `width` is the length of a slot in seconds."""

    kinds: tuple[Kind, ...]
    lines: int
    width: float
    overflowed: int
    zone_assumed: bool = False
    damage: str = ""


def count(path: Path, clock: Clock, origin: float, *, base_width: float, workers: int = 0) -> Counted:
    """Count a file of log lines; `workers` processes at most, 0 for one a core."""
    sample, whole = head(path, _LOOK)
    plain = _is_plain(path)
    size = path.stat().st_size if plain else 0
    found = _ends(path, size) if plain else b""
    plan = _plan(sample, found, clock, origin, base_width)
    cores = workers or _cores()
    if not plain or size <= SMALL or whole or cores < 2:
        return _one(path, plan)
    step = -(-size // (cores * -(-size // (cores * PART))))
    cuts = [0, *_cuts(path, size, step, plan), size]
    parts = [
        (path, low, high, replace(plan, first_time=_first(path, low, plan))) for low, high in _pairs(cuts)
    ]
    _counter(plan)  # imported before processes fork
    with ProcessPoolExecutor(min(cores, len(parts)), mp_context=_context()) as pool:
        return _together(pool.map(_count_part, parts), plan)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _is_plain(path: Path) -> bool:
    with path.open("rb") as file:
        return not file.read(4).startswith(_PACKED)


def _context() -> BaseContext:
    # Forking is quick but unsafe beside other threads; spawning imports everything again.
    forks = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    return multiprocessing.get_context("fork" if forks else "spawn")


def _plan(sample: bytes, end: bytes, clock: Clock, origin: float, base_width: float) -> Plan:
    """Learn from the head of a file where ids stand, when it begins, and how wide slots must be."""
    lines = sample.split(b"\n")[:8_000]
    first, last = _dated(lines, clock), None
    if first is not None:
        last = _dated(reversed(end.split(b"\n")), clock, first)
    width = base_width
    if first is not None and last is not None:
        while (last - first).total_seconds() / width > _SLOTS:
            width *= 2
    return Plan(clock, origin, width, skeletons.anchors(lines), first)


def _dated(
    lines: Iterator[bytes] | list[bytes] | reversed[bytes], clock: Clock, anchor: datetime | None = None
) -> datetime | None:
    stamps = Stamps(clock, Tally())
    stamps.anchor = stamps.anchor or anchor
    reader = LineReader(stamps)
    times = (reader.read(decode(line[:65536])).time for line in lines if line)
    return next((time for time in times if time is not None), None)


def _ends(path: Path, size: int) -> bytes:
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
    """Find places near multiples of `step` where a line with a time of its own begins."""
    reader = reader_of(plan.clock, plan.first_time)
    with path.open("rb") as file:
        for position in range(step, size - step // 4, step):
            file.seek(position)
            file.readline()
            while line := file.readline():
                read = reader.read(decode(line.rstrip(b"\r\n")[:65536]))
                if read.own and read.message and read.time is not None:
                    yield file.tell() - len(line)
                    break
                if file.tell() > position + step // 4:
                    break


def _pairs(cuts: list[int]) -> Iterator[tuple[int, int]]:
    return pairwise(cuts)


_Part = tuple[list[Kind], int, int, bool]
"""Kinds, lines, overflowed lines, and whether a zone was assumed."""


def _count_part(part: tuple[Path, int, int, Plan]) -> _Part:
    path, low, high, plan = part
    counter = _counter(plan)
    counter.keep_memory()
    gc.disable()  # the process ends with this work, and nothing here forms cycles
    for block in whole_lines(_between(path, low, high), CHUNK):
        counter.feed(block)
    return _part(counter)


def _counter(plan: Plan) -> LineCounter:
    from agent.digest.counting import LineCounter  # noqa: PLC0415 - numpy, which large logs alone are worth

    return LineCounter(plan)


def _part(counter: LineCounter) -> _Part:
    return counter.finish(), counter.lines, counter.overflowed, counter.zone_assumed


def _between(path: Path, low: int, high: int) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        file.seek(low)
        left = high - low
        while left and (block := file.read(min(CHUNK, left))):
            left -= len(block)
            yield block


def _one(path: Path, plan: Plan) -> Counted:
    counter = _counter(plan)
    damage = ""
    try:
        for block in whole_lines(chunks(path), CHUNK):
            counter.feed(block)
    except Damage as broken:
        damage = broken.reason
    return replace(_together(iter([_part(counter)]), plan), damage=damage)


def _together(parts: Iterator[_Part], plan: Plan) -> Counted:
    merged: dict[tuple[bytes, bytes], Kind] = {}
    before = overflowed = 0
    zoneless = False
    for kinds, lines, more, assumed in parts:
        for kind in kinds:
            _merge(merged, kind, before)
        before += lines
        overflowed += more
        zoneless |= assumed
    ordered = sorted(merged.values(), key=lambda kind: kind.line)
    return Counted(tuple(ordered), before, plan.width, overflowed, zoneless)


def _merge(merged: dict[tuple[bytes, bytes], Kind], kind: Kind, before: int) -> None:
    kind.move(before)
    held = merged.setdefault((kind.key, kind.event), kind)
    if held is not kind:
        held.add(kind)


def reader_of(clock: Clock, first: datetime | None) -> LineReader:
    """Make a reader for the exemplar lines of a file."""
    stamps = Stamps(clock, Tally())
    stamps.anchor = stamps.anchor or first
    return LineReader(stamps)
