"""What is told of the time before the onset: short, sparse or missing baselines, else nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent.digest import baselines
from agent.digest.intake import Intake
from agent.digest.measures import Shares
from tools.formats.records import LogRecord, Series

START = datetime(2024, 5, 1, 10, tzinfo=UTC)


def intake(*, logs: timedelta | None = None, metrics: timedelta | None = None) -> Intake:
    """Take in logs and a series that begin so long before the start."""
    made = Intake()
    if logs is not None:
        for time in (START - logs, START + timedelta(minutes=5)):
            made.add("shop.log", LogRecord(line=1, end_line=1, time=time, message="served", service="shop"))
    if metrics is not None:
        begin = (START - metrics).timestamp()
        made.add("m.csv", Series("latency", {}, (begin, begin + 600), (1.0, 2.0), service="shop"))
    return made


def told(read: Intake, before: int = 1000, since: int = 1000) -> list[str]:
    shares = Shares(errors_before=0, lines_before=before, errors_since=0, lines_since=since)
    return list(baselines.notes(read, START, shares))


def test_a_long_and_full_baseline_needs_no_word() -> None:
    hour = timedelta(hours=1)
    assert told(intake(logs=hour, metrics=hour)) == []


@pytest.mark.parametrize(
    ("seconds", "text"), [(35, "Only 35 s of logs were recorded before the onset"), (300, "")]
)
def test_a_short_time_before_the_onset_is_told(seconds: int, text: str) -> None:
    found = told(intake(logs=timedelta(seconds=seconds)))
    assert [line.partition(":")[0] for line in found] == ([text] if text else [])


def test_of_a_long_time_with_few_records_their_number_is_told() -> None:
    read = intake(logs=timedelta(hours=1))
    (line,) = told(read, before=12, since=4406)
    assert line.startswith("Only 12 of 4418 log records stand before the onset: ")
    assert told(read, before=12, since=100) == []


def test_metrics_are_told_apart_from_logs_and_may_have_a_recording_of_their_own() -> None:
    read = intake(logs=timedelta(hours=1), metrics=timedelta(seconds=90))
    (line,) = told(read)
    assert line.startswith("Only 1 min 30 s of metrics were recorded before the onset: ")
    (line,) = told(intake(metrics=timedelta(seconds=-60)))
    assert line == "No metrics from before the onset were recorded, so series have no baseline."
    read.panel.set_apart({"m.csv"})
    assert told(read) == []
