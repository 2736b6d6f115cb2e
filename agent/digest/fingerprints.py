"""Fingerprints of blanked lines: one number for each, so that a line like one before is known by it.

Lines that differ have the same fingerprint as likely as two numbers of about 40 to 62 bits drawn by lot are
equal: multilinear hashing (Lemire and Kaser 2014) by factors that are drawn anew in each process, so that
nobody can write a line that passes for another.
"""

from __future__ import annotations

import secrets

import numpy as np
import numpy.typing as npt

from agent.digest.keys import Bytes
from agent.digest.tallies import Ints

PIECE = 128
"""Bytes that are taken from a line at once; as many must stand behind the last line."""
LONGEST = 4096
"""Bytes of the longest line that is given a fingerprint, an odd number; others have 0, which means none."""
_WORD = 8
_WINDOW = 2048
"""Lines that are worked on at once, so that what is made of them stays in a near cache."""
_HALF = np.uint64(32)
_ODD = np.uint64(1)
_LAST = LONGEST // PIECE
Prints = npt.NDArray[np.uint64]


def _kept() -> Prints:
    """Make masks that keep the first bytes of a piece, as many as the number of the row."""
    kept = np.arange(PIECE) < np.arange(PIECE + 1)[:, None]
    return np.negative(kept.astype(np.uint8)).view(np.uint64)


_KEPT = _kept()


class Fingerprints:
    """Makes fingerprints; those of one maker can be compared with each other."""

    def __init__(self) -> None:
        random = np.frombuffer(secrets.token_bytes((_LAST + 1) * PIECE), dtype=np.uint64)
        self._factors: Prints = (random | _ODD).reshape(_LAST + 1, PIECE // _WORD)
        self._length = np.uint64(secrets.randbits(64)) | _ODD

    def of(self, text: Bytes, starts: Ints, ends: Ints) -> Prints:
        """Give the fingerprint of each line of a text, which goes on for a piece behind the last."""
        pieces = np.ndarray((len(text) - PIECE + 1,), f"V{PIECE}", text.data, strides=(1,))
        found = np.empty(len(starts), dtype=np.uint64)
        for low in range(0, len(starts), _WINDOW):
            part = slice(low, low + _WINDOW)
            found[part] = self._of(pieces, starts[part], ends[part])
        return found

    def _of(self, pieces: npt.NDArray[np.void], starts: Ints, ends: Ints) -> Prints:
        """Sum up the pieces of each line: the first, those that follow, and the last bytes of the line."""
        lengths = ends - starts
        words = pieces[starts].view(np.uint64).reshape(-1, PIECE // _WORD)
        short = np.flatnonzero(lengths < PIECE)
        if short.size:
            words[short] &= _KEPT[lengths[short]]
        found = self._mixed(words, 0)
        found += lengths.view(np.uint64) * self._length
        longer = np.flatnonzero(lengths > PIECE)
        if longer.size:
            found[longer] += self._mixed(pieces[ends[longer] - PIECE], _LAST)
        number = 1
        longer = longer[lengths[longer] > 2 * PIECE]
        while longer.size and number < _LAST:
            found[longer] += self._mixed(pieces[starts[longer] + number * PIECE], number)
            number += 1
            longer = longer[lengths[longer] > (number + 1) * PIECE]
        found |= _ODD
        found[lengths > LONGEST] = 0
        return found

    def _mixed(self, pieces: npt.NDArray[np.void] | Prints, number: int) -> Prints:
        words = pieces.view(np.uint64).reshape(-1, PIECE // _WORD)
        words ^= words >> _HALF
        return np.einsum("ij,j->i", words, self._factors[number])
