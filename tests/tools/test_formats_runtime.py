"""Lines that a container runtime stamped: which of them are one message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from tools.formats import read
from tools.formats.records import Clock, LogRecord

Writer = Callable[..., str]
RECORDED = Clock(recorded_at=datetime(2026, 3, 20, tzinfo=UTC))


def records_of(tmp_path: Path, text: str) -> list[LogRecord]:
    path = tmp_path / "any-name"
    path.write_text(text)
    return [record for record in read(path, clock=RECORDED).records if isinstance(record, LogRecord)]


def docker(time: str, text: str, stream: str = "stdout") -> str:
    return orjson.dumps({"log": text + "\n", "stream": stream, "time": time}).decode()


def cri(time: str, text: str, stream: str = "stdout") -> str:
    return f"{time} {stream} F {text}"


def kubectl(time: str, text: str, stream: str = "stdout") -> str:
    return f"{time} {text}"


WRITERS = pytest.mark.parametrize("write", [docker, cri, kubectl])


@WRITERS
def test_a_later_exception_does_not_vanish_into_an_older_message(tmp_path: Path, write: Writer) -> None:
    text = [
        write("2026-03-01T12:00:00.1Z", "INFO request ok"),
        write("2026-03-01T12:05:00.1Z", "java.lang.IllegalStateException: pool empty", "stderr"),
        write("2026-03-01T12:05:00.1Z", "\tat a.B.c(B.java:1)", "stderr"),
        write("2026-03-01T12:05:09.1Z", "INFO request ok"),
    ]
    first, failure, last = records_of(tmp_path, "\n".join(text) + "\n")
    assert (first.level, first.message) == ("info", "request ok")
    assert failure.time == datetime(2026, 3, 1, 12, 5, 0, 100000, tzinfo=UTC)
    assert (failure.level, failure.line, failure.end_line) == ("error", 2, 3)
    assert failure.message == "java.lang.IllegalStateException: pool empty\n\tat a.B.c(B.java:1)"
    assert last.line == 4


@WRITERS
def test_a_trace_written_at_once_stays_with_its_message(tmp_path: Path, write: Writer) -> None:
    text = [
        write("2026-03-01T12:00:00.100Z", "ERROR order failed"),
        write("2026-03-01T12:00:00.101Z", "java.lang.IllegalStateException: pool empty"),
        write("2026-03-01T12:00:00.102Z", "\tat a.B.c(B.java:1)"),
        write("2026-03-01T12:00:00.103Z", "Caused by: java.io.IOException: x"),
        write("2026-03-01T12:00:00.103Z", "\t... 3 more"),
        write("2026-03-01T12:00:01.000Z", "ready"),
    ]
    failure, last = records_of(tmp_path, "\n".join(text) + "\n")
    assert (failure.line, failure.end_line, failure.level) == (1, 5, "error")
    assert failure.message.startswith("order failed\njava.lang.IllegalStateException")
    assert last.message == "ready"


@pytest.mark.parametrize("write", [docker, cri])
def test_another_stream_begins_its_own_exception(tmp_path: Path, write: Writer) -> None:
    text = [
        write("2026-03-01T12:00:00.100Z", "INFO request ok"),
        write("2026-03-01T12:00:00.101Z", "java.lang.IllegalStateException: pool empty", "stderr"),
    ]
    first, failure = records_of(tmp_path, "\n".join(text) + "\n")
    assert (first.message, failure.level) == ("request ok", "error")


@WRITERS
def test_a_python_traceback_is_one_record_with_a_level(tmp_path: Path, write: Writer) -> None:
    text = [
        write("2026-03-01T12:00:01.5Z", "Traceback (most recent call last):"),
        write("2026-03-01T12:00:01.5Z", '  File "a.py", line 3, in f'),
        write("2026-03-01T12:00:01.5Z", "    g()"),
        write("2026-03-01T12:00:01.5Z", "ValueError: bad"),
        write("2026-03-01T12:00:02.5Z", "ok"),
    ]
    failure, last = records_of(tmp_path, "\n".join(text) + "\n")
    assert (failure.line, failure.end_line, failure.level) == (1, 4, "error")
    assert failure.message.endswith("    g()\nValueError: bad")
    assert last.message == "ok"


def test_frames_below_a_pod_prefix_stay_with_their_pod(tmp_path: Path) -> None:
    cart, pay = "[pod/cart-7d9f8b6c5-x2x9z/cart] ", "[pod/pay-0/app] "
    failure, other = records_of(
        tmp_path,
        f"{cart}2026-03-01T12:00:01.1Z ERROR boom\n{cart}2026-03-01T12:00:01.1Z \tat com.x.Y.z(Y.java:3)\n"
        f"{pay}2026-03-01T12:00:01.3Z WARN slow\n",
    )
    assert (failure.pod, failure.message) == ("cart-7d9f8b6c5-x2x9z", "boom\n\tat com.x.Y.z(Y.java:3)")
    assert (other.pod, other.message) == ("pay-0", "slow")


def test_two_spaces_behind_every_time_join_nothing(tmp_path: Path) -> None:
    lines = [f"2026-03-01T12:00:0{second}Z  request {second}" for second in range(5)]
    assert len(records_of(tmp_path, "\n".join(lines) + "\n")) == 5
