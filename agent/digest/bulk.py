"""Large log files: cut at line ends, counted on all cores, put together in the order of the file."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from agent.digest import logparts, processes, requestids
from agent.digest.kinds import Kind, Plan
from agent.digest.logparts import Part, Source
from tools.formats.opening import Damage, chunks, whole_lines
from tools.formats.records import Clock
from tools.pace import Pace

if TYPE_CHECKING:
    from agent.digest.census import Census

R = TypeVar("R")
CHUNK = 1 << 20
"""Bytes that are counted in one step."""
LARGE = 8 << 20
"""Files from this size on are counted by key; of smaller ones each record is read, to the microsecond."""
FORMATS = frozenset(
    ("kubectl-logs", "cri", "container-json", "json-lines", "logfmt", "klog", "access-log", "syslog", "text")
)
"""Formats in which each line stands for itself."""


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
    sources = [logparts.source(path, clock, origin, base_width, cores) for path, clock in files]
    if ids:
        sources = [_with_spots(source) for source in sources]
    parts = [part for source in sources for part in source.parts]
    if cores < 2 or len(parts) < 2:
        yield from _each(sources, _paced(parts, map(_count_part, parts)))
        return
    importlib.import_module("agent.digest.counting")  # numpy, before processes fork
    with closing(processes.each(_count_part, parts, min(cores, len(parts)))) as results:
        yield from _each(sources, _paced(parts, results))


def is_large(path: Path) -> bool:
    """Say whether a log is counted by key; a packed one is from an eighth of the size on."""
    return path.stat().st_size >= (LARGE if logparts.is_plain(path) else LARGE // 8)


def _with_spots(source: Source) -> Source:
    path = source.parts[0].path
    spots = requestids.spots(path, plain=logparts.is_plain(path))
    return replace(source, parts=[replace(part, spots=spots) for part in source.parts])


def _each(sources: Sequence[Source], results: Iterator[_Result]) -> Iterator[Counted]:
    for source in sources:
        yield _together(islice(results, len(source.parts)), source.plan)


def _paced(parts: Sequence[Part], results: Iterable[R]) -> Iterator[R]:
    sizes = [(part.path.stat().st_size if part.high is None else part.high) - part.low for part in parts]
    pace = Pace("counting lines of logs", sum(sizes))
    for number, (size, result) in enumerate(zip(sizes, results, strict=True), 1):
        pace.advance(size)
        if number == len(parts):
            pace.end()
        yield result


@dataclass(frozen=True, slots=True)
class _Result:
    """What was counted of a part."""

    stretch: Census
    ids: list[tuple[bytes, bytes]]
    """Sampled ids with the first line of each."""
    first_time: datetime | None


def _count_part(part: Part) -> _Result:
    from agent.digest.counting import LineCounter  # noqa: PLC0415 - numpy, which large logs alone are worth
    from agent.digest.lineids import LineIds  # noqa: PLC0415 - as above

    counter, sample = LineCounter(part.plan), LineIds(part.spots, part.low)
    damage: list[str] = []
    for block in whole_lines(_read(part, damage), CHUNK // 2):
        sample.feed(counter.feed(block))
    stretch = replace(counter.finish(), damage="".join(damage))
    return _Result(stretch, sample.lines(), part.plan.first_time)


def _read(part: Part, damage: list[str]) -> Iterator[bytes]:
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
