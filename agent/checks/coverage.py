"""What the action items of a document cover together: factors, prevention, detection, strength of control."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from agent.checks.document import Document
from agent.checks.entry import Entry
from agent.checks.pattern import Pattern
from agent.checks.report import Report

Strength = Literal["strong", "intermediate", "weak", ""]

_MANY = 10
_STRONG = Pattern(
    r"\b(?:remove|delete|drop|reject|block|refuse|forbid|prevent|isolate|cap|limit|restrict|require"
    r"|enforce|idempotent|"
    r"automatic(?:ally)?|roll(?:s|ed)? ?back|default|read-only|replace|split|separate|disable|revoke"
    r"|fail the|pin|lock)\w*\b",
    re.IGNORECASE,
)
_INTERMEDIATE = Pattern(
    r"\b(?:alert|page|canary|probe|monitor|dashboard|panel|metric|redundan|replica|standby|second|buffer"
    r"|show|display|"
    r"warn|prompt|confirm|test|drill|game day|simulat|log|measure|increase|raise|reduce|lower|scale"
    r"|upgrade|validate|check)\w*",
    re.IGNORECASE,
)
_WEAK = Pattern(
    r"^\W*(?:(?:update|improve|extend|write|create|add|publish|clarify) (?:(?:a|an|the|our|new|more"
    r"|better) )*"
    r"(?:[\w-]+ ){0,2}?(?:runbook|documentation|docs?|guide|guideline|policy|wiki|page on|paragraph"
    r"|checklist|playbook|handbook"
    r"|sign|note|rule on paper)s?\b|document|train|teach|educate|announce|communicate|inform|tell|remind"
    r"|brief|coach|share"
    r"|have a second|let a second|discuss)",
    re.IGNORECASE,
)
_FACTOR = Pattern(r"\bF\d+\b")
_LABEL = Pattern(r"^\W*(F\d+)\b")


def control_strength(text: str) -> Strength:
    """Place an action in the hierarchy of controls (RCA2, adapted); "" where its words do not say."""
    if _WEAK.search(text) and not re.search(
        r"\btest it\b|\bdrill\b|\brecord the time\b", text, re.IGNORECASE
    ):
        return "weak"
    if _STRONG.search(text):
        return "strong"
    return "intermediate" if _INTERMEDIATE.search(text) else ""


def check_coverage(document: Document, entries: Sequence[Entry]) -> Iterator[Report]:
    """Report, as notes at the first item, what the list as a whole leaves open."""
    if len(entries) < 2:
        return
    for message, suggestion in (
        *_factors(document, entries),
        *_types(entries),
        *_priorities(entries),
        *_strengths(entries),
        *_repeated(entries),
        *_number(entries),
    ):
        start, end = entries[0].span("action")
        line, column = document.place(start)
        end_line, end_column = document.place(end)
        yield Report(
            rule="A11",
            level="info",
            message=message,
            suggestion=suggestion,
            text=document.source[start:end],
            line=line,
            column=column,
            end_line=end_line,
            end_column=end_column,
            confidence=0.8,
        )


_Note = tuple[str, str]


def _factors(document: Document, entries: Sequence[Entry]) -> Iterator[_Note]:
    labelled = (_LABEL.match(block.prose.text) for block in document.blocks if block.section == "factor")
    defined = list(dict.fromkeys(found.group(1) for found in labelled if found))
    addressed = {name for entry in entries for name in _FACTOR.findall(entry.fields.get("factor", ""))}
    missing = [name for name in defined if name not in addressed]
    if addressed and missing:
        yield f"no action item addresses {', '.join(missing)}", "Add an item, or record why none is worth it."


def _types(entries: Sequence[Entry]) -> Iterator[_Note]:
    types = {entry.fields.get("type", "").lower()[:6] for entry in entries} - {""}
    for name in ("prevent", "detect"):
        if types and name[:6] not in types:
            yield f"no action item is meant to {name}", f"Ask what would {name} the next one of this kind."


def _priorities(entries: Sequence[Entry]) -> Iterator[_Note]:
    values = [entry.fields.get("priority", "").strip().upper() for entry in entries]
    if len(values) > 2 and len(set(values)) == 1 and values[0]:
        yield f"all {len(values)} action items have priority {values[0]}", "Say which one is done first."


def _strengths(entries: Sequence[Entry]) -> Iterator[_Note]:
    if all(control_strength(entry.text) == "weak" for entry in entries):
        yield "all action items are weak controls", "Add one that makes the act impossible or harmless."


def _repeated(entries: Sequence[Entry]) -> Iterator[_Note]:
    counts = Counter(" ".join(re.findall(r"\w+", entry.text.lower())) for entry in entries)
    for text, count in counts.items():
        if count > 1 and text:
            yield f'the action item "{text[:60]}" stands here {count} times', "Keep one."


def _number(entries: Sequence[Entry]) -> Iterator[_Note]:
    open_items = sum(not entry.finished for entry in entries)
    if open_items > _MANY:
        yield (
            f"there are {open_items} open action items",
            "Say which of them will be done; drop the others with a reason.",
        )
