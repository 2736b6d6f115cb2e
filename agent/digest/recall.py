"""A memory of fixed size: codes of lines -> numbers, looked up for many lines at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from agent.digest.tallies import Ints

UNKNOWN = -2
"""In place of the number of a code that is not remembered."""
_BITS = 16
_SHIFT = np.uint64(64 - _BITS)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_OTHER = np.uint64(0xC2B2AE3D27D4EB4F)
Codes = npt.NDArray[np.uint64]


class Recall:
    """Remembers the number of each code but 0, in one of two places; what comes later may displace it."""

    def __init__(self) -> None:
        self._codes: Codes = np.zeros(1 << _BITS, dtype=np.uint64)
        self._numbers: Ints = np.full(1 << _BITS, UNKNOWN, dtype=np.int64)

    def of(self, codes: Codes) -> Ints:
        """Give the number of each code."""
        found = self._at(codes, _FACTOR)
        elsewhere = np.flatnonzero(found == UNKNOWN)
        if elsewhere.size:
            found[elsewhere] = self._at(codes[elsewhere], _OTHER)
        return found

    def note(self, codes: Codes, numbers: Ints) -> None:
        """Remember the numbers of codes; where two of them want one place, the later has it."""
        first, second = _places(codes, _FACTOR), _places(codes, _OTHER)
        taken = (self._codes[first] != 0) & (self._codes[first] != codes)
        free = (self._codes[second] == 0) | (self._codes[second] == codes)
        places = np.where(taken & free, second, first)
        self._codes[places] = codes
        self._numbers[places] = numbers

    def _at(self, codes: Codes, factor: np.uint64) -> Ints:
        places = _places(codes, factor)
        found: Ints = self._numbers[places]
        found[self._codes[places] != codes] = UNKNOWN
        return found


def _places(codes: Codes, factor: np.uint64) -> Ints:
    return ((codes * factor) >> _SHIFT).view(np.int64)
