"""From the elements of a JSON document, or of JSON lines, to records: one entry a kind of element."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from tools.formats import kube_events
from tools.formats.changes import change_of
from tools.formats.containers import read_inspected
from tools.formats.documents import Element, mapping
from tools.formats.joining import join
from tools.formats.kube_objects import object_of
from tools.formats.logs_json import Json, named_fields
from tools.formats.logs_text import LineReader
from tools.formats.opening import spoil
from tools.formats.otlp_logs import otlp_records
from tools.formats.pages import read_pages
from tools.formats.records import Record
from tools.formats.source_file import Source
from tools.formats.spans import otlp_spans

ElementReader = Callable[[Iterator[Element], Source], Iterator[Record]]


def objects(elements: Iterator[Element], source: Source) -> Iterator[Record]:
    """Yield Kubernetes objects as states, and events as events."""
    stamps = source.stamps
    for element in elements:
        item = mapping(element.value)
        if item.get("kind") == "Event":
            yield kube_events.count(
                kube_events.event_of(item, element.line, element.end_line, stamps), source.tally
            )
        elif item:
            source.tally.rows += 1
            yield object_of(item, element.line, element.end_line, stamps)
        else:
            spoil(source.tally, element.line, "not an object")


def changes_of(elements: Iterator[Element], source: Source) -> Iterator[Record]:
    """Yield one change an object."""
    stamps = source.stamps
    for element in elements:
        if mapping(element.value):
            yield change_of(element.value, element.line, element.end_line, source.tally, stamps)
        else:
            spoil(source.tally, element.line, "not an object")


def logs(elements: Iterator[Element], source: Source) -> Iterator[Record]:
    """Yield one log record an object."""
    reader = LineReader(source.stamps)
    parsed = (
        (element.line, replace(reader.record(_fields(element)), end_line=element.end_line))
        for element in elements
    )
    return join(parsed, source.tally, source.labels, lambda: None)


def _fields(element: Element) -> dict[str, Json]:
    return mapping(element.value) or named_fields(element.value)


def spans_of(elements: Iterator[Element], source: Source) -> Iterator[Record]:
    """Yield the spans of OTLP exports."""
    for element in elements:
        yield from otlp_spans(element.value, element.line, source.tally)


def otlp_logs(elements: Iterator[Element], source: Source) -> Iterator[Record]:
    """Yield the log records of OTLP exports."""
    reader = LineReader(source.stamps)
    parsed = (
        (element.line, replace(reader.record(item), end_line=element.end_line))
        for element in elements
        for item in otlp_records(element.value)
    )
    return join(parsed, source.tally, source.labels, lambda: None)


ELEMENT_READERS: Mapping[str, ElementReader] = {
    "kubernetes": objects,
    "changes": changes_of,
    "otlp": spans_of,
    "otlp-logs": otlp_logs,
    "pages": lambda elements, source: read_pages(elements, source.tally, source.stamps),
    "containers": lambda elements, source: read_inspected(elements, source.tally, source.stamps),
    "json-array": logs,
}
"""By the name of the format, less `-json` or `-lines`."""
