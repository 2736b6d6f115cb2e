"""What was counted of lines of one kind, in slots of time, and what is laid down before counting."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from agent.digest.skeletons import Anchor
from tools.formats.records import Clock

_WIDTH = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """What every process that reads a part of one file must know alike."""

    clock: Clock
    origin: float
    width: float
    anchors: tuple[Anchor, ...]
    first_time: datetime | None


class Slot(NamedTuple):
    """Lines of one kind in one stretch of time: how many, the first, and the seconds of first and last."""

    number: int
    many: int
    line: int
    begun: int
    ended: int


def _no_stretches() -> list[tuple[int, array[int]]]:
    return []


@dataclass(slots=True)
class Kind:
    """Lines of one key and one event number; `line` and `text` are those of the first."""

    key: bytes
    event: bytes
    line: int = 0
    end_line: int = 0
    text: str = ""
    undated: bool = False
    timeless: int = 0
    overflow: bool = False
    count: int = 0
    """All lines, dated or not."""
    stretches: list[tuple[int, array[int]]] = field(default_factory=_no_stretches)
    """Slots of the file's parts in turn, flat; lines count from the number given with each."""

    def slots(self) -> Iterator[Slot]:
        """Yield the slots; one that two parts share comes twice."""
        for before, numbers in self.stretches:
            values = iter(numbers)
            for number, many, line, begun, ended in zip(*[values] * _WIDTH, strict=True):
                yield Slot(number, many, line + before, begun, ended)

    def extent(self) -> tuple[int, int] | None:
        """Epoch seconds of the first and the last dated line."""
        times = [numbers[at::_WIDTH] for _, numbers in self.stretches for at in (3, 4) if numbers]
        return (min(map(min, times)), max(map(max, times))) if times else None
