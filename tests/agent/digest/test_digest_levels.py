"""Small differences that last against a baseline with spikes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.digest import levels
from agent.digest.metrics import Column, Panel
from tools.formats.records import Series

USUAL = [0.10, 0.11, 0.09, 0.10, 0.12, 0.10, 0.09, 0.11, 0.40, 0.10] * 4


def panel(values: list[float], usual: list[float] = USUAL, metric: str = "latency") -> Panel:
    labels = {"microservice": "cart"}
    now = Series(metric, labels, tuple(1e6 + 300 * n for n in range(len(values))), tuple(values))
    before = Series(metric, labels, tuple(300.0 * n for n in range(len(usual))), tuple(usual))
    return Panel([Column("metrics.csv", now), Column("baseline.csv", before, baseline=True)])


def test_a_level_that_lasts_is_seen_though_the_baseline_spikes_higher() -> None:
    (found,) = levels.observations(panel([0.10, 0.10, 0.18, 0.19, 0.18]), [])
    assert found.service == "cart"
    assert found.attributes["after"] == "0.18"
    assert found.pointers[0].samples == (2, 4)


def test_a_spike_a_usual_level_and_a_harmless_fall_are_not() -> None:
    assert levels.observations(panel([0.10, 0.10, 0.50, 0.10, 0.11]), []) == []
    assert levels.observations(panel([0.10, 0.11, 0.10, 0.09, 0.10]), []) == []
    assert levels.observations(panel([0.02] * 5), []) == []


def test_availability_falls_in_its_own_direction() -> None:
    usual = [99.5, 99.6, 99.4, 99.7, 99.5] * 8
    (found,) = levels.observations(panel([99.5, 99.5, 97.0, 96.8, 97.1], usual, "availability"), [])
    assert found.attributes["direction"] == "down"
    assert levels.observations(panel([99.9] * 5, usual, "availability"), []) == []


@given(st.lists(st.floats(min_value=0.001, max_value=10), min_size=40, max_size=60), st.integers(0, 30))
def test_a_piece_of_the_baseline_itself_is_never_reported_as_worse_than_all_of_it(
    usual: list[float], at: int
) -> None:
    piece = usual[at : at + 5]
    for item in levels.observations(panel(piece, usual), []):
        assert float(item.attributes["sigmas"]) >= 3
        assert float(item.attributes["after"]) > float(item.attributes["before"])
