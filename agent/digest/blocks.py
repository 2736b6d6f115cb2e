"""A block of whole lines as arrays, so that what is alike for many lines is worked out once for them."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from agent.digest.tallies import Ints

_WORD = 8
_PADDING = bytes(64)
"""Behind the last line, so that eight bytes can be read wherever a stamp may stand."""


class Block:
    """Lines of a log; `starts` and `ends` are their offsets in `body`, without line ends."""

    def __init__(self, chunk: bytes) -> None:
        self.body = chunk.removesuffix(b"\n")
        padded = np.frombuffer(self.body + _PADDING, dtype=np.uint8)
        size = len(self.body)
        breaks = np.flatnonzero(padded[:size] == ord("\n"))
        self.ends: Ints = np.append(breaks, size)
        self.starts: Ints = np.append(0, breaks + 1)
        self._words = np.ndarray((len(padded) - _WORD + 1,), "<u8", padded, strides=(1,))

    def __len__(self) -> int:
        """Count the lines."""
        return len(self.starts)

    @cached_property
    def _bounds(self) -> list[tuple[int, int]]:
        return list(zip(self.starts.tolist(), self.ends.tolist(), strict=True))

    def line(self, index: int) -> bytes:
        """Give a line."""
        low, high = self._bounds[index]
        return self.body[low:high]

    def runs(self, offsets: Ints, lengths: Ints, styles: Ints) -> tuple[Ints, list[bytes]]:
        """Find the runs of lines whose stamps are alike, written in one style: their first lines and stamps.

        A stamp stands at its line's offset; one of no length is alike to every other such. The first 16
        and the last 8 bytes are compared, which is all of any stamp that is looked for.
        """
        there = lengths > 0
        at = np.minimum(self.starts + offsets, len(self.body))
        last = np.maximum(lengths - _WORD, 0)
        differ = styles[1:] != styles[:-1]
        differ |= lengths[1:] != lengths[:-1]
        for within in (np.zeros_like(last), np.minimum(last, _WORD), last):
            words = self._words[at + within] * there
            differ |= words[1:] != words[:-1]
        firsts: Ints = np.append(0, np.flatnonzero(differ) + 1)
        low = at[firsts]
        high = np.minimum(low + lengths[firsts], self.ends[firsts])
        stamps = [self.body[a:b] for a, b in zip(low.tolist(), high.tolist(), strict=True)]
        return firsts, stamps
