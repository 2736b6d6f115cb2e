"""Series made ready: odd values, odd order, counters and histograms."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.digest import histograms, metrics
from agent.digest.panel import Column, Panel, rates, samples
from tools.formats.records import Series


def series(metric: str, values: Sequence[float], times: Sequence[float] = (), **labels: str) -> Series:
    when = times or [60.0 * index for index in range(len(values))]
    return Series(
        metric=metric, labels=labels, times=tuple(when), values=tuple(values), service=labels.get("app")
    )


def panel_of(*records: Series) -> Panel:
    panel = Panel()
    panel.read("metrics.json", records)
    return panel


def test_a_counter_becomes_a_rate_and_a_reset_counts_from_zero() -> None:
    assert rates([0.0, 10.0, 20.0, 30.0], [100.0, 200.0, 50.0, 150.0]) == [10.0, 5.0, 10.0]
    ready = samples(Column("a", series("http_requests_total", [100, 200, 50, 150], [0, 10, 20, 30])))
    assert ready.rate
    assert ready.places == (1, 2, 3)


@given(st.lists(st.integers(0, 50), min_size=8, max_size=60), st.data())
def test_a_reset_does_not_change_the_rates_around_it(increases: list[int], data: st.DataObject) -> None:
    total = [sum(increases[: index + 1]) for index in range(len(increases))]
    reset = data.draw(st.integers(1, len(total) - 1))
    after = [value if index < reset else value - total[reset - 1] for index, value in enumerate(total)]
    times = [15.0 * index for index in range(len(total))]
    plain, with_reset = rates(times, total), rates(times, after)
    assert [a for i, a in enumerate(plain) if i != reset - 1] == [
        a for i, a in enumerate(with_reset) if i != reset - 1
    ]
    assert min(with_reset) >= 0


def test_a_gauge_that_is_called_a_count_stays_what_it_is() -> None:
    assert not samples(Column("a", series("jvm_threads_count", [8, 7, 9, 8, 7, 9, 8, 7]))).rate
    assert not samples(Column("a", series("replica_count", [3] * 20 + [5] * 20))).rate


def test_samples_are_ordered_and_finite_and_of_two_at_one_time_the_later_counts() -> None:
    ready = samples(
        Column("a", series("queue", [5, math.nan, 3, math.inf, 4, 1e300, 9], [30, 20, 10, 40, 10, 50, 60]))
    )
    assert ready.times == (10, 30, 60)
    assert ready.values == (4, 5, 9)
    assert ready.places == (4, 0, 6)


_ODD = st.one_of(
    st.floats(width=64), st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1e308, -1e308, 5e-324])
)


@given(
    st.lists(st.tuples(st.one_of(st.floats(0, 4e9), st.just(math.nan)), _ODD), max_size=90),
    st.sampled_from(["cpu", "errors_total", "x_count", "latency_bucket"]),
)
def test_no_value_and_no_time_breaks_the_search_for_moves(
    rows: list[tuple[float, float]], metric: str
) -> None:
    record = series(metric, [v for _, v in rows], [t for t, _ in rows], app="cart", le="0.5")
    for move in metrics.moves(panel_of(record), None):
        assert move.excursion.sigmas >= 0
        assert math.isfinite(move.surprise)


def test_a_gap_in_the_samples_does_not_move_the_onset() -> None:
    rng = random.Random(8)
    values = [10 + rng.gauss(0, 0.5) + (15 if index >= 200 else 0) for index in range(400)]
    times = [15.0 * index for index in range(400)]
    kept = [index for index in range(400) if not 60 <= index < 100]
    holed = series("latency_ms", [values[i] for i in kept], [times[i] for i in kept])
    onset = datetime.fromtimestamp(3100, UTC)
    (whole_move,) = metrics.moves(panel_of(series("latency_ms", values, times)), onset)
    (holed_move,) = metrics.moves(panel_of(holed), onset)
    assert whole_move.start == holed_move.start == times[200]


def histogram(count: int, slow_from: int, bounds: Mapping[str, tuple[float, float]]) -> list[Series]:
    """Cumulative buckets that grow by the first rate until `slow_from`, then by the second."""
    rng = random.Random(1)
    noise = [rng.uniform(0.98, 1.02) for _ in range(count)]
    records: list[Series] = []
    for bound, (before, after) in bounds.items():
        total, values = 0.0, list[float]()
        for index in range(count):
            total += (before if index < slow_from else after) * noise[index]
            values.append(total)
        records.append(series("http_request_duration_seconds_bucket", values, app="cart", le=bound))
    return records


def test_buckets_become_quantiles_and_one_piece_of_news() -> None:
    buckets = histogram(120, 80, {"0.1": (95, 10), "0.5": (99, 40), "2.5": (100, 98), "+Inf": (100, 100)})
    total = series("http_request_duration_seconds_sum", [float(i) for i in range(120)], app="cart")
    found = metrics.moves(panel_of(*buckets, total), None)
    by_quantile = {move.samples.quantile: move for move in found}
    assert set(by_quantile) == {"p50", "p95", "p99"}
    p95 = by_quantile["p95"]
    assert p95.excursion.before == pytest.approx(0.1, abs=0.02)
    assert p95.excursion.after == pytest.approx(2.3, abs=0.1)
    assert p95.start == 80 * 60.0
    assert p95.harm == "bad"


def test_a_sum_and_its_count_become_a_mean_and_neither_is_judged_as_a_sum() -> None:
    requests = [10.0 * index for index in range(120)]
    slow = [
        0.2 * value if index < 80 else 160.0 + 2.0 * (value - 800) for index, value in enumerate(requests)
    ]
    records = [
        series("http_server_requests_seconds_sum", slow, app="cart"),
        series("http_server_requests_seconds_count", requests, app="cart"),
    ]
    (move,) = metrics.moves(panel_of(*records), datetime.fromtimestamp(60 * 81, UTC))
    assert move.samples.quantile == "mean"
    assert (move.excursion.before, move.excursion.after) == pytest.approx((0.2, 2.0), rel=0.01)
    assert (move.meaning.kind, move.meaning.unit, move.harm) == ("latency", "s", "bad")


def test_a_quantile_is_that_of_prometheus() -> None:
    buckets = [
        histograms.Bucket(0.1, {0.0: 50.0}),
        histograms.Bucket(0.5, {0.0: 90.0}),
        histograms.Bucket(math.inf, {0.0: 100.0}),
    ]
    found = histograms.quantiles(buckets)
    assert found["p50"].values == (0.1,)
    assert found["p95"].values == (0.5,)
    assert histograms.quantiles(buckets[:2]) == {}
    assert histograms.quantiles(buckets[2:]) == {}


def test_a_bucket_that_counts_less_than_the_one_below_it_is_raised_to_it() -> None:
    torn = {0.1: 45.0, 0.5: 40.0, 1.0: 90.0, math.inf: 100.0}
    found = histograms.quantiles([histograms.Bucket(bound, {0.0: rate}) for bound, rate in torn.items()])
    assert found["p50"].values == pytest.approx((0.5 + 0.5 * 5 / 45,))


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_quantiles_grow_with_their_share_and_do_not_depend_on_the_order_of_buckets(
    counts: list[float], rng: random.Random
) -> None:
    bounds = [float(index + 1) for index in range(len(counts) - 1)] + [math.inf]
    buckets = [histograms.Bucket(b, {0.0: c}) for b, c in zip(bounds, counts, strict=True)]
    shuffled = rng.sample(buckets, len(buckets))
    found, other = histograms.quantiles(buckets), histograms.quantiles(shuffled)
    assert {k: v.values for k, v in found.items()} == {k: v.values for k, v in other.items()}
    if found:
        assert found["p50"].values <= found["p95"].values <= found["p99"].values
