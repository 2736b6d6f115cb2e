"""CSV rows with their line numbers, in bounded memory; what a CSV file is about, by its titles."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.formats.opening import lines, spoil
from tools.formats.quantities import is_number
from tools.formats.records import Clock, Tally
from tools.formats.spans import is_span_table
from tools.formats.stamps import Stamps
from tools.formats.topology import ENDS

csv.field_size_limit(1 << 20)
TIME_TITLES = frozenset({
    "time", "timestamp", "ts", "date", "datetime", "@timestamp", "unix_timestamp", "timeunixnano",
    "time_unix_nano",
    "date and time", "timecreated", "timegenerated", "_time", "epoch",
    "timestamp_utc", "start_time", "eventtime", "log_time", "t",
})  # fmt: skip
LOG_TITLES = ("log", "message", "msg", "content", "line", "body", "_raw", "text", "event")


def rows(path: Path, tally: Tally) -> Iterator[tuple[int, list[str]]]:
    """Yield (line of the row's beginning, cells); a quote that never closes is counted."""
    counter = _Counter(path, tally)
    reader = csv.reader(counter, delimiter=delimiter(path))
    while True:
        start = counter.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            spoil(tally, start, f"CSV: {error}")
            continue
        if cells and any(cells) and not is_hint(cells[0]):
            yield start, cells


def first_row(numbered: Iterator[tuple[int, list[str]]]) -> list[str]:
    """Take the titles off a file's rows; no titles where there is no row."""
    for _, cells in numbered:
        return cells
    return []


def is_hint(text: str) -> bool:
    """Say whether a first cell only tells spreadsheets the separator, as in `sep=;`."""
    return text.lower().startswith("sep=")


def titled(titles: Sequence[str], rows_below: Sequence[Sequence[str]]) -> Sequence[str]:
    """Name the last column of Windows' Event Viewer, which leaves the message without a title."""
    longer = bool(rows_below) and len(rows_below[0]) == len(titles) + 1
    return [*titles, "Message"] if longer and "Date and Time" in titles else titles


def table_kind(head: Sequence[Sequence[str]]) -> str:
    """Name the format of a CSV file by its first rows; empty where it is no known table."""
    low = [title.strip().lower() for title in titled(head[0], head[1:2])] if head else []
    even = [row for row in head[1:] if len(row) == len(low)]
    if len(low) < 2 or not even or len(even) < 0.6 * len(head[1:]):  # a broken row makes no other format
        return ""
    timed = bool(TIME_TITLES.intersection(low))
    samples = [cell for title, cell in zip(low, even[0], strict=True) if title not in TIME_TITLES]
    tests = (
        ("csv-spans", is_span_table(low)),
        ("csv-edges", not timed and any(caller in low and callee in low for caller, callee in ENDS)),
        ("csv-matrix", len(even) == len(head) - 1 and is_matrix(head)),
        ("csv-logs", timed and any(title in LOG_TITLES for title in low)),
        ("csv-metrics", timed and any(is_number(cell) for cell in samples)),
        ("csv-metrics-wide", len(even) == len(head) - 1 and _has_many_title_rows(head)),
    )
    return next((name for name, fits in tests if fits), "")


def _has_many_title_rows(head: Sequence[Sequence[str]]) -> bool:
    depth = header_depth(head)
    samples = [cell for row in head[depth:] for cell in row[1:] if cell]
    return 2 <= depth <= 6 and bool(samples) and all(is_number(cell) for cell in samples)


def header_depth(head: Sequence[Sequence[str]]) -> int:
    """Count title rows: rows before the first whose first cell is a time; 0 where none is."""
    stamps = Stamps(Clock(), Tally())
    for index, row in enumerate(head):
        if is_time(row[0], stamps):
            return index
    return 0


def is_time(cell: str, stamps: Stamps) -> bool:
    """Say whether a cell is a time."""
    cell = cell.strip()
    return bool(cell) and (stamps.parse(cell) is not None)


def is_matrix(head: Sequence[Sequence[str]]) -> bool:
    """Say whether rows are a square adjacency matrix: the same names down and across, numbers within."""
    names = [title.strip() for title in head[0][1:]]
    firsts = [row[0].strip() for row in head[1:]]
    plain = all(not _is_number(name) for name in names) and len(set(names)) == len(names) > 1
    numbers = all(_is_number(cell) or not cell for row in head[1:] for cell in row[1:])
    return plain and numbers and bool(firsts) and all(name in names for name in firsts)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def delimiter(path: Path) -> str:
    """Name the character that parts the cells, by the first line that is no hint."""
    for _, text in lines(path, Tally()):
        if not is_hint(text):
            return max(",;\t", key=text.count)
    return ","


class _Counter:
    """Feeds lines to the CSV reader and knows how many it took."""

    def __init__(self, path: Path, tally: Tally) -> None:
        self._lines = lines(path, tally)
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.number, text = next(self._lines)
        return text + "\n"
