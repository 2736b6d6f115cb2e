"""Forms of the lines of a block: what is left of their ends when numbers do not count, as one number each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_HEAD, _TAIL = 80, 16
"""Bytes of a line, from its beginning and to its end, that its form is made of."""
_WORD = 8
_WINDOW = 2048
"""Lines that are worked on at once, so that what is made of them stays in a near cache."""
_BITS = 16
"""Of a form's number, that choose its place in the table of known forms."""

Numbers = npt.NDArray[np.uint64]
Offsets = npt.NDArray[np.int64]


def _each(byte: int) -> np.uint64:
    return np.uint64(int.from_bytes(bytes([byte]) * _WORD, "big"))


_LOW_SEVEN, _TOP = _each(0x7F), _each(0x80)
_ZERO, _SIX, _HIGH_FOUR = _each(ord("0")), _each(6), _each(0xF0)
_BEFORE_A, _HIGH_FIVE = _each(ord("`")), _each(0xF8)
_THREE, _FOUR, _SEVEN, _HALF, _FULL = (np.uint64(number) for number in (3, 4, 7, 32, 0xFF))
_PLACES = np.arange(0, _HEAD, _WORD)
_KEPT: Numbers = np.array([(1 << (8 * count)) - 1 for count in range(_WORD + 1)], dtype=np.uint64)
"""By the bytes of a word that belong to the line."""
_FACTORS: Numbers = np.random.Generator(np.random.PCG64(0)).integers(
    1 << 63, size=(_HEAD + _TAIL) // _WORD, dtype=np.uint64
) * np.uint64(2) + np.uint64(1)


class Lines:
    """The lines of a block of bytes, with their offsets; a line end at the block's end begins no line."""

    def __init__(self, block: bytes) -> None:
        self._block = block
        self._padded = bytes(_TAIL) + block + bytes(_HEAD)
        ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n"))
        self.ends: Offsets = ends if block.endswith(b"\n") else np.append(ends, len(block))
        self.starts: Offsets = np.append(0, self.ends[:-1] + 1)
        self.lengths: Offsets = self.ends - self.starts

    def __len__(self) -> int:
        """Count the lines."""
        return len(self.starts)

    def __getitem__(self, index: int) -> bytes:
        """Give a line without its end."""
        return self._block[self.starts[index] : self.ends[index]]

    def forms(self) -> Numbers:
        """Give each line the number of its form: lines of one form differ in digits and letters a to g alone.

        Of longer lines the first 80 and the last 16 bytes count. That two forms have one number is as likely
        as that two numbers of 64 bits drawn by lot are equal. None is 0.
        """
        windows = range(0, len(self), _WINDOW)
        return np.concatenate([self._forms(slice(low, low + _WINDOW)) for low in windows])

    def _forms(self, chosen: slice) -> Numbers:
        words = np.concatenate((self._heads(chosen), self._tails(chosen)), axis=1)
        words = _without_digits(words)
        words ^= words >> _HALF
        words *= _FACTORS
        return words.sum(axis=1) | np.uint64(1)

    def _heads(self, chosen: slice) -> Numbers:
        starts, lengths = self.starts[chosen], self.lengths[chosen]
        words = self._strings(_HEAD)[starts + _TAIL].view("<u8").reshape(-1, _HEAD // _WORD)
        short = np.flatnonzero(lengths < _HEAD)
        words[short] &= _KEPT[np.clip(lengths[short, None] - _PLACES, 0, _WORD)]
        return words

    def _tails(self, chosen: slice) -> Numbers:
        words = self._strings(_TAIL)[self.ends[chosen]].view("<u8").reshape(-1, _TAIL // _WORD)
        words[self.lengths[chosen] < _TAIL] = 0
        return words

    def _strings(self, length: int) -> npt.NDArray[np.void]:
        """View the text as overlapping strings of one length, one from each byte on."""
        count = len(self._padded) - length + 1
        return np.ndarray((count,), f"V{length}", self._padded, strides=(1,))


class Known:
    """Forms that were met before, as far as a table of fixed size holds them."""

    def __init__(self) -> None:
        self._table: Numbers = np.zeros(1 << _BITS, dtype=np.uint64)

    def missing(self, forms: Numbers) -> list[int]:
        """List the places of the forms that are not in the table."""
        return np.flatnonzero(self._table[forms >> np.uint64(64 - _BITS)] != forms).tolist()

    def add(self, form: int) -> None:
        """Put a form in, in the place of one that shares its first bits."""
        self._table[form >> (64 - _BITS)] = form


def _without_digits(words: Numbers) -> Numbers:
    """Fill the bytes that are digits or letters from a to g; each word is eight bytes."""
    digits = words ^ _ZERO
    digits = (((digits & _LOW_SEVEN) + _SIX) | digits) & _HIGH_FOUR
    letters = (words ^ _BEFORE_A) & _HIGH_FIVE
    others = ((digits >> _FOUR) + _LOW_SEVEN) & ((letters >> _THREE) + _LOW_SEVEN)
    return words | (((~others & _TOP) >> _SEVEN) * _FULL)
