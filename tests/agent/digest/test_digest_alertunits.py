"""Units that alerts tell of metrics whose names tell none."""

from __future__ import annotations

import pytest

from agent.digest import alertunits
from agent.digest.metrickinds import meaning
from agent.digest.metrics import Move
from agent.digest.panel import Column, Samples
from agent.digest.shifts import Excursion
from tools.formats.records import Series


def move(metric: str, before: float, after: float) -> Move:
    series = Series(metric=metric, service="shop", labels={}, times=(0.0,), values=(1.0,))
    what = meaning(metric, {})
    samples = Samples(Column("m.csv", series), what, (0.0,), (1.0,), (0,))
    item = Excursion(0, 0, before, after, after, 9.0, "up", "shift", recovered=False)
    return Move(samples, item, 0.0, None)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Slow: p90latency: Normal=16.00ms -> Current=66.24ms (+314.1%)", "ms"),
        ("Slow: shop-p90latency: Normal=16.00ms -> Current=66.24ms | Peak=80ms", "ms"),
        ("p90latency: 0.066s", None),
        ("p90latency: 16ms and then 66s", None),
        ("xp90latency: 66ms", None),
        ("p90latency went up (+314.1%)", None),
    ],
)
def test_a_unit_is_taken_where_values_agree(text: str, unit: str | None) -> None:
    assert alertunits.stated([text], [move("p90latency", 16.0, 66.0)]).get("p90latency") == unit


def test_a_name_that_tells_its_unit_is_left_alone() -> None:
    assert alertunits.stated(["wait_seconds: 66ms"], [move("wait_seconds", 16.0, 66.0)]) == {}


def test_another_quantile_of_a_measure_has_its_unit() -> None:
    moves = [move("p90latency", 16.0, 66.0), move("p50latency", 4.0, 8.0), move("network", 4.0, 8.0)]
    assert alertunits.stated(["Slow: p90latency: 66ms"], moves) == {"p90latency": "ms", "p50latency": "ms"}


def test_quantiles_of_two_units_tell_nothing_of_a_third() -> None:
    assert alertunits.unit_of("p50latency", {"p90latency": "ms", "p99latency": "s"}) == ""
    assert alertunits.unit_of("p90latency", {"p90latency": "ms", "p99latency": "s"}) == "ms"
    assert alertunits.unit_of("http50latency", {"http90latency": "ms"}) == ""
