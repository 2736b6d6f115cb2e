"""A block of whole lines as arrays, so that what is alike for many lines is worked out once for them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from agent.digest.keys import Bytes
from agent.digest.tallies import Ints

Words = npt.NDArray[np.uint64]

PADDING = 128
"""Bytes behind the last line, so that words and pieces of lines can be read wherever they begin."""
_WORD = 8
_BITS = 64
_LARGEST_LEARNED = 31 << 20


class Block:
    """Lines of a log; `starts` and `ends` are their offsets in `text`, without line ends."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.octets: Bytes = np.frombuffer(text + bytes(PADDING + -len(text) % _BITS), dtype=np.uint8)
        """The text, and zeros behind it."""
        ends = _places(self.octets == ord("\n"))
        self.ends: Ints = ends if text.endswith(b"\n") else np.append(ends, len(text))
        self.starts: Ints = np.append(0, self.ends[:-1] + 1)
        self._words: Words = np.ndarray((len(self.octets) - _WORD + 1,), "<u8", self.octets, strides=(1,))

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

    def words(self, offsets: Ints) -> Words:
        """Read eight bytes from each of the offsets on; the first of them counts the least."""
        found: Words = self._words[offsets]
        return found

    def stamps(self, offsets: Ints, lengths: Ints, styles: Ints) -> tuple[list[tuple[int, bytes]], Ints]:
        """List the stamps of the lines with their styles, each once in a row, and say which each line has.

        A stamp stands at its line's offset; one of no length is alike to every other such. Lines of one
        style are compared with each other, as those of several take turns; they come as their first lines
        stand in the text. The first 16 and the last 8 bytes are compared, which is all of any stamp that is
        looked for.
        """
        order = np.argsort(styles.astype(np.uint16), kind="stable")
        styles, lengths = styles[order], lengths[order]
        at = np.minimum(self.starts[order] + offsets[order], len(self.text))
        last = np.maximum(lengths - _WORD, 0)
        differ = styles[1:] != styles[:-1]
        differ |= lengths[1:] != lengths[:-1]
        there = lengths > 0
        for within in (0, np.minimum(last, _WORD), last):
            words = self.words(at + within) * there
            differ |= words[1:] != words[:-1]
        firsts = np.append(0, np.flatnonzero(differ) + 1)
        turns = np.argsort(order[firsts])
        ranks = np.empty_like(turns)
        ranks[turns] = np.arange(len(turns))
        which = np.empty_like(order)
        which[order] = np.repeat(ranks, np.diff(firsts, append=len(order)))
        firsts = firsts[turns]
        low, high = at[firsts], np.minimum(at + lengths, self.ends[order])[firsts]
        places = zip(styles[firsts].tolist(), low.tolist(), high.tolist(), strict=True)
        return [(style, self.text[a:b]) for style, a, b in places], which


def _places(marks: npt.NDArray[np.bool_]) -> Ints:
    """List where marks are set that are rare: of words of 64, bit by bit from the lowest."""
    words = np.packbits(marks, bitorder="little").view(np.uint64)
    where = np.flatnonzero(words)
    left = words[where]
    found: list[Ints] = []
    while where.size:
        below = left - np.uint64(1)
        found.append(where * _BITS + np.bitwise_count(below & ~left))
        left &= below
        more = np.flatnonzero(left)
        where, left = where[more], left[more]
    return np.sort(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)


def keep_memory() -> None:
    """Have the C library keep what is freed for the next chunk, which it learns from a large block.

    See M_MMAP_THRESHOLD in mallopt(3); otherwise the kernel gives each array its pages anew.
    """
    np.empty(_LARGEST_LEARNED, dtype=np.uint8)
