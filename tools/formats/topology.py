"""Who calls whom: JSON graphs and maps, CSV edge lists and matrices, drawn trees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tools.formats.documents import Document, listing, mapping, string
from tools.formats.logs_json import Json
from tools.formats.opening import spoil
from tools.formats.records import CallEdge, Tally

ENDS = (
    ("caller", "callee"), ("source", "target"), ("from", "to"), ("parent", "child"), ("src", "dst"),
    ("client", "server"), ("upstream", "downstream"), ("source_workload", "destination_workload"),
)  # fmt: skip
"""Usual titles of an edge's two ends, the caller first."""
_BELOW = ("children", "calls", "downstream", "dependencies", "callees", "depends_on", "dependsOn")
_NAME = ("name", "service", "service_name", "id", "label")
_BRANCH = re.compile(r"^(?P<lead>[\s│|]*(?:[├└+`]─*-*\s*)?)(?P<name>[^\s│├└(<].*?)(?:\s+(?:<--|\().*)?$")
_HEAD = re.compile(r"^\[(?P<key>[^\]]+)\]:\s*(?P<value>.*)$")
Edge = tuple[str, str]


def edge_of(value: Json) -> Edge | None:
    """Read an object with two named ends as an edge."""
    item = mapping(value)
    for caller, callee in ENDS:
        if caller in item and callee in item:
            pair = _named(item[caller]), _named(item[callee])
            return pair if all(pair) else None
    return None


def is_topology(value: Json) -> bool:
    """Say whether a JSON value is a call graph."""
    items = listing(value)
    if items:
        return all(edge_of(item) for item in items[:8])
    whole = mapping(value)
    if isinstance(whole.get("edges", whole.get("links")), list):
        return True
    if _is_call(whole):
        return True
    return bool(whole) and all(_is_branch(item) for item in whole.values())


def read_json(document: Document, root: Json, tally: Tally) -> Iterator[CallEdge]:
    """Yield the edges of a JSON call graph of any usual shape, each once."""
    seen: set[Edge] = set()
    whole = mapping(root)
    path = next(((key,) for key in ("edges", "links", "data") if isinstance(whole.get(key), list)), ())
    for element in document.elements(tally, *path):
        if isinstance(root, list) or path:
            edge = edge_of(element.value)
            edges: Iterable[Edge] = [edge] if edge else _calls(element.value)
            if edge is None and not mapping(element.value):
                spoil(tally, element.line, "not an edge")
        elif _is_call(whole):
            edges = _calls(root)
        elif isinstance(element.value, str):
            edges = tree_edges(element.value.split("\n"))
        else:
            edges = _below(element.key, element.value)
        yield from _fresh(edges, element.line, seen, tally)


def read_matrix(rows: Iterable[tuple[int, Sequence[str]]], tally: Tally) -> Iterator[CallEdge]:
    """Yield the edges of an adjacency matrix: the row's name calls the column's.

    Checked against PetShop's graph.csv, where the row of the site holds the ones of what it calls.
    """
    titles: Sequence[str] = ()
    for line, cells in rows:
        if not titles:
            titles = cells[1:]
            continue
        for title, cell in zip(titles, cells[1:], strict=False):
            if cell.strip() not in {"", "0", "0.0", "False", "false"}:
                tally.rows += 1
                yield CallEdge(line, cells[0], title)


def read_tree(source: Iterable[tuple[int, str]], tally: Tally) -> Iterator[CallEdge]:
    """Yield the edges of drawn trees."""
    lines = list(source)
    yield from _fresh(tree_edges([text for _, text in lines]), lines[0][0] if lines else 1, set(), tally)


def is_tree(text: str) -> bool:
    """Say whether text is a drawn call tree with [Service] and [Downstream] heads."""
    return "[Service]:" in text[:200] and "[Downstream" in text


def tree_edges(lines: Iterable[str]) -> Iterator[Edge]:
    """Read one drawn tree, and the callers that its head lists."""
    service = ""
    stack: list[tuple[int, str]] = []
    for text in lines:
        if head := _HEAD.match(text.strip()):
            key, value = head["key"].lower(), head["value"].split(" (")[0]
            stack = []
            if key == "service":
                service = value.strip()
            elif "upstream" in key and not value.startswith("("):
                yield from ((name.strip(), service) for name in value.split(",") if name.strip())
            continue
        match = _BRANCH.match(text)
        if match is None or not text.strip():
            continue
        depth = len(match["lead"])
        while stack and stack[-1][0] >= depth:
            stack.pop()
        if stack:
            yield stack[-1][1], match["name"]
        stack.append((depth, match["name"]))


def _fresh(edges: Iterable[Edge], line: int, seen: set[Edge], tally: Tally) -> Iterator[CallEdge]:
    for edge in edges:
        if edge not in seen and all(edge) and edge[0] != edge[1]:
            seen.add(edge)
            tally.rows += 1
            yield CallEdge(line, *edge)


def _named(value: Json) -> str:
    return string(value) or next((string(mapping(value)[key]) for key in _NAME if key in mapping(value)), "")


def _is_call(item: dict[str, Json]) -> bool:
    return any(key in item for key in _NAME[:3]) and any(isinstance(item.get(key), list) for key in _BELOW)


def _is_branch(value: Json) -> bool:
    if isinstance(value, str):
        return is_tree(value)
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    inner = mapping(value)
    if not isinstance(value, dict):
        return False
    return all(_is_branch(item) for item in inner.values()) or any(
        isinstance(inner.get(key), list) for key in _BELOW
    )


def _calls(value: Json) -> Iterator[Edge]:
    item = mapping(value)
    name = _named(item)
    for key in _BELOW:
        for child in listing(item.get(key)):
            yield name, _named(child)
            yield from _calls(child)


def _below(name: str, value: Json) -> Iterator[Edge]:
    for child in listing(value):
        yield name, string(child)
    inner = mapping(value)
    if any(isinstance(inner.get(key), list) for key in _BELOW):
        for key in _BELOW:
            yield from ((name, _named(child)) for child in listing(inner.get(key)))
        return
    for child, further in inner.items():
        yield name, child
        yield from _below(child, further)
