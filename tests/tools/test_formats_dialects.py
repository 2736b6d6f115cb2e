"""Stack traces under their head line, databases and proxies, Windows, and junk of every kind."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tools.formats import read
from tools.formats.records import Clock, LogRecord, Series, Tally

AT = "2025-01-01 10:00:00"
LATER = "2025-01-01 10:00:09 INFO ok\n"


def logs(tmp_path: Path, content: str | bytes) -> tuple[list[LogRecord], Tally]:
    path = tmp_path / "file"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    reading = read(path)
    return [record for record in reading.records if isinstance(record, LogRecord)], reading.tally


TRACES: dict[str, str] = {
    "python": f'{AT},123 ERROR app failed\nTraceback (most recent call last):\n  File "a.py", line 3, in f\n'
    "    g()\nValueError: x\n\nDuring handling of the above exception, another exception occurred:\n\n"
    'Traceback (most recent call last):\n  File "c.py", line 1, in h\nRuntimeError: y\n',
    "java": f"{AT}.123 ERROR [main] c.e.App - failed\njava.lang.IllegalStateException: x\n\tat c.e.App.f(App.java:12)\n"  # noqa: E501 - as recorded
    "\tSuppressed: java.io.IOException: z\nCaused by: java.sql.SQLException: y\n\t... 12 more\n",
    "go": "2025/01/01 10:00:00 http: panic serving 10.0.0.1:5: index out of range\ngoroutine 34 [running]:\n"
    "net/http.(*conn).serve.func1()\n\t/usr/go/server.go:1854 +0xbf\nmain.handler({0x7, 0xc})\n\t/app/main.go:22\n"  # noqa: E501 - as recorded
    "created by net/http.(*Server).Serve\n\t/usr/go/server.go:3089 +0x5ed\n",
    "ruby": "E, [2025-01-01T10:00:00.123456 #12] ERROR -- : NoMethodError (undefined method `x'):\n"
    "app/a.rb:12:in `show'\nlib/b.rb:3:in `block in f'\n",
    "dotnet": f"{AT}.123 +00:00 [ERR] failed\nSystem.InvalidOperationException: x\n ---> System.IO.IOException: y\n"  # noqa: E501 - as recorded
    "   at App.B.G() in /src/B.cs:line 3\n   --- End of inner exception stack trace ---\n   at App.A.F()\n",
    "php": "[01-Jan-2025 10:00:00 UTC] PHP Fatal error:  Uncaught PDOException: refused in /app/a.php:3\n"
    "Stack trace:\n#0 /app/a.php(3): PDO->__construct('x')\n#1 {main}\n  thrown in /app/a.php on line 3\n",
    "node": "2025-01-01T10:00:00Z error: failed\nError: connect ECONNREFUSED 10.0.0.1:6379\n"
    "    at TCPConnectWrap.afterConnect (node:net:1494:16) {\n  errno: -111\n}\n",
}


@pytest.mark.parametrize("language", TRACES)
def test_a_stack_trace_stays_with_its_head_line(tmp_path: Path, language: str) -> None:
    content = TRACES[language]
    records, tally = logs(tmp_path, content + LATER)
    assert [(record.line, record.end_line) for record in records] == [
        (1, content.count("\n")),
        (content.count("\n") + 1,) * 2,
    ]
    assert records[0].level in {"error", "fatal"}
    assert records[0].time is not None
    assert records[0].time.replace(microsecond=0) == datetime(2025, 1, 1, 10, tzinfo=UTC)
    assert (tally.undated, tally.malformed) == (0, 0)


def test_a_traceback_after_a_calm_line_is_a_record_of_its_own(tmp_path: Path) -> None:
    trace = 'Traceback (most recent call last):\n  File "a.py", line 3, in f\nValueError: x\n'
    records, tally = logs(tmp_path, f"{AT} INFO GET / 200\n{trace}")
    assert [(record.line, record.end_line, record.level) for record in records] == [
        (1, 1, "info"),
        (2, 4, "error"),
    ]
    assert tally.undated == 1


@pytest.mark.parametrize(
    ("line", "level", "message"),
    [
        (
            "2025-01-01 10:00:00.123 UTC [7] app@db ERROR:  deadlock detected",
            "error",
            "app@db deadlock detected",
        ),
        (
            "2025-01-01 10:00:00.123 UTC [7] LOG:  checkpoint starting: time",
            "info",
            "checkpoint starting: time",
        ),
        (
            "2025-01-01T10:00:00.123456Z 12 [ERROR] [MY-010584] [Repl] Slave stopped",
            "error",
            "12 [MY-010584] [Repl] Slave stopped",
        ),
        ("250101 10:00:00 [ERROR] mysqld: crashed", "error", "mysqld: crashed"),
        ("1:M 01 Jan 2025 10:00:00.123 # Can't save in background", "warning", "Can't save in background"),
        (
            "2025-01-01T10:00:00.123+0000 E QUERY    [conn12] timed out",
            "error",
            "QUERY    [conn12] timed out",
        ),
        (
            '{"t":{"$date":"2025-01-01T10:00:00.123Z"},"s":"E","c":"NETWORK","msg":"refused"}',
            "error",
            "refused",
        ),
        (
            "[2025-01-01 10:00:00,123] ERROR No space left (kafka.server)",
            "error",
            "No space left (kafka.server)",
        ),
        ('[2025-01-01T10:00:00.123Z] "GET /x HTTP/1.1" 503 UF 0 91', "error", "GET /x HTTP/1.1 503 UF 0 91"),
        (
            'www.x:80 10.0.0.1 - - [01/Jan/2025:10:00:00 +0000] "GET / HTTP/1.1" 500 12',
            "error",
            "GET / HTTP/1.1 500",
        ),
        (
            "[Wed Jan 01 10:00:00.5 2025] [proxy:error] [pid 12:tid 34] AH00957: failed",
            "error",
            "AH00957: failed",
        ),
    ],
)
def test_databases_and_proxies(tmp_path: Path, line: str, level: str, message: str) -> None:
    (record,), _ = logs(tmp_path, f"{line}\n")
    assert (record.level, record.message) == (level, message)
    assert record.time is not None
    assert record.time.replace(microsecond=0) == datetime(2025, 1, 1, 10, tzinfo=UTC)


def test_slow_queries_of_mysql_are_one_record_each(tmp_path: Path) -> None:
    entry = (
        "# Time: 2025-01-01T10:00:00Z\n# User@Host: app[app] @ [10.0.0.1]\n# Query_time: 12.5  Rows_sent: 1\n"
        "SET timestamp=1735725600;\nSELECT *\nFROM t;\n"
    )
    records, tally = logs(tmp_path, entry + entry)
    assert [(record.line, record.end_line, record.level) for record in records] == [
        (1, 6, "warning"),
        (7, 12, "warning"),
    ]
    assert "Query_time: 12.5" in records[0].message
    assert tally.undated == 0


def test_event_viewers_export_names_no_title_for_the_message(tmp_path: Path) -> None:
    content = (
        "Level,Date and Time,Source,Event ID,Task Category\r\n"
        'Error,12/31/2025 11:59:59 PM,Service Control Manager,7031,None,"The X service\nended."\r\n'
    )
    (record,), _ = logs(tmp_path, content)
    assert record.time == datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert (record.level, record.message) == ("error", "The X service\nended.")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(tmp_path: Path, encoding: str) -> None:
    records, _ = logs(tmp_path, f"{AT} ERROR boom\r\n{LATER}".encode(encoding))
    assert [record.message for record in records] == ["boom", "ok"]


LINES = (
    f"{AT} INFO calm",
    f"{AT} ERROR failed",
    "Traceback (most recent call last):",
    '  File "a.py", line 1',
    "ValueError: x",
    "\tat c.e.App.f(App.java:12)",
    "Caused by: java.io.IOException: x",
    "plain words",
    "",
    "   ",
    "panic: boom",
    "goroutine 1 [running]:",
    '{"ts":"2025-01-01T10:00:00Z","msg":"m"}',
    '{"broken":',
    "ts=2025-01-01T10:00:00Z msg=x",
    "Jan  1 10:00:00 web app[1]: hello",
    "E0101 10:00:00.000000       1 x.go:1] down",
    "# Time: 2025-01-01T10:00:00Z",
    '10.0.0.1 - - [01/Jan/2025:10:00:00 +0000] "GET / HTTP/1.1" 200 1',
    "\x1b[31mred\x1b[0m",
    "a,b,c",
    "31.12.2025 23:59 x",
    "1:M 01 Jan 2025 10:00:00.123 # mark",
    "<13>Jan  1 10:00:00 h t: m",
    "\ufffd\x00",
    "NAME READY",
    "kind: Pod",
    "[",
    "}",
)


@given(st.lists(st.sampled_from(LINES), max_size=30))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_every_line_of_a_log_is_in_exactly_one_record(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "file"
    path.write_text("\n".join([f"{AT} INFO first", *lines, ""]))
    reading = read(path)
    records = [record for record in reading.records if isinstance(record, LogRecord)]
    covered = [number for record in records for number in range(record.line, record.end_line + 1)]
    assert len(covered) == len(set(covered))
    written = path.read_text().replace("\x00", "").split("\n")
    said = {number for number, line in enumerate(written, 1) if line.replace("\x1b[0m", "").strip()}
    assert said <= set(covered)
    assert reading.tally.rows == len(records)
    assert reading.tally.undated == sum(record.undated for record in records)
    assert reading.tally.malformed == lines.count('{"broken":')


def samples() -> list[bytes]:
    folder = Path(__file__).parent.parent / "fixtures" / "formats"
    return [path.read_bytes()[:4000] for path in sorted(folder.iterdir())]


SAMPLES = [*samples(), *(trace.encode() for trace in TRACES.values())]


@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 60), st.binary(max_size=6)), max_size=4),
    st.integers(0, 4000),
)
@example(next(text for text in SAMPLES if b"adservice-cpu," in text), [(218, 20, b"")], 576)
@example(next(text for text in SAMPLES if text.startswith(b"apiVersion: apps/v1\nkind: Deployment")), [], 110)
@settings(
    deadline=None,
    max_examples=150,
    derandomize=True,  # what a long search finds becomes an example
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_damaged_files_of_any_kind_are_read_without_an_error(
    tmp_path: Path, content: bytes, edits: list[tuple[int, int, bytes]], end: int
) -> None:
    for at, length, put in edits:
        content = content[:at] + put + content[at + length :]
    path = tmp_path / "file"
    path.write_bytes(content[:end])
    reading = read(path, clock=Clock(recorded_at=datetime(2026, 3, 17, tzinfo=UTC)))
    count = sum(len(r.times) if isinstance(r, Series) else 1 for r in reading.records)
    tally = reading.tally
    if reading.sniffed.signal in {"logs", "chat", "objects", "events", "metrics"}:
        assert tally.rows == count
    assert tally.undated <= tally.rows
    assert (tally.malformed > 0) == (tally.first_bad_line is not None)
    if content[:end].replace(b"\0", b"").strip() and not tally.rows:
        quiet = {"slack-directory", "prometheus-rules", "topology-tree"}
        assert tally.malformed or reading.sniffed.reason or reading.sniffed.format in quiet
