"""Log records as OpenTelemetry collectors export them in OTLP JSON."""

from __future__ import annotations

from collections.abc import Iterator

from tools.formats.documents import listing, mapping, string
from tools.formats.logs_json import Json
from tools.formats.spans import attributes


def is_otlp_logs(value: Json) -> bool:
    """Say whether an object is an OTLP export of log records."""
    return any(key in mapping(value) for key in ("resourceLogs", "resource_logs"))


def otlp_records(value: Json) -> Iterator[dict[str, Json]]:
    """Yield each log record with the attributes of its resource beside its own, as one flat object."""
    whole = mapping(value)
    for group in map(mapping, listing(whole.get("resourceLogs", whole.get("resource_logs")))):
        resource = attributes(mapping(group.get("resource")).get("attributes"))
        for scope in map(mapping, listing(group.get("scopeLogs", group.get("scope_logs")))):
            for item in map(mapping, listing(scope.get("logRecords", scope.get("log_records")))):
                yield _flat(item, resource)


def _flat(item: dict[str, Json], resource: dict[str, str]) -> dict[str, Json]:
    body = mapping(item.get("body"))
    flat: dict[str, Json] = {**resource, **attributes(item.get("attributes"))}
    for key in ("timeUnixNano", "observedTimeUnixNano", "severityText", "severityNumber"):
        if string(item.get(key)) not in {"", "0"}:
            flat[key] = item[key]
    if trace := string(item.get("traceId")):
        flat["trace_id"] = trace
    flat["body"] = next((inner for inner in body.values()), string(item.get("body")))
    return flat
