"""The ids of requests in a large log, sampled block by block from the spots where most lines carry one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agent.digest.blocks import Block
from agent.digest.requestids import FACTOR, ID, MOST, TELLING, Spot, least, rank
from agent.digest.tallies import Ints

EVERY = 4
"""Of so many lines about one is looked at, one whose place in the file is a multiple; a power of two."""
_LINE = 4096
"""Bytes of a sampled line that are kept."""


@dataclass(frozen=True, slots=True)
class _Searched:
    spot: Spot
    mark: np.uint64
    spare: np.uint64
    """Bits of a word before the id that are not of the mark."""
    pattern: re.Pattern[bytes]


class LineIds:
    """Keeps the first line of each id of least hash, of a stretch of a file that begins at byte `begin`."""

    def __init__(self, spots: Sequence[Spot], begin: int = 0, most: int = MOST) -> None:
        self._at = begin
        self._searched = [_searched(spot) for spot in spots]
        self._most = most
        self._bar = 1 << 32
        self._lines: dict[bytes, bytes] = {}

    def feed(self, block: Block) -> None:
        """Sample the lines of a block; a line whose id stands at no spot is passed over."""
        if not self._searched or len(block.text) < TELLING:
            return
        chosen = np.flatnonzero((block.starts + self._at) & (EVERY - 1) == 0)
        self._at += len(block.text)
        words = np.ndarray((len(block.text) - TELLING + 1,), "<u8", block.text, strides=(1,))
        starts, ends = block.starts[chosen], block.ends[chosen]
        for searched in self._searched:
            places = starts if searched.spot.offset >= 0 else ends
            for index in chosen[self._candidates(places, words, searched)].tolist():
                self._add(searched, block.line(index))
        if len(self._lines) > 2 * self._most:
            self._thin()

    def lines(self) -> list[tuple[bytes, bytes]]:
        """Give each sampled id with its first line."""
        self._thin()
        return list(self._lines.items())

    def _candidates(self, places: Ints, words: npt.NDArray[np.uint64], searched: _Searched) -> Ints:
        spot = searched.spot
        before = places + (spot.offset - TELLING)
        low, high = np.searchsorted(before, (0, len(words) - spot.length)).tolist()
        found = words[before[low:high]]
        if searched.spare:
            found >>= searched.spare
        indexes = np.flatnonzero(found == searched.mark) + low
        ends = words[before[indexes] + spot.length]
        return indexes[(ends * np.uint64(FACTOR)) >> np.uint64(32) <= self._bar]

    def _add(self, searched: _Searched, line: bytes) -> None:
        match = searched.pattern.search(line)
        if match and match[1] not in self._lines and rank(match[1]) <= self._bar:
            self._lines[match[1]] = line[:_LINE]

    def _thin(self) -> None:
        if len(self._lines) > self._most:
            kept = least(self._lines, self._most)
            self._bar = rank(kept[-1])
            chosen = set(kept)
            self._lines = {name: line for name, line in self._lines.items() if name in chosen}


def _searched(spot: Spot) -> _Searched:
    known = spot.mark[-TELLING:]
    spare = np.uint64(8 * (TELLING - len(known)))
    pattern = re.compile(re.escape(spot.mark) + rb"(" + ID.encode() + rb")")
    return _Searched(spot, np.uint64(int.from_bytes(known, "little")), spare, pattern)
