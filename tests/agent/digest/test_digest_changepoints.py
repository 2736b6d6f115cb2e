"""Level changes: planted ones are found, healthy series stay healthy."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.digest import changepoints, shifts


def _noise(kind: str, count: int, rng: random.Random) -> list[float]:
    values: list[float] = []
    last = 0.0
    for index in range(count):
        draw = rng.gauss(0, 1)
        last = 0.6 * last + draw
        extra = {
            "white": draw,
            "autocorrelated": last,
            "spikes": draw + (rng.random() < 0.01) * 8,
            "daily": draw + math.sin(2 * math.pi * index / 288),
            "skewed": math.exp(draw / 2),
        }[kind]
        values.append(50 + extra)
    return values


@pytest.mark.parametrize("count", [24, 60, 240])
@pytest.mark.parametrize("kind", ["white", "autocorrelated", "spikes", "daily", "skewed"])
def test_at_most_five_percent_of_healthy_series_are_flagged(kind: str, count: int) -> None:
    rng = random.Random(7)
    flagged = sum(bool(shifts.excursions(_noise(kind, count, rng))) for _ in range(100))
    assert flagged <= 5


@pytest.mark.parametrize("kind", ["white", "autocorrelated", "spikes", "daily"])
def test_a_planted_step_of_six_sigma_is_found_where_it_is(kind: str) -> None:
    rng = random.Random(3)
    hits = 0
    for _ in range(40):
        cut = rng.randint(25, 55)
        values = [v + (10 if i >= cut else 0) for i, v in enumerate(_noise(kind, 80, rng))]
        hits += any(abs(part.start - cut) <= 3 for part in changepoints.segments(values)[1:])
    assert hits >= 36


def test_a_step_and_its_recovery_are_one_excursion_with_both_ends() -> None:
    rng = random.Random(5)
    values = [v + (60 if 40 <= i < 70 else 0) for i, v in enumerate(_noise("white", 120, rng))]
    (found,) = shifts.excursions(values)
    assert (found.first, found.last, found.recovered) == (40, 69, True)
    assert found.direction == "up"
    assert found.before == pytest.approx(50, abs=1)
    assert found.after == pytest.approx(110, abs=1)


def test_a_step_that_lasts_to_the_end_has_no_recovery() -> None:
    rng = random.Random(5)
    values = [v + (60 if i >= 40 else 0) for i, v in enumerate(_noise("white", 80, rng))]
    (found,) = shifts.excursions(values)
    assert found.first == 40
    assert not found.recovered


def test_a_series_that_never_moves_says_nothing() -> None:
    assert shifts.excursions([0.0] * 500) == ()
    assert shifts.excursions([100.0] * 20) == ()


def test_a_long_series_that_left_its_usual_level_twice_gives_two_dated_excursions() -> None:
    rng = random.Random(9)
    values = _noise("white", 2000, rng)
    for start, end, size in ((600, 660, 40), (1800, 1900, -25)):
        for index in range(start, end):
            values[index] += size
    found = shifts.excursions(values)
    assert [(f.first, f.last, f.direction) for f in found] == [(600, 659, "up"), (1800, 1899, "down")]


def test_a_constant_baseline_does_not_make_a_tiny_move_infinitely_surprising() -> None:
    assert shifts.against([100.0, 100.05, 100.02], [100.0] * 20, harmless="up") is None


def test_five_samples_are_compared_with_a_baseline_of_another_month() -> None:
    baseline = [0.020 + 0.001 * (i % 5) for i in range(48)]
    found = shifts.against([0.021, 0.022, 0.27, 0.27, 0.26], baseline, harmless="down")
    assert found is not None
    assert (found.first, found.last) == (2, 4)
    assert found.ratio > 10


def test_a_move_in_the_harmless_direction_is_not_reported_against_a_baseline() -> None:
    baseline = [100.0 + i % 3 for i in range(48)]
    assert shifts.against([20.0, 21.0, 22.0], baseline, harmless="down") is None


def test_a_counter_becomes_a_rate_and_a_reset_counts_from_zero() -> None:
    times, values = shifts.rates([0.0, 10.0, 20.0, 30.0], [100.0, 200.0, 50.0, 150.0])
    assert times == [10.0, 20.0, 30.0]
    assert values == [10.0, 5.0, 10.0]


@given(st.lists(st.floats(-1e6, 1e6), min_size=0, max_size=120))
def test_segments_cover_the_series_without_gap_or_overlap(values: list[float]) -> None:
    parts = changepoints.segments(values)
    assert [p.start for p in parts] == [0, *[p.end for p in parts]][: len(parts)]
    assert (parts[-1].end if parts else 0) == len(values)


@given(st.lists(st.floats(-1e3, 1e3), min_size=6, max_size=60), st.floats(0.5, 100))
def test_excursions_do_not_depend_on_the_unit(values: list[float], scale: float) -> None:
    plain = [(f.first, f.last) for f in shifts.excursions([round(v, 3) for v in values])]
    scaled = [(f.first, f.last) for f in shifts.excursions([round(v, 3) * 1024 for v in values])]
    assert plain == scaled
