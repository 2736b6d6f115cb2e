"""Bounding: a call that hangs is left behind, so that neither a draft nor the process waits for it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")
_GLANCE = 0.1
"""Seconds after which a call that is waited for is left behind where the process was interrupted."""
_interrupted = threading.Event()


class TimedOut(Exception):  # noqa: N818 - reads as the outcome it is
    """The call had not come back in time."""


def bounded(call: Callable[[], T], seconds: float) -> T:
    """Return what `call` returns, or raise what it raises; raise TimedOut after `seconds`.

    Raise KeyboardInterrupt where the process was interrupted meanwhile, also outside the main thread.
    A thread cannot be killed: one that hangs goes on until the process ends, which does not wait for it.
    """
    results: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True, name="pm-agent-bounded")
    thread.start()
    until = time.monotonic() + seconds
    while thread.is_alive() and (left := until - time.monotonic()) > 0:
        if _interrupted.is_set():
            raise KeyboardInterrupt
        thread.join(min(left, _GLANCE))
    if raised:
        raise raised[0]
    if not results:
        raise TimedOut
    return results[0]


@contextmanager
def interruptible() -> Generator[None]:
    """Let SIGINT reach what other threads wait for, and not the main thread alone; for the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        _interrupted.clear()


def _interrupt(number: int, frame: FrameType | None) -> None:
    _interrupted.set()
    signal.default_int_handler(number, frame)
