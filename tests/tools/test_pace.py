"""What is told of long work: its size at once, how far it is every two seconds, its speed at the end."""

from __future__ import annotations

import logging

import pytest

from tools.pace import LOGGER, Pace, written


def test_large_work_is_told_with_size_share_and_speed(caplog: pytest.LogCaptureFixture) -> None:
    times = iter([0.0, 1.0, 2.5, 3.0, 4.0])
    with caplog.at_level(logging.INFO, LOGGER):
        pace = Pace("reading app.log", 1_000_000_000, lambda: next(times))
        for _ in range(3):
            pace.advance(250_000_000)
        pace.end()
    assert caplog.messages == [
        "reading app.log: 1.0 GB",
        "reading app.log: 50 % of 1.0 GB, 200 MB/s",
        "reading app.log: 1.0 GB in 4.0 s, 250 MB/s",
    ]


def test_of_a_packed_file_that_is_larger_inside_no_share_is_told(caplog: pytest.LogCaptureFixture) -> None:
    times = iter([0.0, 2.0, 4.0])
    with caplog.at_level(logging.INFO, LOGGER):
        pace = Pace("reading app.log.gz", 100_000_000, lambda: next(times))
        pace.advance(800_000_000)
        pace.end()
    assert caplog.messages[1:] == [
        "reading app.log.gz: 800 MB unpacked, 400 MB/s",
        "reading app.log.gz: 100 MB in 4.0 s, 200 MB/s",
    ]


def test_small_work_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, LOGGER):
        pace = Pace("reading a.log", 60 << 20)
        pace.advance(60 << 20)
        pace.end()
    assert caplog.messages == []


def test_small_work_that_takes_long_is_told_from_two_seconds_on(caplog: pytest.LogCaptureFixture) -> None:
    times = iter([0.0, 1.0, 2.5, 4.0])
    with caplog.at_level(logging.INFO, LOGGER):
        pace = Pace("reading a.log", 40_000_000, lambda: next(times))
        pace.advance(10_000_000)
        pace.advance(10_000_000)
        pace.end()
    assert caplog.messages == [
        "reading a.log: 50 % of 40 MB, 8 MB/s",
        "reading a.log: 40 MB in 4.0 s, 10 MB/s",
    ]


@pytest.mark.parametrize(
    ("size", "text"), [(70_400_000, "70 MB"), (999_600_000, "1.0 GB"), (12_340_000_000, "12.3 GB")]
)
def test_sizes_are_written_in_powers_of_ten(size: int, text: str) -> None:
    assert written(size) == text
