"""What was counted of lines of one kind, in slots of time; and blocks of whole lines to count."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Slot:
    """Lines of one kind in one stretch of time; `begun` and `ended`: seconds of its first and last line."""

    count: int
    first: int
    last: int
    begun: int
    ended: int

    def packed(self) -> tuple[int, int, int, int, int]:
        """Give what it holds as plain numbers, which travel between processes quickly."""
        return self.count, self.first, self.last, self.begun, self.ended


@dataclass(slots=True)
class Kind:
    """Lines of one key and one event number; `line` and `text` are those of the first."""

    key: bytes
    event: bytes
    line: int = 0
    end_line: int = 0
    text: str = ""
    undated: bool = False
    slots: dict[int, Slot] = field(default_factory=dict[int, Slot])
    timeless: int = 0
    overflow: bool = False

    @property
    def count(self) -> int:
        """All lines, dated or not."""
        return self.timeless + sum(slot.count for slot in self.slots.values())

    def __getstate__(self) -> tuple[object, ...]:
        numbers = array("q")
        for number, slot in self.slots.items():
            numbers.append(number)
            numbers.extend(slot.packed())
        return (self.key, self.event, self.line, self.end_line, self.text, self.undated, self.timeless,
                self.overflow, numbers.tobytes())  # fmt: skip

    def __setstate__(self, state: tuple[bytes, bytes, int, int, str, bool, int, bool, bytes]) -> None:
        self.key, self.event, self.line, self.end_line, self.text, self.undated, self.timeless = state[:7]
        self.overflow = state[7]
        values = iter(array("q", state[8]))
        self.slots = {row[0]: Slot(*row[1:]) for row in zip(*[values] * 6, strict=True)}

    def add(self, slot: int, more: Slot) -> None:
        """Count lines of one slot."""
        held = self.slots.get(slot)
        if held is None:
            self.slots[slot] = more
            return
        held.count += more.count
        if more.first < held.first:
            held.first, held.begun = more.first, more.begun
        if more.last > held.last:
            held.last, held.ended = more.last, more.ended


def whole_lines(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Regroup chunks of bytes so that each ends with a line end; about `size` bytes each."""
    held: list[bytes] = []
    length = 0
    for chunk in chunks:
        held.append(chunk)
        length += len(chunk)
        if length < size:
            continue
        block = b"".join(held)
        cut = block.rfind(b"\n") + 1
        if cut:
            yield block[:cut]
        held, length = [block[cut:]], len(block) - cut
    if rest := b"".join(held):
        yield rest
