"""What a JSON or YAML value is about, by its shape."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tools.formats.alerts import alerts_in, is_alert, is_silence
from tools.formats.changes import is_change
from tools.formats.chat import is_directory_entry, is_message
from tools.formats.containers import is_inspected
from tools.formats.documents import first_elements, listing, mapping, string
from tools.formats.kube_objects import is_object
from tools.formats.logs_json import (
    LEVEL_KEYS,
    MESSAGE_KEYS,
    TIME_KEYS,
    Json,
    flatten,
    named_fields,
    unwrapped,
)
from tools.formats.metrics_prometheus import ALERT_SERIES
from tools.formats.otlp_logs import is_otlp_logs
from tools.formats.pages import is_page
from tools.formats.spans import is_otlp
from tools.formats.topology import is_topology

_RESULTS: tuple[tuple[str, ...], ...] = (("data", "result"), ("result",))
_PATHS: tuple[tuple[str, ...], ...] = (
    *_RESULTS, ("data", "groups"), ("groups",), ("data", "alerts"), ("alerts",),
    ("items",), ("data",), ("messages",), ("hits", "hits"), ("events",), ("results",), ("entries",),
    ("incidents",), ("workflow_runs",),
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
    return object_shape(head, text, start, cut=root is None)


def result_shape(text: str, start: int) -> Shape | None:
    """Recognise the result of a query by its first elements, where the document may be large."""
    for path in _RESULTS:
        items = [element.value for element in first_elements(text, start, 8, *path)]
        if items and (found := list_shape(items, path)):
            return found
    return None


def object_shape(head: dict[str, Json], text: str, start: int, *, cut: bool = False) -> Shape | None:
    """Recognise an object by the members that could be read; of a `cut` text the last one is missing."""
    for path in _PATHS:
        if path[0] in head or cut:
            items = [element.value for element in first_elements(text, start, 8, *path)]
            if items and (found := list_shape(items, path)):
                return found
    if mapping(head.get("data", head)).get("resultType") in {"matrix", "vector"}:
        return Shape("metrics", "prometheus-json", ("data", "result") if "data" in head else ("result",))
    for shape, fits in _WHOLE:
        if fits(head):
            return shape
    if is_object(head):
        signal = "events" if head.get("kind") in {"Event", "EventList"} else "objects"
        empty_list = string(head.get("kind")).endswith("List") and "items" in head
        return Shape(signal, "kubernetes-json", ("items",) if empty_list else ())
    return Shape("topology", "topology-json") if is_topology(head) else None


_WHOLE: tuple[tuple[Shape, Callable[[dict[str, Json]], bool]], ...] = (
    (Shape("alerts", "pages-json"), is_page),
    (Shape("traces", "otlp-json"), is_otlp),
    (Shape("logs", "otlp-logs-json"), is_otlp_logs),
)
"""Documents that are one object, the first that fits."""


def list_shape(items: list[Json], path: tuple[str, ...]) -> Shape | None:
    """Recognise an array by its first elements."""
    first = (mapping(items[0]) or named_fields(items[0])) if items else {}
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
    ("rules", "alertmanager-silences", lambda first, _: is_silence(first)),
    ("alerts", "alertmanager-json", lambda first, _: is_alert(first)),
    ("alerts", "alertmanager-json", lambda first, _: any(map(is_alert, listing(first.get("alerts"))))),
    ("alerts", "pages-json", lambda first, _: is_page(first)),
    ("objects", "containers-json", lambda first, _: is_inspected(first)),
    ("events", "kubernetes-json", _is_event_list),
    ("objects", "kubernetes-json", lambda first, _: is_object(first)),
    ("chat", "slack-export", lambda first, _: is_message(first)),
    ("chat", "slack-directory", lambda first, _: is_directory_entry(first)),
    ("topology", "topology-json", lambda _, all_: is_topology(all_)),
    ("changes", "changes-json", lambda first, _: is_change(first)),
    ("logs", "json-array", lambda first, _: is_log(first)),
)
"""Signal, format and test, the first that fits."""


_MESSAGES = frozenset(key.lower() for key in MESSAGE_KEYS)
_TIMES_AND_LEVELS = frozenset(key.lower() for key in (*TIME_KEYS, *LEVEL_KEYS))


def line_shape(items: list[Json]) -> Shape | None:
    """Recognise JSON lines by their first objects."""
    for value in items:
        item = mapping(value)
        if is_otlp(item):
            return Shape("traces", "otlp-json-lines")
        if is_otlp_logs(item):
            return Shape("logs", "otlp-logs-lines")
        if is_message(item):
            return Shape("chat", "slack-json-lines")
    if items and sum(is_change(item) for item in items) * 2 > len(items):
        return Shape("changes", "changes-json-lines")
    objects = list(map(mapping, items))
    events = all(item.get("kind") == "Event" for item in objects)
    tests: tuple[tuple[Shape, Callable[[dict[str, Json]], bool]], ...] = (
        (Shape("alerts", "alertmanager-json-lines"), lambda item: bool(alerts_in(item))),
        (
            Shape("alerts", "pages-lines"),
            is_page,
        ),
        (Shape("objects", "containers-lines"), is_inspected),
        (Shape("events" if events else "objects", "kubernetes-json-lines"), is_object),
    )
    return next((shape for shape, fits in tests if objects and all(map(fits, objects))), None)


def is_log(item: dict[str, Json]) -> bool:
    """Say whether an object looks like a log record: a message, and a time or a level."""
    keys = {key.lower() for key in flatten(unwrapped(item), 1)}
    short = keys | {key.rpartition(".")[2] for key in keys}
    return bool(short & _MESSAGES) and bool(short & _TIMES_AND_LEVELS)
