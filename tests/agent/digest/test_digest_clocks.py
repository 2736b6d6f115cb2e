"""Clocks: offsets from shared ids and from alerts, zones told from drift, nothing where clocks agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.digest.clocks import ClockBook, hours_by_alerts
from agent.digest.offsets import Offset, shifts
from tools.formats.records import LogRecord, Span

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def book(seconds: float, ids: int = 20, jitter: float = 0.2) -> ClockBook:
    found = ClockBook()
    for n in range(ids):
        start = START + timedelta(seconds=10 * n)
        found.span(Span(n + 1, f"t{n}", f"s{n}", None, "cart", "get", start, 0.5))
        time = start + timedelta(seconds=seconds + jitter * (n % 3))
        found.log("logs/a.log", LogRecord(n + 1, n + 1, time, "got", trace_id=f"t{n}"))
    return found


def test_clocks_that_agree_have_no_offset() -> None:
    assert book(0.1).offsets() == []


@pytest.mark.parametrize(
    ("seconds", "zone"), [(8 * 3600.0, True), (-5.5 * 3600, True), (37.0, False), (-412.0, False)]
)
def test_an_offset_is_found_and_whole_hours_are_told_from_drift(seconds: float, *, zone: bool) -> None:
    (offset,) = book(seconds).offsets()
    assert offset.seconds == pytest.approx(seconds, abs=1)
    assert offset.zone is zone
    assert offset.confidence == "high"
    assert ("zone" in offset.sentence()) is zone
    assert shifts([offset])["logs/a.log"].total_seconds() == offset.seconds


def test_too_few_shared_ids_and_scattered_ones_tell_nothing() -> None:
    assert book(3600.0, ids=4).offsets() == []
    assert book(3600.0, jitter=2000.0).offsets() == []


@given(st.floats(min_value=-50_000, max_value=50_000), st.integers(min_value=5, max_value=30))
def test_any_shift_is_found_or_is_within_what_means_nothing(seconds: float, ids: int) -> None:
    found = book(seconds, ids, jitter=0.0).offsets()
    if found:
        assert found[0].seconds == pytest.approx(seconds, abs=0.1)
    else:
        assert abs(seconds) <= 2.6


def test_alerts_show_the_hours_that_a_table_without_a_zone_misses() -> None:
    base = START.timestamp()
    alerts = [("cart", base + 60), ("pay", base + 90), ("mail", base + 30)]
    moved = {name: [time - 45 + 8 * 3600] for name, time in alerts}
    offset = hours_by_alerts("metrics/m.csv", moved, alerts)
    assert offset == Offset("metrics/m.csv", 8 * 3600.0, 3, 0.0, "alerts")
    assert offset is not None
    assert offset.zone
    assert hours_by_alerts("metrics/m.csv", {n: [t - 45] for n, t in alerts}, alerts) is None
    assert hours_by_alerts("metrics/m.csv", moved, alerts[:1]) is None
