"""The tally of a large log is that of reading every record."""

from __future__ import annotations

import random
from collections import deque
from pathlib import Path

import pytest

from benchmarks import generate
from tools.formats import read
from tools.formats.records import Clock, Tally
from tools.formats.surveying import survey

ODD = (
    "",
    '{"ts":"2026-03-20T13:00:01Z","level":"info","msg":"cut',
    "\tat a.b.C(C.java:12)",
    "Caused by: a.b.SomeException: no",
    "panic: runtime error",
    "goroutine 1 [running]:",
    "no time here",
    "2026-03-20T13:00:01Z Traceback (most recent call last):",
    "  File x.py, line 3",
    "ValueError: no",
)


def by_records(path: Path) -> Tally:
    reading = read(path)
    deque(reading.records, maxlen=0)
    return reading.tally


@pytest.mark.parametrize("seed", range(4))
def test_a_survey_tells_what_reading_every_line_tells(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    lines = list(generate.generate(3000, seed))
    for _ in range(300):
        lines.insert(rng.randrange(len(lines)), rng.choice(ODD))
    lines.insert(700, "2026-03-20T13:00:01Z " + "x" * 70_000)
    path = tmp_path / "app.log"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    told, surveyed = by_records(path), survey(path, Clock(), {})
    assert (surveyed.rows, surveyed.undated, surveyed.malformed) == (told.rows, told.undated, told.malformed)
    assert (surveyed.plain, surveyed.truncated) == (told.plain, told.truncated)
    assert (surveyed.first_bad_line, surveyed.first_bad_reason) == (
        told.first_bad_line,
        told.first_bad_reason,
    )
    assert (surveyed.first_time, surveyed.last_time) == (told.first_time, told.last_time)
    assert surveyed.zone_assumed == told.zone_assumed
