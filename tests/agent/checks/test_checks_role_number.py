"""Where a rise began and what was the average are held to what the evidence gives as such."""

from __future__ import annotations

import pytest

from agent.checks.number_reading import read_quantities
from agent.checks.role_number import out_of_role

SHOWN = (
    "worker-02 tcp_retans rose from 0 to 6.67, peak 8.13\nbefore=0\n"
    "cart p90latency averaged 24.2 ms (peak 31 ms) from 10:00:00Z to 10:03:00Z, and 851.2 ms (peak 1.4 s)"
)


@pytest.mark.parametrize(
    "text",
    [
        "tcp_retans of worker-02 rose from 0.",
        "tcp_retans rose sharply from 0 to 6.67.",
        "cart averaged 24.2 ms before and 0.85 s after.",
        "cart averaged 850 ms.",
    ],
)
def test_values_in_their_role_are_carried(text: str) -> None:
    assert list(out_of_role(text, SHOWN)) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("tcp_retans of worker-02 rose from 8.13.", "8.13"),
        ("tcp_retans rose from 3 to 6.67.", "3"),
        ("cart averaged 31 ms before the jump.", "31 ms"),
        ("cart had an average of 0 ms.", "0 ms"),
    ],
)
def test_values_of_another_role_are_not(text: str, wrong: str) -> None:
    assert [words.strip() for words in out_of_role(text, SHOWN)] == [wrong]


def test_nothing_is_said_where_the_evidence_gives_no_such_role() -> None:
    assert list(out_of_role("cart averaged 17 requests.", "cart logged 17 requests")) == []


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("fewer than 50 nodes", "most"),
        ("fewer than 47 nodes", ""),
        ("cpu reached at most 0.05", ""),
        ("at least 5 nodes", "least"),
    ],
)
def test_only_round_numbers_are_bounds_and_a_maximum_that_was_reached_is_none(text: str, bound: str) -> None:
    ((number,), _) = read_quantities(text)
    assert number.bound == bound
