"""A look into a log that is too large for reading each record answers what reading each record answers."""

from __future__ import annotations

import gzip
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.digest import bulk, digest
from agent.drafting.looks import LinesAround, Look, SearchLogs
from agent.investigation import timeline
from agent.investigation.large import LargeLog
from agent.investigation.recording import SealedRecording
from agent.schema.digest import ClockShift, Digest
from agent.store import Bundle, IncidentFolder
from benchmarks import generate
from tools.formats import opening, read
from tools.formats.logline import LogLine
from tools.formats.logs_text import LineReader
from tools.formats.records import Clock, LogRecord

CASES = Path(__file__).parents[3] / "evals" / "incidents"
TRACE = ("java.lang.IllegalStateException: Stock is gone", "\tat com.shop.Stock.take(S.java:1)")
BEGIN = datetime(2026, 3, 20, 13, tzinfo=UTC)


def answers(
    bundle: Bundle, computed: Digest, looks: Sequence[Look], patch: pytest.MonkeyPatch, *, large: bool
) -> list[list[str]]:
    """The answers without the ids, in any order within an answer: of one second any form may stand first."""

    def is_large(_: Path) -> bool:
        return large

    patch.setattr(bulk, "is_large", is_large)
    recording = SealedRecording(bundle, computed)
    told = [recording.answer(look).lines for look in looks]
    return [sorted(line.text.split(" ", 1)[1].split(" (")[0] for line in lines) for lines in told]


@pytest.mark.parametrize("case", ["cluster-ea197d", "boutique-4392eb", "cluster-faf5d1"])
def test_recorded_logs_answer_alike(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = IncidentFolder(CASES / case / "bundle")
    bundle = folder.bundle()
    assert bundle
    computed = digest(bundle, folder.read_incident())
    start = computed.onset or BEGIN
    looks: list[Look] = [LinesAround(time=start, seconds=90)]
    for text in ("error", "connection", "resolve", "timeout", "10.", "{"):
        looks += [
            SearchLogs(text=text),
            SearchLogs(text=text, start=start),
            SearchLogs(text=text, level="error", end=start + timedelta(minutes=5)),
        ]
    small, large = (answers(bundle, computed, looks, monkeypatch, large=way) for way in (False, True))
    assert large == small
    assert any(lines and "No recorded" not in lines[0] for lines in small)


def _written(path: Path, *, packed: bool) -> list[tuple[datetime, str]]:
    rng = random.Random(7)
    rows: list[tuple[datetime, str]] = []
    at = BEGIN
    for number in range(30_000):
        at += timedelta(seconds=rng.choice((0, 0, 1)))
        text = f"INFO cart loaded {rng.randrange(90)} items"
        if number % 500 == 17:
            text = f"ERROR lost order {number}: timeout after {rng.randrange(900)} ms"
        if number % 1000 == 42:
            trace = "java.lang.IllegalStateException: Stock is gone\n\tat com.shop.Stock.take(S.java:1)"
            text = f"ERROR order refused\n{trace}"
        rows.append((at, text))
    data = "".join(f"{time:%Y-%m-%d %H:%M:%S} {text}\n" for time, text in rows).encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    return rows


def test_a_log_that_only_the_runtime_dated_is_searched_alike(tmp_path: Path) -> None:
    path, rng = tmp_path / "app.log", random.Random(3)
    at, rows = BEGIN, list[str]()
    for number in range(20_000):
        at += timedelta(milliseconds=rng.choice((3, 40, 2500)))
        text = rng.choice(("GET /cart took {} ms", "order {} stored", "slow query {} on ledger-db:5432"))
        rows.append(f"{at:%Y-%m-%dT%H:%M:%S.%f}123Z {text.format(number)}")
        if number % 400 == 9:
            rows += [f"{at:%Y-%m-%dT%H:%M:%S.%f}456Z {line}" for line in TRACE]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    log = LargeLog(path, Clock(), {}, timedelta())
    records = [r for r in read(path).records if isinstance(r, LogRecord)]
    low, high = BEGIN + timedelta(seconds=2000), BEGIN + timedelta(seconds=6000)
    for text in ("slow query", "ledger-db:5432", "order 1234", "Stock is gone", "took"):
        told = [r.time for r in records if r.time and text.casefold() in r.message.casefold()]
        inside = [time for time in told if low <= time < high]
        for wanted, found in (
            (told, log.search(text, None, None)),
            (inside, log.search(text, low, high - timedelta(seconds=1))),
        ):
            assert sum(item.count for item in found) == len(wanted), text
            assert min((f.first for f in found if f.first), default=None) == (
                min(wanted).replace(microsecond=0) if wanted else None
            )


@pytest.mark.parametrize("packed", [False, True])
def test_counts_and_times_are_those_of_the_lines(tmp_path: Path, packed: bool) -> None:  # noqa: FBT001
    path = tmp_path / "shop.log"
    rows = _written(path, packed=packed)
    log = LargeLog(path, Clock(), {}, timedelta())
    low, high = rows[9_000][0], rows[21_000][0]
    for text in ("lost order", "TIMEOUT after", "order 4017", "stock is gone", "Stock.take", "no such words"):
        wanted = [time for time, line in rows if text.casefold() in line.casefold()]
        inside = [time for time in wanted if low <= time <= high]
        for times, found in ((wanted, log.search(text, None, None)), (inside, log.search(text, low, high))):
            assert sum(item.count for item in found) == len(times)
            assert min((f.first for f in found if f.first), default=None) == min(times, default=None)
            assert max((f.last for f in found if f.last), default=None) == max(times, default=None)
            assert all(text.casefold() in log.record(item).message.casefold() for item in found)
            late = [log.record(replace(item, line=item.late)) for item in found]
            assert all(text.casefold() in record.message.casefold() for record in late)
            assert all(
                record.time and item.first and item.last and item.first <= record.time <= item.last
                for record, item in zip(late, found, strict=True)
            )
            assert all(item.late > item.line for item in found if item.count > 20)
    assert log.lines == sum(text.count("\n") + 1 for _, text in rows)


MESSAGES = (
    "INFO cart loaded 7 items",
    "ERROR order refused\njava.lang.IllegalStateException: Stock is gone\n\tat com.shop.Stock.take(S.java:1)",
    'ERROR job failed\nTraceback (most recent call last):\n  File "job.py", line 3, in run\nValueError: no',
    "WARN slow\n  detail one\n  detail two\n  detail three",
)


@pytest.mark.parametrize("dated", ["{:%Y-%m-%d %H:%M:%S} ", "{:%Y-%m-%dT%H:%M:%S}.123456789Z "])
@pytest.mark.parametrize("packed", [False, True])
@given(chosen=st.lists(st.sampled_from(MESSAGES), min_size=3, max_size=25), size=st.integers(60, 300))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_message_over_the_border_of_two_stretches_stays_whole(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    dated: str,
    packed: bool,  # noqa: FBT001
    chosen: list[str],
    size: int,
) -> None:
    path = tmp_path / "shop.log"
    runtime = dated.endswith("Z ")
    stamps = [dated.format(BEGIN + timedelta(minutes=5 * number)) for number in range(len(chosen))]
    texts = [s + (m.replace("\n", f"\n{s}") if runtime else m) for s, m in zip(stamps, chosen, strict=True)]
    data = "".join(f"{text}\n" for text in texts).encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    monkeypatch.setattr(timeline, "SIZE", size)
    monkeypatch.setattr(opening, "_CHUNK", size)
    records = [r for r in read(path).records if isinstance(r, LogRecord)]
    log = LargeLog(path, Clock(), {}, timedelta())
    for record in records:
        assert record.time
        assert [r for r in log.around(record.time, record.time) if r.line == record.line] == [record]
    for word in ("Stock.take", "job.py", "detail two", "refused"):
        told = [r for r in records if word in r.message]
        found = log.search(word, None, None)
        assert sum(item.count for item in found) == len(told)
        assert [log.record(item) for item in found] == told[:1]


def test_a_window_gives_all_of_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "shop.log"
    rows = _written(path, packed=False)
    log = LargeLog(path, Clock(), {}, timedelta())
    low = rows[15_000][0]
    high = low + timedelta(seconds=20)
    given = [r for r in log.around(low, high) if r.time is not None and low <= r.time <= high]
    assert len(given) == sum(low <= time <= high for time, _ in rows)


def test_a_clock_that_ran_apart_is_set_right_in_every_look(tmp_path: Path) -> None:
    path = tmp_path / "shop.log"
    rows = _written(path, packed=False)
    hours = timedelta(hours=8)
    plain, shifted = (LargeLog(path, Clock(), {}, shift) for shift in (timedelta(), hours))
    low, high = rows[9_000][0], rows[9_600][0]
    (one,), (other,) = (
        plain.search("lost order", low, high),
        shifted.search("lost order", low - hours, high - hours),
    )
    assert (one.count, one.line) == (other.count, other.line)
    assert other.first == (one.first and one.first - hours)
    assert shifted.record(other).time == other.first


def test_small_logs_and_series_are_set_right_too(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = IncidentFolder(CASES / "cluster-ea197d" / "bundle")
    bundle = folder.bundle()
    assert bundle
    computed = digest(bundle, folder.read_incident())
    shifts = tuple(ClockShift(artifact=a.path, seconds=3600.0) for a in bundle.manifest.artifacts)
    moved = computed.model_copy(update={"shifts": shifts})
    looks = [SearchLogs(text="error")]
    for large in (False, True):
        before, after = (answers(bundle, d, looks, monkeypatch, large=large) for d in (computed, moved))
        assert before != after


def test_a_large_log_is_searched_without_reading_each_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "big.log"
    path.write_text("".join(f"{line}\n" for line in generate.generate(20_000, 1)), encoding="utf-8")
    log = LargeLog(path, Clock(), {}, timedelta())
    read = 0

    def counting(self: LineReader, text: str) -> LogLine:
        nonlocal read
        read += 1
        return original(self, text)

    original = LineReader.read
    monkeypatch.setattr(LineReader, "read", counting)
    found = log.search("pool size", None, None)
    assert sum(item.count for item in found) == path.read_text().count("pool size")
    assert read < 4_000
