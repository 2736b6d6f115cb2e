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
Octets = npt.NDArray[np.uint8]
Strings = npt.NDArray[np.void]


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
        self.block = block
        ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n"))
        self.ends: Offsets = ends if block.endswith(b"\n") else np.append(ends, len(block))
        self.starts: Offsets = np.append(0, self.ends[:-1] + 1)
        self.lengths: Offsets = self.ends - self.starts

    def __len__(self) -> int:
        """Count the lines."""
        return len(self.starts)

    def __getitem__(self, index: int) -> bytes:
        """Give a line without its end."""
        return self.block[self.starts[index] : self.ends[index]]


class Forms:
    """Numbers lines by their form, and remembers forms as far as a table of fixed size holds them.

    Lines of one form differ in digits and the letters a to g alone; of longer lines the first 80 and the last
    16 bytes count. That two forms have one number is as likely as that two numbers of 63 bits drawn by lot
    are equal.
    """

    def __init__(self) -> None:
        self._known: Numbers = np.zeros(1 << _BITS, dtype=np.uint64)
        self._padded: Octets = np.zeros(0, dtype=np.uint8)

    def of(self, lines: Lines) -> Numbers:
        """Give the number of each line's form; none is 0."""
        self._fill(lines.block)
        heads, tails = self._strings(_HEAD), self._strings(_TAIL)
        numbers = np.empty(len(lines), dtype=np.uint64)
        for low in range(0, len(lines), _WINDOW):
            part = slice(low, low + _WINDOW)
            starts, ends, lengths = lines.starts[part], lines.ends[part], lines.lengths[part]
            numbers[part] = _mixed(_heads(heads, starts, lengths), _tails(tails, ends, lengths))
        return numbers

    def missing(self, numbers: Numbers) -> list[int]:
        """List the places of the numbers that are not remembered."""
        return np.flatnonzero(self._known[numbers >> np.uint64(64 - _BITS)] != numbers).tolist()

    def add(self, number: int) -> None:
        """Remember a form, in the place of one whose number begins alike."""
        self._known[number >> (64 - _BITS)] = number

    def _fill(self, block: bytes) -> None:
        """Copy a block to where strings can be read beyond its ends."""
        size = _TAIL + len(block) + _HEAD
        if len(self._padded) < size:
            self._padded = np.zeros(size, dtype=np.uint8)
        self._padded[_TAIL : _TAIL + len(block)] = np.frombuffer(block, dtype=np.uint8)

    def _strings(self, length: int) -> Strings:
        """View the text as overlapping strings of one length, one from each byte on."""
        return np.ndarray((len(self._padded) - length + 1,), f"V{length}", self._padded.data, strides=(1,))


def _heads(strings: Strings, starts: Offsets, lengths: Offsets) -> Numbers:
    words = strings[starts + _TAIL].view("<u8").reshape(-1, _HEAD // _WORD)
    short = np.flatnonzero(lengths < _HEAD)
    words[short] &= _KEPT[np.clip(lengths[short, None] - _PLACES, 0, _WORD)]
    return words


def _tails(strings: Strings, ends: Offsets, lengths: Offsets) -> Numbers:
    words = strings[ends].view("<u8").reshape(-1, _TAIL // _WORD)
    words[lengths < _TAIL] = 0
    return words


def _mixed(heads: Numbers, tails: Numbers) -> Numbers:
    words = _without_digits(np.concatenate((heads, tails), axis=1))
    words ^= words >> _HALF
    return words @ _FACTORS | np.uint64(1)


def _without_digits(words: Numbers) -> Numbers:
    """Fill the bytes that are digits or letters from a to g; each word is eight bytes."""
    digits = words ^ _ZERO
    digits = (((digits & _LOW_SEVEN) + _SIX) | digits) & _HIGH_FOUR
    letters = (words ^ _BEFORE_A) & _HIGH_FIVE
    others = ((digits >> _FOUR) + _LOW_SEVEN) & ((letters >> _THREE) + _LOW_SEVEN)
    return words | (((~others & _TOP) >> _SEVEN) * _FULL)
