"""YAML documents with the lines that they, or a List's items, stand on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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
    """Yield each object, a List's items one by one; a break is counted with its line."""
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                yield from _objects(loader, node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        spoil(tally, mark.line + 1 if mark else 1, f"YAML: {error.problem or error.context}")
    except yaml.YAMLError as error:
        spoil(tally, 1, f"YAML: {error}")
    finally:
        loader.dispose()


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
