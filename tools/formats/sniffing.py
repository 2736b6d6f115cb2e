"""What a file is, by its content alone."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import orjson

from tools.formats.changes import is_git_log
from tools.formats.csv_rows import table_kind
from tools.formats.documents import starts
from tools.formats.kube_describe import is_describe
from tools.formats.kube_events import is_event_row
from tools.formats.kube_get import is_pod_row
from tools.formats.lineage import is_lineage
from tools.formats.logs_json import Json
from tools.formats.logs_text import LineReader
from tools.formats.opening import decode, head
from tools.formats.records import Clock, Sniffed, Tally
from tools.formats.shapes import line_shape, shape_of
from tools.formats.stamps import Stamps
from tools.formats.tables import columns, is_header
from tools.formats.topology import is_tree
from tools.formats.units import is_status
from tools.formats.yaml_documents import looks_like_yaml

_CSV = {
    "csv-spans": "traces", "csv-edges": "topology", "csv-matrix": "topology", "csv-logs": "logs",
    "csv-metrics": "metrics", "csv-metrics-wide": "metrics",
}  # fmt: skip
_PIPES = re.compile(r"^[^|\n]+(?: \| [^|\n]+){2,}\n-{10,}$", re.MULTILINE)
_TEXT_CONTROL = frozenset(b"\t\n\r\f\b\x1b")


def sniff(path: Path) -> Sniffed:
    """Name the signal and format of a file; at most 256 KiB of its content are read."""
    data, whole = head(path)
    if not data.strip():
        return Sniffed("unknown", "empty", "the file is empty" if whole else "nothing could be decompressed")
    if _is_binary(data):
        return Sniffed("unknown", "binary", "the content is not text")
    text = decode(data)
    if not whole:
        text = text[: text.rfind("\n") + 1] or text
    return _json(text, whole=whole) or _table(text) or _kube_text(text) or _lines(text)


def _json(text: str, *, whole: bool) -> Sniffed | None:
    first = text.lstrip()[:1]
    if first not in {"{", "["}:
        if (inner := starts(text)[:1]) and _small_head(text, inner[0]):
            shape = shape_of(text, inner[0], None)
            return Sniffed(shape.signal, shape.format) if shape and shape.signal != "logs" else None
        return None
    objects = _object_lines(text)
    if len(objects) > 1 or (objects and text.count("\n") <= 1 and not shape_of(text, 0, objects[0])):
        if shape := line_shape(objects):
            return Sniffed(shape.signal, shape.format)
        return _behind_head(text)
    root: Json | None = None
    if whole:
        try:
            root = orjson.loads(text)
        except orjson.JSONDecodeError:
            root = None
    shape = shape_of(text, text.index(first), root)
    if shape:
        return Sniffed(shape.signal, shape.format)
    if root in ([], {}):
        return Sniffed("unknown", "empty", "the document holds nothing")
    if root is None:
        return _behind_head(text)
    return Sniffed("unknown", "unknown", f"JSON of no known shape: {text.strip()[:80]}")


def _behind_head(text: str) -> Sniffed | None:
    for at in starts(text)[1:]:
        if (shape := shape_of(text, at, None)) and shape.signal != "logs" and shape.format != "topology-json":
            return Sniffed(shape.signal, shape.format)
    return None


def _small_head(text: str, at: int) -> bool:
    return text.count("\n", 0, at) <= 6 and len(text) - at > at


def _object_lines(text: str) -> list[Json]:
    found: list[Json] = []
    for line in text.split("\n", 64)[:64]:
        if line.startswith("{"):
            try:
                found.append(orjson.loads(line))
            except orjson.JSONDecodeError:
                continue
    return found


def _table(text: str) -> Sniffed | None:
    lines = [line for line in text.split("\n")[:400] if line.strip()]
    if len(lines) < 2 or is_header(lines[0]):
        return None
    mark = max(",;\t", key=lines[0].count)
    if not lines[0].count(mark):
        return None
    try:
        rows = [row for row in csv.reader((line + "\n" for line in lines), delimiter=mark) if row]
    except csv.Error:
        return None
    kind = table_kind(rows)
    return Sniffed(_CSV[kind], "csv-metrics" if kind == "csv-metrics-wide" else kind) if kind else None


def _kube_text(text: str) -> Sniffed | None:
    if is_status(text):
        return Sniffed("objects", "systemctl-status")
    if is_lineage(text.lstrip("\n")):
        return Sniffed("objects", "kube-lineage")
    if is_describe(text):
        return Sniffed("objects", "kubectl-describe")
    if is_tree(text):
        return Sniffed("topology", "topology-tree")
    if is_git_log(text):
        return Sniffed("changes", "git-log")
    lines = [line for line in text.split("\n")[:40] if line.strip()]
    if is_header(lines[0]) and len(lines) > 1:
        titles = {title for title, _ in columns(lines[0])}
        if {"REASON", "OBJECT", "MESSAGE"} <= titles or {"REASON", "KIND", "MESSAGE"} <= titles:
            return Sniffed("events", "kubectl-events")
        if titles & {"NAME", "NAMESPACE"}:
            return Sniffed("objects", "kubectl-get")
    if all(is_event_row(line) for line in lines[:3]):
        return Sniffed("events", "kubectl-events")
    if all(is_pod_row(line) for line in lines[:3]):
        return Sniffed("objects", "kubectl-get")
    if looks_like_yaml(text):
        return Sniffed("objects", "kubernetes-yaml")
    if _PIPES.search(text[:4096]):
        return Sniffed("unknown", "unknown", f"a table of no known kind: {lines[0][:80]}")
    return None


def _lines(text: str) -> Sniffed:
    reader = LineReader(Stamps(Clock(), Tally()))
    seen = Counter(reader.read(line).dialect for line in text.split("\n")[:200] if line.strip())
    if not seen:
        return Sniffed("unknown", "empty", "the file holds no text")
    layered = [name for name in ("kubectl-logs", "cri", "container-json") if seen[name] * 2 > seen.total()]
    if layered:
        return Sniffed("logs", layered[0])
    seen.pop("plain", None)
    seen["json-lines"] += seen.pop("broken-json", 0)
    seen += Counter()
    return Sniffed("logs", seen.most_common(1)[0][0] if seen else "text")


def _is_binary(data: bytes) -> bool:
    sample = data[:65536]
    odd = sum(byte < 32 and byte not in _TEXT_CONTROL for byte in sample.replace(b"\0", b""))
    if odd > len(sample) * 0.02:
        return True
    if sample.count(0) > len(sample) * 0.3 and not sample.strip(b"\0").isascii():
        return True
    try:
        sample.decode()
    except UnicodeDecodeError as error:
        high = sum(byte > 126 for byte in sample)
        return error.end < len(sample) - 4 and high > len(sample) * 0.3
    return sample.count(0) > len(sample) * 0.9
