"""One log record written as a JSON object or as logfmt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import orjson

from tools.formats.levels import level_number, level_of, level_on_scale
from tools.formats.logline import LogLine
from tools.formats.opening import LINE_LIMIT, decode
from tools.formats.stamps import Stamps

TIME_KEYS = (
    "@timestamp", "timestamp", "time", "ts", "t", "@t", "datetime", "date_time", "date", "eventTime",
    "event_time", "asctime", "timeUnixNano", "time_unix_nano", "observedTimeUnixNano", "_time", "epoch",
    "created", "instant", "TimeGenerated", "TimeCreated", "startTime", "start_time", "__REALTIME_TIMESTAMP",
    "log_time", "time_local", "time_iso8601", "timestamp_ms", "timeMillis", "unixtime", "unix_time", "dt",
    "logged_at", "when", "receiveTimestamp", "created_at",
)  # fmt: skip
LEVEL_KEYS = (
    "level", "severity", "lvl", "levelname", "level_name", "log.level", "loglevel", "log_level",
    "severityText", "severity_text", "severity.text", "level.name", "@l", "priority", "PRIORITY",
    "severityNumber", "severity_number", "levelno", "level_value", "syslog_severity", "syslog.severity",
    "log.syslog.severity.name", "leveldisplayname", "l", "s",
)  # fmt: skip
MESSAGE_KEYS = (
    "msg", "message", "log", "event", "body", "@m", "@mt", "M", "short_message", "text", "textPayload",
    "_raw", "@message", "line", "error", "err",
)  # fmt: skip
RAW_KEYS = frozenset({"_raw", "line", "textPayload", "@message"})
"""Keys under which a store keeps the line as it was written."""
_SERVICE_KEYS = (
    "service", "service.name", "service_name", "app", "application", "_SYSTEMD_UNIT",
)  # fmt: skip
_SERVICE_LABELS = ("labels.app", "labels.service_name", "labels.service", "labels.job", "fields.app",
                   "fields.service_name", "kubernetes.labels.app", "ProviderName",
                   "SYSLOG_IDENTIFIER")  # fmt: skip
_POD_KEYS = ("pod", "pod_name", "podName", "k8s.pod.name", "kubernetes.pod_name", "kubernetes.pod.name")
_CONTAINER_KEYS = ("container", "container_name", "k8s.container.name", "kubernetes.container_name",
                   "kubernetes.container.name", "container.name")  # fmt: skip
_NODE_KEYS = (
    "node", "node_name", "kubernetes.host", "k8s.node.name", "kubernetes.node.name", "kubernetes.node_name",
    "_HOSTNAME", "MachineName",
)  # fmt: skip
_TRACE_KEYS = ("trace_id", "traceId", "trace.id", "dd.trace_id", "trace")
_STATUS_KEYS = ("status", "status_code", "statusCode", "http.resp.status", "http.status_code", "http.status",
                "response_code", "http.response.status_code", "res.statusCode", "responseCode")  # fmt: skip
_NESTS = (
    "log", "event", "body", "record", "fields", "resource", "attributes", "kubernetes", "metadata", "data",
)  # fmt: skip
_PLACES = ("labels", "fields", "resource.labels", "resource.attributes", "attributes", "kubernetes")
"""Where exports keep what a record's pod, container and node were."""
_ENVELOPES = ("_source", "result", "content", "jsonPayload")
"""Members in which Elasticsearch, Splunk, Datadog and Cloud Logging hand the record out."""
_DEPTH = 3
_SCALES: Mapping[str, tuple[float, float]] = {
    "severitynumber": (4, 1), "severity_number": (4, 1), "levelno": (10, 0), "level_value": (10_000, 0),
}  # fmt: skip
"""Step and first number of scales that start at trace or debug: OpenTelemetry, Python, Logback."""
_VALUE_LIMIT = 2048
_PAIR = re.compile(r'([A-Za-z_@][\w.@/-]*)=(?:"((?:[^"\\]|\\.)*)"|(\S*))(?:\s+|$)')

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def parse_object(text: str) -> dict[str, Json] | None:
    """Parse a JSON object; None where the text is anything else or broken."""
    try:
        data: Json = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return data if isinstance(data, dict) else None


def log_of(data: Mapping[str, Json], stamps: Stamps) -> LogLine:
    """Read one structured record: usual keys in any case, nested or in an envelope."""
    flat = flatten(unwrapped(data))
    roles = _roles(tuple(flat))
    time, zoned = _take_time(flat, roles, stamps)
    line = LogLine(dialect="json-lines", message="", time=time, zoned=zoned)
    line.level = _take_level(flat, roles)
    line.message, line.raw = _take_message(flat, roles)
    line.service = _take(flat, roles.service)
    if line.service is not None:
        line.service = line.service.removesuffix(".service")
    line.pod = _take(flat, roles.pod)
    line.container = _take(flat, roles.container)
    line.node = _take(flat, roles.node)
    line.trace_id = _take(flat, roles.trace)
    line.fields = {key: text_of(value) for key, value in flat.items() if value not in (None, "")}
    if roles.status and roles.status[0] in line.fields:
        line.fields["status"] = line.fields[roles.status[0]]
    if not line.message:
        line.message = " ".join(f"{key}={value}" for key, value in line.fields.items())
    return line


def logfmt_line(text: str, stamps: Stamps) -> LogLine | None:
    """Read `key=value` pairs; None unless pairs make up the whole line and one is a usual key."""
    flat: dict[str, Json] = {}
    position = 0
    while match := _PAIR.match(text, position):
        quoted = match[2]
        flat[match[1]] = match[3] if quoted is None else _unescape(quoted)
        position = match.end()
    usual = {"msg", "level", "time", "ts", "lvl", "message", "severity", "t", "err", "error"}
    if len(flat) < 2 or position < len(text) or not usual.intersection(flat):
        return None
    line = log_of(flat, stamps)
    line.dialect = "logfmt"
    return line


def unwrapped(data: Mapping[str, Json]) -> Mapping[str, Json]:
    """Take a record out of the envelope of the store that exported it; what the envelope says stays."""
    for name in _ENVELOPES:
        inner = data.get(name)
        if isinstance(inner, dict) and inner:
            return {**{key: value for key, value in data.items() if key != name}, **unwrapped(inner)}
    return data


def named_fields(value: Json) -> dict[str, Json]:
    """Read a row of [{"field": name, "value": text}, ...] as CloudWatch Logs Insights gives them."""
    cells = value if isinstance(value, list) else []
    pairs = [cell for cell in cells if isinstance(cell, dict) and isinstance(cell.get("field"), str)]
    return {str(cell["field"]): cell.get("value") for cell in pairs} if len(pairs) == len(cells) else {}


def flatten(data: Mapping[str, Json], depth: int = _DEPTH) -> dict[str, Json]:
    """Lift nested objects: {"log": {"level": "x"}} gives log.level; what lies deeper stays an object."""
    flat: dict[str, Json] = {}
    for key, value in data.items():
        if isinstance(value, dict) and value and depth:
            for inner, item in flatten(value, depth - 1).items():
                flat.setdefault(f"{key}.{inner}", item)
        else:
            flat[key] = value
    return flat


def text_of(value: Json) -> str:
    """Write a JSON value as text, cut to 2048 characters."""
    if isinstance(value, str):
        return value[:_VALUE_LIMIT]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return orjson.dumps(value).decode()[:_VALUE_LIMIT]
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class _Roles:
    """Which of a record's keys may say what; the first that does is taken."""

    time: tuple[str, ...]
    level: tuple[str, ...]
    message: tuple[str, ...]
    service: tuple[str, ...]
    pod: tuple[str, ...]
    container: tuple[str, ...]
    node: tuple[str, ...]
    trace: tuple[str, ...]
    status: tuple[str, ...]


@lru_cache(maxsize=4096)
def _roles(keys: tuple[str, ...]) -> _Roles:
    present: dict[str, str] = {}
    for key in keys:
        present.setdefault(key.lower(), key)

    def among(*wanted: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(present[key.lower()] for key in wanted if key.lower() in present))

    def nested(nests: Iterable[str], names: Iterable[str]) -> list[str]:
        return [f"{nest}.{name}" for nest in nests for name in names]

    return _Roles(
        time=among(
            *TIME_KEYS,
            "instant.epochSecond",
            *(f"{key}.$date" for key in TIME_KEYS),
            *nested(_NESTS, TIME_KEYS),
        ),
        level=among(*LEVEL_KEYS, *nested(_NESTS, ("level", "severity", "severityText", "lvl"))),
        message=among(*MESSAGE_KEYS, *nested(_NESTS, MESSAGE_KEYS)),
        service=among(*_SERVICE_KEYS, *nested(("resource", "attributes"), _SERVICE_KEYS), *_SERVICE_LABELS),
        pod=among(*_POD_KEYS, *nested(_PLACES, _POD_KEYS)),
        container=among(*_CONTAINER_KEYS, *nested(_PLACES, _CONTAINER_KEYS)),
        node=among(*_NODE_KEYS, *nested(_PLACES, _NODE_KEYS)),
        trace=among(*_TRACE_KEYS),
        status=among(*_STATUS_KEYS),
    )


def _take_time(flat: dict[str, Json], roles: _Roles, stamps: Stamps) -> tuple[datetime | None, bool]:
    for key in roles.time:
        value = flat[key]
        if value is None or isinstance(value, (bool, list, dict)):
            continue
        if isinstance(value, (int, float)) or _is_number(value):
            found, zoned = stamps.epoch(float(value)), True
        else:
            stamp = stamps.leading(value)
            found, zoned = (stamp.time, stamp.zoned) if stamp else (None, False)
        if found is not None:
            del flat[key]
            return found, zoned
    return None, False


def _is_number(text: str) -> bool:
    return len(text) >= 10 and text.replace(".", "", 1).isdigit() and text.isascii()


def _take_level(flat: dict[str, Json], roles: _Roles) -> str:
    for key in roles.level:
        value = flat[key]
        found = ""
        if isinstance(value, str):
            number = value.isdigit() and value.isascii()
            found = level_of(value) or (_numbered(key, float(value)) if number else "")
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found = _numbered(key, float(value))
        if found:
            del flat[key]
            return found
    return ""


def _numbered(key: str, value: float) -> str:
    scale = _SCALES.get(key.rpartition(".")[2].lower())
    return level_number(value) if scale is None else level_on_scale(value, *scale)


def _take_message(flat: dict[str, Json], roles: _Roles) -> tuple[str, bool]:
    """Take the message, and say whether it is a line as it was written, head and all."""
    for key in roles.message:
        value = flat[key]
        raw = key.rpartition(".")[2] in RAW_KEYS
        if isinstance(value, list) and (text := _bytes(value)):
            del flat[key]
            return text[:LINE_LIMIT], raw
        if value is None or value == "" or isinstance(value, (dict, list)):
            continue
        if raw and not isinstance(value, str):  # the number of a line of source
            continue
        del flat[key]
        return text_of(value) if not isinstance(value, str) else value[:LINE_LIMIT], raw
    return "", False


def _bytes(value: list[Json]) -> str:
    """Read text that journald writes as an array of bytes because it is not plain UTF-8; else nothing."""
    numbers = [item for item in value if isinstance(item, int) and 0 <= item < 256]
    return decode(bytes(numbers)) if numbers and len(numbers) == len(value) else ""


def _take(flat: dict[str, Json], keys: tuple[str, ...], limit: int = _VALUE_LIMIT) -> str | None:
    for key in keys:
        value = flat.get(key)
        if value is not None and value != "" and not isinstance(value, (dict, list)):
            del flat[key]
            return value[:limit] if isinstance(value, str) else text_of(value)
    return None


def _unescape(quoted: str) -> str:
    if "\\" not in quoted:
        return quoted
    return quoted.replace('\\"', '"').replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")
