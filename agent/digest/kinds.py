"""What was counted of lines of one kind, in slots of time, and what is laid down before counting."""

from __future__ import annotations

from dataclasses import dataclass
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
    slots: Ints | None = None
    """Rows of a tally of the dated lines, in the order of their slots; None where no line is dated."""
