"""Kubernetes events: API objects, `kubectl get events` tables, and the table that ends `describe`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from tools.formats.documents import mapping, string
from tools.formats.joining import note_time
from tools.formats.logs_json import Json
from tools.formats.opening import spoil
from tools.formats.records import KubeEvent, Tally
from tools.formats.stamps import Stamps, age_seconds
from tools.formats.tables import Table, kind_name

_SEEN = re.compile(r"^(?P<last>\S+)(?: \(x(?P<count>\d+) over (?P<first>[^)]+)\))?$")
_ROW = re.compile(
    r"^(?:(?P<namespace>[a-z0-9-]+)\s+)?(?P<seen>(?:\d+[smhdy])+|<invalid>|<unknown>)(?P<more> \(x\d+ over "
    r"\w+\))?\s{2,}"
    r"(?P<type>Normal|Warning)\s{2,}(?P<reason>\w+)\s{2,}(?P<object>[a-z]+(?:\.[\w.]+)?/\S+)"
    r"\s{2,}(?P<message>.*)$",
    re.IGNORECASE,
)


def event_of(value: Json, line: int, end_line: int, stamps: Stamps) -> KubeEvent:
    """Read an Event of v1 or events.k8s.io."""
    item = mapping(value)
    meta = mapping(item.get("metadata"))
    target = mapping(item.get("involvedObject")) or mapping(item.get("regarding"))
    series = mapping(item.get("series"))
    created = string(meta.get("creationTimestamp"))
    once = string(item.get("eventTime")) or created
    first = string(item.get("firstTimestamp")) or string(item.get("deprecatedFirstTimestamp")) or once
    last = (
        string(series.get("lastObservedTime"))
        or string(item.get("lastTimestamp"))
        or string(item.get("deprecatedLastTimestamp"))
        or once
    )
    count = string(series.get("count")) or string(item.get("count")) or string(item.get("deprecatedCount"))
    source = mapping(item.get("source")) or mapping(item.get("deprecatedSource"))
    kind = string(target.get("kind")) or "Object"
    return KubeEvent(
        line=line,
        end_line=end_line,
        first=stamps.parse(first),
        last=stamps.parse(last),
        type=string(item.get("type")) or "Normal",
        reason=string(item.get("reason")),
        object_kind=kind,
        object_name=string(target.get("name")),
        message=(string(item.get("message")) or string(item.get("note"))).strip(),
        count=int(count) if count.isdigit() and int(count) else 1,
        namespace=string(target.get("namespace")) or string(meta.get("namespace")) or None,
        node=string(target.get("name")) if kind == "Node" else string(source.get("host")) or None,
    )


def is_event_row(text: str) -> bool:
    """Say whether a line is a row of `kubectl get events` without its header."""
    return _ROW.match(text) is not None


def read_rows(
    rows: Iterable[tuple[int, str]], tally: Tally, stamps: Stamps, labels: Mapping[str, str]
) -> Iterator[KubeEvent]:
    """Yield events of a table whose header was cut off; other lines are counted as malformed."""
    for number, text in rows:
        match = _ROW.match(text)
        if match is None:
            if text.strip():
                spoil(tally, number, "not a row of an event table")
            continue
        cells = {
            "LAST SEEN": match["seen"] + (match["more"] or ""),
            "TYPE": match["type"],
            "REASON": match["reason"],
            "OBJECT": match["object"],
            "MESSAGE": match["message"],
            "NAMESPACE": match["namespace"] or "",
        }
        yield count(table_event(cells, number, stamps, labels), tally)


def read_table(table: Table, tally: Tally, stamps: Stamps, labels: Mapping[str, str]) -> Iterator[KubeEvent]:
    """Yield the events of a table with a header."""
    for number, cells in table.rows:
        yield count(table_event(cells, number, stamps, labels), tally)


def table_event(cells: Mapping[str, str], line: int, stamps: Stamps, labels: Mapping[str, str]) -> KubeEvent:
    """Read one row of `kubectl get events`, `kubectl events` or describe's event table."""
    seen = cells.get("LAST SEEN") or cells.get("LASTSEEN") or cells.get("AGE") or ""
    first, last, times = seen_times(seen, stamps)
    if first_seen := cells.get("FIRST SEEN") or cells.get("FIRSTSEEN"):
        first = resolve(first_seen, stamps) or first
    kind, name = _target(cells.get("OBJECT") or f"{cells.get('KIND', '')}/{cells.get('NAME', '')}")
    counted = cells.get("COUNT", "")
    return KubeEvent(
        line=line,
        end_line=line,
        first=first,
        last=last,
        type=cells.get("TYPE") or "Normal",
        reason=cells.get("REASON", ""),
        object_kind=kind or labels.get("kind", "Object"),
        object_name=name or labels.get("name", ""),
        message=cells.get("MESSAGE", "").strip(),
        count=int(counted) if counted.isdigit() else times,
        namespace=cells.get("NAMESPACE") or labels.get("namespace"),
        node=name if kind == "Node" else None,
    )


def seen_times(text: str, stamps: Stamps) -> tuple[datetime | None, datetime | None, int]:
    """Read `5m`, `3m12s (x5 over 2h)` or a time: first seen, last seen, times seen."""
    match = _SEEN.match(text.strip())
    if match is None:
        found = resolve(text, stamps)
        return found, found, 1
    last = resolve(match["last"], stamps)
    if match["count"] is None:
        return last, last, 1
    return resolve(match["first"], stamps) or last, last, int(match["count"])


def resolve(text: str, stamps: Stamps) -> datetime | None:
    """Read an age against the recording time, or a time as it is."""
    return stamps.ago(text) if age_seconds(text) is not None else stamps.parse(text)


def count(event: KubeEvent, tally: Tally) -> KubeEvent:
    """Enter one event in the tally."""
    tally.rows += 1
    tally.undated += event.last is None
    note_time(tally, event.first)
    note_time(tally, event.last)
    return event


def _target(text: str) -> tuple[str, str]:
    kind, slash, name = text.partition("/")
    return (kind_name(kind), name) if slash else ("", text)
