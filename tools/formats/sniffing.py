"""What a file is, by its content alone."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import orjson

from tools.formats.amtool import is_amtool
from tools.formats.changes import is_git_log
from tools.formats.chat_text import is_chat
from tools.formats.containers import is_container_table
from tools.formats.csv_rows import is_hint, table_kind
from tools.formats.documents import starts
from tools.formats.kube_describe import is_describe
from tools.formats.kube_events import is_event_row
from tools.formats.kube_get import is_pod_row
from tools.formats.lineage import is_lineage
from tools.formats.logs_json import Json
from tools.formats.logs_text import LineReader
from tools.formats.opening import decode, head
from tools.formats.records import Clock, Sniffed, Tally
from tools.formats.refusals import refusal
from tools.formats.shapes import Shape, cut_shape, line_shape, shape_of
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
        inner = starts(text)[:1]
        return _behind_head(text, inner) if inner and _small_head(text, inner[0]) else None
    objects = _object_lines(text)
    alone = objects[0] if len(objects) == 1 else None if objects or not whole else _root(text)
    if why := refusal(alone):
        return Sniffed("unknown", "unknown", why)
    if len(objects) > 1 or (objects and text.count("\n") <= 1 and not shape_of(text, 0, objects[0])):
        return _named(line_shape(objects)) or _behind_head(text, starts(text)[1:])
    root = _root(text) if whole else None
    if root in ([], {}):
        return Sniffed("unknown", "empty", "the document holds nothing")
    found = _named(shape_of(text, text.index(first), root))
    if found is None and root is None:
        return (_named(cut_shape(text)) if not whole else None) or _behind_head(text, starts(text)[1:])
    return found or Sniffed("unknown", "unknown", f"JSON of no known shape: {text.strip()[:80]}")


def _named(shape: Shape | None) -> Sniffed | None:
    return None if shape is None else Sniffed(shape.signal, shape.format)


def _root(text: str) -> Json | None:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _behind_head(text: str, places: Iterable[int]) -> Sniffed | None:
    for at in places:
        shape = shape_of(text, at, None)
        if shape and shape.signal != "logs" and shape.format != "topology-json":
            return _named(shape)
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
    lines = [line for line in text.split("\n")[:400] if line.strip() and not is_hint(line)]
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
    for signal, name, fits in _TEXTS:
        if fits(text):
            return Sniffed(signal, name)
    if table := _PIPES.search(text[:4096]):
        return Sniffed("unknown", "unknown", f"a table of no known kind: {table[0][:80]}")
    return None


def _first_lines(text: str, count: int) -> list[str]:
    return [line for line in text.split("\n")[:40] if line.strip()][:count]


def _titles(text: str) -> set[str]:
    lines = _first_lines(text, 2)
    return {title for title, _ in columns(lines[0])} if len(lines) > 1 and is_header(lines[0]) else set()


def _is_event_table(text: str) -> bool:
    titles = _titles(text)
    headed = {"REASON", "MESSAGE"} <= titles and bool(titles & {"OBJECT", "KIND"})
    return headed or all(is_event_row(line) for line in _first_lines(text, 3))


def _is_object_table(text: str) -> bool:
    headed = bool(_titles(text) & {"NAME", "NAMESPACE"})
    return headed or all(is_pod_row(line) for line in _first_lines(text, 3))


_TEXTS: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    ("objects", "systemctl-status", is_status),
    ("objects", "docker-ps", is_container_table),
    ("alerts", "amtool", is_amtool),
    ("chat", "chat-text", is_chat),
    ("objects", "kube-lineage", is_lineage),
    ("objects", "kubectl-describe", is_describe),
    ("topology", "topology-tree", is_tree),
    ("changes", "git-log", is_git_log),
    ("events", "kubectl-events", _is_event_table),
    ("objects", "kubectl-get", _is_object_table),
    ("objects", "kubernetes-yaml", looks_like_yaml),
)
"""Signal, format and test, the first that fits."""


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
