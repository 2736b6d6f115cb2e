"""Traces as HolmesGPT's Tempo tools print them, rewritten as the OTLP JSON lines that they were made from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

_SPAN = re.compile(
    r"^(?P<indent> *)├─ (?P<name>.*) \((?P<service>[^()]*)\) - (?P<ms>[\d.]+)ms \(span_id=(?P<id>\w+)\)$"
)
_TIMES = re.compile(r"^ *│ {2}Datetime: start=(?P<start>\S+) end=(?P<end>\S+)$")
_SECTION = re.compile(r"^ *│ {2}(?P<section>Attributes|Events|Resource labels|Span labels):")
_ATTRIBUTE = re.compile(r"^ *│ {4}(?P<key>[\w.\-/]+): (?P<value>.*)$")
_LISTED = re.compile(r"^Trace \(traceID=(?P<id>\w+)\)(?: \(durationMs=(?P<ms>[\d.]+)\))?$")
_LISTED_START = re.compile(
    r"^\tstartTime=(?P<start>\S+) rootServiceName=(?P<service>\S+) rootTraceName=(?P<name>.*)$"
)
_STATUS_KEYS = ("http.status_code", "http.response.status_code", "rpc.grpc.http_status")


@dataclass(slots=True)
class _Span:
    trace: str
    id: str
    parent: str
    service: str
    name: str
    milliseconds: float
    start: str = ""
    attributes: dict[str, str] = field(default_factory=dict[str, str])


def is_span_tree(text: str) -> bool:
    """Say whether a tool's answer is a tree of spans or a list of traces."""
    return any(_SPAN.match(line) or _LISTED.match(line) for line in text.splitlines()[:5])


def otlp_lines(text: str) -> bytes:
    """Rewrite every dated span as one OTLP export a line; the order is that of the text."""
    return b"".join(
        json.dumps(_export(span), ensure_ascii=False, sort_keys=True).encode() + b"\n"
        for span in tuple(_spans(text))  # a span is whole once the next one began
        if span.start
    )


def _spans(text: str) -> Iterator[_Span]:
    path: list[_Span] = []
    current: _Span | None = None
    section = ""
    for line in text.splitlines():
        if found := _SPAN.match(line):
            del path[len(found["indent"]) // 2 :]
            current = _Span(
                trace=path[0].trace if path else found["id"],
                id=found["id"],
                parent=path[-1].id if path else "",
                service=found["service"],
                name=found["name"],
                milliseconds=float(found["ms"]),
            )
            path.append(current)
            yield current
        elif found := _LISTED.match(line):
            current = _Span(found["id"], found["id"], "", "unknown", "trace", float(found["ms"] or 0))
            yield current
        elif current is not None:
            section = _fill(current, line, section)


def _fill(span: _Span, line: str, section: str) -> str:
    """Add what one line below a span says of it; return the section that the next line belongs to."""
    if found := _TIMES.match(line):
        span.start = found["start"]
    elif found := _LISTED_START.match(line):
        span.start, span.name = found["start"], found["name"]
        span.service = found["service"] if found["service"] != "None" else "unknown"
    elif found := _SECTION.match(line):
        return found["section"]
    elif section == "Attributes" and (found := _ATTRIBUTE.match(line)):
        span.attributes[found["key"]] = found["value"]
    return section


def _export(span: _Span) -> dict[str, object]:
    start = _nanoseconds(span.start)
    body: dict[str, object] = {
        "traceId": span.trace,
        "spanId": span.id,
        "parentSpanId": span.parent,
        "name": span.name,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + round(span.milliseconds * 1e6)),
        "attributes": _pairs(span.attributes),
        "status": {"code": 2} if _failed(span.attributes) else {},
    }
    resource = {"attributes": _pairs({"service.name": span.service})}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [body]}]}]}


def _nanoseconds(stamp: str) -> int:
    moment = datetime.fromisoformat(stamp)
    return int(moment.timestamp()) * 1_000_000_000 + moment.microsecond * 1000


def _failed(attributes: dict[str, str]) -> bool:
    status = next((attributes[key] for key in _STATUS_KEYS if key in attributes), "")
    return (
        attributes.get("error", "").lower() == "true"
        or attributes.get("otel.status_code", "") == "ERROR"
        or (status.isdigit() and int(status) >= 500)
    )


def _pairs(values: dict[str, str]) -> list[dict[str, object]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in values.items()]
