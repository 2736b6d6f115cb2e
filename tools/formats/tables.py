"""Tables that command-line tools align with spaces."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_TITLE = r"[A-Z][A-Z0-9-]*%?(?:[ ./_(-][A-Z0-9%()/._-]+|\([a-z%]+\))*"
_HEADER = re.compile(rf"^\s*{_TITLE}(?:\s{{2,}}{_TITLE})+\s*$")
_COLUMN = re.compile(r"\S+(?: \S+)*")
_GAP = re.compile(r"\s{2,}")

_KINDS = {
    "po": "Pod", "pod": "Pod", "deploy": "Deployment", "deployment": "Deployment", "rs": "ReplicaSet",
    "replicaset": "ReplicaSet", "sts": "StatefulSet", "statefulset": "StatefulSet", "ds": "DaemonSet",
    "daemonset": "DaemonSet", "no": "Node", "node": "Node", "svc": "Service", "service": "Service",
    "ep": "Endpoints", "endpoints": "Endpoints", "job": "Job", "cronjob": "CronJob", "cj": "CronJob",
    "pvc": "PersistentVolumeClaim", "persistentvolumeclaim": "PersistentVolumeClaim",
    "pv": "PersistentVolume", "persistentvolume": "PersistentVolume", "cm": "ConfigMap",
    "configmap": "ConfigMap", "hpa": "HorizontalPodAutoscaler", "quota": "ResourceQuota",
    "horizontalpodautoscaler": "HorizontalPodAutoscaler", "resourcequota": "ResourceQuota",
    "ing": "Ingress", "ingress": "Ingress", "ns": "Namespace", "namespace": "Namespace",
    "sa": "ServiceAccount",
    "serviceaccount": "ServiceAccount", "networkpolicy": "NetworkPolicy", "netpol": "NetworkPolicy",
    "storageclass": "StorageClass", "sc": "StorageClass", "secret": "Secret", "event": "Event",
    "endpointslice": "EndpointSlice", "rolebinding": "RoleBinding", "role": "Role",
    "pdb": "PodDisruptionBudget",
    "poddisruptionbudget": "PodDisruptionBudget", "limitrange": "LimitRange",
    "replicationcontroller": "ReplicationController",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """Columns by title and rows with their line numbers."""

    line: int
    titles: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


def kind_name(text: str) -> str:
    """Write a kind as Kubernetes does: pod, pods and po give Pod, deployment.apps gives Deployment."""
    word = text.split(".", 1)[0]
    lower = word.lower()
    found = _KINDS.get(lower) or (_KINDS.get(lower[:-1]) if lower.endswith("s") else None)
    return found or (_KINDS.get(lower[:-2]) if lower.endswith("es") else None) or word[:1].upper() + word[1:]


def is_header(text: str) -> bool:
    """Say whether a line is the title row of a kubectl table."""
    return _HEADER.match(text) is not None


def columns(header: str) -> list[tuple[str, int]]:
    """Titles with their offsets; titles are two spaces apart."""
    return [(match[0], match.start()) for match in _COLUMN.finditer(header)]


def read_table(header: str, line: int, rows: Iterable[tuple[int, str]]) -> Table:
    """Cut rows at the titles' offsets; rows that are not aligned are cut at gaps of two spaces."""
    titles = columns(header)
    return Table(
        line, tuple(title for title, _ in titles), tuple((n, _cut(text, titles)) for n, text in rows)
    )


def split_tables(source: Iterable[tuple[int, str]]) -> list[Table]:
    """Split text into tables; a blank line or another header ends one."""
    found: list[Table] = []
    header, at = "", 0
    rows: list[tuple[int, str]] = []
    for number, text in source:
        if is_header(text):
            if header:
                found.append(read_table(header, at, rows))
            header, at, rows = text, number, []
        elif header and text.strip():
            rows.append((number, text))
    if header:
        found.append(read_table(header, at, rows))
    return found


def _cut(text: str, titles: list[tuple[str, int]]) -> dict[str, str]:
    starts = [start for _, start in titles]
    aligned = all(start == 0 or start >= len(text) or text[start - 1] == " " for start in starts)
    if aligned:
        ends = [*starts[1:], len(text)]
        return {title: text[start:end].strip() for (title, start), end in zip(titles, ends, strict=True)}
    cells = _GAP.split(text.strip(), maxsplit=len(titles) - 1)
    return {title: cell for (title, _), cell in zip(titles, cells, strict=False)}
