"""A block of whole lines as arrays, so that what is alike for many lines is worked out once for them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from agent.digest.tallies import Ints

_WORD = 8
_PADDING = 64
"""Least bytes behind the last line, so that eight bytes can be read wherever a stamp may stand."""
_LARGEST_LEARNED = 31 << 20


class Block:
    """Lines of a log; `starts` and `ends` are their offsets in `text`, without line ends."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        padded = np.frombuffer(text + bytes(_PADDING + -len(text) % _WORD), dtype=np.uint8)
        ends = _places(padded == ord("\n"))
        self.ends: Ints = ends if text.endswith(b"\n") else np.append(ends, len(text))
        self.starts: Ints = np.append(0, self.ends[:-1] + 1)
        self._words = np.ndarray((len(padded) - _WORD + 1,), "<u8", padded, strides=(1,))

    def __len__(self) -> int:
        """Count the lines."""
        return len(self.starts)

    @property
    def longest(self) -> int:
        """Length of the longest line."""
        return int((self.ends - self.starts).max())

    def line(self, index: int) -> bytes:
        """Give a line."""
        return self.text[self.starts[index] : self.ends[index]]

    def runs(self, offsets: Ints, lengths: Ints, styles: Ints) -> tuple[Ints, list[bytes]]:
        """Find the runs of lines whose stamps are alike, written in one style: their first lines and stamps.

        A stamp stands at its line's offset; one of no length is alike to every other such. The first 16
        and the last 8 bytes are compared, which is all of any stamp that is looked for.
        """
        there = lengths > 0
        at = np.minimum(self.starts + offsets, len(self.text))
        last = np.maximum(lengths - _WORD, 0)
        differ = styles[1:] != styles[:-1]
        differ |= lengths[1:] != lengths[:-1]
        for within in (np.zeros_like(last), np.minimum(last, _WORD), last):
            words = self._words[at + within] * there
            differ |= words[1:] != words[:-1]
        firsts: Ints = np.append(0, np.flatnonzero(differ) + 1)
        low = at[firsts]
        high = np.minimum(low + lengths[firsts], self.ends[firsts])
        stamps = [self.text[a:b] for a, b in zip(low.tolist(), high.tolist(), strict=True)]
        return firsts, stamps


def _places(marks: npt.NDArray[np.bool_]) -> Ints:
    """List where marks are set that are rare: words without any are passed over at once."""
    words = np.flatnonzero(marks.view(np.uint64) != 0)
    inside = np.flatnonzero(marks.reshape(-1, _WORD)[words])
    found: Ints = words[inside // _WORD] * _WORD + inside % _WORD
    return found


def keep_memory() -> None:
    """Have the C library keep what is freed for the next chunk, which it learns from a large block.

    See M_MMAP_THRESHOLD in mallopt(3); otherwise the kernel gives each array its pages anew.
    """
    np.empty(_LARGEST_LEARNED, dtype=np.uint8)
