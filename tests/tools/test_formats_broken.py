"""Broken input: counted with line and reason, never dropped silently, never a traceback."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.formats import read, sniff
from tools.formats.opening import HEAD_LIMIT, LINE_LIMIT
from tools.formats.records import LogRecord, Tally

LINES = "".join(f"2026-03-17 10:00:{second:02d} INFO tick {second}\n" for second in range(60))


def consumed(path: Path) -> tuple[int, Tally]:
    reading = read(path)
    return sum(1 for _ in reading.records), reading.tally


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gz", "zst"])
def test_compressed_files_read_alike(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "x"
    path.write_bytes(pack(LINES.encode()) + pack(LINES.encode()))
    assert sniff(path).format == "text"
    rows, tally = consumed(path)
    assert (rows, tally.malformed) == (120, 0)


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gz", "zst"])
def test_half_a_compressed_file_gives_what_it_holds(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    noise = "".join(f"2026-03-17 10:00:00 INFO {hash(str(n)):x}\n" for n in range(60000))
    data = pack(noise.encode())
    path = tmp_path / "x"
    path.write_bytes(data[: len(data) // 2])
    rows, tally = consumed(path)
    assert rows > 100
    assert tally.malformed == 1
    assert "ends before its end" in tally.first_bad_reason
    assert tally.first_bad_line is not None
    assert tally.first_bad_line > 100


def test_empty_and_binary_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "junk").write_bytes(bytes(range(256)) * 64)
    assert sniff(tmp_path / "empty").format == "empty"
    assert sniff(tmp_path / "junk").format == "binary"
    assert consumed(tmp_path / "empty") == (0, Tally())
    rows, tally = consumed(tmp_path / "junk")
    assert (rows, tally.malformed, tally.first_bad_line) == (0, 1, 1)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x"
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    path.write_bytes(mark + "2026-03-17 10:00:00 ERROR kälte\n".encode(encoding))
    (record,) = read(path).records
    assert isinstance(record, LogRecord)
    assert record.message == "kälte"
    assert record.level == "error"


def test_latin1_and_nul_bytes_are_kept_as_text(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"2026-03-17 10:00:00 ERROR k\xe4lte\n2026-03-17 10:00:01 INFO a\0b\n" + LINES.encode())
    messages = [record.message for record in read(path).records if isinstance(record, LogRecord)]
    assert messages[:2] == ["kälte", "ab"]


def test_overlong_line_is_cut_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(
        LINES.encode() + b"2026-03-17 10:01:00 INFO " + b"x" * (3 * LINE_LIMIT) + b"\n" + LINES.encode()
    )
    reading = read(path)
    records = [record for record in reading.records if isinstance(record, LogRecord)]
    assert reading.tally.truncated == 1
    assert len(records) == 121
    assert len(records[60].message) <= LINE_LIMIT
    assert records[61].line == 62


def test_truncated_json_gives_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "alerts.json"
    alert = (
        '{"labels": {"alertname": "A%d"}, "startsAt": "2026-03-17T10:00:00Z", "status": {"state": "active"}}'
    )
    path.write_text("[\n" + ",\n".join(alert % n for n in range(5)) + ',\n{"labels": {"alertna')
    rows, tally = consumed(path)
    assert rows == 5
    assert tally.malformed == 1
    assert tally.first_bad_line == 7
    assert "breaks off" in tally.first_bad_reason


def test_broken_json_line_is_kept_as_text(tmp_path: Path) -> None:
    path = tmp_path / "x"
    good = '{"time":"2026-03-17T10:00:00Z","level":"info","msg":"ok"}\n'
    path.write_text(good * 3 + '{"time":"2026-03-17T10:00:01Z","lev\n' + good)
    reading = read(path)
    records = [record for record in reading.records if isinstance(record, LogRecord)]
    assert len(records) == 5
    assert records[3].message.endswith('"lev')
    assert (reading.tally.malformed, reading.tally.first_bad_line) == (1, 4)


def test_csv_row_of_another_width_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("timestamp,value\n2026-03-17 10:00:00,1\n2026-03-17 10:05:00\n2026-03-17 10:10:00,3\n")
    rows, tally = consumed(path)
    assert rows == 1
    assert (tally.rows, tally.malformed, tally.first_bad_line) == (2, 1, 3)


@settings(deadline=None)
@given(st.binary(max_size=4000))
def test_any_bytes_are_survived(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(data)
        rows, tally = consumed(path)
    assert rows >= 0
    assert (tally.malformed == 0) == (tally.first_bad_line is None)


@settings(deadline=None)
@given(st.sampled_from(sorted((Path(__file__).parent.parent / "fixtures" / "formats").iterdir())), st.data())
def test_any_cut_of_real_files_is_survived(fixture: Path, data: st.DataObject) -> None:
    content = fixture.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, len(content)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(content[start:end])
        sniffed = sniff(path)
        reading = read(path, sniffed=sniffed)
        records = list(reading.records)
    assert sniffed.signal != "unknown" or not records
    assert end - start <= HEAD_LIMIT


def test_an_overlong_line_is_not_cut_within_a_letter(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"2026-03-17 10:00:00 ERROR " + "\u20ac".encode() * LINE_LIMIT)
    (record,) = read(path).records
    assert isinstance(record, LogRecord)
    assert set(record.message) == {"\u20ac"}
