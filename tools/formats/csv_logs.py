"""Log lines in a CSV column, next to columns that say when and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

from tools.formats.csv_rows import LOG_TITLES, TIME_TITLES, first_row, rows, titled
from tools.formats.joining import join
from tools.formats.levels import level_of
from tools.formats.logline import LogLine
from tools.formats.logs_text import LineReader
from tools.formats.opening import spoil
from tools.formats.records import Clock, LogRecord, Tally
from tools.formats.stamps import Stamps

_PLACES = {
    "podname": "pod", "pod": "pod", "pod_name": "pod", "container": "container", "containername": "container",
    "container_name": "container", "node": "node", "nodename": "node", "node_name": "node", "host": "node",
    "hostname": "node", "service": "service", "servicename": "service", "service_name": "service",
    "providername": "service", "machinename": "node",
    "cmdb_id": "pod", "traceid": "trace_id", "trace_id": "trace_id",
}  # fmt: skip
_LEVELS = frozenset({"level", "severity", "loglevel", "log_level", "leveldisplayname", "entrytype"})


def read_logs(path: Path, clock: Clock, tally: Tally, labels: Mapping[str, str]) -> Iterator[LogRecord]:
    """Yield the records of a CSV file with a log column; a zoned time column wins over the log's own."""
    yield from join(_parsed(path, clock, tally), tally, labels, lambda: _first(path, clock))


def _parsed(path: Path, clock: Clock, tally: Tally) -> Iterator[tuple[int, LogLine]]:
    source = rows(path, tally)
    titles = first_row(source)
    first = list(islice(source, 1))
    titles = titled(titles, [cells for _, cells in first])
    low = [title.strip().lower() for title in titles]
    column = next((low.index(title) for title in LOG_TITLES if title in low), 0)
    stamps = Stamps(clock, tally)
    reader = LineReader(stamps)
    for number, cells in chain(first, source):
        if len(cells) != len(titles):
            spoil(tally, number, f"{len(cells)} cells where the titles are {len(titles)}")
            continue
        yield number, _line(dict(zip(low, cells, strict=True)), cells[column].rstrip("\n"), reader, stamps)


def _line(row: Mapping[str, str], text: str, reader: LineReader, stamps: Stamps) -> LogLine:
    outer, zoned = _time(row, stamps)
    if outer is not None:
        stamps.anchor = outer
    line = reader.read(text)
    if outer is not None and (zoned or not line.zoned):
        line.time, line.zoned = outer, zoned
    line.partial = False
    for title, cell in row.items():
        if not cell:
            continue
        place = _PLACES.get(title)
        if place is not None:
            setattr(line, place, cell)
        elif title in _LEVELS and level_of(cell):
            line.level = level_of(cell)
        elif title not in TIME_TITLES and title not in LOG_TITLES and title not in {"spanid", "span_id"}:
            line.fields.setdefault(title, cell[:2048])
    return line


def _time(row: Mapping[str, str], stamps: Stamps) -> tuple[datetime | None, bool]:
    best: datetime | None = None
    for title in (title for title in row if title in TIME_TITLES):
        if (stamp := stamps.leading(row[title].strip())) is not None:
            if stamp.zoned:
                return stamp.time, True
            best = stamp.time
    return best, False


def _first(path: Path, clock: Clock) -> datetime | None:
    return next((line.time for _, line in _parsed(path, clock, Tally()) if line.time is not None), None)
