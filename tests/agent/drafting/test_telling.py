"""How a person on call would put a movement and an alert."""

from __future__ import annotations

import pytest

from agent.drafting.telling import called, gist, noun_of, told
from tests.agent.drafting.conftest import Making


@pytest.mark.parametrize(
    ("statement", "attributes", "said"),
    [
        (
            "cart p90latency rose from 24.2 ms to 690.6 ms (28x), peak 1375 ms",
            {"metric": "p90latency"},
            "cart's p90 latency rose from 24.2 ms to 690.6 ms (28x), with a peak of 1.375 s",
        ),
        (
            "cart http_request_duration_seconds p95 rose from 0.1 s to 2 s",
            {"metric": "http_request_duration_seconds_bucket", "quantile": "p95"},
            "cart's p95 request latency rose from 0.1 s to 2 s",
        ),
        (
            "cart cpu fell from 12% to 3%, lowest 1%",
            {"metric": "cpu"},
            "cart's CPU use fell from 12% to 3%, with a low of 1%",
        ),
        (
            "cart memory_bytes rose from 64000 bytes to 5120000000 bytes",
            {"metric": "memory_bytes"},
            "cart's memory use rose from 64000 bytes to 5.12 GB",
        ),
        (
            "cart ledger_backlog rose from 3 to 4000",
            {"metric": "ledger_backlog"},
            "cart ledger_backlog rose from 3 to 4000",
        ),
    ],
)
def test_a_movement_names_what_is_measured(
    make: Making, statement: str, attributes: dict[str, str], said: str
) -> None:
    item = make.item("M1", statement, service="cart").model_copy(update={"attributes": attributes})
    assert told(item) == said


def test_an_alert_is_told_by_its_first_part(make: Making) -> None:
    text = "Alert SLOW fired for cart: Slow: p90: 16ms -> 66ms (+314.1%) | p50: 3ms -> 9ms (+200%)"
    item = make.item("A1", text, service="cart")
    assert told(item) == "Alert SLOW fired for cart: Slow: p90: 16ms -> 66ms"
    assert called(item) == "SLOW for cart (Slow: p90: 16ms -> 66ms)"
    bare = make.item("A2", 'Alert "job failed" fired', service="cart")
    assert told(bare) == called(bare) == 'Alert "job failed" fired'


def test_a_long_alert_text_ends_at_a_word() -> None:
    cut = gist("The error budget of checkout burns " + "very " * 40 + "fast")
    assert cut.endswith("very\u2026")
    assert len(cut) <= 111
    assert gist("Disk is full. Ask the owners.") == "Disk is full"


@pytest.mark.parametrize(
    ("name", "noun"),
    [
        ("PodClientLatencyP99", "p99 client latency"),
        ("latency_p50_ms", "median latency"),
        ("container_cpu_cfs_throttled_periods_total / container_cpu_cfs_periods_total", "CPU throttling"),
        ("NetworkTransmitBytes", "outgoing network traffic"),
        ("cpu_requests", "cpu_requests"),
        ("latency_budget", "latency_budget"),
    ],
)
def test_only_usual_names_are_put_in_words(name: str, noun: str) -> None:
    assert noun_of(name) == noun
