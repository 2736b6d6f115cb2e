"""Log lines: what each dialect gives, what stays together, and what is said of lines without a time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.formats import read, sniff
from tools.formats.logs_text import LineReader
from tools.formats.records import Clock, LogRecord, Reading, Tally
from tools.formats.stamps import Stamps

FIXTURES = Path(__file__).parent.parent / "fixtures" / "formats"
RECORDED = Clock(recorded_at=datetime(2026, 3, 20, tzinfo=UTC))


def logs(reading: Reading) -> list[LogRecord]:
    return [record for record in reading.records if isinstance(record, LogRecord)]


def from_text(
    tmp_path: Path, text: str | bytes, clock: Clock = RECORDED, **labels: str
) -> tuple[list[LogRecord], Reading]:
    path = tmp_path / "any-name"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    reading = read(path, clock=clock, labels=labels)
    return logs(reading), reading


ONE_LINE = [
    ("2026-03-17T02:43:50.433367060+08:00 2026-03-17 02:43:50.395  INFO 1 --- [main] c.a.Nacos : started",
     "kubectl-logs", "2026-03-16T18:43:50.433367+00:00", "info", "started"),
    (('2026-01-08T15:37:58.323277878+08:00 {"message":"Tracing disabled.","severity":"info","timestamp":"2026'
     '-01-08T07:37:58.3Z"}'),
     "kubectl-logs", "2026-01-08T07:37:58.323277+00:00", "info", "Tracing disabled."),
    ("2026-03-16T18:43:45.494842Z\tinfo\tFLAG: --concurrency=\"0\"", "text",
     "2026-03-16T18:43:45.494842+00:00", "info", 'FLAG: --concurrency="0"'),
    (('{"log":"16:42:09.567 WARN  o.s.Order#72 no seat\\n","stream":"stdout","time":"2023-01-29T08:42:09.5677'
     '33727Z"}'),
     "container-json", "2023-01-29T08:42:09.567733+00:00", "warning", "o.s.Order#72 no seat"),
    ("2026-01-08T15:37:58.323277878Z stderr F panic: boom", "cri", "2026-01-08T15:37:58.323277+00:00",
     "fatal", None),
    ('{"level":50,"time":1767857878789,"pid":1,"msg":"charge failed"}', "json-lines",
     "2026-01-08T07:37:58.789000+00:00", "error", "charge failed"),
    ('{"timestamp": 1767857882.6820748, "severity": "WARNING", "message": "slow"}', "json-lines",
     "2026-01-08T07:38:02.682075+00:00", "warning", "slow"),
    ('{"@timestamp":"2026-01-08T07:38:02Z","log.level":"error","log":{"logger":"x"},"message":"m"}',
     "json-lines", "2026-01-08T07:38:02+00:00", "error", "m"),
    ('time="2025-12-05T14:12:19.523421548+08:00" level=warning msg="plugin \\"x\\" failed" type=v1',
     "logfmt", "2025-12-05T06:12:19.523421+00:00", "warning", 'plugin "x" failed'),
    ('E0317 02:46:01.378740     907 config.go:199] "Starting service"', "klog",
     "2026-03-17T02:46:01.378740+00:00", "error", '"Starting service"'),
    (('127.0.0.6 - - [17/Mar/2026:02:46:31 +0800] "POST /api/v1/users/login HTTP/1.1" 503 380 "-" '
     '"python-requests/2.32.5"'),
     "access-log", "2026-03-16T18:46:31+00:00", "error", None),
    ("2026/03/17 02:46:31 [error] 31#31: *9 connect() failed (111: Connection refused)", "text",
     "2026-03-17T02:46:31+00:00", "error", "31#31: *9 connect() failed (111: Connection refused)"),
    ("Mar 17 02:46:31 node1 sshd[77]: authentication failure", "syslog", "2026-03-17T02:46:31+00:00", "",
     "authentication failure"),
    ("<11>1 2026-03-17T02:46:31.003Z host app 8710 ID47 [x@1 a=\"b\"] it broke", "syslog",
     "2026-03-17T02:46:31.003000+00:00", "error", "it broke"),
    ("2026-03-17 02:46:31,744 - WARN  [SendWorker@688] - Send worker leaving", "text",
     "2026-03-17T02:46:31.744000+00:00", "warning", "[SendWorker@688] - Send worker leaving"),
    ("[Tue Mar 17 02:46:31 2026] [error] mod_jk child in error state 6", "text", "2026-03-17T02:46:31+00:00",
     "error", "mod_jk child in error state 6"),
    ("1:C 08 Jan 2026 07:37:59.900 * Configuration loaded", "text", "2026-01-08T07:37:59.900000+00:00",
     "info", "Configuration loaded"),
    ("260317 024631 148 INFO dfs.DataNode: terminating", "text", "2026-03-17T02:46:31+00:00", "info",
     "148 dfs.DataNode: terminating"),
    ("Connection error: refused - Time: 2025-06-20 13:14:40", "text", "2025-06-20T13:14:40+00:00", "",
     "Connection error: refused"),
    ("[pod/web-0/nginx] 2026-01-08T15:37:58.323277878Z hello", "kubectl-logs",
     "2026-01-08T15:37:58.323277+00:00", "", "hello"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fmt", "time", "level", "message"),
    ONE_LINE,
    ids=[row[1] + str(i) for i, row in enumerate(ONE_LINE)],
)
def test_dialect(tmp_path: Path, text: str, fmt: str, time: str, level: str, message: str | None) -> None:
    (record,), reading = from_text(tmp_path, text)
    assert reading.sniffed.signal == "logs"
    assert reading.sniffed.format == fmt
    assert record.time is not None
    assert record.time.isoformat() == time
    assert record.level == level
    assert not record.undated
    if message is not None:
        assert record.message == message


def test_java_trace_stays_with_its_message() -> None:
    records = logs(read(FIXTURES / "java_trace.txt", clock=Clock(zone="+08:00")))
    failure = next(record for record in records if "pool initialization" in record.message)
    assert failure.level == "error"
    assert failure.time == datetime(2026, 3, 16, 18, 48, 37, 835000, tzinfo=UTC)
    assert "CommunicationsException: Communications link failure" in failure.message
    assert "The last packet sent successfully" in failure.message
    assert failure.message.count("\n\tat ") == 29
    assert failure.end_line - failure.line >= 33
    assert sum(record.line <= failure.end_line and record.end_line >= failure.line for record in records) == 1


def test_python_traceback_and_go_panic_are_one_record_each(tmp_path: Path) -> None:
    text = (
        "2026-03-17 10:00:00 ERROR request failed\nTraceback (most recent call last):\n"
        '  File "app.py", line 3, in f\n    g()\nValueError: bad\n'
        "2026-03-17 10:00:01 INFO next\npanic: runtime error: index out of range\n\n"
        "goroutine 1 [running]:\nmain.main()\n\t/app/main.go:7 +0x1d\nexit status 2\n"
    )
    records, reading = from_text(tmp_path, text)
    assert records[0].message.startswith("request failed\nTraceback (most recent call last):\n")
    assert records[0].message.endswith("ValueError: bad")
    assert (records[0].line, records[0].end_line) == (1, 5)
    panic = next(record for record in records if record.message.startswith("panic"))
    assert (panic.line, panic.end_line) == (7, 12)
    assert panic.level == "fatal"
    assert reading.tally.rows == 3


def test_cri_parts_are_joined(tmp_path: Path) -> None:
    records, _ = from_text(
        tmp_path, "2026-01-08T15:37:58Z stdout P one \n2026-01-08T15:37:58Z stdout F two\n"
    )
    assert [record.message for record in records] == ["one two"]
    assert (records[0].line, records[0].end_line) == (1, 2)


def test_undated_lines_take_their_neighbours_time_and_are_counted(tmp_path: Path) -> None:
    records, reading = from_text(tmp_path, "starting\n2026-03-17 10:00:00 INFO up\nplain words\n")
    time = datetime(2026, 3, 17, 10, tzinfo=UTC)
    assert [(record.time, record.undated) for record in records] == [
        (time, True),
        (time, False),
        (time, True),
    ]
    assert reading.tally.undated == 2
    assert reading.tally.rows == 3


def test_file_without_any_time_says_so(tmp_path: Path) -> None:
    records, reading = from_text(tmp_path, "Java Network Exception:\nno connection\n")
    assert [record.time for record in records] == [None, None]
    assert reading.tally.undated == 2


def test_zone_is_told_or_assumed_and_never_silent(tmp_path: Path) -> None:
    line = "2026-03-17 10:00:00 INFO up\n"
    (record,), reading = from_text(tmp_path, line, Clock())
    assert record.time == datetime(2026, 3, 17, 10, tzinfo=UTC)
    assert reading.tally.zone_assumed
    (record,), reading = from_text(tmp_path, line, Clock(zone="Asia/Shanghai"))
    assert record.time == datetime(2026, 3, 17, 2, tzinfo=UTC)
    assert not reading.tally.zone_assumed
    with pytest.raises(ValueError, match="unknown time zone 'Mars/Base'"):
        from_text(tmp_path, line, Clock(zone="Mars/Base"))


def test_zone_names_are_resolved_by_table_or_refused() -> None:
    stamps = Stamps(Clock(), Tally())
    assert stamps.parse("2026-03-17 10:00:00 CEST") == datetime(2026, 3, 17, 8, tzinfo=UTC)
    assert stamps.parse("Fri 2025-12-26 10:06:24 CST") is None
    assert Stamps(Clock(zone="+08:00"), Tally()).parse("2025-12-26 10:06:24 CST") == datetime(
        2025, 12, 26, 2, 6, 24, tzinfo=UTC
    )


def test_stamp_without_a_year_needs_the_recording_time(tmp_path: Path) -> None:
    line = "Dec 31 23:59:58 node1 cron[1]: done\n"
    (record,), _ = from_text(tmp_path, line, Clock(zone="UTC", recorded_at=datetime(2026, 1, 2, tzinfo=UTC)))
    assert record.time == datetime(2025, 12, 31, 23, 59, 58, tzinfo=UTC)
    (record,), reading = from_text(tmp_path, line, Clock())
    assert record.time is None
    assert reading.tally.undated == 1


def test_outer_stamp_with_offset_wins() -> None:
    records = logs(read(FIXTURES / "nezha_logs.csv"))
    assert records[0].time == datetime(2023, 1, 29, 8, 42, 9, 567733, tzinfo=UTC)
    assert records[0].service == "ts-order-other-service"
    assert records[0].pod == "ts-order-other-service-6cdbf9b4cc-h7mqk"
    assert records[0].trace_id == "6f3cbf058c2765548a39ad724905d6a1"
    assert records[0].level == "warning"
    assert records[0].message.startswith("o.s.OrderOtherServiceImpl#72")
    assert records[0].line == 2


def test_mixed_container_log() -> None:
    reading = read(FIXTURES / "kubectl_logs_json.txt", labels={"service": "currencyservice", "pod": "p"})
    records = logs(reading)
    assert reading.sniffed.format == "kubectl-logs"
    assert records[0].message == "Profiler disabled."
    assert (records[0].service, records[0].pod) == ("currencyservice", "p")
    assert reading.tally.undated == 0


@pytest.mark.parametrize(
    "text",
    ['Error from server (NotFound): pods "x" not found', "Error: Error from server: dial tcp: refused"],
)
def test_command_error_is_an_error_record(tmp_path: Path, text: str) -> None:
    (record,), reading = from_text(tmp_path, text)
    assert reading.sniffed.signal == "logs"
    assert record.level == "error"
    assert record.message == text


def test_labels_fill_what_a_line_does_not_say(tmp_path: Path) -> None:
    (record,), _ = from_text(tmp_path, "[pod/cart-6c67b4656-hlbw8/app] hi\n", pod="other", node="n1")
    assert (record.pod, record.container, record.node, record.service) == (
        "cart-6c67b4656-hlbw8",
        "app",
        "n1",
        "cart",
    )


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_line_is_kept(text: str) -> None:
    line = LineReader(Stamps(RECORDED, Tally())).read(text.replace("\n", " "))
    assert isinstance(line.message, str)
    assert line.level in {"", "fatal", "error", "warning", "info", "debug"}
    assert line.time is None or line.time.utcoffset() is not None


@settings(deadline=None)
@given(
    st.datetimes(
        min_value=datetime.fromisoformat("1995-01-01"), max_value=datetime.fromisoformat("2090-01-01")
    ),
    st.sampled_from(["Z", "+08:00", "-0330"]),
)
def test_iso_times_round_trip(moment: datetime, offset: str) -> None:
    wanted = datetime.fromisoformat(moment.isoformat() + offset)
    stamps = Stamps(Clock(), Tally())
    assert stamps.parse(moment.isoformat() + offset) == wanted
    assert stamps.parse(moment.isoformat(" ") + offset) == wanted


def test_sniff_reads_content_not_names(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text("2026-03-17 10:00:00 INFO up, and running\n")
    assert sniff(path).format == "text"
