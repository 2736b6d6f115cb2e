"""A series in block characters."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from agent.cli.sparkline import marks, scale, sparkline


def course(values: list[float], step: float = 60.0) -> list[tuple[float, float]]:
    return [(index * step, value) for index, value in enumerate(values)]


def test_a_step_is_a_step_and_the_mark_stands_below_it() -> None:
    points = course([1.0] * 10 + [5.0] * 10)
    top, bottom = sparkline(points, width=20, height=2)
    assert top == " " * 10 + "█" * 10
    assert bottom == "▃" * 10 + "█" * 10
    assert marks(points, [(600.0, "^")], width=20) == " " * 10 + "^"
    assert scale(points) == (5.0, 0.0)


def test_one_spike_in_thousands_of_samples_is_seen() -> None:
    values = [10.0] * 4000
    values[2000] = 90.0
    top = sparkline(course(values), width=50)[0]
    assert top.count("█") == 1


def test_a_gap_stays_empty() -> None:
    points = [point for point in course([4.0] * 40) if not 600 <= point[0] < 1800]
    (row,) = sparkline(points, width=40, height=1)
    assert row[:10].strip()
    assert row[12:28] == " " * 16
    assert row[32:].strip()


@given(
    st.lists(st.floats(-1e150, 1e150) | st.sampled_from([math.nan, math.inf, -math.inf]), max_size=80),
    st.integers(1, 120),
    st.integers(1, 6),
)
def test_any_values_give_rows_of_the_asked_width(values: list[float], width: int, height: int) -> None:
    rows = sparkline(course(values), width=width, height=height)
    finite = [value for value in values if math.isfinite(value)]
    assert len(rows) == (height if finite else 0)
    assert all(len(row) == width for row in rows)
    assert len(scale(course(values), height=height)) == (2 if finite else 0)
