"""Counts of a large log file -> the log book that records of small files fill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import repeat

import numpy as np

from agent.digest import logparts, masking, tallies
from agent.digest.bulk import Counted
from agent.digest.kinds import BEGUN, CODE, LINE, MANY, Kind
from agent.digest.logs import LogBook, Pattern, Place, ServiceLog
from agent.digest.messages import inferred_level, service_of, text_of
from agent.digest.tallies import Ints
from tools.formats import workload_of
from tools.formats.logline import LogLine
from tools.formats.logs_text import LineReader, pod_prefix
from tools.formats.records import Clock, LogRecord

_FURTHER = "(messages of further kinds)"
_PLACES = 3
"""Places that a pattern is told to stand at."""
_TRACES = ("\n\tat ", "\n  File ", "Caused by:")
_Span = tuple[int, int]
"""Epoch seconds of the first and the last line."""


def absorb(book: LogBook, artifact: str, counted: Counted, clock: Clock, labels: Mapping[str, str]) -> None:
    """Add everything that was counted in one artifact to the book."""
    first = min((kind.span[0] for kind in counted.kinds if kind.span), default=None)
    reader = logparts.reader_of(clock, None if first is None else datetime.fromtimestamp(first, UTC))
    messages = _Messages(reader, labels)
    found: dict[tuple[str | None, str, str], list[Kind]] = {}
    for kind in counted.kinds:
        message = messages.of(kind)
        pattern = _pattern(book, message, further=kind.overflow)
        _add(pattern, artifact, kind, message.record)
        found.setdefault((pattern.service, pattern.level, pattern.template), []).append(kind)
    for name, kinds in found.items():
        pattern = book.patterns[name]
        _stretch(pattern, _span(kinds))
        rows = [kind.slots for kind in kinds if kind.slots is not None]
        if rows:
            joined = tallies.together(rows)
            _place(pattern.places, artifact, joined[LINE].tolist())
            _pick(pattern, book.number_of(artifact), joined)
            _add_slots(pattern, artifact, joined, counted.width)
    _add_to_services(book, found)
    book.lines += sum(kind.count for kind in counted.kinds)
    book.overflowed += counted.overflowed


@dataclass(frozen=True, slots=True)
class _Message:
    """What lines of one kind say, and the first of them as a record."""

    record: LogRecord
    text: str
    level: str
    template: str


class _Messages:
    """Reads first lines of kinds; what stands behind the names of pods, once for all pods of a workload."""

    def __init__(self, reader: LineReader, labels: Mapping[str, str]) -> None:
        self._reader = reader
        self._labels = labels
        self._known: dict[tuple[str, bytes, bytes], tuple[LogLine, _Message]] = {}

    def of(self, kind: Kind) -> _Message:
        """Read a kind's first line."""
        pod = pod_prefix(kind.text)
        if pod is None or "\n" in kind.text:
            return self._read(kind, self._reader.read(kind.text.partition("\n")[0]))
        name = workload_of(pod["pod"]), kind.key.partition(b"]")[2], kind.event
        known = self._known.get(name)
        if known is None:
            line = self._reader.read(kind.text)
            self._known[name] = line, (message := self._read(kind, line))
            return message
        line, message = known
        line = replace(line, pod=pod["pod"], container=pod["container"])
        return replace(message, record=_record(kind, line, "", self._labels))

    def _read(self, kind: Kind, line: LogLine) -> _Message:
        record = _record(kind, line, kind.text.partition("\n")[2], self._labels)
        text = text_of(record)
        return _Message(record, text, record.level or inferred_level(text), masking.template(text))


def record_of(kind: Kind, reader: LineReader, labels: Mapping[str, str]) -> LogRecord:
    """Read a kind's first line, and the trace below it, as a record."""
    opening, _, trace = kind.text.partition("\n")
    return _record(kind, reader.read(opening), trace, labels)


def _record(kind: Kind, line: LogLine, trace: str, labels: Mapping[str, str]) -> LogRecord:
    message = f"{line.message}\n{trace}" if trace else line.message
    level = line.level
    if not level and any(mark in message for mark in _TRACES):
        level = "error"
    pod = line.pod or labels.get("pod")
    service = line.service or (workload_of(line.pod) if line.pod else labels.get("service"))
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


def _pattern(book: LogBook, message: _Message, *, further: bool) -> Pattern:
    name = service_of(message.record), message.level, _FURTHER if further else message.template
    found = book.patterns.get(name)
    if found is None:
        event = masking.event_number(message.text)
        found = Pattern(*name, message.text, event, masking.exception(message.text))
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


def _add_slots(pattern: Pattern, artifact: str, rows: Ints, width: float) -> None:
    pattern.widen(width)
    if width != pattern.width:
        rows[CODE] = rows[CODE] * (width / pattern.width) // 1
        rows = tallies.together([rows])
    slots, many, lines, _, _ = rows.tolist()
    places = zip(repeat(artifact), lines, lines)
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


def _span(kinds: Iterable[Kind]) -> _Span | None:
    spans = [kind.span for kind in kinds if kind.span]
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


def _stretch(extent: Pattern | ServiceLog, span: _Span | None) -> None:
    if span is None:
        return
    low, high = (datetime.fromtimestamp(second, UTC) for second in span)
    if extent.first is None or low < extent.first:
        extent.first = low
    if extent.last is None or high > extent.last:
        extent.last = high


def _add_to_services(book: LogBook, found: Mapping[tuple[str | None, str, str], list[Kind]]) -> None:
    logged: dict[str | None, list[Kind]] = {}
    for (service, _, _), kinds in found.items():
        logged.setdefault(service, []).extend(kinds)
    for service, kinds in logged.items():
        totals = book.services.setdefault(service, ServiceLog())
        totals.count += sum(kind.count for kind in kinds)
        _stretch(totals, _span(kind for kind in kinds if not kind.undated))
