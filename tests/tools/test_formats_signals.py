"""Metrics, alerts, rules, topology, traces, changes and chat."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tools.formats import read, sniff
from tools.formats.records import (
    AlertRecord,
    AlertRule,
    CallEdge,
    ChangeRecord,
    ChatMessage,
    Clock,
    LogRecord,
    Series,
    Span,
)

FIXTURES = Path(__file__).parent.parent / "fixtures" / "formats"


def written(tmp_path: Path, data: object) -> Path:
    path = tmp_path / "x"
    path.write_text(data if isinstance(data, str) else json.dumps(data, indent=1))
    return path


def test_prometheus_range_query() -> None:
    reading = read(FIXTURES / "range_query.json")
    series = [record for record in reading.records if isinstance(record, Series)]
    assert reading.sniffed.format == "prometheus-json"
    assert len(series) == 2
    assert series[0].labels["container"] == "autoscaler"
    assert series[0].service == "coredns-autoscaler"
    assert series[0].times[0] == 1757332688.0
    assert series[0].metric.startswith("sum by (container")
    assert reading.tally.rows == 10


def test_prometheus_behind_a_tool_head(tmp_path: Path) -> None:
    head = '{"tool":"range_query"}\n{"status":"success","data":null}\n'
    path = written(tmp_path, head + (FIXTURES / "range_query.json").read_text())
    reading = read(path)
    first = next(reading.records)
    assert isinstance(first, Series)
    assert first.line > 2


def test_special_values(tmp_path: Path) -> None:
    result = [{"metric": {"__name__": "up", "job": "api"}, "values": [[1, "NaN"], [2, "+Inf"], [3, "0.5"]]}]
    (series,) = read(
        written(tmp_path, {"status": "success", "data": {"resultType": "matrix", "result": result}})
    ).records
    assert isinstance(series, Series)
    assert math.isnan(series.values[0])
    assert series.values[1:] == (math.inf, 0.5)
    assert series.name == 'up{job="api"}'


def test_wide_csv() -> None:
    reading = read(FIXTURES / "metrics_wide.csv", clock=Clock(zone="+08:00"))
    series = [record for record in reading.records if isinstance(record, Series)]
    assert (series[0].service, series[0].metric, series[0].column) == ("adservice", "cpu", "adservice-cpu")
    assert datetime.fromtimestamp(series[0].times[0], UTC) == datetime(2025, 12, 26, 4, 30, 58, tzinfo=UTC)
    assert series[0].values[:2] == (0.053, 0.028)
    assert not reading.tally.zone_assumed


def test_long_csv() -> None:
    series = [record for record in read(FIXTURES / "nezha_metrics.csv").records if isinstance(record, Series)]
    cpu = next(item for item in series if item.metric == "CpuUsageRate(%)")
    assert cpu.service == "ts-admin-basic-info-service"
    assert cpu.labels == {"pod": "ts-admin-basic-info-service-5f55b6cf68-77cfw"}
    assert cpu.times[0] == pytest.approx(1674981669.0746945)
    assert not any(item.metric in {"Time", "TimeStamp"} for item in series)


def test_csv_with_three_title_rows() -> None:
    series = [
        record for record in read(FIXTURES / "petshop_metrics.csv").records if isinstance(record, Series)
    ]
    assert series[0].service == "AWSSimpleSystemsManagement_AWS::AWSSimpleSystemsManagement"
    assert series[0].metric == "latency"
    assert series[0].labels["statistic"] == "Average"
    assert len({item.name for item in series}) == len(series) == 5


def test_timestamp_value_csv() -> None:
    reading = read(FIXTURES / "nab.csv")
    (series,) = reading.records
    assert isinstance(series, Series)
    assert (series.metric, len(series.times), series.values[0]) == ("value", 19, 45.868)
    assert reading.tally.zone_assumed


def test_alertmanager_alert() -> None:
    (alert,) = read(FIXTURES / "alert_watchdog.json").records
    assert isinstance(alert, AlertRecord)
    assert (alert.name, alert.state, alert.ends_at) == ("Watchdog", "firing", None)
    assert alert.starts_at == datetime(2024, 11, 29, 6, 15, 32, 570000, tzinfo=UTC)
    assert alert.labels["severity"] == "none"
    assert alert.fingerprint == "f482596675d33088"


@pytest.mark.parametrize("key", ["", "data", "alerts"])
def test_alert_lists(tmp_path: Path, key: str) -> None:
    found = [
        {"labels": {"alertname": "High"}, "startsAt": "2026-03-17T10:00:00Z",
         "endsAt": "2026-03-17T10:30:00Z", "status": {"state": "suppressed", "silencedBy": ["x"],
         "inhibitedBy": []}},
        {"labels": {"alertname": "Low"}, "startsAt": "2026-03-17T10:00:00Z",
         "endsAt": "2026-03-17T10:30:00Z", "status": "resolved"},
    ]  # fmt: skip
    path = written(tmp_path, {"status": "success", key: found} if key else found)
    assert sniff(path).signal == "alerts"
    silenced, resolved = [record for record in read(path).records if isinstance(record, AlertRecord)]
    assert (silenced.state, silenced.ends_at) == ("silenced", None)
    assert (resolved.state, resolved.ends_at) == ("resolved", datetime(2026, 3, 17, 10, 30, tzinfo=UTC))
    assert silenced.line < resolved.line


def test_alerts_series_split_at_gaps(tmp_path: Path) -> None:
    times = [0, 60, 120, 600, 660]
    base = 1_700_000_000
    metric = {"__name__": "ALERTS", "alertname": "High", "alertstate": "firing", "severity": "page"}
    result = [{"metric": metric, "values": [[base + time, "1"] for time in times]}]
    path = written(tmp_path, {"status": "success", "data": {"resultType": "matrix", "result": result}})
    assert sniff(path).format == "prometheus-alerts"
    first, second = [record for record in read(path).records if isinstance(record, AlertRecord)]
    assert (first.name, first.state) == ("High", "resolved")
    assert first.ends_at == datetime.fromtimestamp(base + 120, UTC)
    assert (second.state, second.ends_at) == ("firing", None)
    assert second.starts_at == datetime.fromtimestamp(base + 600, UTC)


def test_rules() -> None:
    rules = [record for record in read(FIXTURES / "rules.json").records if isinstance(record, AlertRule)]
    assert rules[0].name == "AlertmanagerFailedReload"
    assert (rules[0].for_seconds, rules[0].state, rules[0].labels["severity"]) == (
        600.0,
        "inactive",
        "critical",
    )


def test_adjacency_matrix_row_calls_column() -> None:
    edges = {
        (edge.caller, edge.callee)
        for edge in read(FIXTURES / "petshop_graph.csv").records
        if isinstance(edge, CallEdge)
    }
    assert ("PetSite", "PetSearch_AWS::ECS::Fargate") in edges
    assert ("PetSearch_AWS::ECS::Fargate", "PetSite") not in edges


def test_drawn_tree() -> None:
    edges = {
        (edge.caller, edge.callee)
        for edge in read(FIXTURES / "dependencies.txt").records
        if isinstance(edge, CallEdge)
    }
    assert {
        ("frontend", "adservice"),
        ("checkoutservice", "cartservice"),
        ("cartservice", "redis-cart"),
    } <= edges
    assert not any("User Traffic" in caller for caller, _ in edges)


@pytest.mark.parametrize(
    "data",
    [
        [{"caller": "a", "callee": "b"}, {"caller": "b", "callee": "c"}],
        {"edges": [{"source": "a", "target": "b"}, {"source": "b", "target": "c"}], "nodes": []},
        {"a": ["b"], "b": ["c"], "c": []},
        {"a": {"b": {"c": {}}}},
        {"name": "a", "children": [{"name": "b", "children": [{"name": "c", "children": []}]}]},
        {"tree:a": "[Service]: a\n[Downstream (Calls)]:\na\n└── b\n    └── c"},
        "caller,callee\na,b\nb,c\n",
    ],
)
def test_topology_shapes(tmp_path: Path, data: object) -> None:
    path = written(tmp_path, data)
    assert sniff(path).signal == "topology"
    assert [(edge.caller, edge.callee) for edge in read(path).records if isinstance(edge, CallEdge)] == [
        ("a", "b"),
        ("b", "c"),
    ]


def test_spans_of_csv_and_otlp(tmp_path: Path) -> None:
    spans = [record for record in read(FIXTURES / "nezha_traces.csv").records if isinstance(record, Span)]
    assert (spans[0].parent_id, spans[0].service) == (None, "ts-gateway-service")
    assert spans[0].seconds == pytest.approx(0.31831653)
    assert spans[1].parent_id == spans[0].span_id
    otlp = {"resourceSpans": [{"resource": {"attributes": [{"key": "service.name",
    "value": {"stringValue": "cart"}}]},
            "scopeSpans": [{"spans": [{"traceId": "t", "spanId": "s", "parentSpanId": "", "name": "GET /",
            "startTimeUnixNano": "1700000000000000000", "endTimeUnixNano": "1700000000250000000",
            "status": {"code": 2}}]}]}]}  # fmt: skip
    path = tmp_path / "otlp"
    path.write_text(json.dumps(otlp) + "\n" + json.dumps(otlp) + "\n")
    first, second = [record for record in read(path).records if isinstance(record, Span)]
    assert (first.service, first.error, first.parent_id, first.seconds) == ("cart", True, None, 0.25)
    assert second.line == 2


def test_changes_of_json_lines_and_git_log(tmp_path: Path) -> None:
    path = written(tmp_path, '{"time":"2026-03-17T10:00:00Z","kind":"deploy","service":"cart","version":"v2"'
                             ',"author":"dana","title":"cart v2"}\n'
                             '{"time":"2026-03-17T11:00:00Z","kind":"rollback","service":"cart","version":"v'
                             '1","author":"dana"}\n')  # fmt: skip
    assert sniff(path).signal == "changes"
    deploy, rollback = [record for record in read(path).records if isinstance(record, ChangeRecord)]
    assert (deploy.kind, deploy.service, deploy.ref, deploy.author, deploy.title) == (
        "deploy",
        "cart",
        "v2",
        "dana",
        "cart v2",
    )
    assert (rollback.kind, rollback.title) == ("rollback", "rollback cart v1")
    path = written(
        tmp_path,
        "commit 06b9cf2aa06b9cf2aa06b9cf2aa06b9cf2aa06b9\nAuthor: Dana <d@example.org>\nDate:   Tue Mar 17 "
        "12:00:00 2026 +0200\n\n"
        "    Raise the pool size\n\n    Because.\n\n app.yaml | 2 +-\n 1 file changed\n\n"
        "commit 31c63b1aa06b9cf2aa06b9cf2aa06b9cf2aa06b9\nAuthor: Dana <d@example.org>\nDate:   2026-03-17 "
        "11:00:00 +0200\n\n    Revert \"x\"\n",
    )  # fmt: skip
    assert sniff(path).format == "git-log"
    first, second = [record for record in read(path).records if isinstance(record, ChangeRecord)]
    assert (first.title, first.author, first.time) == (
        "Raise the pool size",
        "Dana",
        datetime(2026, 3, 17, 10, tzinfo=UTC),
    )
    assert (first.line, first.end_line) == (1, 10)
    assert (second.kind, second.time) == ("rollback", datetime(2026, 3, 17, 9, tzinfo=UTC))


def test_slack_export(tmp_path: Path) -> None:
    (tmp_path / "users.json").write_text(
        json.dumps([{"id": "U1", "name": "dana", "profile": {"display_name": "dana.s"}}])
    )
    assert sniff(tmp_path / "users.json").format == "slack-directory"
    assert list(read(tmp_path / "users.json").records) == []
    folder = tmp_path / "incident-42"
    folder.mkdir()
    path = folder / "2026-03-17.json"
    path.write_text(json.dumps([
        {"type": "message", "user": "U1", "ts": "1773741600.000100",
         "text": "rolling back, <@U1> &amp; team"},
        {"type": "message", "subtype": "bot_message", "bot_id": "B1", "username": "alerts",
         "ts": "1773741660.000200", "text": "FIRING", "thread_ts": "1773741600.000100"},
    ], indent=1))  # fmt: skip
    person, bot = [record for record in read(path).records if isinstance(record, ChatMessage)]
    assert (person.author, person.text, person.channel, person.bot) == (
        "dana.s",
        "rolling back, @dana.s & team",
        "incident-42",
        False,
    )
    assert person.time == datetime(2026, 3, 17, 10, 0, 0, 100, tzinfo=UTC)
    assert (bot.author, bot.bot, bot.thread) == ("alerts", True, "1773741600.000100")


def test_loki_streams_and_json_arrays_of_logs(tmp_path: Path) -> None:
    result = [
        {
            "stream": {"app": "cart"},
            "values": [["1700000001000000000", "level=error msg=late n=1"], ["1700000000000000000", "early"]],
        }
    ]
    path = written(tmp_path, {"status": "success", "data": {"resultType": "streams", "result": result}})
    early, late = [record for record in read(path).records if isinstance(record, LogRecord)]
    assert (early.message, early.service) == ("early", "cart")
    assert (late.message, late.level) == ("late", "error")
    path = written(
        tmp_path,
        [
            {"time": "2026-03-17T10:00:00Z", "level": "warn", "msg": "one"},
            {"time": "2026-03-17T10:00:01Z", "msg": "two"},
        ],
    )
    one, two = [record for record in read(path).records if isinstance(record, LogRecord)]
    assert (one.level, one.message, two.message) == ("warning", "one", "two")
    assert one.line == 2


def test_large_document_is_recognised_by_its_beginning(tmp_path: Path) -> None:
    values = [[1_700_000_000 + 15 * step, "0.123456789"] for step in range(20_000)]
    result = [{"metric": {"__name__": "up"}, "values": values}]
    path = tmp_path / "x"
    path.write_text(json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}))
    assert path.stat().st_size > 2 * 256 * 1024
    reading = read(path)
    assert reading.sniffed.format == "prometheus-json"
    assert sum(1 for _ in reading.records) == 1
    assert reading.tally.rows == 20_000


def test_unknown_json_is_named_and_counted(tmp_path: Path) -> None:
    path = written(tmp_path, {"settings": {"colour": "blue", "depth": 3}})
    reading = read(path)
    assert list(reading.records) == []
    assert (reading.sniffed.signal, reading.sniffed.format) == ("unknown", "unknown")
    assert "colour" in reading.sniffed.reason
    assert reading.tally.malformed == 1
