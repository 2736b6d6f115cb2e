"""Owner, due date and priority that stand once, in a heading or a list's parent, for all the items below."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from agent.checks.calendar_date import read_date
from agent.checks.document import Block, Document
from agent.checks.entry import Entry
from agent.checks.field_values import is_priority
from agent.checks.item_fields import read_piece
from agent.checks.item_owner import is_crew_name
from agent.checks.pattern import Pattern

_SHARED = ("owner", "due", "priority")
_LABEL_ALONE = Pattern(r"^(?:\*\*|__)[^*_]{1,60}(?:\*\*|__):?$")
_KIND_OF_LIST = Pattern(
    r"\s*\b(?:action )?(?:items?|actions?|tasks?|follow-?ups?|to-?dos?)?\W*$", re.IGNORECASE
)
_GAP = Pattern(r"[^\S\n]{2,}")
_OF_ALL = Pattern(
    r"\W*(?:(?P<name>owner|responsible|due date|due|deadline|priority) (?:of|for) "
    r"(?:all|each|every|these|the) (?:\w+ ){0,2}\w+\W*:\W*(?P<value>[^.\n]+)"
    r"|(?:all|these|the) (?:(?:above|following|open) )*(?:items|actions|tasks|points) (?:above |below )?"
    r"(?:are (?:all )?(?:owned by|with)|belong to|go to) (?P<owner>[^.,;\n]+))",
    re.IGNORECASE,
)
"""A sentence beside the list: "Owner of all items: Rail desk", "All actions are owned by the Rail desk"."""
_NAMES = {"responsible": "owner", "due date": "due", "deadline": "due"}
_LABEL_LEVEL = 7
"""Below every heading."""


def shared_fields(text: str) -> dict[str, str]:
    """Read what a heading or a list's parent says of the items below: "P1", "Rail team", "Owner: x"."""
    text = _GAP.sub(" ", text)
    shown = _KIND_OF_LIST.sub("", text.strip("#*_` "), count=1)
    if len(shown) > 1 and is_priority(shown):
        return {"priority": shown}
    if is_crew_name(shown):
        return {"owner": shown}
    return {
        found.name: found.value
        for found in read_piece(text, guess=False).fields
        if found.name in _SHARED
        and (found.labelled or found.name == "priority" or (found.name == "due" and read_date(found.value)))
    }


def inherit(document: Document, entries: Sequence[Entry]) -> None:
    """Give each item what the headings above it say and it does not say itself.

    A rank in a heading alone leaves a list bare, of which no item has anything of its own.
    """
    for name, value in _said_of_all(document):
        for entry in entries:
            entry.fields.setdefault(name, value)
    groups = list(_groups(document))
    starts = [start for start, _ in groups]
    bare = not any(entry.fields.get(name) for entry in entries for name in _SHARED)
    for entry in entries:
        place = bisect_left(starts, entry.start) - 1
        if place < 0 or (bare and len(groups[place][1]) < 2):
            continue
        for name, value in groups[place][1].items():
            entry.fields.setdefault(name, value)


def _said_of_all(document: Document) -> Iterator[tuple[str, str]]:
    for block in document.blocks:
        if block.kind == "paragraph" and block.section == "action":
            said = _OF_ALL.match(document.source, block.start)
            if said:
                name = str(said["name"] or "owner").lower()
                yield _NAMES.get(name, name), str(said["value"] or said["owner"]).strip("*_` ")


def _groups(document: Document) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield where each heading or label ends, and what it and those around it share out."""
    levels = {heading.start: heading.level for heading in document.headings}
    trail: list[tuple[int, dict[str, str]]] = []
    for block in document.blocks:
        level = levels.get(block.start, 0) if block.kind == "heading" else _label_level(document, block)
        if not level:
            continue
        while trail and trail[-1][0] >= level:
            trail.pop()
        shared = shared_fields(document.source[block.start : block.end]) if block.section == "action" else {}
        trail.append((level, shared))
        yield block.start, {name: value for _, fields in trail for name, value in fields.items()}


def _label_level(document: Document, block: Block) -> int:
    alone = block.kind == "paragraph" and _LABEL_ALONE.match(document.source[block.start : block.end])
    return _LABEL_LEVEL if alone else 0
