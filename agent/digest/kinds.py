"""What was counted of lines of one kind, in slots of time; and blocks of whole lines to count."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

_WIDTH = 5
_LONGEST = 1 << 20


class Slot(NamedTuple):
    """Lines of one kind in one stretch of time: its number, how `many`, the first, and its times in seconds."""

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


def whole_lines(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Regroup chunks of bytes so that each ends with a line end; about `size` bytes each.

    Of a line that does not end within 1 MiB the rest is left out, as memory is bounded.
    """
    held: list[bytes] = []
    length = 0
    for chunk in chunks:
        cut = chunk.rfind(b"\n") + 1
        if not cut and length > size + _LONGEST:
            continue
        held.append(chunk)
        length += len(chunk)
        if not cut or length < size:
            continue
        held[-1], rest = chunk[:cut], chunk[cut:]
        yield b"".join(held)
        held, length = [rest], len(rest)
    if rest := b"".join(held):
        yield rest
