"""`kubectl describe` text of any kind as object states and events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from tools.formats.describe_fields import container_fields, fields_of, kind_of
from tools.formats.kube_events import count, table_event
from tools.formats.outline import Node, outline
from tools.formats.records import KubeEvent, ObjectState, Tally
from tools.formats.stamps import Stamps
from tools.formats.tables import read_table

_DATA_LIMIT = 4096
_TIMES = frozenset({
    "created", "started", "finished", "last_started", "last_finished", "since", "completed",
})  # fmt: skip
_NAME = re.compile(r"^Name:\s+\S")


def is_describe(text: str) -> bool:
    """Say whether text is the output of `kubectl describe`."""
    lines = [line for line in text.split("\n", 40) if line.strip()]
    keys = {line.split(":", 1)[0] for line in lines[:14] if ":" in line and not line.startswith(" ")}
    return (
        bool(lines)
        and _NAME.match(lines[0]) is not None
        and bool(keys & {"Namespace", "Labels", "Annotations", "Roles", "Provisioner", "CreationTimestamp"})
    )


def read_describe(
    source: Iterable[tuple[int, str]], tally: Tally, stamps: Stamps, labels: Mapping[str, str]
) -> Iterator[ObjectState | KubeEvent]:
    """Yield each described object and, after it, the events of its table."""
    for block in _blocks(source):
        top = outline(block)
        kind = kind_of(top) or labels.get("kind", "Object")
        fields = fields_of(top, kind)
        fields |= container_fields(top) | (dict(_data(block)) if kind == "ConfigMap" else {})
        fields = {key: _dated(key, text, stamps) for key, text in fields.items()}
        name, namespace = top.text("Name"), top.text("Namespace") or labels.get("namespace")
        tally.rows += 1
        yield ObjectState(
            line=block[0][0],
            end_line=block[-1][0],
            kind=kind,
            name=name,
            namespace=namespace,
            recorded_at=stamps.recorded_at,
            fields=fields,
        )
        told = dict(labels) | {"kind": kind, "name": name} | ({"namespace": namespace} if namespace else {})
        yield from _events(top.find("Events"), tally, stamps, told)


def _events(
    node: Node | None, tally: Tally, stamps: Stamps, labels: Mapping[str, str]
) -> Iterator[KubeEvent]:
    if node is None or len(node.lines) < 2:
        return
    (line, header), *rows = node.lines
    table = read_table(header.upper(), line, [row for row in rows if row[1].strip(" -")])
    for number, cells in table.rows:
        yield count(table_event(cells, number, stamps, labels), tally)


def _data(block: list[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    """Read a ConfigMap's entries: a key, a rule of four hyphens, the text."""
    lines = [text for _, text in block]
    rules = [index for index, text in enumerate(lines) if text == "----" and lines[index - 1].endswith(":")]
    for rule, after in zip(rules, [*rules[1:], len(lines)], strict=True):
        end = next((at for at in range(rule, after) if lines[at] in {"BinaryData", "Events:  <none>"}), after)
        text = "\n".join(lines[rule + 1 : end if end < after or after == len(lines) else after - 1])
        yield f"data.{lines[rule - 1][:-1]}", text.strip()[:_DATA_LIMIT]


def _dated(key: str, text: str, stamps: Stamps) -> str:
    if key.rpartition(".")[2] not in _TIMES or (time := stamps.parse(text)) is None:
        return text
    return time.isoformat()


def _blocks(source: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    block: list[tuple[int, str]] = []
    for number, text in source:
        if _NAME.match(text) and block:
            yield _trimmed(block)
            block = []
        if block or text.strip():
            block.append((number, text))
    if block:
        yield _trimmed(block)


def _trimmed(block: list[tuple[int, str]]) -> list[tuple[int, str]]:
    while len(block) > 1 and not block[-1][1].strip():
        block.pop()
    return block
