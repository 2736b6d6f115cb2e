"""What could not be seen is said once for each cause."""

from __future__ import annotations

from agent.drafting.assembly import gaps
from agent.schema.bundle import Outcome, Signal
from agent.schema.digest import Coverage

from .conftest import Making


def row(signal: Signal, outcome: Outcome, note: str, malformed: int = 0) -> Coverage:
    return Coverage(
        source="prometheus",
        signal=signal,
        query="alerts, rules and queries",
        outcome=outcome,
        artifacts=1,
        rows=10,
        malformed=malformed,
        note=note,
    )


def test_a_source_of_which_a_part_came_is_one_gap_with_its_signals(make: Making) -> None:
    trouble = "2 of 9 queries: HTTP 503"
    rows = (
        row("alerts", "partial", trouble),
        row("metrics", "partial", f"{trouble}; 3 rows could not be read", malformed=3),
        row("rules", "partial", trouble),
    )
    (gap,) = gaps(make.digest(coverage=rows))
    assert gap == (
        "prometheus: alerts, metrics and rules (alerts, rules and queries): only a part came back. "
        "2 of 9 queries: HTTP 503; 3 rows could not be read"
    )


def test_what_was_not_recorded_at_all_has_no_signal_to_name(make: Making) -> None:
    (gap,) = gaps(make.digest(coverage=(row("unknown", "not recorded", "Whole logs were not kept."),)))
    assert gap == "prometheus (alerts, rules and queries): was not recorded. Whole logs were not kept."


def test_different_troubles_stay_apart_and_what_is_well_is_no_gap(make: Making) -> None:
    rows = (
        row("alerts", "ok", ""),
        row("metrics", "ok", "2 rows could not be read", malformed=2),
        row("logs", "ok", "5 rows could not be read", malformed=5),
        row("chat", "denied", "HTTP 403"),
    )
    assert [gap.split(" (")[0] for gap in gaps(make.digest(coverage=rows))] == [
        "prometheus: metrics",
        "prometheus: logs",
        "prometheus: chat",
    ]
