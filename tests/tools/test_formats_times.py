"""Times as lines begin with them: without year, zone or date; around New Year and where clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.formats import read
from tools.formats.records import Clock, LogRecord, Tally
from tools.formats.stamps import Stamps

LAST_SECOND = "2025-12-31T23:59:59+00:00"


def logs(tmp_path: Path, content: str, clock: Clock = Clock()) -> tuple[list[LogRecord], Tally]:  # noqa: B008 - frozen
    path = tmp_path / "file"
    path.write_text(content)
    reading = read(path, clock=clock)
    return [record for record in reading.records if isinstance(record, LogRecord)], reading.tally


def times(tmp_path: Path, content: str, clock: Clock = Clock()) -> list[str | None]:  # noqa: B008 - frozen
    records, _ = logs(tmp_path, content, clock)
    return [record.time.isoformat() if record.time and not record.undated else None for record in records]


@pytest.mark.parametrize(
    "stamp",
    [
        "2025-12-31 23:59:59",
        "2025-12-31T23:59:59Z",
        "2026-01-01T00:59:59+0100",
        "2025-12-31T22:59:59-01",
        "2025-12-31 23:59:59 +0000 UTC",
        "2025-12-31 11:59:59 PM",
        "Wed, 31 Dec 2025 23:59:59 +0000",
        "Wednesday, 31-Dec-25 23:59:59 GMT",
        "[31/Dec/2025:23:59:59 +0000]",
        "2025/12/31 23:59:59",
        "31.12.2025 23:59:59",
        "31/12/2025 23:59:59",
        "31-12-2025 23:59:59",
        "12/31/2025 11:59:59 PM",
        "Dec 31, 2025 11:59:59 PM",
        "Wed Dec 31 23:59:59 UTC 2025",
        "Thu 2026-01-01 00:59:59 CET",
        "20251231T235959Z",
        "20251231-23:59:59",
        "20251231 23:59:59",
        "1767225599",
        "[1767225599]",
        "1767225599000",
        "1767225599000000",
        "1767225599000000000",
        "(2025-12-31 23:59:59)",
    ],
)
def test_ways_of_writing_the_last_second_of_a_year(tmp_path: Path, stamp: str) -> None:
    (record,), tally = logs(tmp_path, f"{stamp} ERROR boom\n")
    assert record.time is not None
    assert (record.time.isoformat(), record.message, record.level) == (LAST_SECOND, "boom", "error")
    assert tally.undated == 0


@pytest.mark.parametrize(
    ("stamp", "micros"),
    [
        ("2025-12-31 23:59:59,123", 123_000),
        ("2025-12-31T23:59:59.123456789Z", 123_456),
        ("1767225599.5", 500_000),
        ("20251231-23:59:59.25", 250_000),
    ],
)
def test_fractions_of_a_second(tmp_path: Path, stamp: str, micros: int) -> None:
    (record,), _ = logs(tmp_path, f"{stamp} ERROR boom\n")
    assert record.time == datetime(2025, 12, 31, 23, 59, 59, micros, UTC)


def test_minutes_without_seconds_and_leap_seconds(tmp_path: Path) -> None:
    assert times(tmp_path, "31.12.2025 23:59 ERROR a\n") == ["2025-12-31T23:59:00+00:00"]
    assert times(tmp_path, "2025-12-31T23:59:60Z ERROR a\n") == ["2026-01-01T00:00:00+00:00"]


def test_day_and_month_are_told_apart_by_the_file_or_not_at_all(tmp_path: Path) -> None:
    assert times(tmp_path, "05/06/2025 10:00:00 INFO a\n") == [None]
    known = "13/06/2025 10:00:00 INFO a\n05/07/2025 10:00:00 INFO b\n"
    assert times(tmp_path, known) == ["2025-06-13T10:00:00+00:00", "2025-07-05T10:00:00+00:00"]
    american = "05/06/2025 10:00:00 AM INFO a\n"
    assert times(tmp_path, american) == ["2025-05-06T10:00:00+00:00"]
    assert times(tmp_path, "06/06/2025 10:00:00 INFO a\n") == ["2025-06-06T10:00:00+00:00"]


SYSLOG = "Dec 31 23:59:58 web nginx[1]: down\nJan  1 00:00:03 web nginx[1]: up\n"
KLOG = "E1231 23:59:58.000000       1 x.go:1] down\nI0101 00:00:03.000000       1 x.go:1] up\n"


@pytest.mark.parametrize("content", [SYSLOG, KLOG], ids=["syslog", "klog"])
def test_stamps_without_a_year_around_new_year(tmp_path: Path, content: str) -> None:
    crossing = ["2025-12-31T23:59:58+00:00", "2026-01-01T00:00:03+00:00"]
    recorded = Clock(recorded_at=datetime(2026, 1, 2, tzinfo=UTC))
    assert times(tmp_path, content, recorded) == crossing
    before, tally = logs(tmp_path, "2025-12-31T23:59:57Z start\n" + content)
    assert [record.time.isoformat() for record in before[1:] if record.time] == crossing
    assert tally.year_assumed
    assert times(tmp_path, content + "2026-01-01T00:00:04Z ready\n")[:2] == crossing


@pytest.mark.parametrize(
    "outer",
    [
        "2026-01-01T00:00:03.123456789Z {}",
        "2026-01-01T00:00:03.123456789+00:00 stderr F {}",
        "[pod/web-1/web] 2026-01-01T00:00:03.123456789Z {}",
        '{{"log":"{}\\n","stream":"stderr","time":"2026-01-01T00:00:03.123456789Z"}}',
    ],
)
@pytest.mark.parametrize(
    "inner",
    ["E0101 00:00:02.9 1 x.go:1] down", "2026-01-01 00:00:02,900 ERROR x down", "Jan  1 00:00:02 a b[1]: x"],
)
def test_what_a_runtimes_full_stamp_makes_needless_is_no_assumption(
    tmp_path: Path, outer: str, inner: str
) -> None:
    content = "".join(f"{outer.format(inner)}\n" for _ in range(3))
    for clock in (Clock(), Clock(around=datetime(2026, 1, 1, tzinfo=UTC))):
        records, tally = logs(tmp_path, content, clock)
        assert {record.time and record.time.second for record in records} == {3}
        assert (tally.zone_assumed, tally.year_assumed) == (False, False)


@pytest.mark.parametrize("content", [SYSLOG, KLOG], ids=["syslog", "klog"])
def test_without_any_year_nothing_is_guessed_from_the_files_own_dates(tmp_path: Path, content: str) -> None:
    records, tally = logs(tmp_path, content)
    assert [record.time for record in records] == [None, None]
    assert (tally.rows, tally.undated, tally.year_assumed) == (2, 2, False)


@pytest.mark.parametrize("content", [SYSLOG, KLOG], ids=["syslog", "klog"])
@pytest.mark.parametrize("day", [datetime(2025, 12, 30, tzinfo=UTC), datetime(2026, 1, 5, tzinfo=UTC)])
def test_a_time_near_which_the_file_was_written_tells_the_year(
    tmp_path: Path, content: str, day: datetime
) -> None:
    records, tally = logs(tmp_path, content, Clock(around=day))
    assert [record.time.isoformat() for record in records if record.time] == [
        "2025-12-31T23:59:58+00:00",
        "2026-01-01T00:00:03+00:00",
    ]
    assert (tally.undated, tally.year_assumed) == (0, True)


@pytest.mark.parametrize(
    "stamp", ["2025-08-2312:13:39Z", "2025-08-2312:13:39.000Z", "2025-08-2314:13:39+02:00"]
)
def test_date_and_time_that_lost_their_separator_are_read(tmp_path: Path, stamp: str) -> None:
    (record,), _ = logs(tmp_path, f"{stamp} ERROR boom\n")
    assert record.time == datetime(2025, 8, 23, 12, 13, 39, tzinfo=UTC)
    assert record.message == "boom"


def test_haproxys_accept_time_gives_the_year_that_syslog_lacks(tmp_path: Path) -> None:
    line = (
        "Jan  1 10:00:00 lb haproxy[1]: 10.0.0.1:5000 [01/Jan/2025:10:00:00.123] fe be/srv1 "
        '0/0/1/-1/30001 504 194 - - sH-- 1/1/1/1/0 0/0 "GET /x HTTP/1.1"\n'
        "Jan  1 10:00:01 lb haproxy[1]: Server be/srv1 is DOWN\n"
    )
    records, _ = logs(tmp_path, line)
    assert [record.time.isoformat()[:19] for record in records if record.time] == [
        "2025-01-01T10:00:00",
        "2025-01-01T10:00:01",
    ]
    assert (records[0].level, records[0].fields["status"]) == ("error", "504")


def test_an_hour_that_the_clocks_went_through_twice(tmp_path: Path) -> None:
    berlin = Clock(zone="Europe/Berlin")
    content = (
        "2025-10-26 02:10:00 INFO a\n2025-10-26 02:50:00 INFO b\n"
        "2025-10-26 02:10:00 INFO c\n2025-10-26 03:00:00 INFO d\n"
    )
    assert times(tmp_path, content, berlin) == [
        "2025-10-26T00:10:00+00:00",
        "2025-10-26T00:50:00+00:00",
        "2025-10-26T01:10:00+00:00",
        "2025-10-26T02:00:00+00:00",
    ]


def test_an_hour_that_the_clocks_skipped(tmp_path: Path) -> None:
    berlin = Clock(zone="Europe/Berlin")
    assert times(tmp_path, "2025-03-30 02:30:00 INFO a\n", berlin) == ["2025-03-30T01:30:00+00:00"]


@given(st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1)), st.sampled_from(["UTC", "Europe/Berlin"]))  # noqa: DTZ001 - local times
def test_a_stamp_reads_back_as_what_was_written(moment: datetime, zone: str) -> None:
    moment = moment.replace(microsecond=0)
    wanted = moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for pattern in (
        "%Y-%m-%d %H:%M:%S",
        "%d/%b/%Y:%H:%M:%S",
        "%Y/%m/%d %H:%M:%S",
        "%d.%m.%Y %H:%M:%S",
        "%b %d, %Y %I:%M:%S %p",
        "%Y%m%dT%H%M%S",
        "%a %b %d %H:%M:%S %Y",
    ):
        stamp = Stamps(Clock(zone=zone), Tally()).leading(moment.strftime(pattern))
        assert stamp is not None, pattern
        assert stamp.time == wanted, pattern


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - the zone comes next
    st.integers(-180, 180),
)
def test_a_year_less_stamp_lands_in_the_year_nearest_to_a_dated_neighbour(when: datetime, days: int) -> None:
    neighbour = when.replace(microsecond=0, tzinfo=UTC)
    wanted = neighbour + timedelta(days=days)
    stamps = Stamps(Clock(), Tally())
    stamps.anchor = neighbour
    found = stamps.leading(f"{wanted:%b %d %H:%M:%S}")
    assert found is not None
    assert found.time == wanted


@given(st.text(max_size=60))
def test_no_text_makes_a_stamp_fail(text: str) -> None:
    stamps = Stamps(Clock(recorded_at=datetime(2026, 1, 2, tzinfo=UTC)), Tally())
    for found in (stamps.leading(text), stamps.near(text), stamps.later(text)):
        assert found is None or 0 <= found.start < found.end <= len(text)
