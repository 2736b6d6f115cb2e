"""A document against itself: header, timeline and prose."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.checks import check_document
from agent.checks.duration import read_lengths, write_length

DOCUMENT = """# Post-mortem: checkout errors

**Date**: 2026-02-17
**Duration**: 1h 35m (10:05-11:40)

## Summary

The payment API returned errors. It took 10 minutes from page to fix.

## Timeline

| Time (UTC) | Event |
|---|---|
| 10:05 | Deployment of v2.3.1 started |
| 10:11 | First errors in checkout |
| 10:16 | Page reached the on-call engineer |
| 10:30 | Rollback finished, errors stopped |
| 10:40 | Incident closed |
"""


def _rules(text: str) -> list[tuple[str, str, int]]:
    return [(item.rule, item.level, item.line) for item in check_document(text) if item.rule[0] == "C"]


def test_a_duration_over_a_shorter_timeline_and_a_wrong_span_are_both_found() -> None:
    assert _rules(DOCUMENT) == [("C01", "warning", 4), ("C03", "warning", 8)]


def test_a_document_that_agrees_with_itself_is_silent() -> None:
    text = DOCUMENT.replace("1h 35m (10:05-11:40)", "35 minutes (10:05-10:40)").replace(
        "10 minutes", "14 minutes"
    )
    assert _rules(text) == []
    assert _rules(text.replace("14 minutes", "About a quarter of an hour")) == []


def test_start_end_and_duration_in_the_header() -> None:
    head = (
        "# P\n\n- **Start**: 2026-02-17 23:50 UTC\n- **End**: 2026-02-18 01:20 UTC\n- "
        "**Duration**: {}\n\n## Summary\n\nText.\n"
    )
    assert _rules(head.format("1.5 hours")) == []
    assert _rules(head.format("an hour and a half")) == []
    assert _rules(head.format("90 min")) == []
    assert _rules(head.format("2 h 30 min")) == [("C01", "warning", 5)]


def test_rows_out_of_order_and_over_midnight() -> None:
    table = "# P\n\n## Timeline\n\n| Time | Event |\n|---|---|\n| {} | a |\n| {} | b |\n"
    assert _rules(table.format("10:20", "10:10")) == [("C02", "warning", 8)]
    assert _rules(table.format("23:50", "00:10")) == []
    assert _rules(table.format("Jan 31, 11:10 PM", "Feb 1, 1:00 AM")) == []


def test_an_item_for_an_unknown_factor() -> None:
    text = (
        "# P\n\n## Factors\n\n- F1: the queue was full\n\n## Action items\n\n- Cap it at 5 "
        "(owner: @a, due: 2026-03-01, P1, addresses F3)\n"
    )
    assert _rules(text) == [("C04", "warning", 9)]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1 h 35 min", 5700),
        ("1h35m", 5700),
        ("1.5 hours", 5400),
        ("an hour and a half", 5400),
        ("about 90 minutes", 5400),
        ("half an hour", 1800),
        ("8.56 ms", 0.00856),
        ("two days", 172800),
        ("45-minute", 2700),
    ],
)
def test_durations_as_written(text: str, seconds: float) -> None:
    (length,) = read_lengths(text)
    assert length.length.total_seconds() == pytest.approx(seconds, abs=1e-5)


@given(st.integers(1, 2_000_000))
def test_what_is_written_is_read_back(seconds: int) -> None:
    length = timedelta(seconds=seconds)
    (back,) = read_lengths(write_length(length))
    assert abs(back.length - length) <= timedelta(minutes=1)


PURGE = """# Post-mortem: stale tiles

**Date**: 2026-02-11

## Summary

The cause was a purge job that ended after {} of keys.

## Timeline

| Time (UTC) | Event |
|---|---|
| 06:10 | The purge job ends early |
| 09:20 | A second purge of all pages completes |
| 09:40 | {} |
"""


def test_a_page_of_a_list_is_nobody_called() -> None:
    assert _rules(PURGE.format("its first page", "The team goes home")) == []
    assert _rules(PURGE.format("its first page", "Page reached on-call")) == []
    assert [rule for rule, _, _ in _rules(PURGE.format("the page, a set", "Page reached on-call"))] == ["C07"]


def test_a_start_that_the_header_states_need_not_be_the_first_row() -> None:
    text = """# Slow checkout

**Date**: 2026-03-04
**Start**: 2026-03-04 10:02 UTC

## Timeline

| Time (UTC) | Event |
| --- | --- |
| 2026-03-04 10:00 | A batch job began |
| 2026-03-04 10:02 | The first alert fired |
| 2026-03-04 10:30 | The last alert resolved |

## Response

The incident was resolved {} after the start.
"""
    assert not [r for r in check_document(text.format("28 min")) if r.rule == "C03"]
    assert [r for r in check_document(text.format("55 min")) if r.rule == "C03"]
