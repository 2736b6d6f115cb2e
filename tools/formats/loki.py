"""Loki query results: streams of [nanoseconds, line]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tools.formats.documents import Document, listing, mapping, string, strings
from tools.formats.joining import join
from tools.formats.logline import LogLine
from tools.formats.logs_text import LineReader
from tools.formats.opening import spoil
from tools.formats.records import Clock, LogRecord, Tally
from tools.formats.stamps import Stamps


def read_streams(
    document: Document, path: tuple[str, ...], clock: Clock, tally: Tally, labels: Mapping[str, str]
) -> Iterator[LogRecord]:
    """Yield each stream's lines in order of time; a stream's labels fill what a line does not say."""
    stamps = Stamps(clock, tally)
    reader = LineReader(stamps)
    for element in document.elements(tally, *path):
        item = mapping(element.value)
        named = strings(item.get("stream"))
        told = dict(labels) | {
            key: named[key] for key in ("pod", "container", "namespace", "node") if key in named
        }
        service = next(
            (named[key] for key in ("service", "service_name", "app", "job") if named.get(key)), ""
        )
        if service:
            told["service"] = service
        found: list[tuple[int, int, LogLine]] = []
        values = listing(item.get("values"))
        apart = element.end_line - element.line == len(values) + 1  # one entry a line of the file
        for number, value in enumerate(values, element.line + 1):
            at = number if apart else element.line
            pair = listing(value)
            stamp = string(pair[0]) if len(pair) >= 2 else ""
            if not stamp.isdigit():
                spoil(tally, at, "a value is not [nanoseconds, line]")
                continue
            line = reader.read(string(pair[1]).rstrip("\n"))
            line.time, line.zoned = stamps.epoch(float(stamp)), True
            found.append((int(stamp), at, line))
        found.sort(key=lambda entry: entry[0])
        yield from join(((at, line) for _, at, line in found), tally, told, lambda: None)
