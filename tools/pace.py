"""Pace: how far long work over large files has come, told to who listens to the logger `pm_agent.pace`."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

LOGGER = "pm_agent.pace"
LARGE = 64 << 20
"""Bytes from which on work is told of at once; what is smaller is mostly over before that is of use."""
_EVERY = 2.0
"""Seconds between two tellings of the same work, and after which smaller work is told of."""
_log = logging.getLogger(LOGGER)


class Pace:
    """Tells of one piece of work: its size at once, then how far it is, then how fast it went."""

    def __init__(self, what: str, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._what, self._size, self._clock = what, size, clock
        self._done = 0
        self._begun = self._told = clock()
        self._tells = size >= LARGE
        if self._tells:
            self._tell(written(size))

    def advance(self, count: int) -> None:
        """Take note of bytes that are done."""
        self._done += count
        now = self._clock()
        if now - self._told >= _EVERY:
            self._told, self._tells = now, True
            share = f"{100 * self._done // max(self._size, 1)} % of {written(self._size)}"
            unpacked = f"{written(self._done)} unpacked"
            self._tell(f"{share if self._done <= self._size else unpacked}, {self._speed(now, self._done)}")

    def end(self) -> None:
        """Tell that it is done."""
        now = self._clock()
        if not self._tells and now - self._begun < _EVERY:
            return
        speed = self._speed(now, max(self._done, self._size))
        self._tell(f"{written(self._size)} in {now - self._begun:.1f} s, {speed}")

    def _speed(self, now: float, done: int) -> str:
        return f"{written(done / max(now - self._begun, 1e-3))}/s"

    def _tell(self, text: str) -> None:
        _log.info("%s: %s", self._what, text)


def written(size: float) -> str:
    """Write a number of bytes in MB or GB of powers of ten."""
    return f"{size / 1e9:.1f} GB" if size >= 0.9995e9 else f"{size / 1e6:.0f} MB"
