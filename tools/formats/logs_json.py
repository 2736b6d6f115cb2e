"""One log record written as a JSON object or as logfmt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import orjson

from tools.formats.levels import level_number, level_of
from tools.formats.logline import LogLine
from tools.formats.opening import LINE_LIMIT
from tools.formats.stamps import Stamps

TIME_KEYS = (
    "time", "ts", "timestamp", "@timestamp", "t", "datetime", "date", "eventTime", "event_time", "asctime",
    "Timestamp", "Time", "timeUnixNano", "observedTimeUnixNano", "time_unix_nano", "epoch", "created",
    "instant",
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
    roles = _roles(tuple(flat))
    time, zoned = _take_time(flat, roles, stamps)
    line = LogLine(dialect="json-lines", message="", time=time, zoned=zoned)
    line.level = _take_level(flat, roles)
    line.message = _take(flat, roles.message, LINE_LIMIT) or ""
    line.service = _take(flat, roles.service)
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
    present = frozenset(keys)

    def among(*wanted: str) -> tuple[str, ...]:
        return tuple(key for key in wanted if key in present)

    def nested(names: Iterable[str]) -> list[str]:
        return [f"{nest}.{name}" for nest in _NESTS for name in names]

    return _Roles(
        time=among(*TIME_KEYS, "instant.epochSecond", *nested(TIME_KEYS)),
        level=among(*LEVEL_KEYS, *nested(("level", "severity"))),
        message=among(*MESSAGE_KEYS, *nested(MESSAGE_KEYS)),
        service=among(*_SERVICE_KEYS),
        pod=among(*_POD_KEYS),
        container=among(*_CONTAINER_KEYS),
        node=among(*_NODE_KEYS),
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
            found = level_of(value) or (level_number(float(value)) if number else "")
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found = level_number(float(value))
        if found:
            del flat[key]
            return found
    return ""


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
