"""Which lines of a pattern are read again: every n-th that was met, wherever it stands."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from agent.digest.tallies import Ints

MOST = 256
"""Picks that are kept of one pattern, at least half of them once there were so many."""
UNDATED = -1


class Pick(NamedTuple):
    """A line, the epoch second of it (or UNDATED), and how many of its kind it stands for from there on."""

    artifact: int
    line: int
    second: int
    reach: int


class Picks:
    """A systematic sample in bounded memory: when it is full, every second pick goes."""

    __slots__ = ("_met", "_numbers", "stride")

    def __init__(self) -> None:
        self.stride = 1
        self._met = 0
        self._numbers: array[int] = array("q")

    def __len__(self) -> int:
        return len(self._numbers) // 4

    def __iter__(self) -> Iterator[Pick]:
        values = iter(self._numbers)
        for artifact, line, second, reach in zip(*[values] * 4, strict=True):
            yield Pick(artifact, line, second, max(reach, self.stride))

    def add(self, artifact: int, line: int, second: int, reach: int = 1) -> None:
        """Note one line, or leave it out where it is not the next n-th."""
        if self._met % self.stride == 0:
            self._numbers.extend((artifact, line, second, reach))
            if len(self._numbers) > 4 * MOST:
                self._thin()
        self._met += 1

    def add_all(self, rows: Ints) -> None:
        """Note lines in turn, as `add` does; each row holds what it is given."""
        while len(rows):
            first = -self._met % self.stride
            taken = rows[first :: self.stride][: MOST + 1 - len(self)]
            self._numbers.frombytes(taken.tobytes())
            met = first + (len(taken) - 1) * self.stride + 1 if len(self) > MOST else len(rows)
            if len(self) > MOST:
                self._thin()
            self._met += met
            rows = rows[met:]

    def merge(self, other: Picks) -> None:
        """Take over the picks of another sample, thinned alike."""
        while self.stride < other.stride:
            self._thin()
        while other.stride < self.stride:
            other._thin()
        self._numbers.extend(other._numbers)
        self._met += other._met
        while len(self._numbers) > 4 * MOST:
            self._thin()

    def _thin(self) -> None:
        kept = array("q", bytes(32 * -(-len(self) // 2)))
        for column in range(4):
            kept[column::4] = self._numbers[column::8]
        self._numbers = kept
        self.stride *= 2
