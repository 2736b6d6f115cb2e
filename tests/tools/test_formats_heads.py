"""What loggers write before the message: levels in brackets, process, thread and logger, colours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.formats.heads import split_head
from tools.formats.levels import split_level
from tools.formats.logs_text import LineReader
from tools.formats.records import Clock, Tally
from tools.formats.stamps import Stamps

RECORDED = Clock(zone="UTC", recorded_at=datetime(2026, 3, 20, tzinfo=UTC))

LINES = [
    ("2026-03-01 12:00:00 UTC [123] ERROR:  relation missing", "error", "relation missing", {"pid": "123"}),
    ("12:00:00.123 [main] ERROR time only", "error", "[main] time only", {}),
    ("E, [2026-03-01T12:00:00.123456 #1] ERROR -- : ruby", "error", "ruby", {"pid": "1"}),
    ("W, [2026-03-01T12:00:00.123456 #1]  WARN -- puma: slow", "warning", "slow",
     {"pid": "1", "logger": "puma"}),
    ("2026-03-01 12:00:00.123 [INF] Serilog started", "info", "Serilog started", {}),
    ("[12:00:00 WRN] Serilog slow", "warning", "Serilog slow", {}),
    ("[2026-03-01 12:00:00] app.ERROR: laravel boom", "error", "laravel boom", {}),
    ("[Sun Mar 01 12:00:00.123456 2026] [core:error] [pid 1:tid 2] apache boom", "error", "apache boom",
     {"pid": "1", "thread": "2"}),
    ("03-01 12:00:00.123 E/Tag(123): logcat brief", "error", "Tag(123): logcat brief", {}),
    ("03-01 12:00:00.123  123  456 E Tag: logcat", "error", "logcat",
     {"pid": "123", "thread": "456", "logger": "Tag"}),
    ("\x1b[31m2026-03-01T12:00:00Z ERROR red\x1b[0m", "error", "red", {}),
    ("2026-03-01T12:00:00Z \x1b[31mERROR\x1b[0m red \x1b[1mtext\x1b[0m", "error", "red text", {}),
    ("\x1b[33mWARN\x1b[0m[0001] logrus on a terminal", "warning", "logrus on a terminal", {}),
    ("2026-03-17 02:43:50.395  INFO 1 --- [  main] c.a.Nacos   : started: 3 beans", "info",
     "started: 3 beans", {"pid": "1", "thread": "main", "logger": "c.a.Nacos"}),
    ("2026-03-17T02:43:50.395Z  INFO 1 --- [cart] [nio-1] c.a.Nacos : started", "info", "started",
     {"pid": "1", "application": "cart", "thread": "nio-1", "logger": "c.a.Nacos"}),
    ("2026-03-17 02:43:50.395  INFO [cart,4bf92f,00f067] 1 --- [main] c.a.Nacos : up", "info", "up",
     {"service": "cart", "trace": "4bf92f,00f067", "pid": "1", "thread": "main", "logger": "c.a.Nacos"}),
    ("2026-03-17 10:00:00.123 [http-1] ERROR com.foo.Bar - no seat", "error", "no seat",
     {"thread": "http-1", "logger": "com.foo.Bar"}),
    ("2026-03-17 10:00:00,123 ERROR [main] c.x.Y - boom", "error", "boom",
     {"thread": "main", "logger": "c.x.Y"}),
    ("2026-03-17T10:00:00Z [7 of 9] items - 3 were lost", "", "[7 of 9] items - 3 were lost", {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "level", "message", "fields"), LINES)
def test_head(text: str, level: str, message: str, fields: dict[str, str]) -> None:
    line = LineReader(Stamps(RECORDED, Tally())).read(text)
    assert (line.level, line.message) == (level, message)
    assert line.fields == fields
    assert line.time is not None or "logrus" in text


@given(st.text(max_size=200))
def test_no_text_is_lost_without_a_head(text: str) -> None:
    level, fields, rest = split_head(text)
    assert text.endswith(rest)
    assert rest == text or fields or level
    split_level(text)
