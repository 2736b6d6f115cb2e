"""Progress on stderr: live on a terminal, one plain line a finished stage otherwise."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agent.cli.text import printable
from tools.pace import LOGGER

if TYPE_CHECKING:
    from rich.console import RenderableType

    from agent.workflow.progress import Progress, StageEvent


@contextmanager
def display() -> Generator[Progress]:
    """Yield the callback that shows stages as they run; safe to call from several threads."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        with paces():
            yield _plain
        return
    from rich.console import Console
    from rich.live import Live

    stages = _Stages()
    with (
        paces(stages.note),
        Live(console=Console(stderr=True), get_renderable=stages.render, refresh_per_second=12),
    ):
        yield stages.tell


def _print(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def paces(show: Callable[[str], None] = _print) -> Generator[None]:
    """Show how far the reading of large files has come, on stderr as plain lines or as `show` does."""
    logger, handler = logging.getLogger(LOGGER), _Shown(show)
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


class _Shown(logging.Handler):
    def __init__(self, show: Callable[[str], None]) -> None:
        super().__init__()
        self._show = show

    def emit(self, record: logging.LogRecord) -> None:
        self._show(printable(record.getMessage()))


def _plain(event: StageEvent) -> None:
    if event.kind == "finished" or event.stage == "review":
        print(_line(event), file=sys.stderr, flush=True)


def _line(event: StageEvent) -> str:
    if event.kind == "started":
        return f"{event.stage}: waiting for a person" if event.stage == "review" else event.stage
    note = f": {printable(event.note)}" if event.note else ""
    return f"{event.stage}{note} ({event.seconds:.1f} s)"


class _Stages:
    """What has finished, what is running; drawn anew several times a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._finished: list[StageEvent] = []
        self._running: list[str] = []
        self._note = ""

    def tell(self, event: StageEvent) -> None:
        """Take one event in."""
        with self._lock:
            if event.kind == "started":
                self._running.append(event.stage)
                return
            self._running.remove(event.stage)
            self._finished.append(event)
            self._note = ""

    def note(self, text: str) -> None:
        """Take in what is read just now."""
        with self._lock:
            self._note = text

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
                else Spinner("dots", Text(f"{stage}… {self._note}"))
                for stage in self._running
            ]
        return Group(*done, *running)
