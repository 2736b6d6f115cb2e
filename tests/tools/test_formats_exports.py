"""Log records as stores and shippers export them: keys of time, level and message, envelopes, nesting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.formats import read
from tools.formats.records import LogRecord, Tally

TEN = "2025-01-01T10:00:00+00:00"
POD = "cart-6d5f7c9b8-abcde"


def logs(tmp_path: Path, content: str) -> tuple[list[LogRecord], Tally, str]:
    path = tmp_path / "file"
    path.write_text(content)
    reading = read(path)
    records = [record for record in reading.records if isinstance(record, LogRecord)]
    return records, reading.tally, reading.sniffed.format


def one(tmp_path: Path, item: dict[str, Any]) -> LogRecord:
    (record, _), _, _ = logs(tmp_path, f"{json.dumps(item)}\n{json.dumps(item)}\n")
    return record


@pytest.mark.parametrize(
    "key",
    [
        "@timestamp",
        "ts",
        "time",
        "timestamp",
        "Timestamp",
        "eventTime",
        "_time",
        "asctime",
        "datetime",
        "@t",
        "date",
        "date_time",
        "timeMillis",
        "time_iso8601",
        "logged_at",
        "receiveTimestamp",
        "created_at",
    ],
)
@pytest.mark.parametrize(
    "value", ["2025-01-01T10:00:00Z", 1735725600, 1735725600000, "2025-01-01 10:00:00,000"]
)
def test_time_keys(tmp_path: Path, key: str, value: str | int) -> None:
    record = one(tmp_path, {key: value, "level": "error", "msg": "boom"})
    assert record.time is not None
    assert (record.time.isoformat(), record.level, record.message) == (TEN, "error", "boom")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("level", "ERROR"),
        ("lvl", "eror"),
        ("severity", "ERROR"),
        ("severityText", "Error"),
        ("levelname", "ERROR"),
        ("log.level", "error"),
        ("log", {"level": "error"}),
        ("severity", {"text": "ERROR"}),
        ("level", {"name": "ERROR"}),
        ("@l", "Error"),
        ("level", 50),
        ("level", 3),
        ("severityNumber", 17),
        ("severity_number", 18),
        ("SeverityText", "ERROR"),
        ("levelno", 40),
        ("level_value", 40000),
        ("PRIORITY", "3"),
        ("s", "E"),
    ],
)
def test_level_keys_and_scales(tmp_path: Path, key: str, value: Any) -> None:
    assert one(tmp_path, {"time": TEN, key: value, "msg": "boom"}).level == "error"


@pytest.mark.parametrize(
    ("number", "level"),
    [(1, "debug"), (5, "debug"), (9, "info"), (13, "warning"), (17, "error"), (21, "fatal")],
)
def test_numbers_of_opentelemetry(tmp_path: Path, number: int, level: str) -> None:
    assert one(tmp_path, {"time": TEN, "severityNumber": number, "body": "x"}).level == level


@pytest.mark.parametrize(
    ("number", "level"), [(10, "debug"), (20, "info"), (30, "warning"), (40, "error"), (50, "fatal")]
)
def test_numbers_of_python(tmp_path: Path, number: int, level: str) -> None:
    assert one(tmp_path, {"time": TEN, "levelno": number, "message": "x"}).level == level


def test_elastic_common_schema_nested(tmp_path: Path) -> None:
    record = one(
        tmp_path,
        {
            "@timestamp": TEN,
            "log": {"level": "error"},
            "message": "boom",
            "service": {"name": "cart"},
            "kubernetes": {"pod": {"name": POD}, "node": {"name": "n1"}},
        },
    )
    assert (record.service, record.pod, record.node, record.level) == ("cart", POD, "n1", "error")


ENVELOPES: dict[str, str] = {
    "elasticsearch hits": json.dumps(
        {
            "took": 1,
            "hits": {
                "total": {"value": 1},
                "hits": [
                    {
                        "_index": "i",
                        "_source": {
                            "@timestamp": TEN,
                            "log.level": "error",
                            "message": "boom",
                            "kubernetes": {"pod_name": POD},
                        },
                    }
                ],
            },
        }
    ),
    "elasticsearch lines": 2
    * (
        json.dumps(
            {
                "_index": "i",
                "_source": {
                    "@timestamp": TEN,
                    "level": "error",
                    "message": "boom",
                    "kubernetes": {"pod_name": POD},
                },
            }
        )
        + "\n"
    ),
    "cloud logging": json.dumps(
        [
            {
                "jsonPayload": {"message": "boom"},
                "severity": "ERROR",
                "timestamp": TEN,
                "resource": {"type": "k8s_container", "labels": {"pod_name": POD}},
            }
        ],
        indent=1,
    ),
    "cloud logging text": json.dumps(
        [
            {
                "textPayload": "boom",
                "severity": "ERROR",
                "timestamp": TEN,
                "resource": {"labels": {"pod_name": POD}},
            }
        ]
    ),
    "logcli": 2
    * (json.dumps({"labels": {"pod": POD}, "line": "level=error msg=boom", "timestamp": TEN}) + "\n"),
    "logcli default": 2 * f'2025-01-01T10:00:00Z {{app="cart", pod="{POD}"}} level=error msg=boom\n',
    "grafana": json.dumps(
        [{"line": "level=error msg=boom", "timestamp": "1735725600000000000", "fields": {"pod": POD}}]
    ),
    "splunk": 2
    * (
        json.dumps(
            {
                "preview": False,
                "result": {"_time": "2025-01-01 10:00:00.000 UTC", "_raw": "ERROR boom", "pod": POD},
            }
        )
        + "\n"
    ),
    "datadog": 2
    * (
        json.dumps(
            {
                "id": "A",
                "content": {
                    "timestamp": TEN,
                    "message": "boom",
                    "pod_name": POD,
                    "attributes": {"level": "error"},
                },
            }
        )
        + "\n"
    ),
    "cloudwatch": json.dumps(
        {
            "events": [
                {"timestamp": 1735725600000, "message": "boom", "level": "error", "pod": POD, "eventId": "1"}
            ]
        },
        indent=1,
    ),
    "insights": json.dumps(
        {
            "results": [
                [
                    {"field": "@timestamp", "value": "2025-01-01 10:00:00.000"},
                    {"field": "@message", "value": "ERROR boom"},
                    {"field": "pod", "value": POD},
                ]
            ],
            "status": "Complete",
        }
    ),
    "otlp": 2
    * (
        json.dumps(
            {
                "resourceLogs": [
                    {
                        "resource": {"attributes": [{"key": "k8s.pod.name", "value": {"stringValue": POD}}]},
                        "scopeLogs": [
                            {
                                "logRecords": [
                                    {
                                        "timeUnixNano": "1735725600000000000",
                                        "severityNumber": 17,
                                        "body": {"stringValue": "boom"},
                                    }
                                ]
                            }
                        ],
                    }
                ]
            }
        )
        + "\n"
    ),
}


@pytest.mark.parametrize("name", ENVELOPES)
def test_envelopes_of_stores(tmp_path: Path, name: str) -> None:
    records, tally, _ = logs(tmp_path, ENVELOPES[name])
    assert records
    for record in records:
        assert record.time is not None
        assert (record.time.isoformat(), record.level, record.message) == (TEN, "error", "boom")
        assert (record.pod, record.service) == (POD, "cart")
    assert (tally.rows, tally.malformed, tally.undated) == (len(records), 0, 0)


def test_a_pretty_record_points_at_all_its_lines(tmp_path: Path) -> None:
    (record,), _, _ = logs(tmp_path, json.dumps([{"timestamp": TEN, "message": "boom"}], indent=2) + "\n")
    assert (record.line, record.end_line) == (2, 5)


def test_journald_writes_bytes_where_a_message_is_no_plain_text(tmp_path: Path) -> None:
    entry = {
        "__REALTIME_TIMESTAMP": "1735725600000000",
        "PRIORITY": "3",
        "_HOSTNAME": "n1",
        "_SYSTEMD_UNIT": "kubelet.service",
        "MESSAGE": list("kälte".encode()),
    }
    record = one(tmp_path, entry)
    assert record.time is not None
    assert (record.time.isoformat(), record.level, record.message) == (TEN, "error", "kälte")
    assert (record.service, record.node) == ("kubelet", "n1")


def test_an_answer_of_a_web_server_in_json_is_judged_by_its_status(tmp_path: Path) -> None:
    record = one(
        tmp_path, {"time_local": "01/Jan/2025:10:00:00 +0000", "request": "GET / HTTP/1.1", "status": "502"}
    )
    assert (record.level, record.fields["status"]) == ("error", "502")


def test_a_line_number_is_no_message(tmp_path: Path) -> None:
    record = one(tmp_path, {"ts": TEN, "level": "info", "line": 12, "error": "boom"})
    assert (record.message, record.fields["line"]) == ("boom", "12")


def test_pieces_of_a_cut_message_keep_their_text(tmp_path: Path) -> None:
    cri = (
        "2025-01-01T10:00:00.1Z stdout P see \n2025-01-01T10:00:00.2Z stdout F 2025-01-01 10:00:00 ERROR x\n"
    )
    (record,), _, _ = logs(tmp_path, cri)
    assert record.message == "see 2025-01-01 10:00:00 ERROR x"
    docker = "".join(
        json.dumps({"log": piece, "stream": "stdout", "time": "2025-01-01T10:00:00Z"}) + "\n"
        for piece in ("one ", " two\n")
    )
    (record,), _, _ = logs(tmp_path, docker)
    assert (record.message, record.line, record.end_line) == ("one  two", 1, 2)
