"""Bounding: a call that hangs is left behind, so that neither a draft nor the process waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class TimedOut(Exception):  # noqa: N818 - reads as the outcome it is
    """The call had not come back in time."""


def bounded(call: Callable[[], T], seconds: float) -> T:
    """Return what `call` returns, or raise what it raises; raise TimedOut after `seconds`.

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
    thread.join(seconds)
    if raised:
        raise raised[0]
    if not results:
        raise TimedOut
    return results[0]
