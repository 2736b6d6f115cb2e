"""Counts of lines by code as rows of an array; whatever order they are put together in, the sum is one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from agent.digest.kinds import BEGUN, CODE, ENDED, LINE, MANY

Ints = npt.NDArray[np.int64]


def tallied(codes: Ints, lines: Ints, seconds: Ints) -> Ints:
    """Count lines by their codes, given the number and the second of each."""
    return _joined(np.stack((codes, np.ones_like(codes), lines, seconds, seconds)))


def together(tallies: Sequence[Ints]) -> Ints:
    """Add up tallies, ordered by code."""
    return _joined(np.concatenate(tallies, axis=1))


def _joined(rows: Ints) -> Ints:
    if not rows.size:
        return rows
    rows = rows[:, np.argsort(rows[CODE])]
    codes = rows[CODE]
    lows = np.append(0, np.flatnonzero(codes[1:] != codes[:-1]) + 1)
    return np.stack(
        (
            codes[lows],
            np.add.reduceat(rows[MANY], lows),
            np.minimum.reduceat(rows[LINE], lows),
            np.minimum.reduceat(rows[BEGUN], lows),
            np.maximum.reduceat(rows[ENDED], lows),
        )
    )
