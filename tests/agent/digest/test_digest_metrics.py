"""Moves of series: what is told, what is ordinary, and what belongs together."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime

from agent.digest import metrics, movements
from agent.digest.observation import Observation
from agent.digest.panel import Panel
from tools.formats.records import Series

BUMPS = Mapping[range, float]


def record(
    service: str, metric: str, seed: int, bumps: BUMPS, *, level: float = 20, count: int = 120
) -> Series:
    rng = random.Random(seed)
    values = [
        level + rng.gauss(0, level / 50) + sum(size for where, size in bumps.items() if index in where)
        for index in range(count)
    ]
    times = tuple(15.0 * index for index in range(count))
    return Series(metric=metric, labels={}, times=times, values=tuple(values), service=service)


def seen(*records: Series, artifact: str = "metrics.csv") -> list[Observation]:
    panel = Panel()
    panel.read(artifact, records)
    onset = datetime.fromtimestamp(15.0 * 80, UTC)
    return movements.observations(metrics.moves(panel, onset), frozenset())


def test_what_one_metric_does_everywhere_at_any_time_is_told_as_context() -> None:
    hiccups = [record(f"svc-{n}", "latency_p99", n, {range(10 + 12 * n, 12 + 12 * n): 400}) for n in range(6)]
    told = seen(*hiccups, record("db", "latency_p99", 9, {range(80, 120): 4000}))
    loud = [item.service for item in told if item.severity != "info"]
    assert loud == ["db"]
    assert any(item.attributes.get("usual_elsewhere") == "true" for item in told)


def test_a_spike_in_many_services_at_once_is_no_habit() -> None:
    together = [record(f"svc-{n}", "latency_p99", n, {range(80, 82): 400}) for n in range(6)]
    told = seen(*together)
    assert len(told) == 6
    assert all(item.severity != "info" for item in told)


def test_a_move_that_is_tiny_beside_the_other_services_is_context() -> None:
    others = [record(f"svc-{n}", "cpu_usage", n, {}, level=200) for n in range(5)]
    told = seen(*others, record("idle", "cpu_usage", 7, {range(80, 120): 0.4}, level=0.5))
    assert [(item.service, item.severity) for item in told] == [("idle", "info")]
    assert [
        item.severity for item in seen(record("idle", "cpu_usage", 7, {range(80, 120): 0.4}, level=0.5))
    ] != ["info"]


def test_series_that_move_together_are_one_piece_of_evidence_with_members() -> None:
    (told,) = seen(
        record("cart", "p50_latency", 1, {range(80, 100): 200}),
        record("cart", "p90_latency", 2, {range(80, 100): 400}),
    )
    assert told.attributes["members"] == "p50_latency, p90_latency"
    assert told.attributes["recovered_after"] == "5 min"
    assert told.end == datetime.fromtimestamp(1500, UTC)


def test_the_order_of_series_does_not_matter() -> None:
    records = [record(f"svc-{n}", "latency_p99", n, {range(60 + n, 90): 50.0 * n}) for n in range(8)]
    plain, turned = seen(*records), seen(*reversed(records))
    assert [item.key for item in plain] == [item.key for item in turned]
    assert [item.attributes for item in plain] == [item.attributes for item in turned]
