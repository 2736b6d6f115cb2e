"""Counts of lines by kind and slot of time as rows of an array; added in any order, they give one sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from agent.digest.kinds import BEGUN, CODE, ENDED, LINE, MANY

Ints = npt.NDArray[np.int64]
_SHIFT = 39
_HALF = 1 << (_SHIFT - 1)
NO_SLOT = 1 - _HALF
"""In place of a slot, and before all of them: the lines have no time."""


def coded(numbers: Ints, slots: Ints) -> Ints:
    """Write the number of a kind and a slot as one code; sorted, kinds come in turn, and slots in each."""
    return (numbers << _SHIFT) + slots


def tallied(codes: Ints, lines: Ints, seconds: Ints) -> Ints:
    """Count lines by their codes, given the number and the second of each."""
    if not codes.size:
        return np.zeros((5, 0), dtype=np.int64)
    order = np.argsort(codes)
    codes, lines, seconds = codes[order], lines[order], seconds[order]
    lows = changes(codes)
    return np.stack(
        (
            codes[lows],
            np.diff(lows, append=len(codes)),
            np.minimum.reduceat(lines, lows),
            np.minimum.reduceat(seconds, lows),
            np.maximum.reduceat(seconds, lows),
        )
    )


def together(tallies: Sequence[Ints]) -> Ints:
    """Add up tallies, ordered by code; row by row, as all rows at once would take twice the memory."""
    codes = _row(tallies, CODE)
    if not codes.size:
        return np.zeros((5, 0), dtype=np.int64)
    order = np.argsort(codes)
    codes = codes[order]
    lows = changes(codes)
    found = np.empty((5, len(lows)), dtype=np.int64)
    found[CODE] = codes[lows]
    del codes
    np.add.reduceat(_row(tallies, MANY)[order], lows, out=found[MANY])
    np.minimum.reduceat(_row(tallies, LINE)[order], lows, out=found[LINE])
    np.minimum.reduceat(_row(tallies, BEGUN)[order], lows, out=found[BEGUN])
    np.maximum.reduceat(_row(tallies, ENDED)[order], lows, out=found[ENDED])
    return found


def _row(tallies: Sequence[Ints], row: int) -> Ints:
    return np.concatenate([rows[row] for rows in tallies]) if tallies else np.zeros(0, dtype=np.int64)


def numbers(rows: Ints) -> list[int]:
    """List the kinds that were counted."""
    own, _ = _decoded(rows[CODE])
    found: list[int] = own[changes(own)].tolist() if rows.size else []
    return found


def renumber(rows: Ints, places: Sequence[int], lines: int) -> None:
    """Give the kinds other numbers, each the one at its place, and count lines on from those before."""
    own, slots = _decoded(rows[CODE])
    rows[CODE] = coded(np.array(places, dtype=np.int64)[own], slots)
    rows[LINE] += lines


def part(rows: Ints) -> Iterator[tuple[int, Ints]]:
    """Yield the number of each kind that was counted, and its rows by slot, which are parts of the array."""
    if not rows.size:
        return
    own, rows[CODE] = _decoded(rows[CODE])
    lows = changes(own)
    bounds: list[int] = [*lows.tolist(), len(own)]
    for number, (low, high) in zip(own[lows].tolist(), pairwise(bounds), strict=True):
        yield number, rows[:, low:high]


def _decoded(codes: Ints) -> tuple[Ints, Ints]:
    numbers: Ints = (codes + _HALF) >> _SHIFT
    return numbers, codes - (numbers << _SHIFT)


def changes(values: Ints) -> Ints:
    """Give the places from which on a value differs from the one before."""
    return np.append(0, np.flatnonzero(values[1:] != values[:-1]) + 1)
