"""Whether a document's analysis goes past the first answer and past a person, rules P03 and P04."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from agent.checks.document import Block, Document
from agent.checks.naming import actors
from agent.checks.pattern import Pattern
from agent.checks.report import Report, at

WHYS = 5
_WHY = Pattern(r"^\W*(?:\d+\W+)?why\b", re.IGNORECASE)
_PERSON = Pattern(
    r"\b(?:the |an? |our )?(?:[\w-]+ ){0,2}(?:engineer|operator|developer|admin|administrator|responder"
    r"|on-call|contractor|intern|dba|sre|"
    r"colleague|someone|somebody|employee)\b[^.]{0,40}\b(?:\w+ed|did|forgot|ran|made|left|wrote|chose|took|set|put)\b",
    re.IGNORECASE,
)
_ALLOWED = Pattern(
    r"\b(?:because|since|as|allowed|without|no (?:check|guard|test|review|limit|alert)|nothing|lets?"
    r"|did not (?:check|reject|warn))\b",
    re.IGNORECASE,
)
ADVICE = "Ask what made it possible or reasonable: which check, limit, default or signal was missing?"


def ends_at_person(text: str) -> bool:
    """Tell whether an answer stops at what a person did, without what allowed it."""
    acts = bool(_PERSON.search(text)) or any(True for _ in actors(text))
    return acts and not _ALLOWED.search(text)


def check_document_depth(document: Document) -> Iterator[Report]:
    """Report chains of whys that end at a person or early, and an analysis with one factor only."""
    chains: list[list[Block]] = []
    following: dict[int, str] = {}
    for block, after in itertools.zip_longest(document.blocks, document.blocks[1:]):
        if (
            block.kind in {"item", "paragraph", "cell"}
            and _WHY.match(block.prose.text)
            and block.section in {"factor", "other", "summary"}
        ):
            if not chains or block.start - chains[-1][-1].end > 400:
                chains.append([])
            chains[-1].append(block)
            following[block.start] = after.prose.text if after is not None and after.kind != "heading" else ""
    for chain in chains:
        last = chain[-1]
        answer = last.prose.text.partition("?")[2] or following[last.start]
        if len(chain) < 2:
            continue
        if answer and ends_at_person(answer):
            yield at(
                document, last.start, last.end, "P03", "warning", "the chain of whys ends at a person", ADVICE
            )
        elif len(chain) < WHYS:
            message = f"the chain of whys ends after {len(chain)}"
            yield at(
                document, last.start, last.end, "P03", "info", message, "Go on, or end with an open question."
            )
    yield from _one_factor(document)


def _one_factor(document: Document) -> Iterator[Report]:
    heading = next((item for item in document.headings if item.section == "factor"), None)
    listed = [item for item in document.items if item.section == "factor" and item.parent < 0]
    if (
        heading is not None
        and len(listed) == 1
        and not any(table.section == "factor" for table in document.tables)
    ):
        paragraphs = sum(block.section == "factor" and block.kind == "paragraph" for block in document.blocks)
        if not paragraphs:
            message = "one factor alone explains the incident"
            yield at(
                document,
                heading.start,
                heading.start,
                "P04",
                "info",
                message,
                "Ask what made it last, spread or stay unseen.",
            )
