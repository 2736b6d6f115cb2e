"""Ids of requests and traces, which several logs show of one request: a bounded sample, with times.

Kept are the ids of least hash. Whatever order, files and processes they are met in, two sources that show the
same ids so keep the same ones, and what both keep grows with what they share (bottom-k sampling, Cohen 1997).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.formats.opening import head
from tools.formats.records import LogRecord

MOST = 1000
"""Ids that are kept of one source."""
FACTOR = 0x9E3779B97F4A7C15
"""What the last eight bytes of an id are multiplied by; the high half of the product is its hash."""
TELLING = 8
_MOST_PLACES = 3
_LOOKS = 8
_LOOK = 16 << 10
"""Bytes that are looked at, in so many places of a log, for where its lines carry ids."""
_NAME = r"(?:x[-_])?(?:trace|request|req|correlation)[-_.]?id"
ID = r"[0-9A-Za-z][\w-]{7,63}"
_PATTERN = rf"""(?ix) (?P<mark> (?<![a-z]) {_NAME} \\?["']? \s? [:=] \s? \\?["']?
    | traceparent \\?["']? \s? [:=] \s? \\?["']? 00- ) (?P<id> {ID} )"""
_NAMED = re.compile(_NAME, re.IGNORECASE)
_TEXT = re.compile(_PATTERN)
_BYTES = re.compile(_PATTERN.encode())
_HINTS = ("race", "RACE", "eq", "EQ", "orrelation", "CORRELATION")


def rank(name: bytes) -> int:
    """Hash an id; its end, for what ids begin with is often the time."""
    return (int.from_bytes(name[-TELLING:], "little") * FACTOR >> 32) & 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Spot:
    """Where lines carry an id: so many bytes behind their beginning, or before their end where negative."""

    offset: int
    length: int
    mark: bytes
    """What stands before it."""


class IdSample:
    """Times by id, of the ids of least hash; it holds twice as many as it gives, at the most."""

    __slots__ = ("_bar", "_most", "_times")

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._bar = 1 << 32
        self._times: dict[str, float] = {}

    def add(self, name: str, time: float) -> None:
        """Note an id and a time at which it showed; the first of its times is kept."""
        held = self._times.get(name)
        if held is not None:
            self._times[name] = min(held, time)
        elif rank(name.encode()) <= self._bar:
            self._times[name] = time
            if len(self._times) > 2 * self._most:
                self._thin()

    def times(self) -> dict[str, float]:
        """Give the ids of least hash with the first time of each, ordered by id."""
        if len(self._times) > self._most:
            self._thin()
        return dict(sorted(self._times.items()))

    def _thin(self) -> None:
        kept = least((name.encode() for name in self._times), self._most)
        self._times = {name: self._times[name] for name in map(bytes.decode, kept)}
        self._bar = rank(kept[-1])


def least(names: Iterable[bytes], most: int = MOST) -> list[bytes]:
    """Give the ids of least hash, in that order."""
    return sorted(names, key=lambda name: (rank(name), name))[:most]


def carries(path: Path) -> bool:
    """Say whether the first lines of a log carry ids of requests or traces."""
    return any(_BYTES.search(line) for line in head(path, _LOOK)[0].split(b"\n"))


def spots(path: Path, *, plain: bool) -> tuple[Spot, ...]:
    """Find the few spots where the most lines carry an id, by looks into a log, or at a packed one's head."""
    covered: dict[Spot, set[tuple[int, int]]] = defaultdict(set)
    for number, look in enumerate(_looks(path) if plain else [head(path, _LOOK * _LOOKS)[0]]):
        for at, line in enumerate(look.split(b"\n")[1:-1]):
            for match in _BYTES.finditer(line):
                length, mark = match.end("id") - match.start("id"), match["mark"]
                for offset in (match.start("id"), match.start("id") - len(line)):
                    covered[Spot(offset, length, mark)].add((number, at))
    return tuple(_most_telling(covered))


def _looks(path: Path) -> Iterator[bytes]:
    size = path.stat().st_size
    with path.open("rb") as file:
        for number in range(_LOOKS):
            file.seek(size * number // _LOOKS)
            yield file.read(_LOOK)


def _most_telling(covered: Mapping[Spot, set[tuple[int, int]]]) -> Iterator[Spot]:
    """Choose in turn the spot that adds the most lines."""
    seen: set[tuple[int, int]] = set()
    for _ in range(_MOST_PLACES):
        gains = {spot: len(lines - seen) for spot, lines in covered.items()}
        best = max(gains, key=lambda spot: (gains[spot], spot.offset, spot.length, spot.mark), default=None)
        if best is None or not gains[best]:
            return
        yield best
        seen |= covered[best]


def ids_of(record: LogRecord) -> tuple[str, ...]:
    """Give the ids of traces and requests that a record carries."""
    found = [record.trace_id] if record.trace_id else []
    found += _in_fields(record.fields)
    if not found and any(hint in record.message for hint in _HINTS):
        found += (match["id"] for match in _TEXT.finditer(record.message))
    return tuple(dict.fromkeys(found))


def _in_fields(fields: Mapping[str, str]) -> list[str]:
    return [value for key, value in fields.items() if len(value) >= TELLING and _NAMED.fullmatch(key)]
