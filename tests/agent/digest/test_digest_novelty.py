"""Counts before and after: the test holds for small and large counts."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.digest.novelty import judge


def _poisson(mean: float, rng: random.Random) -> int:
    if mean > 50:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        product *= rng.random()
        count += 1
    return count


@pytest.mark.parametrize("mean", [0.5, 5, 50, 5000])
def test_two_equal_rates_are_never_called_a_burst(mean: float) -> None:
    rng = random.Random(11)
    wrong = 0
    for _ in range(1000):
        before, after = _poisson(mean * 2, rng), _poisson(mean, rng)
        if before:
            wrong += judge(before, after, 1200, 600).novelty != "steady"
    assert wrong <= 1


@pytest.mark.parametrize(("before", "after"), [(50, 90), (500, 900), (5000, 9000), (2, 40)])
def test_a_burst_of_eighteen_tenths_is_found_for_small_and_large_counts(before: int, after: int) -> None:
    verdict = judge(before, after, 600, 600)
    if before >= 500 or after >= 40 * before / 2:
        assert verdict.novelty == "burst"
        assert verdict.p_value < 1e-4


def test_what_was_never_seen_before_is_new_and_what_stopped_is_silent() -> None:
    assert judge(0, 1, 600, 600).novelty == "new"
    assert judge(100, 0, 600, 600).novelty == "silent"
    assert judge(3, 0, 600, 600).novelty == "steady"


def test_without_a_baseline_nothing_is_new() -> None:
    assert judge(0, 500, 0, 600).novelty == "steady"


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.floats(1, 1e5), st.floats(1, 1e5))
def test_the_p_value_is_a_probability(before: int, after: int, left: float, right: float) -> None:
    assert 0.0 <= judge(before, after, left, right).p_value <= 1.0
