"""Spans of traces: CSV rows and OTLP JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from tools.formats.documents import listing, mapping, string
from tools.formats.joining import note_time
from tools.formats.logs_json import Json
from tools.formats.opening import spoil
from tools.formats.records import Span, Tally
from tools.formats.stamps import Stamps
from tools.formats.workloads import workload_of

_TRACE = ("traceid", "trace_id")
_SPAN = ("spanid", "span_id")
_PARENT = ("parentid", "parentspanid", "parent_id", "parent_span_id", "parent")
_SERVICE = ("servicename", "service", "service_name", "podname", "pod", "process")
_OPERATION = ("operationname", "operation", "name", "span_name", "spanname", "operation_name")
_START = ("starttimeunixnano", "start_time_unix_nano", "starttime", "start_time", "start", "timestamp")
_END = ("endtimeunixnano", "end_time_unix_nano", "endtime", "end_time", "end")
_DURATION = ("duration", "duration_us", "durationmicros", "duration_ms", "duration_ns", "elapsed")
_ROOTS = frozenset({"", "root", "0", "0000000000000000", "null", "none"})


def is_span_table(titles: Sequence[str]) -> bool:
    """Say whether CSV titles are those of spans."""
    low = {title.strip().lower() for title in titles}
    return all(any(key in low for key in keys) for keys in (_TRACE, _SPAN, _OPERATION, _START))


def read_rows(
    titles: Sequence[str], rows: Iterator[tuple[int, Sequence[str]]], tally: Tally, stamps: Stamps
) -> Iterator[Span]:
    """Yield one span a row; without an end, a duration is in microseconds unless its title says else."""
    low = [title.strip().lower() for title in titles]
    for line, cells in rows:
        row = dict(zip(low, cells, strict=False))
        start = _time(_get(row, _START), stamps)
        if start is None or len(cells) != len(titles):
            spoil(tally, line, "a span without a readable start time, or of another width")
            continue
        pod = _get(row, ("podname", "pod"))
        span = Span(
            line=line,
            trace_id=_get(row, _TRACE),
            span_id=_get(row, _SPAN),
            parent_id=_parent(_get(row, _PARENT)),
            service=_get(row, ("servicename", "service", "service_name")) or workload_of(pod),
            operation=_get(row, _OPERATION),
            start=start,
            seconds=_seconds(row, stamps),
            error=_error(_get(row, ("status", "statuscode", "status_code", "error"))),
            pod=pod or None,
        )
        yield _counted(span, tally)


def is_otlp(value: Json) -> bool:
    """Say whether an object is an OTLP export of spans."""
    return any(key in mapping(value) for key in ("resourceSpans", "resource_spans"))


def otlp_spans(value: Json, line: int, tally: Tally) -> Iterator[Span]:
    """Yield the spans of one OTLP JSON export."""
    whole = mapping(value)
    for group in map(mapping, listing(whole.get("resourceSpans", whole.get("resource_spans")))):
        resource = attributes(mapping(group.get("resource")).get("attributes"))
        scopes = listing(
            group.get("scopeSpans", group.get("scope_spans", group.get("instrumentationLibrarySpans")))
        )
        for item in (mapping(span) for scope in scopes for span in listing(mapping(scope).get("spans"))):
            start = _nanos(item.get("startTimeUnixNano"))
            end = _nanos(item.get("endTimeUnixNano"))
            if start is None:
                spoil(tally, line, "a span without startTimeUnixNano")
                continue
            code = string(mapping(item.get("status")).get("code"))
            span = Span(
                line=line,
                trace_id=string(item.get("traceId")),
                span_id=string(item.get("spanId")),
                parent_id=_parent(string(item.get("parentSpanId"))),
                service=resource.get("service.name", ""),
                operation=string(item.get("name")),
                start=datetime.fromtimestamp(start / 1e9, UTC),
                seconds=max((end or start) - start, 0) / 1e9,
                error={"2": True, "STATUS_CODE_ERROR": True, "1": False, "STATUS_CODE_OK": False}.get(code),
                pod=resource.get("k8s.pod.name"),
            )
            yield _counted(span, tally)


def attributes(value: Json) -> dict[str, str]:
    """Read OTLP's list of key and typed value."""
    found: dict[str, str] = {}
    for item in map(mapping, listing(value)):
        typed = mapping(item.get("value"))
        found[string(item.get("key"))] = next((string(inner) for inner in typed.values()), "")
    return found


def _counted(span: Span, tally: Tally) -> Span:
    tally.rows += 1
    note_time(tally, span.start)
    return span


def _get(row: Mapping[str, str], keys: Sequence[str]) -> str:
    return next((row[key] for key in keys if row.get(key)), "")


def _parent(text: str) -> str | None:
    return None if text.lower() in _ROOTS else text


def _time(text: str, stamps: Stamps) -> datetime | None:
    try:
        return stamps.epoch(float(text))
    except ValueError:
        return stamps.parse(text)


def _seconds(row: Mapping[str, str], stamps: Stamps) -> float:
    start, end = _get(row, _START), _get(row, _END)
    if start.isdigit() and end.isdigit() and len(start) == 19:
        return max(int(end) - int(start), 0) / 1e9
    first, last = _time(start, stamps), _time(end, stamps) if end else None
    if first and last:
        return max((last - first).total_seconds(), 0.0)
    key = next((key for key in _DURATION if row.get(key)), "")
    try:
        amount = float(row.get(key, "0") or 0)
    except ValueError:
        return 0.0
    return amount / (1e3 if key.endswith("ms") else 1e9 if key.endswith("ns") else 1e6)


def _error(text: str) -> bool | None:
    low = text.lower()
    if low in {"error", "true", "2", "status_code_error"}:
        return True
    return False if low in {"ok", "false", "unset", "0", "1", "status_code_ok"} else None


def _nanos(value: Json) -> int | None:
    text = string(value)
    return int(text) if text.isdigit() and int(text) else None
