"""Moves of series: what is told, what is ordinary, and what belongs together."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.digest import metrics, movements, silences
from agent.digest.metrickinds import meaning
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


def test_what_moved_together_has_recovered_when_the_last_of_it_was_back() -> None:
    lead, slower = {range(82, 100): 900}, {range(80, 104): 200}
    (told,) = seen(record("cart", "p90_latency", 2, lead), record("cart", "p50_latency", 1, slower))
    assert told.attributes["metric"] == "p90_latency"
    assert (told.start, told.end) == (
        datetime.fromtimestamp(1200, UTC),
        datetime.fromtimestamp(1560, UTC),
    )
    assert told.attributes["recovered_after"] == "6 min"
    (away,) = seen(
        record("cart", "p90_latency", 2, lead), record("cart", "p50_latency", 1, {range(80, 120): 200})
    )
    assert (away.end, away.attributes["not_recovered"]) == (None, "p50_latency")
    assert "recovered_after" not in away.attributes


def test_the_order_of_series_does_not_matter() -> None:
    records = [record(f"svc-{n}", "latency_p99", n, {range(60 + n, 90): 50.0 * n}) for n in range(8)]
    plain, turned = seen(*records), seen(*reversed(records))
    assert [item.key for item in plain] == [item.key for item in turned]
    assert [item.attributes for item in plain] == [item.attributes for item in turned]


def quiet(*records: Series) -> list[Observation]:
    panel = Panel()
    panel.read("metrics.csv", records)
    return silences.observations(panel)


def without(record: Series, missing: range) -> Series:
    kept = [index for index in range(len(record.times)) if index not in missing]
    return replace(
        record,
        times=tuple(record.times[index] for index in kept),
        values=tuple(record.values[index] for index in kept),
    )


def test_a_service_without_samples_while_others_go_on_is_told_with_both_ends() -> None:
    others = [record(f"svc-{n}", "cpu", n, {}) for n in range(5)]
    assert quiet(*others) == []
    (gap,) = quiet(*others, without(record("cart", "cpu", 7, {}), range(40, 60)))
    assert (gap.service, gap.severity) == ("cart", "warning")
    assert gap.statement == "cart cpu has no samples for 5 min 15 s"
    assert gap.start == datetime.fromtimestamp(39 * 15, UTC)
    (ended,) = quiet(*others, without(record("cart", "cpu", 7, {}), range(90, 120)))
    assert ended.end is None


def test_a_pod_that_another_replaced_left_no_gap() -> None:
    old = without(replace(record("cart", "cpu", 1, {}), labels={"pod": "cart-a"}), range(60, 120))
    new = without(replace(record("cart", "cpu", 2, {}), labels={"pod": "cart-b"}), range(60))
    assert quiet(old, new, record("db", "cpu", 3, {})) == []


def test_a_gap_in_the_whole_recording_is_one_thing_about_the_recording() -> None:
    told = quiet(*(without(record(f"svc-{n}", "cpu", n, {}), range(40, 60)) for n in range(4)))
    assert [(item.service, item.role) for item in told] == [(None, "context")]
    assert told[0].statement == "4 series have no samples for 5 min 15 s"


def test_a_service_that_lacks_one_series_of_three_is_not_silent() -> None:
    latency = without(record("cart", "latency", 1, {}), range(40, 60))
    others = [record("cart", "cpu", 2, {}), record("cart", "memory", 3, {}), record("db", "cpu", 4, {})]
    (told,) = quiet(latency, *others)
    assert (told.service, told.role) == ("cart", "context")


def test_a_series_that_freezes_is_told_and_one_that_is_constant_or_zero_is_not() -> None:
    lively = record("cart", "cpu", 1, {})
    frozen = replace(lively, values=(*lively.values[:80], *[lively.values[80]] * 40))
    (told,) = quiet(frozen)
    assert told.attributes["change"] == "frozen"
    assert told.start == datetime.fromtimestamp(80 * 15, UTC)
    assert quiet(lively) == []
    assert quiet(replace(lively, values=(*lively.values[:80], *[0.0] * 40))) == []
    assert quiet(replace(lively, values=(3.0,) * 120)) == []


@pytest.mark.parametrize(
    ("metric", "kind"),
    [
        ("node_memory_MemAvailable_bytes", "memory"),
        ("node_filesystem_avail_bytes", "disk"),
        ("kubelet_volume_stats_available_bytes", "disk"),
        ("kube_deployment_status_replicas_available", "availability"),
        ("service_availability_percent", "availability"),
    ],
)
def test_what_is_available_tells_the_kind(metric: str, kind: str) -> None:
    read = meaning(metric, {})
    assert (read.kind, read.harm("down")) == (kind, "bad")
