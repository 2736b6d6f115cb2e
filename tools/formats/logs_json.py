"""One log record written as a JSON object or as logfmt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

import orjson

from tools.formats.levels import level_number, level_of
from tools.formats.logline import LogLine
from tools.formats.stamps import Stamps

TIME_KEYS = (
    "time", "ts", "timestamp", "@timestamp", "t", "datetime", "date", "eventTime", "event_time", "asctime",
    "Timestamp", "Time", "timeUnixNano", "observedTimeUnixNano", "time_unix_nano", "epoch", "created", "instant",
    "@t", "TimeGenerated", "startTime", "__REALTIME_TIMESTAMP", "start_time", "log_time",
)  # fmt: skip
LEVEL_KEYS = (
    "level", "severity", "lvl", "levelname", "log.level", "loglevel", "logLevel", "log_level", "severityText",
    "severity_text", "Level", "LogLevel", "@l", "priority", "PRIORITY", "severityNumber", "l", "L",
)  # fmt: skip
MESSAGE_KEYS = (
    "msg", "message", "log", "event", "body", "Message", "MESSAGE", "@m", "@mt", "M", "short_message", "text",
    "error", "err",
)  # fmt: skip
_SERVICE_KEYS = (
    "service",
    "service.name",
    "service_name",
    "app",
    "application",
    "SERVICE_NAME",
    "_SYSTEMD_UNIT",
)
_POD_KEYS = (
    "pod",
    "pod_name",
    "kubernetes.pod_name",
    "k8s.pod.name",
    "kubernetes.pod.name",
    "podName",
    "PodName",
)
_CONTAINER_KEYS = (
    "container", "container_name", "kubernetes.container_name", "k8s.container.name", "Container",
)  # fmt: skip
_NODE_KEYS = (
    "node",
    "node_name",
    "kubernetes.host",
    "k8s.node.name",
    "_HOSTNAME",
    "Node",
    "kubernetes.node.name",
)
_TRACE_KEYS = ("trace_id", "traceId", "traceID", "TraceID", "trace.id", "dd.trace_id", "trace", "traceid")
_STATUS_KEYS = ("status", "status_code", "statusCode", "http.resp.status", "http.status_code", "http.status",
                "response_code", "http.response.status_code", "res.statusCode", "responseCode")  # fmt: skip
_NESTS = (
    "log",
    "event",
    "body",
    "record",
    "fields",
    "resource",
    "attributes",
    "kubernetes",
    "metadata",
    "data",
)
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


def json_line(text: str, stamps: Stamps) -> LogLine | None:
    """Read one JSON object as a log record; None where it is broken."""
    data = parse_object(text)
    return None if data is None else log_of(data, stamps)


def log_of(data: Mapping[str, Json], stamps: Stamps) -> LogLine:
    """Read one structured record: usual time, level and message keys, one level of nesting."""
    flat = flatten(data)
    time, zoned = _take_time(flat, stamps)
    line = LogLine(dialect="json-lines", message="", time=time, zoned=zoned)
    line.level = _take_level(flat)
    message_key = _first(flat, MESSAGE_KEYS) or _nested(flat, MESSAGE_KEYS)
    line.message = str(flat.pop(message_key)) if message_key else ""
    line.service = _take(flat, _SERVICE_KEYS)
    line.pod = _take(flat, _POD_KEYS)
    line.container = _take(flat, _CONTAINER_KEYS)
    line.node = _take(flat, _NODE_KEYS)
    line.trace_id = _take(flat, _TRACE_KEYS)
    line.fields = {key: text_of(value) for key, value in flat.items() if value not in (None, "")}
    if (status := _first(flat, _STATUS_KEYS)) and status != "status":
        line.fields["status"] = text_of(flat[status])
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


def flatten(data: Mapping[str, Json]) -> dict[str, Json]:
    """Lift known containers one level: {"log": {"level": "x"}} gives log.level."""
    flat: dict[str, Json] = {}
    for key, value in data.items():
        if isinstance(value, dict) and value:
            flat |= {f"{key}.{inner}": item for inner, item in value.items()}
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


def _take_time(flat: dict[str, Json], stamps: Stamps) -> tuple[datetime | None, bool]:
    for key in TIME_KEYS:
        value = flat.get(key)
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
    if isinstance(second := flat.get("instant.epochSecond"), int):
        return stamps.epoch(second), True
    return _nested_time(flat, stamps)


def _nested_time(flat: dict[str, Json], stamps: Stamps) -> tuple[datetime | None, bool]:
    for nest in _NESTS:
        for key in TIME_KEYS:
            if isinstance(value := flat.get(f"{nest}.{key}"), str) and (stamp := stamps.leading(value)):
                return stamp.time, stamp.zoned
    return None, False


def _is_number(text: str) -> bool:
    return len(text) >= 10 and text.replace(".", "", 1).isdigit() and text.isascii()


def _take_level(flat: dict[str, Json]) -> str:
    for key in (*LEVEL_KEYS, *(f"{nest}.level" for nest in _NESTS), *(f"{nest}.severity" for nest in _NESTS)):
        value = flat.get(key)
        found = ""
        if isinstance(value, str):
            found = level_of(value) or (
                level_number(float(value)) if value.isdigit() and value.isascii() else ""
            )
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found = level_number(float(value))
        if found:
            del flat[key]
            return found
    return ""


def _first(flat: Mapping[str, Json], keys: tuple[str, ...]) -> str | None:
    for key in keys:
        if (value := flat.get(key)) is not None and not isinstance(value, (dict, list)) and value != "":
            return key
    return None


def _nested(flat: Mapping[str, Json], keys: tuple[str, ...]) -> str | None:
    return _first(flat, tuple(f"{nest}.{key}" for nest in _NESTS for key in keys))


def _take(flat: dict[str, Json], keys: tuple[str, ...]) -> str | None:
    key = _first(flat, keys)
    return text_of(flat.pop(key)) if key else None


def _unescape(quoted: str) -> str:
    if "\\" not in quoted:
        return quoted
    return quoted.replace('\\"', '"').replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")
