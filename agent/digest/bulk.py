"""Large log files: cut at line ends, counted on all cores, put together in the order of the file."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from agent.digest import processes, requestids
from agent.digest.kinds import Kind, Plan
from agent.digest.requestids import Spot
from tools.formats.continuation import may_end
from tools.formats.logs_text import LineReader
from tools.formats.opening import Damage, chunks, decode, head, whole_lines
from tools.formats.records import Clock, Tally
from tools.formats.stamps import Stamps
from tools.pace import Pace

if TYPE_CHECKING:
    from agent.digest.census import Census

R = TypeVar("R")
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
_CALM = 50
"""Lines without a time of their own and without any sign of a trace; the text of no exception is as long."""


def _no_ids() -> dict[bytes, Sampled]:
    return {}


class Sampled(NamedTuple):
    """A line, and a time near it for stamps that lack a date."""

    line: bytes
    near: datetime | None


@dataclass(frozen=True, slots=True)
class Counted:
    """What a file holds, by kind; `width` is the length of a slot in seconds."""

    kinds: tuple[Kind, ...]
    lines: int
    width: float
    overflowed: int
    zone_assumed: bool = False
    damage: str = ""
    """What broke off a packed file, empty where nothing did."""
    ids: Mapping[bytes, Sampled] = field(default_factory=_no_ids)
    """A sample of the ids of requests, and the first line of each."""


def count(
    path: Path, clock: Clock, origin: float, *, base_width: float, workers: int = 0, ids: bool = False
) -> Counted:
    """Count a file of log lines; `workers` processes at most, 0 for one a core."""
    (counted,) = count_each([(path, clock)], origin, base_width=base_width, workers=workers, ids=ids)
    return counted


def count_each(
    files: Sequence[tuple[Path, Clock]],
    origin: float,
    *,
    base_width: float,
    workers: int = 0,
    ids: bool = False,
) -> Iterator[Counted]:
    """Count files of log lines in turn; all their parts are spread over the processes.

    `ids` are sampled only where asked for: that takes time of its own.
    """
    cores = workers or processes.cores()
    sources = [_source(path, clock, origin, base_width, cores) for path, clock in files]
    if ids:
        sources = [_with_spots(source) for source in sources]
    parts = [part for source in sources for part in source.parts]
    if cores < 2 or len(parts) < 2:
        yield from _each(sources, _paced(parts, map(_count_part, parts)))
        return
    importlib.import_module("agent.digest.counting")  # numpy, before processes fork
    with processes.pool(min(cores, len(parts))) as pool:
        try:
            yield from _each(sources, _paced(parts, pool.map(_count_part, parts)))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)  # who interrupts does not wait for all parts
            raise


def is_large(path: Path) -> bool:
    """Say whether a log is counted by key; a packed one is from an eighth of the size on."""
    return path.stat().st_size >= (LARGE if is_plain(path) else LARGE // 8)


@dataclass(frozen=True, slots=True)
class _Part:
    """Bytes of a file that one process counts; a packed file, which has no `high`, is read as a whole."""

    path: Path
    plan: Plan
    low: int = 0
    high: int | None = None
    spots: tuple[Spot, ...] = ()
    """Where lines carry the ids that are sampled."""


@dataclass(frozen=True, slots=True)
class _Source:
    plan: Plan
    parts: list[_Part]


def _source(path: Path, clock: Clock, origin: float, base_width: float, cores: int) -> _Source:
    sample, whole = head(path, _LOOK)
    if not is_plain(path):
        plan = _plan(sample, b"", clock, origin, base_width)
        return _Source(plan, [_Part(path, plan)])
    size = path.stat().st_size
    plan = _plan(sample, _end(path, size), clock, origin, base_width)
    if size <= SMALL or whole or cores < 2:
        return _Source(plan, [_Part(path, plan, 0, size)])
    step = -(-size // (cores * -(-size // (cores * PART))))
    cuts = [0, *_cuts(path, size, step, plan), size]
    return _Source(
        plan,
        [
            _Part(path, replace(plan, first_time=_first(path, low, plan)), low, high)
            for low, high in pairwise(cuts)
        ],
    )


def _with_spots(source: _Source) -> _Source:
    path = source.parts[0].path
    spots = requestids.spots(path, plain=is_plain(path))
    return replace(source, parts=[replace(part, spots=spots) for part in source.parts])


def _each(sources: Sequence[_Source], results: Iterator[_Result]) -> Iterator[Counted]:
    for source in sources:
        yield _together(islice(results, len(source.parts)), source.plan)


def _paced(parts: Sequence[_Part], results: Iterable[R]) -> Iterator[R]:
    sizes = [(part.path.stat().st_size if part.high is None else part.high) - part.low for part in parts]
    pace = Pace("counting lines of logs", sum(sizes))
    for number, (size, result) in enumerate(zip(sizes, results, strict=True), 1):
        pace.advance(size)
        if number == len(parts):
            pace.end()
        yield result


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


@dataclass(frozen=True, slots=True)
class _Result:
    """What was counted of a part."""

    stretch: Census
    ids: list[tuple[bytes, bytes]]
    """Sampled ids with the first line of each."""
    first_time: datetime | None


def _count_part(part: _Part) -> _Result:
    from agent.digest.counting import LineCounter  # noqa: PLC0415 - numpy, which large logs alone are worth
    from agent.digest.lineids import LineIds  # noqa: PLC0415 - as above

    counter, sample = LineCounter(part.plan), LineIds(part.spots, part.low)
    damage: list[str] = []
    for block in whole_lines(_read(part, damage), CHUNK // 2):
        sample.feed(counter.feed(block))
    stretch = replace(counter.finish(), damage="".join(damage))
    return _Result(stretch, sample.lines(), part.plan.first_time)


def _read(part: _Part, damage: list[str]) -> Iterator[bytes]:
    """Yield the bytes of a part; where a packed file is damaged they end, and the reason is added."""
    try:
        yield from chunks(part.path) if part.high is None else _between(part.path, part.low, part.high)
    except Damage as broken:
        damage.append(broken.reason)


def _between(path: Path, low: int, high: int) -> Iterator[bytes]:
    """Yield bytes in blocks that end with a line end where they can, so that none has to be put together."""
    with path.open("rb", buffering=0) as file:
        while low < high:
            file.seek(low)
            block = file.read(min(CHUNK, high - low))
            block = block[: block.rfind(b"\n") + 1] or block
            if not block:
                return
            low += len(block)
            yield block


def _together(results: Iterable[_Result], plan: Plan) -> Counted:
    from agent.digest import census  # noqa: PLC0415 - numpy, which large logs alone are worth

    ids: dict[bytes, Sampled] = {}

    def counted() -> Iterator[Census]:
        for result in results:
            for name, line in result.ids:
                ids.setdefault(name, Sampled(line, result.first_time))
            yield result.stretch

    whole = census.joined(counted())
    kinds = tuple(census.kinds_of(whole))
    return Counted(kinds, whole.lines, plan.width, whole.overflowed, whole.zone_assumed, whole.damage, ids)


def reader_of(clock: Clock, first: datetime | None) -> LineReader:
    """Make a reader for the exemplar lines of a file."""
    stamps = Stamps(clock, Tally())
    stamps.anchor = stamps.anchor or first
    return LineReader(stamps)
