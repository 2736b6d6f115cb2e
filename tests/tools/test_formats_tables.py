"""Metrics out of spreadsheets, containers, pages, pasted chat, changes of GitHub, half documents."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.formats import read
from tools.formats.quantities import base, quantity
from tools.formats.records import (
    AlertRecord,
    ChangeRecord,
    ChatMessage,
    Clock,
    ObjectState,
    Reading,
    Record,
    Series,
)

RECORDED = Clock(recorded_at=datetime(2026, 1, 2, tzinfo=UTC))


def taken(tmp_path: Path, content: str, clock: Clock = RECORDED) -> tuple[list[Record], Reading]:
    path = tmp_path / "file"
    path.write_text(content)
    reading = read(path, clock=clock)
    return list(reading.records), reading


def series(tmp_path: Path, content: str) -> dict[str, tuple[float, ...]]:
    records, _ = taken(tmp_path, content)
    return {record.name: record.values for record in records if isinstance(record, Series)}


def test_semicolons_decimal_commas_and_the_separator_hint(tmp_path: Path) -> None:
    content = "sep=;\ntime;a;b\n31.12.2025 23:58;1,5;1.234,5\n31.12.2025 23:59;1,234;3\n"
    assert series(tmp_path, content) == {"a": (1.5, 1.234), "b": (1234.5, 3.0)}


def test_units_that_all_cells_share_stay_and_others_meet_in_the_base_unit(tmp_path: Path) -> None:
    content = (
        'Time,p99,{app="cart"},mem,share\n'
        '2025-01-01 10:00:00,"12,5 ms",500 ms,1.5 GiB,45%\n2025-01-01 10:01:00,"13,5 ms",1.5 s,2 GiB,50%\n'
    )
    assert series(tmp_path, content) == {
        'p99{unit="ms"}': (12.5, 13.5),
        'value{app="cart",unit="s"}': (0.5, 1.5),
        'mem{unit="GiB"}': (1.5, 2.0),
        'share{unit="%"}': (45.0, 50.0),
    }


def test_a_series_a_row_as_grafana_writes_it(tmp_path: Path) -> None:
    content = '"Series";"Time";"Value"\n"cpu";"2025-01-01T10:00:00+00:00";0.5\n"mem";"2025-01-01T10:00:00+00:00";7\n'  # noqa: E501 - as recorded
    assert series(tmp_path, content) == {"cpu": (0.5,), "mem": (7.0,)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12", (12.0, "")),
        ("-1.5e3", (-1500.0, "")),
        ("12,5", (12.5, "")),
        ("1,234", (1234.0, "")),
        ("1,234.5", (1234.5, "")),
        ("1.234,5", (1234.5, "")),
        ("1 234,5", (1234.5, "")),
        ("0,125", (0.125, "")),
        ("3 req/s", (3.0, "req/s")),
        ("1.2 K", (1.2, "K")),
        ("10:00", None),
        ("v1.2.3", None),
        ("", None),
        ("12 apples", None),
    ],
)
def test_quantities(text: str, found: tuple[float, str] | None) -> None:
    assert quantity(text) == found


def test_units_convert_to_their_base() -> None:
    assert base(250, "ms") == (0.25, "s")
    assert base(2, "KiB") == (2048, "B")
    assert base(3, "req/s") == (3, "req/s")


@given(st.floats(-1e9, 1e9).map(lambda value: round(value, 3)))
def test_a_decimal_comma_reads_as_its_point(value: float) -> None:
    assert quantity(f"{value:.3f}".replace(".", ","), comma_ends_cell=False) == (value, "")


def test_docker_ps(tmp_path: Path) -> None:
    content = (
        "CONTAINER ID   IMAGE     COMMAND     CREATED       STATUS                         PORTS     NAMES\n"
        '1f2e3d4c5b6a   cart:v2   "/server"   2 hours ago   Restarting (1) 5 seconds ago             cart\n'
        'af2e3d4c5b6a   redis:7   "redis"     3 days ago    Up 3 days (unhealthy)          6379/tcp  redis\n'
    )
    first, second = (record for record in taken(tmp_path, content)[0] if isinstance(record, ObjectState))
    assert (first.kind, first.name, first.fields["phase"]) == ("Container", "cart", "restarting")
    assert (first.fields["exit_code"], first.fields["finished"]) == ("1", "2026-01-01T23:59:55+00:00")
    assert (second.fields["health"], second.fields["started"]) == ("unhealthy", "2025-12-30T00:00:00+00:00")


def test_docker_inspect(tmp_path: Path) -> None:
    item: dict[str, Any] = {
        "Id": "1f",
        "Name": "/cart",
        "RestartCount": 3,
        "Created": "2026-01-01T10:00:00Z",
        "Config": {"Image": "cart:v2"},
        "State": {
            "Status": "exited",
            "Running": False,
            "OOMKilled": True,
            "ExitCode": 137,
            "StartedAt": "0001-01-01T00:00:00Z",
            "FinishedAt": "2026-01-01T12:00:00Z",
        },
    }
    (record,), _ = taken(tmp_path, json.dumps([item], indent=1))
    assert isinstance(record, ObjectState)
    assert record.name == "cart"
    wanted = {
        "phase": "exited",
        "reason": "OOMKilled",
        "exit_code": "137",
        "restarts": "3",
        "image": "cart:v2",
        "finished": "2026-01-01T12:00:00+00:00",
    }
    assert wanted.items() <= record.fields.items()
    assert "started" not in record.fields


def test_top_of_nodes_and_containers(tmp_path: Path) -> None:
    nodes = "NAME     CPU(cores)   CPU%   MEMORY(bytes)   MEMORY%\nnode-1   1950m        97%    7000Mi          92%\n"  # noqa: E501 - as recorded
    (node,), _ = taken(tmp_path, nodes)
    assert isinstance(node, ObjectState)
    assert (node.kind, node.name, node.fields["cpu_percent"]) == ("Node", "node-1", "97%")
    pods = "POD      NAME     CPU(cores)   MEMORY(bytes)\ncart-1   server   250m         512Mi\n"
    (pod,), _ = taken(tmp_path, pods)
    assert isinstance(pod, ObjectState)
    assert (pod.name, pod.fields["container"], pod.fields["cpu"]) == ("cart-1", "server", "250m")


def test_described_ingress_says_which_backend_is_missing(tmp_path: Path) -> None:
    content = (
        "Name:             cart\nLabels:           <none>\nNamespace:        default\nAddress:          10.0.0.9\n"  # noqa: E501 - as recorded
        "Ingress Class:    nginx\nDefault backend:  <default>\nRules:\n  Host          Path  Backends\n"
        '  ----          ----  --------\n  shop.example  \n                /   cart:80 (<error: endpoints "cart" not found>)\n'  # noqa: E501 - as recorded
        "Annotations:    <none>\nEvents:         <none>\n"
    )
    (record,), _ = taken(tmp_path, content)
    assert isinstance(record, ObjectState)
    assert (record.kind, record.fields["rules"]) == (
        "Ingress",
        'shop.example / cart:80 (<error: endpoints "cart" not found>)',
    )


POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {}\nstatus:\n  phase: Pending\n"


def test_a_break_in_yaml_costs_what_is_broken_and_nothing_else(tmp_path: Path) -> None:
    content = f"{POD.format('a')}---\n{POD.format('b')}   : [\n---\n{POD.format('c')}"
    records, reading = taken(tmp_path, content)
    assert [(r.name, r.line) for r in records if isinstance(r, ObjectState)] == [
        ("a", 1),
        ("b", 8),
        ("c", 16),
    ]
    assert (reading.tally.rows, reading.tally.malformed, reading.tally.first_bad_line) == (3, 1, 14)


def test_half_a_list_in_yaml_gives_its_whole_items(tmp_path: Path) -> None:
    item = "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: {}\n"
    content = f"apiVersion: v1\nkind: List\nitems:\n{item.format('a')}{item.format('b')}- apiVersion: v1\n  kind: 'Po"  # noqa: E501 - as recorded
    records, reading = taken(tmp_path, content)
    assert [record.name for record in records if isinstance(record, ObjectState)] == ["a", "b"]
    assert reading.tally.malformed == 1


def test_half_a_query_on_one_line_gives_its_whole_series(tmp_path: Path) -> None:
    result = [{"metric": {"__name__": "up", "job": job}, "values": [[1735725600, "1"]]} for job in "ab"]
    whole = json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}})
    records, reading = taken(tmp_path, whole[:-25])
    assert [record.name for record in records if isinstance(record, Series)] == ['up{job="a"}']
    assert (reading.sniffed.format, reading.tally.malformed) == ("prometheus-json", 1)


ALERT = {
    "labels": {"alertname": "HighErr", "service": "cart"},
    "startsAt": "2026-01-01T10:00:00Z",
    "endsAt": "2026-01-01T11:00:00Z",
    "status": "resolved",
}
PAGE = {
    "id": "P1",
    "title": "HighErr",
    "created_at": "2026-01-01T10:00:00Z",
    "status": "resolved",
    "urgency": "high",
    "resolved_at": "2026-01-01T11:00:00Z",
    "service": {"summary": "cart"},
    "acknowledgements": [{"at": "2026-01-01T10:05:00Z"}],
}
GENIE = {
    "id": "x",
    "tinyId": "23",
    "message": "HighErr",
    "status": "closed",
    "createdAt": "2026-01-01T10:00:00Z",
    "entity": "cart",
    "report": {"ackTime": 300000, "closeTime": 3600000},
}
ALERTS: dict[str, str] = {
    "groups": json.dumps([{"labels": {}, "alerts": [ALERT]}]),
    "webhook": json.dumps({"version": "4", "status": "resolved", "alerts": [ALERT]}),
    "webhook lines": 2 * (json.dumps({"version": "4", "alerts": [ALERT]}) + "\n"),
    "pagerduty": json.dumps({"incidents": [PAGE], "more": False}),
    "pagerduty alone": json.dumps({"incident": PAGE}),
    "opsgenie": json.dumps({"data": [GENIE], "took": 0.1}),
}


@pytest.mark.parametrize("name", ALERTS)
def test_alerts_and_pages(tmp_path: Path, name: str) -> None:
    records, reading = taken(tmp_path, ALERTS[name])
    assert reading.sniffed.signal == "alerts"
    assert reading.tally.rows == len(records) > 0
    for record in records:
        assert isinstance(record, AlertRecord)
        assert (record.name, record.state, record.labels["service"]) == ("HighErr", "resolved", "cart")
        assert record.starts_at == datetime(2026, 1, 1, 10, tzinfo=UTC)
        assert record.ends_at == datetime(2026, 1, 1, 11, tzinfo=UTC)


def test_pages_keep_who_acknowledged_when(tmp_path: Path) -> None:
    for content in (ALERTS["pagerduty"], ALERTS["opsgenie"]):
        (record,), _ = taken(tmp_path, content)
        assert isinstance(record, AlertRecord)
        assert record.annotations["acknowledged_at"][:19] == "2026-01-01T10:05:00"


def test_amtool_tables(tmp_path: Path) -> None:
    simple = (
        "Alertname  Starts At                Summary     State   \n"
        "HighErr    2026-01-01 10:00:00 UTC  Errors high active  \n"
        "Slow       2026-01-01 10:01:00 UTC              suppressed\n"
    )
    records, _ = taken(tmp_path, simple)
    assert [(r.name, r.state) for r in records if isinstance(r, AlertRecord)] == [
        ("HighErr", "firing"),
        ("Slow", "suppressed"),
    ]


CHATS: dict[str, str] = {
    "slack": "Ann Lee  10:01 AM\ncart is down\nBob  10:03 AM\nlooking\nat it\n",
    "irc": "[10:01] <ann> cart is down\n[10:03] <bob> looking\n",
    "irc dated": "2026-01-01 10:01:00 <ann> cart is down\n2026-01-01 10:03:00 <bob> looking\n",
    "whatsapp": "[01.01.26, 10:01:00] Ann: cart is down\n[01.01.26, 10:03:00] Bob: looking\nat it\n",
    "whatsapp us": "1/1/26, 10:01 AM - Ann: cart is down\n1/1/26, 10:03 AM - Bob Lee: looking\n",
    "teams": "[1/1/2026 10:01 AM] Ann Lee\ncart is down\n[1/1/2026 10:03 AM] Bob\nlooking\n",
    "zoom": "10:01:00 From Ann to Everyone: cart is down\n10:03:00 From Bob to Everyone: looking\n",
    "days": "Thursday, January 1st\nAnn Lee  10:01 AM\ncart is down\nBob  10:03 AM\nlooking\n",
}


@pytest.mark.parametrize("name", CHATS)
def test_chat_pasted_as_text(tmp_path: Path, name: str) -> None:
    records, reading = taken(tmp_path, CHATS[name])
    messages = [record for record in records if isinstance(record, ChatMessage)]
    assert reading.sniffed.signal == "chat"
    assert [message.author.split()[0].title() for message in messages] == ["Ann", "Bob"]
    assert [message.time for message in messages] == [
        datetime(2026, 1, 1, 10, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 10, 3, tzinfo=UTC),
    ]
    assert messages[0].text == "cart is down"
    assert messages[1].text.startswith("looking")


def test_log_lines_are_no_chat(tmp_path: Path) -> None:
    for content in (
        "[2026-01-01 10:00:00] production.ERROR: boom\n[2026-01-01 10:00:01] production.INFO: ok\n",
        "[1/1/2026 10:01 AM] ERROR: boom\n[1/1/2026 10:03 AM] INFO: ok\n",
        "10:01:00 INFO start\n10:01:01 INFO stop\n",
        "server started at 10:01\nserver stopped at 10:03\nand more\n" * 3 + "x 1\n" * 40,
    ):
        assert taken(tmp_path, content)[1].sniffed.signal == "logs", content


CHANGES: dict[str, Any] = {
    "deployment": {
        "sha": "1f2e3d4",
        "ref": "v1.2.3",
        "task": "deploy",
        "environment": "production",
        "creator": {"login": "ann"},
        "created_at": "2026-01-01T10:00:00Z",
    },
    "release": {
        "tag_name": "v1.2.3",
        "name": "v1.2.3",
        "created_at": "2026-01-01T09:00:00Z",
        "published_at": "2026-01-01T10:00:00Z",
        "author": {"login": "ann"},
    },
    "release list": {"tagName": "v1.2.3", "publishedAt": "2026-01-01T10:00:00Z", "author": {"login": "ann"}},
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("lines", [False, True])
def test_deployments_and_releases_of_github(tmp_path: Path, name: str, *, lines: bool) -> None:
    text = json.dumps(CHANGES[name])
    records, reading = taken(tmp_path, f"{text}\n{text}\n" if lines else f"[{text}]")
    assert reading.sniffed.signal == "changes"
    for record in records:
        assert isinstance(record, ChangeRecord)
        assert (record.kind, record.ref, record.author) == ("deploy", "v1.2.3", "ann")
        assert record.time == datetime(2026, 1, 1, 10, tzinfo=UTC)


def test_one_line_commits_without_a_full_time_are_kept_and_counted(tmp_path: Path) -> None:
    bare = "1f2e3d4 Raise pool size\naf2e3d4 (tag: v1) Fix thing\n1f2e3d5 2026-01-01 Fix\n"
    records, reading = taken(tmp_path, bare)
    assert [(r.ref, r.title, r.time) for r in records if isinstance(r, ChangeRecord)] == [
        ("1f2e3d4", "Raise pool size", None),
        ("af2e3d4", "Fix thing", None),
        ("1f2e3d5", "Fix", None),
    ]
    assert (reading.tally.rows, reading.tally.undated) == (3, 3)
    ago = "1f2e3d4 - Raise pool size (2 hours ago) <Ann>\naf2e3d4 - Fix (3 hours ago) <Bob>\n"
    (first, _), _ = taken(tmp_path, ago)
    assert isinstance(first, ChangeRecord)
    assert (first.time, first.author) == (datetime(2026, 1, 1, 22, tzinfo=UTC), "Ann")


def test_native_histograms_are_counted_as_not_read(tmp_path: Path) -> None:
    result = [{"metric": {"__name__": "h"}, "histograms": [[1735725600, {"count": "3"}]]}]
    _, reading = taken(
        tmp_path, json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}})
    )
    assert reading.tally.malformed == 1
