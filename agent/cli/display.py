"""Progress on stderr: live on a terminal, one plain line a finished stage otherwise."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agent.cli.text import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from agent.workflow.progress import Progress, StageEvent


@contextmanager
def display() -> Generator[Progress]:
    """Yield the callback that shows stages as they run; safe to call from several threads."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield _plain
        return
    from rich.console import Console
    from rich.live import Live

    stages = _Stages()
    with Live(console=Console(stderr=True), get_renderable=stages.render, refresh_per_second=12):
        yield stages.tell


def _plain(event: StageEvent) -> None:
    if event.kind == "finished" or event.stage == "review":
        print(_line(event), file=sys.stderr, flush=True)


def _line(event: StageEvent) -> str:
    if event.kind == "started":
        return f"{event.stage}: waiting for a person" if event.stage == "review" else event.stage
    return f"{event.stage}: {printable(event.note)} ({event.seconds:.1f} s)"


class _Stages:
    """What has finished, what is running; drawn anew several times a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._finished: list[StageEvent] = []
        self._running: list[str] = []

    def tell(self, event: StageEvent) -> None:
        """Take one event in."""
        with self._lock:
            if event.kind == "started":
                self._running.append(event.stage)
                return
            self._running.remove(event.stage)
            self._finished.append(event)

    def render(self) -> RenderableType:
        """Draw one line a stage."""
        from rich.console import Group
        from rich.spinner import Spinner
        from rich.text import Text

        with self._lock:
            done = [
                Text.assemble(
                    ("✓ ", "green"),
                    f"{event.stage:<14}",
                    (f"{event.seconds:6.1f} s  ", "dim"),
                    printable(event.note),
                )
                for event in self._finished
            ]
            running = [
                Text("● review       waiting for a person", style="yellow")
                if stage == "review"
                else Spinner("dots", f"{stage}…")
                for stage in self._running
            ]
        return Group(*done, *running)
