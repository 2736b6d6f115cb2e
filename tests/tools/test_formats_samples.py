"""Odd samples of metrics: what is no number or no time is counted, and nothing breaks."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tools.formats import read
from tools.formats.records import AlertRecord, Series


def written(folder: Path, values: object) -> Path:
    file = folder / "matrix.json"
    result = [{"metric": {"__name__": "up", "job": "cart"}, "values": values}]
    file.write_text(json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}))
    return file


def samples(file: Path) -> tuple[list[tuple[float, float]], int]:
    reading = read(file)
    pairs = [
        pair
        for record in reading.records
        if isinstance(record, Series)
        for pair in zip(record.times, record.values, strict=True)
    ]
    return pairs, reading.tally.malformed


def test_infinities_and_nan_are_values_as_prometheus_writes_them(tmp_path: Path) -> None:
    pairs, bad = samples(written(tmp_path, [[1, "+Inf"], [2, "-Inf"], [3, "NaN"], [4, "1e-3"]]))
    assert pairs[0] == (1, math.inf)
    assert pairs[1] == (2, -math.inf)
    assert math.isnan(pairs[2][1])
    assert (pairs[3], bad) == ((4, 0.001), 0)


@pytest.mark.parametrize("time", [1e300, -1, 1_700_000_000_000, "8", None])
def test_a_time_that_cannot_be_one_is_counted(tmp_path: Path, time: object) -> None:
    pairs, bad = samples(written(tmp_path, [[5, "2"], [time, "1"]]))
    assert pairs == [(5, 2)]
    assert bad == 1


def test_an_alert_that_fired_before_the_range_began_keeps_its_own_start(tmp_path: Path) -> None:
    labels = {"alertname": "DiskFull", "instance": "db-1"}
    firing = {"__name__": "ALERTS", "alertstate": "firing"}
    times = [1_000_000 + 60 * index for index in range(10)]
    result = [
        {
            "metric": {**firing, **labels},
            "values": [[t, "1"] for t in times],
        },
        {"metric": {"__name__": "ALERTS_FOR_STATE", **labels}, "values": [[t, "900000"] for t in times]},
        {
            "metric": {**firing, "alertname": "Late"},
            "values": [[t, "1"] for t in times[4:]],
        },
    ]
    file = tmp_path / "alerts.json"
    file.write_text(json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}))
    found = {item.name: item for item in read(file).records if isinstance(item, AlertRecord)}
    assert found["DiskFull"].starts_at == datetime.fromtimestamp(900_000, UTC)
    assert found["DiskFull"].ends_at is None
    assert found["Late"].starts_at == datetime.fromtimestamp(times[4], UTC)


_CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.sampled_from(["+Inf", "NaN", "", "x", "1e400", "0x10"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(_CELL, max_size=3), max_size=12))
def test_no_sample_breaks_the_reader(tmp_path: Path, values: list[list[object]]) -> None:
    pairs, _ = samples(written(tmp_path, values))
    assert len(pairs) <= len(values)
    assert [time for time, _ in pairs] == sorted(time for time, _ in pairs)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 59), st.sampled_from(["+Inf", "nan", "", "n/a", "7", "1e400", "-"])))
)
def test_no_cell_of_a_table_breaks_the_reader(tmp_path: Path, cells: list[tuple[int, str]]) -> None:
    file = tmp_path / "table.csv"
    rows = [f"2026-03-20T05:01:{second:02}Z,{value},{second}" for second, value in cells]
    head = [f"2026-03-20T05:00:{second:02}Z,1,{second}" for second in range(5)]
    file.write_text("\n".join(["time,cart-latency,cart-rps", *head, *rows]) + "\n")
    pairs, _ = samples(file)
    numbers = [value for _, value in cells if value in {"+Inf", "nan", "7", "1e400"}]
    assert len(pairs) == 10 + len(numbers) + len(cells)
