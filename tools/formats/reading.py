"""From a file to its records: one entry a format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import orjson

from tools.formats import (
    alerts,
    changes,
    csv_logs,
    kube_describe,
    kube_events,
    kube_get,
    lineage,
    loki,
    metrics_csv,
    metrics_prometheus,
    spans,
    tables,
    topology,
    units,
)
from tools.formats.amtool import read_table_of_alerts
from tools.formats.chat import read_chat
from tools.formats.chat_text import read_pasted
from tools.formats.containers import read_containers
from tools.formats.csv_rows import first_row, rows
from tools.formats.documents import Document, Element, mapping, starts, string
from tools.formats.element_readers import ELEMENT_READERS, objects
from tools.formats.log_files import read_lines
from tools.formats.logs_json import Json
from tools.formats.opening import spoil, text
from tools.formats.records import Clock, Reading, Record, Sniffed, Tally
from tools.formats.shapes import Shape, result_shape, shape_of
from tools.formats.sniffing import sniff
from tools.formats.source_file import Source
from tools.formats.stamps import Stamps
from tools.formats.yaml_documents import read_yaml


def read(
    path: Path,
    *,
    clock: Clock = Clock(),  # noqa: B008 - frozen
    labels: Mapping[str, str] = {},
    sniffed: Sniffed | None = None,
) -> Reading:
    """Read a file lazily; raise ValueError for an unknown zone and OSError for a file that cannot be read."""
    found = sniffed or sniff(path)
    tally = Tally()
    source = Source(path, found.format, clock, tally, labels)
    Stamps(clock, tally)
    reader = _READERS.get(found.format)
    if reader is None:
        if found.format != "empty":
            spoil(tally, 1, found.reason or f"no reader for {found.format}")
        return Reading(found, iter(()), tally)
    return Reading(found, reader(source), tally)


def _logs(source: Source) -> Iterator[Record]:
    return read_lines(source.path, source.clock, source.tally, source.labels)


def _document(source: Source) -> Iterator[Record]:
    content = text(source.path, source.tally)
    for start in starts(content):
        if (found := _recognised(source, Document(content, start))) is not None:
            yield from found
            return
    spoil(source.tally, 1, "JSON of no known shape")


def _recognised(source: Source, document: Document) -> Iterator[Record] | None:
    text, start = document.text, document.start
    shape = result_shape(text, start) or shape_of(text, start, _root(document))
    return None if shape is None else _shaped(source, document, shape)


def _shaped(source: Source, document: Document, shape: Shape) -> Iterator[Record]:
    tally, path, labels = source.tally, shape.path, source.labels
    match shape.format:
        case "prometheus-json":
            found: Iterator[Record] = metrics_prometheus.read_series(
                document, path, tally, cache(lambda: _query(source, document))
            )
        case "prometheus-alerts":
            found = metrics_prometheus.read_alert_series(document, path, tally, source.clock.recorded_at)
        case "prometheus-rules":
            found = alerts.read_rules(document, path, tally)
        case "alertmanager-json":
            found = alerts.read_alerts(document, path, tally, source.stamps)
        case "alertmanager-silences":
            found = alerts.read_silences(document, path, tally, source.stamps)
        case "loki-json":
            found = loki.read_streams(document, path, source.clock, tally, labels)
        case "slack-export":
            found = read_chat(document, path, source.path, tally, source.stamps)
        case "topology-json":
            found = topology.read_json(document, _root(document), tally)
        case _:
            reader = ELEMENT_READERS[shape.format.removesuffix("-json")]
            found = reader(_members(document, path, tally), source)
    return found


def _query(source: Source, document: Document) -> str:
    """Name what was asked, for series whose own name the query dropped."""
    return source.labels.get("query") or string(mapping(_root(document)).get("query"))


def _json_lines(source: Source) -> Iterator[Element]:
    for number, line in source.lines():
        if not line.strip():
            continue
        try:
            yield Element(orjson.loads(line), number, number)
        except orjson.JSONDecodeError as error:
            spoil(source.tally, number, f"not JSON: {error.msg}")


def _whole(document: Document, tally: Tally) -> Iterator[Element]:
    root = _root(document)
    last = document.line_at(len(document.text.rstrip()))
    if root is None:
        spoil(tally, last, "JSON breaks off")
    else:
        yield Element(root, document.line_at(document.start), last)


def _members(document: Document, path: tuple[str, ...], tally: Tally) -> Iterator[Element]:
    """Yield a list's elements, or the document itself where it is one object."""
    alone = not path and document.text[document.start : document.start + 1] == "{"
    return _whole(document, tally) if alone else document.elements(tally, *path)


def _element_lines(source: Source) -> Iterator[Record]:
    name = source.format.removesuffix("-lines").removesuffix("-json")
    return ELEMENT_READERS[name](_json_lines(source), source)


def _alert_lines(source: Source) -> Iterator[Record]:
    content = "[" + ",\n".join(line for _, line in source.lines() if line.strip()) + "]"
    return alerts.read_alerts(Document(content), (), source.tally, source.stamps)


def _chat_lines(source: Source) -> Iterator[Record]:
    content = "[" + ",\n".join(line for _, line in source.lines() if line.strip()) + "]"
    return read_chat(Document(content), (), source.path, source.tally, source.stamps)


def _yaml(source: Source) -> Iterator[Record]:
    return objects(read_yaml(text(source.path, source.tally), source.tally), source)


def _events_table(source: Source) -> Iterator[Record]:
    numbered = list(source.lines())
    found = tables.split_tables(numbered)
    if not found:
        yield from kube_events.read_rows(numbered, source.tally, source.stamps, source.labels)
    for table in found:
        yield from kube_events.read_table(table, source.tally, source.stamps, source.labels)


def _get_table(source: Source) -> Iterator[Record]:
    numbered = list(source.lines())
    found = tables.split_tables(numbered)
    if not found:
        yield from kube_get.read_pod_rows(numbered, source.tally, source.stamps, source.labels)
    for table in found:
        yield from kube_get.read_table(table, source.tally, source.stamps, source.labels)


def _edges(source: Source) -> Iterator[Record]:
    numbered = rows(source.path, source.tally)
    titles = first_row(numbered)
    low = [title.strip().lower() for title in titles]
    caller, callee = next(pair for pair in topology.ENDS if set(pair) <= set(low))
    for line, cells in numbered:
        if len(cells) != len(titles):
            spoil(source.tally, line, f"{len(cells)} cells where the titles are {len(titles)}")
            continue
        source.tally.rows += 1
        yield topology.CallEdge(line, cells[low.index(caller)], cells[low.index(callee)])


def _spans(source: Source) -> Iterator[Record]:
    numbered = rows(source.path, source.tally)
    titles = first_row(numbered)
    return spans.read_rows(titles, numbered, source.tally, source.stamps)


def _root(document: Document) -> Json | None:
    try:
        return orjson.loads(document.text[document.start :])
    except orjson.JSONDecodeError:
        return None


_Reader = Callable[[Source], Iterator[Record]]
_DOCUMENTS = (
    "prometheus-json", "prometheus-alerts", "prometheus-rules", "alertmanager-json",
    "alertmanager-silences", "loki-json",
    "kubernetes-json", "slack-export", "topology-json", "otlp-json", "otlp-logs-json", "changes-json",
    "pages-json", "containers-json", "json-array",
)  # fmt: skip
_LINES = (
    "kubernetes-json-lines", "changes-json-lines", "otlp-json-lines", "otlp-logs-lines", "pages-lines",
    "containers-lines",
)  # fmt: skip
_TEXTS = (
    "kubectl-logs", "cri", "container-json", "json-lines", "logfmt", "klog", "access-log", "syslog", "text",
)  # fmt: skip
_READERS: Mapping[str, _Reader] = {
    **dict.fromkeys(_LINES, _element_lines),
    "docker-ps": lambda source: read_containers(source.lines(), source.tally, source.stamps),
    "amtool": lambda source: read_table_of_alerts(source.lines(), source.tally, source.stamps),
    "chat-text": lambda source: read_pasted(source.lines(), source.tally, source.stamps),
    **dict.fromkeys(_DOCUMENTS, _document),
    **dict.fromkeys(_TEXTS, _logs),
    "slack-directory": lambda _: iter(()),
    "csv-logs": lambda source: csv_logs.read_logs(source.path, source.clock, source.tally, source.labels),
    "csv-metrics": lambda source: metrics_csv.read_metrics(
        source.path, source.clock, source.tally, source.labels
    ),
    "csv-spans": _spans,
    "csv-edges": _edges,
    "csv-matrix": lambda source: topology.read_matrix(rows(source.path, source.tally), source.tally),
    "topology-tree": lambda source: topology.read_tree(source.lines(), source.tally),
    "kubernetes-yaml": _yaml,
    "kubectl-describe": lambda source: kube_describe.read_describe(
        source.lines(), source.tally, source.stamps, source.labels
    ),
    "kubectl-events": _events_table,
    "kubectl-get": _get_table,
    "kube-lineage": lambda source: lineage.read_lineage(
        [row for row in source.lines() if row[1].strip()], source.tally, source.stamps, source.labels
    ),
    "systemctl-status": lambda source: units.read_status(
        source.path, source.clock, source.tally, source.labels
    ),
    "git-log": lambda source: changes.read_git_log(
        source.lines(), source.tally, source.stamps, source.labels
    ),
    "alertmanager-json-lines": _alert_lines,
    "slack-json-lines": _chat_lines,
}
"""The explicit registry: format name to reader."""
