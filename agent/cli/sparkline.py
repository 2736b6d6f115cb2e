"""A series as a few lines of block characters, with a mark below where something began and ended."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

_EIGHTHS = " ▁▂▃▄▅▆▇█"
Point = tuple[float, float]


def sparkline(course: Sequence[Point], *, width: int = 60, height: int = 3) -> tuple[str, ...]:
    """Draw values over time, highest row first; a column without samples stays empty.

    A column shows the sample of its time that lies farthest from the median, so that no spike is lost. The
    scale runs from the lowest value, or from zero where that is near, to the highest. Empty without samples.
    """
    columns = _columns(course, width)
    known = [value for value in columns if value is not None]
    if not known:
        return ()
    low, high = min(known), max(known)
    if 0 < low < 0.5 * high:
        low = 0.0
    span = (high - low) or 1.0
    steps = [None if value is None else max(1, round((value - low) / span * height * 8)) for value in columns]
    return tuple(
        "".join(" " if step is None else _EIGHTHS[min(8, max(0, step - 8 * row))] for step in steps)
        for row in reversed(range(height))
    )


def scale(course: Sequence[Point], *, height: int = 3) -> tuple[float, ...]:
    """Give the values that the upper edge of the first and the lower edge of the last row stand for."""
    values = [value for _, value in course if math.isfinite(value)]
    if not values or height < 1:
        return ()
    low, high = min(values), max(values)
    return high, 0.0 if 0 < low < 0.5 * high else low


def marks(course: Sequence[Point], moments: Sequence[tuple[float, str]], *, width: int = 60) -> str:
    """Put a sign below the column of each moment that lies within the series; the first sign wins."""
    if not course:
        return ""
    row = [" "] * width
    for moment, sign in moments:
        if course[0][0] <= moment <= course[-1][0] and row[at := _column(course, moment, width)] == " ":
            row[at] = sign
    return "".join(row).rstrip()


def _columns(course: Sequence[Point], width: int) -> list[float | None]:
    finite = sorted(value for _, value in course if math.isfinite(value))
    if not finite:
        return []
    middle = finite[len(finite) // 2]
    columns: list[float | None] = [None] * width
    step = _step(course)
    for index, (time, value) in enumerate(course):
        if not math.isfinite(value):
            continue
        first = _column(course, time, width)
        after = course[index + 1][0] if index + 1 < len(course) else time + step
        reach = _column(course, min(after, time + 1.5 * step), width) if after > time else first
        for at in range(first, max(first + 1, reach)):
            held = columns[at]
            if held is None or abs(value - middle) > abs(held - middle):
                columns[at] = value
    return columns


def _step(course: Sequence[Point]) -> float:
    gaps = sorted(after[0] - before[0] for before, after in itertools.pairwise(course))
    return gaps[len(gaps) // 2] if gaps else 0.0


def _column(course: Sequence[Point], time: float, width: int) -> int:
    span = course[-1][0] + _step(course) - course[0][0]
    return min(width - 1, int((time - course[0][0]) / span * width)) if span > 0 else 0
