"""`kubectl get` and `kubectl top` tables of any kind as object states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from tools.formats.kube_events import resolve
from tools.formats.records import ObjectState, Tally
from tools.formats.stamps import Stamps
from tools.formats.tables import Table, kind_name

_PHASES = frozenset({"Pending", "Running", "Succeeded", "Failed", "Unknown"})
_RESTARTS = re.compile(r"^(\d+)(?: \((\S+) ago\))?$")
_FRACTION = re.compile(r"^(\d+)/(\d+)$")
_POD_ROW = re.compile(
    r"^(?:(?P<namespace>[a-z0-9-]+)\s+)?(?P<name>[a-z0-9][a-z0-9.-]*)\s+(?P<ready>\d+/\d+)\s+"
    r"(?P<status>[A-Z][\w:/.-]*)\s+(?P<restarts>\d+(?: \(\S+ ago\))?)\s+(?P<age>(?:\d+[smhdy])+)"
    r"(?:\s+(?P<ip>\S+)\s+(?P<node>\S+)\s.*)?$"
)
_SIGNS: tuple[tuple[str, frozenset[str]], ...] = (
    ("Pod", frozenset({"READY", "STATUS", "RESTARTS"})),
    ("DaemonSet", frozenset({"DESIRED", "CURRENT", "READY", "UP-TO-DATE"})),
    ("Deployment", frozenset({"READY", "UP-TO-DATE", "AVAILABLE"})),
    ("ReplicaSet", frozenset({"DESIRED", "CURRENT", "READY"})),
    ("Node", frozenset({"STATUS", "ROLES", "VERSION"})),
    ("Node", frozenset({"CPU(cores)", "CPU%"})),
    ("Pod", frozenset({"CPU(cores)", "MEMORY(bytes)"})),
    ("Job", frozenset({"COMPLETIONS", "DURATION"})),
    ("CronJob", frozenset({"SCHEDULE", "SUSPEND"})),
    ("PersistentVolume", frozenset({"CAPACITY", "RECLAIM POLICY"})),
    ("PersistentVolumeClaim", frozenset({"STATUS", "VOLUME", "CAPACITY"})),
    ("Service", frozenset({"TYPE", "CLUSTER-IP"})),
    ("EndpointSlice", frozenset({"ADDRESSTYPE", "ENDPOINTS"})),
    ("Endpoints", frozenset({"ENDPOINTS"})),
    ("HorizontalPodAutoscaler", frozenset({"REFERENCE", "TARGETS"})),
    ("ResourceQuota", frozenset({"REQUEST", "LIMIT"})),
    ("NetworkPolicy", frozenset({"POD-SELECTOR"})),
    ("Ingress", frozenset({"HOSTS", "ADDRESS"})),
    ("PodDisruptionBudget", frozenset({"MIN AVAILABLE", "ALLOWED DISRUPTIONS"})),
    ("StorageClass", frozenset({"PROVISIONER"})),
    ("ServiceAccount", frozenset({"SECRETS"})),
    ("Secret", frozenset({"TYPE", "DATA"})),
    ("ConfigMap", frozenset({"DATA"})),
    ("RoleBinding", frozenset({"ROLE", "AGE"})),
    ("Role", frozenset({"CREATED AT"})),
    ("StatefulSet", frozenset({"READY", "AGE"})),
    ("Namespace", frozenset({"STATUS", "AGE"})),
)
_RENAMED = {
    "UP-TO-DATE": "up_to_date", "CPU(cores)": "cpu", "MEMORY(bytes)": "memory", "CPU%": "cpu_percent",
    "MEMORY%": "memory_percent", "IMAGES": "image", "IMAGE": "image", "PORT(S)": "ports",
    "CREATED AT": "created",
}  # fmt: skip
_NOTHING = frozenset({"", "<none>", "<unset>", "<unknown>", "-"})


def read_table(
    table: Table, tally: Tally, stamps: Stamps, labels: Mapping[str, str]
) -> Iterator[ObjectState]:
    """Yield one object a row; the kind comes from the name, the titles or the labels."""
    titles = set(table.titles)
    kind = next((name for name, signs in _SIGNS if signs <= titles), "") or labels.get("kind", "Object")
    for number, row in table.rows:
        cells = _of_pod(row) if {"CPU(cores)", "POD"} <= row.keys() else row
        name = cells.get("NAME") or next(iter(cells.values()), "")
        if not name:
            continue
        tally.rows += 1
        prefix, slash, bare = name.partition("/")
        yield ObjectState(
            line=number,
            end_line=number,
            kind=kind_name(prefix) if slash else kind,
            name=bare if slash else name,
            namespace=cells.get("NAMESPACE") or labels.get("namespace"),
            recorded_at=stamps.recorded_at,
            fields=_fields(cells, kind, stamps),
        )


def _of_pod(row: Mapping[str, str]) -> dict[str, str]:
    """Name a row of `kubectl top pods --containers` by its pod."""
    return {**row, "NAME": row["POD"], "POD": "", "CONTAINER": row.get("NAME", "")}


def is_pod_row(text: str) -> bool:
    """Say whether a line is a row of `kubectl get pods` without its header."""
    return _POD_ROW.match(text) is not None


def read_pod_rows(
    rows: Iterable[tuple[int, str]], tally: Tally, stamps: Stamps, labels: Mapping[str, str]
) -> Iterator[ObjectState]:
    """Yield pods of a table whose header was cut off, as `grep` leaves it."""
    found: list[tuple[int, dict[str, str]]] = []
    for number, text in rows:
        if match := _POD_ROW.match(text):
            cells = {key.upper(): value or "" for key, value in match.groupdict().items()}
            found.append((number, cells))
    titles = ("NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE")
    yield from read_table(Table(1, titles, tuple(found)), tally, stamps, labels)


def _fields(cells: Mapping[str, str], kind: str, stamps: Stamps) -> dict[str, str]:
    fields: dict[str, str] = {}
    for title, cell in cells.items():
        if title in {"NAME", "NAMESPACE"} or (cell in _NOTHING and title != "ENDPOINTS"):
            continue
        if title == "READY" and (match := _FRACTION.match(cell)):
            fields["ready"], fields["desired"] = match[1], match[2]
        elif title == "STATUS":
            fields |= _status(cell, kind)
        elif title == "RESTARTS" and (match := _RESTARTS.match(cell)):
            fields["restarts"] = match[1]
            if match[2] and (time := stamps.ago(match[2])):
                fields["last_restart"] = time.isoformat()
        elif title == "AGE":
            fields["age"] = cell
            if time := resolve(cell, stamps):
                fields["created"] = time.isoformat()
        elif title == "COMPLETIONS" and (match := _FRACTION.match(cell)):
            fields["succeeded"], fields["completions"] = match[1], match[2]
        else:
            fields[_RENAMED.get(title) or re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")] = cell
    if "endpoints" in fields and fields["endpoints"] in _NOTHING:
        fields["endpoints"] = "<none>"
    return fields


def _status(cell: str, kind: str) -> dict[str, str]:
    if kind == "Node":
        conditions = cell.split(",")
        ready = {"Ready": "True", "NotReady": "False"}.get(conditions[0], "Unknown")
        found = {"phase": cell, "condition.Ready": ready}
        return found | ({"unschedulable": "true"} if "SchedulingDisabled" in conditions else {})
    if kind == "Pod" and cell not in _PHASES:
        return {"phase": cell, "reason": cell}
    return {"phase": cell}
