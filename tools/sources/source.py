"""What every source is: asked for a window, it writes artifacts and says what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from tools.formats.records import Clock, Sniffed, Tally


@dataclass(frozen=True, slots=True)
class FetchedArtifact:
    """One raw payload as it was written, and how reading it went."""

    path: Path
    query: str
    sniffed: Sniffed
    tally: Tally
    labels: Mapping[str, str]
    clock: Clock


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one request gave."""

    query: str
    outcome: str
    """ok, empty, partial, denied or failed."""
    artifacts: tuple[FetchedArtifact, ...]
    note: str = ""


class Source(Protocol):
    """A read-only connector."""

    @property
    def name(self) -> str:
        """Folder below the snapshot that receives the artifacts."""
        ...

    def fetch(self, window: tuple[datetime, datetime] | None, destination: Path) -> Fetched:
        """Write what the window holds into `destination`; outcomes are returned, not raised."""
        ...
