"""What a JSON or YAML value is about, by its shape."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tools.formats.alerts import is_alert
from tools.formats.changes import is_change
from tools.formats.chat import is_directory_entry, is_message
from tools.formats.documents import first_elements, mapping, string
from tools.formats.kube_objects import is_object
from tools.formats.logs_json import LEVEL_KEYS, MESSAGE_KEYS, TIME_KEYS, Json
from tools.formats.metrics_prometheus import ALERT_SERIES
from tools.formats.spans import is_otlp
from tools.formats.topology import is_topology

_PATHS: tuple[tuple[str, ...], ...] = (
    ("data", "result"), ("result",), ("data", "groups"), ("groups",), ("data", "alerts"), ("alerts",),
    ("items",), ("data",), ("messages",),
)  # fmt: skip
"""Where usual documents keep their list."""
_RESULT = re.compile(r'"resultType"\s*:\s*"(?:matrix|vector)"')
_ALERT_NAME = re.compile(r'"__name__"\s*:\s*"ALERTS(?:_FOR_STATE)?"')
_API_OBJECT = re.compile(r'^\s*\{\s*"apiVersion"\s*:')


@dataclass(frozen=True, slots=True)
class Shape:
    """The reader that fits, and where in the document its elements lie."""

    signal: str
    format: str
    path: tuple[str, ...] = ()


def shape_of(text: str, start: int, root: Json | None) -> Shape | None:
    """Recognise a document; `root` is None where only its beginning was read, or where it is broken."""
    if text[start : start + 1] == "[":
        items = [element.value for element in first_elements(text, start, 8)]
        return list_shape(items, ()) or (
            Shape("topology", "topology-json") if root and is_topology(root) else None
        )
    head = (
        {element.key: element.value for element in first_elements(text, start, 64)}
        if root is None
        else mapping(root)
    )
    return object_shape(head, text, start)


def object_shape(head: dict[str, Json], text: str, start: int) -> Shape | None:
    """Recognise an object by the members that could be read."""
    for path in _PATHS:
        if path[0] in head or not head:
            items = [element.value for element in first_elements(text, start, 8, *path)]
            if items and (found := list_shape(items, path)):
                return found
    if mapping(head.get("data", head)).get("resultType") in {"matrix", "vector"}:
        return Shape("metrics", "prometheus-json", ("data", "result") if "data" in head else ("result",))
    if is_otlp(head):
        return Shape("traces", "otlp-json")
    if is_object(head):
        signal = "events" if head.get("kind") in {"Event", "EventList"} else "objects"
        empty_list = string(head.get("kind")).endswith("List") and "items" in head
        return Shape(signal, "kubernetes-json", ("items",) if empty_list else ())
    return Shape("topology", "topology-json") if is_topology(head) else None


def list_shape(items: list[Json], path: tuple[str, ...]) -> Shape | None:
    """Recognise an array by its first elements."""
    first = mapping(items[0]) if items else {}
    if not first:
        return None
    for signal, name, fits in _LISTS:
        if fits(first, items):
            return Shape(signal, name, path)
    return None


def cut_shape(text: str) -> Shape | None:
    """Recognise a document of which not even the first element fits into what was read."""
    if _RESULT.search(text):
        alerts = _ALERT_NAME.search(text) is not None
        return Shape("alerts", "prometheus-alerts") if alerts else Shape("metrics", "prometheus-json")
    if _API_OBJECT.search(text):
        return Shape("objects", "kubernetes-json")
    return Shape("traces", "otlp-json") if '"resourceSpans"' in text[:64] else None


def _names(items: list[Json]) -> set[str]:
    return {string(mapping(mapping(item).get("metric")).get("__name__")) for item in items}


def _is_result(first: dict[str, Json], _: list[Json]) -> bool:
    return isinstance(first.get("metric"), dict) and ("values" in first or "value" in first)


def _is_stream(first: dict[str, Json], _: list[Json]) -> bool:
    return isinstance(first.get("stream"), dict) and isinstance(first.get("values"), list)


def _is_event_list(_: dict[str, Json], items: list[Json]) -> bool:
    return all(is_object(item) and mapping(item).get("kind") == "Event" for item in items)


_LISTS: tuple[tuple[str, str, Callable[[dict[str, Json], list[Json]], bool]], ...] = (
    (
        "alerts",
        "prometheus-alerts",
        lambda first, all_: _is_result(first, all_) and _names(all_) <= ALERT_SERIES,
    ),
    ("metrics", "prometheus-json", _is_result),
    ("logs", "loki-json", _is_stream),
    ("rules", "prometheus-rules", lambda first, _: isinstance(first.get("rules"), list)),
    ("alerts", "alertmanager-json", lambda first, _: is_alert(first)),
    ("events", "kubernetes-json", _is_event_list),
    ("objects", "kubernetes-json", lambda first, _: is_object(first)),
    ("chat", "slack-export", lambda first, _: is_message(first)),
    ("chat", "slack-directory", lambda first, _: is_directory_entry(first)),
    ("topology", "topology-json", lambda _, all_: is_topology(all_)),
    ("changes", "changes-json", lambda first, _: is_change(first)),
    ("logs", "json-array", lambda first, _: is_log(first)),
)
"""Signal, format and test, the first that fits."""


def line_shape(items: list[Json]) -> Shape | None:
    """Recognise JSON lines by their first objects."""
    for value in items:
        item = mapping(value)
        if is_otlp(item):
            return Shape("traces", "otlp-json-lines")
        if is_message(item):
            return Shape("chat", "slack-json-lines")
    changes = sum(is_change(item) for item in items)
    if items and changes * 2 > len(items):
        return Shape("changes", "changes-json-lines")
    if items and all(is_alert(item) for item in items):
        return Shape("alerts", "alertmanager-json-lines")
    if items and all(is_object(item) for item in items):
        events = all(mapping(item).get("kind") == "Event" for item in items)
        return Shape("events" if events else "objects", "kubernetes-json-lines")
    return None


def is_log(item: dict[str, Json]) -> bool:
    """Say whether an object looks like a log record: a message, and a time or a level."""
    keys = item.keys() | {f"{outer}.{inner}" for outer, value in item.items() for inner in mapping(value)}
    short = {key.rpartition(".")[2] for key in keys}
    return bool(short & set(MESSAGE_KEYS)) and bool(short & {*TIME_KEYS, *LEVEL_KEYS})
