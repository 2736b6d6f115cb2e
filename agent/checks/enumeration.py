"""Lists that a sentence gives in part: how many "and 3 more" may stand for, and how many names it lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from agent.checks.number_words import SPELLED
from agent.schema.evidence import Evidence

if TYPE_CHECKING:
    from agent.checks.support import Support

_COUNT = rf"\d+|one|{'|'.join(sorted(SPELLED, key=len, reverse=True))}"
_REST = re.compile(
    rf",?\s+(?:and|plus|with|as well as|along with)\s+(?:(?:the|some)\s+)?"
    rf"(?:(?:a further|another)\s+(?P<few>{_COUNT})"
    rf"|(?P<count>{_COUNT})\s+(?:more|others?|further|additional|remaining))(?![\w-])",
    re.IGNORECASE,
)
_JOINT = re.compile(r",\s+and\s+|,\s*|\s+and\s+")
_LISTS = ("members", "unaffected", "also_in", "object", "pod", "node")
"""Attributes of evidence that hold several names, divided by commas."""


def rests(text: str, known: dict[str, str]) -> Iterator[tuple[re.Match[str], int, frozenset[str]]]:
    """Yield each "and N more" behind a list of names, with N and the names in lower case."""
    for found in _REST.finditer(text):
        listed: set[str] = set()
        for part in reversed(_JOINT.split(text[: found.start()])):
            *before, name = part.split() or [""]
            if name.lower() not in known:
                break
            listed.add(name.lower())
            if before:
                break
        if listed:
            word = (found["count"] or found["few"]).lower()
            yield found, int(word) if word.isdigit() else SPELLED.get(word, 1), frozenset(listed)


def names_in_lists(support: Support) -> dict[str, str]:
    """Map every name in a list of the cited evidence, in lower case, to itself as written."""
    return {name.lower(): name for item in support.items for listed in _lists(item) for name in listed}


def is_rest(count: int, listed: frozenset[str], support: Support) -> bool:
    """Tell whether a cited list, or a cited count, has so many more than the names that are listed."""
    return count + len(listed) in set(_wholes(listed, support))


def _wholes(listed: frozenset[str], support: Support) -> Iterator[int]:
    for item in support.items:
        for names in _lists(item):
            if listed <= {name.lower() for name in names}:
                yield len(names)
    services = {item.service.lower() for item in support.items if item.service}
    if listed <= services:
        yield len(services)
        for kind in {item.kind for item in support.items}:
            alike = [item for item in support.items if item.kind == kind]
            if listed <= {(item.service or "").lower() for item in alike}:
                yield from (len(alike), len({item.service for item in alike}))
    yield from (fact.count for fact in support.facts if fact.count is not None)


def _lists(item: Evidence) -> Iterator[tuple[str, ...]]:
    for key in _LISTS:
        names = tuple(part.strip() for part in item.attributes.get(key, "").split(",") if part.strip())
        if len(names) > 1:
            yield names
