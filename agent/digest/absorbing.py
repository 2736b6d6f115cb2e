"""Counts of a large log file -> the log book that records of small files fill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import repeat

import numpy as np

from agent.digest import bulk, masking, tallies
from agent.digest.bulk import Counted
from agent.digest.kinds import BEGUN, CODE, LINE, MANY, Kind
from agent.digest.logs import LogBook, Pattern, Place, ServiceLog
from agent.digest.messages import inferred_level, service_of, text_of
from agent.digest.tallies import Ints
from tools.formats import workload_of
from tools.formats.logs_text import LineReader
from tools.formats.records import Clock, LogRecord

_FURTHER = "(messages of further kinds)"
_PLACES = 3
"""Places that a pattern is told to stand at."""
_TRACES = ("\n\tat ", "\n  File ", "Caused by:")


def absorb(book: LogBook, artifact: str, counted: Counted, clock: Clock, labels: Mapping[str, str]) -> None:
    """Add everything that was counted in one artifact to the book."""
    first = min((kind.span[0] for kind in counted.kinds if kind.span), default=None)
    reader = bulk.reader_of(clock, None if first is None else datetime.fromtimestamp(first, UTC))
    found: dict[tuple[str | None, str, str], list[Ints]] = {}
    for kind in counted.kinds:
        record = record_of(kind, reader, labels)
        pattern = _pattern(book, record, further=kind.overflow)
        _add(pattern, artifact, kind, record)
        if kind.slots is not None:
            found.setdefault((pattern.service, pattern.level, pattern.template), []).append(kind.slots)
        _add_to_service(book.services.setdefault(pattern.service, ServiceLog()), kind)
        book.lines += kind.count
    for name, rows in found.items():
        joined = tallies.together(rows)
        _place(book.patterns[name].places, artifact, joined[LINE].tolist())
        _pick(book.patterns[name], book.number_of(artifact), joined)
        _add_slots(book.patterns[name], artifact, joined, counted.width)
    book.overflowed += counted.overflowed


def record_of(kind: Kind, reader: LineReader, labels: Mapping[str, str]) -> LogRecord:
    """Read a kind's first line, and the trace below it, as a record."""
    opening, _, trace = kind.text.partition("\n")
    line = reader.read(opening)
    message = f"{line.message}\n{trace}" if trace else line.message
    level = line.level
    if not level and any(mark in message for mark in _TRACES):
        level = "error"
    pod = line.pod or labels.get("pod")
    service = line.service or labels.get("service")
    return LogRecord(
        line=kind.line,
        end_line=kind.end_line,
        time=datetime.fromtimestamp(kind.span[0], UTC) if kind.span else None,
        message=message,
        level=level,
        service=service or (workload_of(pod) if pod else None),
        pod=pod,
        container=line.container or labels.get("container"),
        node=line.node or labels.get("node"),
        undated=kind.undated,
        trace_id=line.trace_id,
        fields=line.fields,
    )


def _pattern(book: LogBook, record: LogRecord, *, further: bool) -> Pattern:
    text = text_of(record)
    level = record.level or inferred_level(text)
    name = (service_of(record), level, _FURTHER if further else masking.template(text))
    found = book.patterns.get(name)
    if found is None:
        event = masking.event_number(text)
        found = Pattern(name[0], level, name[2], text, event, masking.exception(text))
        book.patterns[name] = found
    return found


def _add(pattern: Pattern, artifact: str, kind: Kind, record: LogRecord) -> None:
    pattern.count += kind.count
    pattern.undated += kind.count if kind.undated else kind.timeless
    if len(pattern.places) < _PLACES:
        pattern.places.append(Place(artifact, kind.line, kind.end_line))
    if record.pod and (record.pod in pattern.pods or len(pattern.pods) < 50):
        pattern.pods[record.pod] = pattern.pods.get(record.pod, 0) + kind.count
    if record.container and len(pattern.containers) < 10:
        pattern.containers.add(record.container)
    if record.node and len(pattern.nodes) < 10:
        pattern.nodes.add(record.node)
    _stretch(pattern, kind)


def _add_slots(pattern: Pattern, artifact: str, rows: Ints, width: float) -> None:
    pattern.widen(width)
    if width != pattern.width:
        rows[CODE] = rows[CODE] * (width / pattern.width) // 1
        rows = tallies.together([rows])
    slots, many, lines, _, _ = rows.tolist()
    places = map(Place, repeat(artifact), lines, lines)
    buckets, starts = pattern.buckets, pattern.starts
    if not buckets:
        buckets.update(zip(slots, many, strict=True))
        starts.update(zip(slots, places, strict=True))
        return
    for at, count, place in zip(slots, many, places, strict=True):
        buckets[at] = buckets.get(at, 0) + count
        held = starts.get(at)
        if held is None or held > place:
            starts[at] = place


def _place(places: list[Place], artifact: str, firsts: Sequence[int]) -> None:
    """Fill up with the first lines of the latest slot and of those halfway to it, where more lines are."""
    for at in (-1, len(firsts) // 2, len(firsts) // 4):
        line = firsts[at]
        if len(places) < _PLACES and not any(
            p.artifact == artifact and p.first <= line <= p.last for p in places
        ):
            places.append(Place(artifact, line, line))


def _pick(pattern: Pattern, artifact: int, rows: Ints) -> None:
    """Pick the first dated line of each slot, whatever kinds the pattern was counted in."""
    picks = np.empty((rows.shape[1], 4), dtype=np.int64)
    picks[:, 0] = artifact
    picks[:, 1:] = rows[[LINE, BEGUN, MANY]].T
    pattern.picks.add_all(picks)


def _stretch(span: Pattern | ServiceLog, kind: Kind) -> None:
    if kind.span is None:
        return
    low, high = (datetime.fromtimestamp(second, UTC) for second in kind.span)
    if span.first is None or low < span.first:
        span.first = low
    if span.last is None or high > span.last:
        span.last = high


def _add_to_service(totals: ServiceLog, kind: Kind) -> None:
    totals.count += kind.count
    if not kind.undated:
        _stretch(totals, kind)
