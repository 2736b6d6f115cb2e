"""The file that a reader reads, with its clock and tally."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.formats.opening import lines
from tools.formats.records import Clock, Tally
from tools.formats.stamps import Stamps


@dataclass(frozen=True, slots=True)
class Source:
    """What every reader is given."""

    path: Path
    format: str
    clock: Clock
    tally: Tally
    labels: Mapping[str, str]

    @property
    def stamps(self) -> Stamps:
        """A fresh reader of times."""
        return Stamps(self.clock, self.tally)

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield the file's lines with their numbers."""
        return lines(self.path, self.tally)
