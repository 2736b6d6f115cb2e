"""What a JSON or YAML value is about, by its shape."""

from __future__ import annotations

from dataclasses import dataclass

from tools.formats.alerts import is_alert
from tools.formats.changes import is_change
from tools.formats.chat import is_message
from tools.formats.documents import first_elements, mapping, string
from tools.formats.kube_objects import is_object
from tools.formats.logs_json import LEVEL_KEYS, MESSAGE_KEYS, TIME_KEYS, Json
from tools.formats.metrics_prometheus import ALERT_SERIES
from tools.formats.spans import is_otlp
from tools.formats.topology import is_topology


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
    for path in (("data", "result"), ("result",), ("data", "groups"), ("groups",), ("data", "alerts"),
                 ("alerts",), ("items",), ("data",), ("messages",)):  # fmt: skip
        if path[0] in head or not head:
            items = [element.value for element in first_elements(text, start, 8, *path)]
            if items and (found := list_shape(items, path)):
                return found
    data = mapping(head.get("data")) or head
    if data.get("resultType") in {"matrix", "vector"}:
        return Shape("metrics", "prometheus-json", ("data", "result") if "data" in head else ("result",))
    if is_otlp(head):
        return Shape("traces", "otlp-json")
    if is_object(head):
        empty = string(head.get("kind")).endswith("List") and not head.get("items")
        if empty or head.get("kind") != "Event":
            return Shape("objects", "kubernetes-json", ("items",) if "items" in head else ())
        return Shape("events", "kubernetes-json")
    if is_topology(head):
        return Shape("topology", "topology-json")
    return None


def list_shape(items: list[Json], path: tuple[str, ...]) -> Shape | None:
    """Recognise an array by its first elements."""
    first = mapping(items[0]) if items else {}
    if not first:
        return None
    if isinstance(first.get("metric"), dict) and ("values" in first or "value" in first):
        names = {string(mapping(mapping(item).get("metric")).get("__name__")) for item in items}
        if names <= set(ALERT_SERIES):
            return Shape("alerts", "prometheus-alerts", path)
        return Shape("metrics", "prometheus-json", path)
    if isinstance(first.get("stream"), dict) and isinstance(first.get("values"), list):
        return Shape("logs", "loki-json", path)
    if isinstance(first.get("rules"), list):
        return Shape("rules", "prometheus-rules", path)
    if is_alert(first):
        return Shape("alerts", "alertmanager-json", path)
    if is_object(first):
        kinds = {string(mapping(item).get("kind")) for item in items}
        return Shape("events" if kinds == {"Event"} else "objects", "kubernetes-json", path)
    if is_message(first):
        return Shape("chat", "slack-export", path)
    if is_topology(items):
        return Shape("topology", "topology-json", path)
    if is_change(first):
        return Shape("changes", "changes-json", path)
    return Shape("logs", "json-array", path) if is_log(first) else None


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
