"""What a log file's path says of the whole file: service, pod, container, namespace, previous."""

from __future__ import annotations

import re
from pathlib import PurePath

from tools.formats.workloads import workload_of

_COMPRESSION = re.compile(r"\.(?:gz|zst)$")
_ROTATION = re.compile(r"\.(?:\d{1,3}|\d{8})$")
_LOG_NAME = re.compile(
    r"^(?P<stem>[A-Za-z0-9][A-Za-z0-9.-]*?)(?P<previous>[.-]previous)?\.(?:log|txt|out|jsonl|ndjson)$"
)
_KUBELET = re.compile(r"^(?P<namespace>[a-z0-9-]+)_(?P<pod>[a-z0-9.-]+)_(?P<uid>[0-9a-f-]{32,36})$")
_CONTAINERS = re.compile(
    r"^(?P<pod>[a-z0-9.-]+)_(?P<namespace>[a-z0-9-]+)_(?P<container>[a-z0-9-]+)-[0-9a-f]{64}\.log$"
)
_ANONYMOUS = frozenset({
    "app", "application", "access", "error", "errors", "server", "service", "log", "logs", "output", "out",
    "stdout", "stderr", "messages", "syslog", "system", "kern", "daemon", "auth", "journal", "main",
    "current", "previous",
    "console", "debug", "info", "all", "events", "describe", "pods", "nodes",
})  # fmt: skip
"""Names that say what kind of file it is and not whose."""


def labels_of(path: PurePath) -> dict[str, str]:
    """Derive labels from a path relative to where it was found; nothing where the path says nothing."""
    name = _ROTATION.sub("", _COMPRESSION.sub("", path.name))
    if match := _CONTAINERS.match(name):
        return match.groupdict() | {"service": workload_of(match["pod"])}
    for depth, part in enumerate(reversed(path.parts[:-1])):
        if match := _KUBELET.match(part):
            container = {"container": path.parts[-2]} if depth else {}
            previous = {"previous": "true"} if name.removesuffix(".log").isdigit() and name != "0.log" else {}
            labels = {
                "namespace": match["namespace"],
                "pod": match["pod"],
                "service": workload_of(match["pod"]),
            }
            return labels | container | previous
    return _named(path, name)


def _named(path: PurePath, name: str) -> dict[str, str]:
    match = _LOG_NAME.match(name)
    if match is None:
        return {}
    previous = {"previous": "true"} if match["previous"] or match["stem"] == "previous" else {}
    parent = path.parent.name
    workload = workload_of(parent)
    stem = match["stem"]
    if parent and workload != parent:
        own = {} if stem.lower() in _ANONYMOUS else {"container": stem}
        return {"pod": parent, "service": workload} | own | previous
    if stem.lower() in _ANONYMOUS or stem.isdigit():
        return previous
    service, _, container = stem.partition(".")
    labels = {"pod": service} if workload_of(service) != service else {}
    labels["service"] = workload_of(service)
    return labels | ({"container": container} if container else {}) | previous
