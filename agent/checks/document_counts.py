"""Counts and percentages that a document gives twice, or counts of what it lists, rule C06."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from agent.checks.document import Block, Document
from agent.checks.items import read_entries
from agent.checks.pattern import Pattern
from agent.checks.report import Report, at
from agent.checks.stem import stem

_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_NUMBER = rf"(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?|{'|'.join(_WORDS)})"
_PERCENT = Pattern(
    r"(?<![\w.])(?P<about>about |around |roughly |approximately |nearly |over |up to "
    r"|~)?(?P<n>\d+(?:\.\d+)?)\s?(?:%|percent) of (?:all |the |our |its )?"
    r"(?P<noun>(?:[a-z][\w-]* ){0,2}[a-z][\w-]*)",
    re.IGNORECASE,
)
_COUNT = Pattern(
    rf"(?<![\w.:/-])(?P<about>about |around |roughly |approximately |nearly |over |up to "
    rf"|~)?{_NUMBER} (?P<noun>(?:[a-z][\w-]* ){{0,2}}?[a-z][\w-]*s) (?:were |was |had been "
    rf"|have been )?"
    r"(?P<verb>affected|impacted|failed|lost|delayed|rejected|dropped|restarted|crashed|unavailable|down|deleted|corrupted|duplicated|evicted|terminated|refused|missed)\b",
    re.IGNORECASE,
)
_OF = Pattern(
    r"(?<![\w.])(?P<part>\d[\d,]*) (?:of|out of) (?:the "
    r"|all )?(?P<whole>\d[\d,]*)(?P<between>[^.;\d%]{0,40}?)\(?(?:about |roughly |~"
    r"|or )?(?P<percent>\d+(?:\.\d+)?)\s?%",
    re.IGNORECASE,
)
_LISTED = Pattern(
    rf"\b{_NUMBER} (?:[a-z-]+ )?(?P<what>contributing factors|factors|root causes|causes|action items"
    rf"|actions|follow-?ups|lessons)\b",
    re.IGNORECASE,
)
_FACTS = frozenset({"summary", "impact", "detection"})


class _Stated(NamedTuple):
    value: float
    rough: bool
    block: Block
    start: int
    end: int


def check_counts(document: Document) -> Iterator[Report]:
    """Report numbers that the document contradicts itself."""
    yield from _shares(document)
    yield from _twice(document, _PERCENT, "percentage")
    yield from _twice(document, _COUNT, "count")
    yield from _listed(document)


def _value(text: str) -> float:
    low = text.lower().replace(",", "")
    return float(_WORDS[low]) if low in _WORDS else float(low)


def _shares(document: Document) -> Iterator[Report]:
    """Check "120 of 400 requests (25%)" by arithmetic."""
    for block in document.blocks:
        if "%" not in block.prose.text:
            continue
        for found in _OF.finditer(block.prose.text):
            part, whole, percent = _value(found["part"]), _value(found["whole"]), _value(found["percent"])
            if not whole or part > whole or found["between"].count(",") > 1:
                continue
            exact = part / whole * 100
            decimals = len(found["percent"].partition(".")[2])
            if abs(exact - percent) > max(0.6 * 10**-decimals, 0.02 * exact, 0.1):
                start, end = block.prose.span(found.start(), found.end())
                message = f"{found['part']} of {found['whole']} is {exact:.3g} %, not {found['percent']} %"
                yield at(
                    document,
                    start,
                    end,
                    "C06",
                    "warning",
                    message,
                    f"Use {exact:.3g} %, or correct the counts.",
                )


def _twice(document: Document, pattern: Pattern, what: str) -> Iterator[Report]:
    """Compare what two sections say of the same thing; silent where one of them gives several values."""
    stated: dict[tuple[str, str], dict[str, list[_Stated]]] = defaultdict(lambda: defaultdict(list))
    for block in document.blocks:
        if block.section not in _FACTS or block.kind == "heading":
            continue
        for found in pattern.finditer(block.prose.text):
            key = (_noun(found["noun"]), stem(found.groupdict().get("verb") or ""))
            one = _Stated(_value(found["n"]), bool(found["about"]), block, found.start(), found.end())
            stated[key][block.section].append(one)
    for sections in stated.values():
        values = [found for found in sections.values() if len({one.value for one in found}) == 1]
        if len(values) < 2 or len(values) != len(sections):
            continue
        first, *others = sorted((found[0] for found in values), key=lambda one: one.block.start)
        for other in others:
            if not _agree(first, other):
                start, end = other.block.prose.span(other.start, other.end)
                here = first.block.prose.text[first.start : first.end]
                message = f"this {what} differs from the {first.block.section}, which says {here}"
                yield at(
                    document,
                    start,
                    end,
                    "C06",
                    "warning",
                    message,
                    "Use one value, or say how the two differ.",
                )


def _noun(words: str) -> str:
    """Return the key of a noun phrase: its last words up to the first verb or preposition."""
    kept: list[str] = []
    for word in words.lower().split():
        if word in {
            "in",
            "on",
            "at",
            "for",
            "to",
            "from",
            "were",
            "was",
            "had",
            "have",
            "that",
            "which",
            "with",
            "and",
            "by",
            "failed",
            "during",
        }:
            break
        kept.append(stem(word))
    return " ".join(kept[-2:])


def _agree(first: _Stated, other: _Stated) -> bool:
    slack = (
        0.12 * max(first.value, other.value)
        if first.rough or other.rough
        else 0.005 * max(first.value, other.value)
    )
    return abs(first.value - other.value) <= max(
        slack, 0.5 if first.value != int(first.value) or other.value != int(other.value) else 0.0
    )


def _listed(document: Document) -> Iterator[Report]:
    """Compare "three contributing factors" with how many the section lists."""
    listings: dict[str, int] = {}
    for block in document.blocks:
        if (
            block.section not in {"summary", "factor", "action", "lesson", "impact"}
            or block.kind == "heading"
        ):
            continue
        for found in _LISTED.finditer(block.prose.text):
            what = found["what"].lower()
            if what not in listings:
                listings[what] = _listing(document, what)
            listed = listings[what]
            value = _value(found["n"])
            before = block.prose.text[max(0, found.start() - 20) : found.start()].lower()
            if re.search(
                r"\b(?:first|last|other|more|these|those|of|least|top|another|remaining)\s*$", before
            ):
                continue
            if listed >= 2 and value != listed:
                start, end = block.prose.span(found.start(), found.end())
                message = f"the document lists {listed} {what}, not {found['n']}"
                yield at(
                    document,
                    start,
                    end,
                    "C06",
                    "warning",
                    message,
                    "Correct the count, or complete the list.",
                )


def _listing(document: Document, what: str) -> int:
    """Count what a section lists; 0 where it is not one plain numbered list, or one table."""
    if what in {"action items", "actions", "follow-ups", "followups"}:
        return len(read_entries(document))
    section = "lesson" if what == "lessons" else "factor"
    top = [item for item in document.items if item.section == section and item.parent < 0 and item.blocks]
    numbered = [
        item
        for item in top
        if re.match(
            r"\s*\d+[.)]\s", document.source[document.source.rfind("\n", 0, item.blocks[0].start) + 1 :][:40]
        )
    ]
    return len(numbered) if numbered and len(numbered) == len(top) else 0
