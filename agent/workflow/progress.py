"""Progress: what a watcher is told while stages run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class StageEvent:
    """A stage of the workflow began or ended."""

    stage: str
    kind: Literal["started", "finished"]
    seconds: float = 0.0
    note: str = ""
    """A short fact about what came of it, such as "34 evidence, 2 gaps"."""


Progress = Callable[[StageEvent], None]


def silent(event: StageEvent) -> None:
    """Tell nobody."""
    del event
