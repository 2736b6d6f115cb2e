"""What was counted of lines of one kind, in slots of time, and what is laid down before counting."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from agent.digest.skeletons import Anchor
from tools.formats.records import Clock

if TYPE_CHECKING:
    from agent.digest.tallies import Ints

CODE, MANY, LINE, BEGUN, ENDED = range(5)
"""Rows of a tally: the slot of time, how many lines, the first, their earliest and latest epoch second."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What every process that reads a part of one file must know alike."""

    clock: Clock
    origin: float
    width: float
    anchors: tuple[Anchor, ...]
    first_time: datetime | None


def _no_tallies() -> list[Ints]:
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
    span: tuple[int, int] | None = None
    """Epoch seconds of the earliest and the latest dated line."""
    tallies: list[Ints] = field(default_factory=_no_tallies)
    """Dated lines by slot of time, of the file's parts in turn."""

    def move(self, lines: int) -> None:
        """Count the file's lines on from those of the parts before."""
        self.line += lines
        self.end_line += lines
        for rows in self.tallies:
            rows[LINE] += lines

    def add(self, other: Kind) -> None:
        """Add what a later part of the file holds of this kind."""
        self.count += other.count
        self.timeless += other.timeless
        self.overflow |= other.overflow
        self.tallies += other.tallies
        spans = [span for span in (self.span, other.span) if span]
        if spans:
            self.span = min(low for low, _ in spans), max(high for _, high in spans)
