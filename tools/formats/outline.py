"""Indented `Key: value` text as a tree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_ENTRY = re.compile(r"^(?P<key>[^\s:][^:]*?(?::[^\s:][^:]*?)*):(?:\s+(?P<value>.*?))?\s*$")
_NONE = frozenset({"<none>", "<unset>", "<nil>", ""})


def _no_nodes() -> list[Node]:
    return []


def _no_lines() -> list[tuple[int, str]]:
    return []


@dataclass(slots=True)
class Node:
    """One entry: its value, the entries below it, and the raw lines below it."""

    key: str
    value: str
    indent: int
    children: list[Node] = field(default_factory=_no_nodes)
    lines: list[tuple[int, str]] = field(default_factory=_no_lines)
    loose: list[tuple[int, str]] = field(default_factory=_no_lines)
    """Lines directly below it that are no entries."""

    def find(self, *keys: str) -> Node | None:
        """First child with one of the keys."""
        return next((child for child in self.children if child.key in keys), None)

    def below(self, key: str) -> list[Node]:
        """List the entries below the first child with the key."""
        child = self.find(key)
        return child.children if child else []

    def text(self, *keys: str) -> str:
        """Value of the first child with one of the keys; nothing where it is <none>."""
        child = self.find(*keys)
        return "" if child is None or child.value in _NONE else child.value

    def more(self) -> tuple[str, ...]:
        """List the value and the plain lines below it, as Labels and Taints are printed."""
        return tuple(
            part for part in (self.value, *(text.strip() for _, text in self.lines)) if part not in _NONE
        )


def outline(lines: Sequence[tuple[int, str]]) -> Node:
    """Build the tree; lines without a key go on with the entry above them."""
    top = Node("", "", -1)
    stack = [top]
    for number, text in lines:
        body = text.strip()
        if not body:
            continue
        indent = len(text) - len(text.lstrip())
        while stack[-1].indent >= indent:
            stack.pop()
        for open_node in stack[1:]:
            open_node.lines.append((number, text))
        match = _ENTRY.match(body)
        if match is None or stack[-1].key == "Events":
            stack[-1].loose.append((number, text))
            continue
        node = Node(match["key"], match["value"] or "", indent)
        stack[-1].children.append(node)
        stack.append(node)
    return top
