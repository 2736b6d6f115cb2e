"""YAML documents with the lines that they, or a List's items, stand on."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from typing import cast

import yaml

from tools.formats.documents import Element, listing, mapping
from tools.formats.logs_json import Json
from tools.formats.opening import spoil
from tools.formats.records import Tally

_KEY = re.compile(r"^(?:apiVersion|kind): \S+$", re.MULTILINE)


class _Loader(yaml.CSafeLoader):
    """Reads times as the text that they are."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def looks_like_yaml(text: str) -> bool:
    """Say whether text is Kubernetes YAML: both apiVersion and kind at the left margin."""
    return len({match.split(":")[0] for match in _KEY.findall(text[:65536])}) == 2


def read_yaml(text: str, tally: Tally) -> Iterator[Element]:
    """Yield each object, a List's items one by one.

    A break is counted with its line; what stands whole before it in its document, and the documents after
    it, are read all the same.
    """
    broken = yield from _documents(text, tally)
    while broken is not None:
        lines = text.split("\n")
        rules = [index for index, line in enumerate(lines) if line.startswith("---")]
        first = max((index for index in rules if index <= broken), default=0)
        items = [
            index for index in range(first, min(broken + 1, len(lines))) if lines[index].startswith("- ")
        ]
        yield from _documents(_blanked(lines, first, items[-1] if items else broken), Tally())
        after = next((index for index in rules if index > broken), None)
        text = _blanked(lines, after, len(lines)) if after is not None else ""
        broken = yield from _documents(text, tally)


def _blanked(lines: list[str], start: int, end: int) -> str:
    """Give some of the lines, with blank ones before them so that numbers stay."""
    return "\n".join([*([""] * start), *lines[start:end], ""])


def _documents(text: str, tally: Tally) -> Generator[Element, None, int | None]:
    """Yield the objects of each document up to a break; return the break's line, counted from 0."""
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                yield from _objects(loader, node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        broken = mark.line if mark else 0
        spoil(tally, broken + 1, f"YAML: {error.problem or error.context}")
        return broken
    except yaml.YAMLError as error:
        spoil(tally, 1, f"YAML: {error}")
    finally:
        loader.dispose()
    return None


def _objects(loader: _Loader, node: yaml.Node) -> Iterator[Element]:
    construct = cast("Callable[[yaml.Node], Json]", loader.construct_document)  # pyright: ignore[reportUnknownMemberType] - the stubs leave it untyped
    value = construct(node)
    whole = mapping(value)
    items = listing(whole.get("items"))
    if not items:
        if whole:
            yield Element(value, node.start_mark.line + 1, _last(node))
        return
    for key, child in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.value == "items":
            for item, part in zip(items, child.value, strict=True):
                yield Element(item, part.start_mark.line + 1, _last(part))


def _last(node: yaml.Node) -> int:
    return node.end_mark.line + (1 if node.end_mark.column else 0)
