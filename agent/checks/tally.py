"""Counts that a sentence gives to a part of something: to a label, to a phase, out of a whole."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from agent.checks.evidence_text import text_of
from agent.checks.number_words import SPELLED

if TYPE_CHECKING:
    from agent.checks.support import Support

_WORDS = "|".join(sorted((*SPELLED, "one"), key=len, reverse=True))
_COUNT = rf"(?:\d{{1,9}}|{_WORDS})"
_HELD = re.compile(
    r"(?<![\w.-])(?P<label>[A-Za-z][\w.-]*\w) \(?(?P<count>\d{1,9} times?|once|twice)(?=[\s,.;)]|$)"
)
"""A label with its count in the evidence: "FailedCreate (4 times)", "orders-db 10 times"."""
_OFTEN = {"once": 1, "twice": 2}
_TIME = r"(?:(?:milli)?seconds?|secs?|ms|s|min(?:ute)?s?|h|hours?|days?|weeks?)"
_PHASE = re.compile(
    rf"\b(?P<count>{_COUNT}) (?:of (?:them|these|those) )?"
    rf"(?:(?!{_TIME}\b)[a-z]+ ){{0,2}}?(?P<when>before|after|since) "
    r"(?:the (?:onset|start|incident)|it(?=\W*$|[.,;]))",
    re.IGNORECASE,
)
_LOGGED = re.compile(
    r"\blogged (?P<said>(?P<count>\d{1,9}) times)\b(?! (?:an?|per|each|every) (?:second|minute|hour)\b)"
)
_OF_WHOLE = re.compile(
    r"\bof (?:the |its |all )?(?P<whole>\d{1,9}) (?:[a-z]+ ){1,6}?(?P<rest>[^.;]{0,40}?), (?P<part>\d{1,9})"
    r"(?= (?:came|were|was|had|of|in|on|from|failed|did|got)\b)",
    re.IGNORECASE,
)


def mistold(text: str, support: Support) -> Iterator[str]:
    """Yield counts of a label or phase that the evidence gives to another, and parts above their whole."""
    yield from _labels(text, support)
    yield from _phases(text, support)
    yield from _logged(text, support)
    yield from (
        found.group() for found in _OF_WHOLE.finditer(text) if int(found["part"]) > int(found["whole"])
    )


def _labels(text: str, support: Support) -> Iterator[str]:
    held: defaultdict[str, list[int]] = defaultdict(list)
    for item in support.items:
        for found in _HELD.finditer(re.sub(r'"[^"]*"', " ", item.statement)):
            if not found["label"].islower() or "-" in found["label"]:
                held[found["label"]].append(_number(found["count"].split()[0]))
    for label, counts in held.items():
        for found in re.finditer(_said_of(label), text):
            if found["front"] and _is_some(found, label, text):
                continue
            count = _number(next(filter(None, found.groups())))
            if count not in {*counts, sum(counts)}:
                yield found.group().strip()


def _is_some(found: re.Match[str], label: str, text: str) -> bool:
    """Tell whether a count in front of a label is that of some: "one X came first", "the first X and 3 X"."""
    if found["front"].lower() in {"one", "1"} or re.search(r"\b(?:more|other|further)\b", found.group()):
        return True
    return bool(re.search(rf"\b(?i:first|last|next|another) {re.escape(label)}(?![\w-])", text))


def _said_of(label: str) -> str:
    """Return the pattern of the ways in which a sentence gives a count to a label."""
    name = rf"(?<![\w.-]){re.escape(label)}(?![\w-])"
    return (
        rf"{name} \(?(?P<behind>(?:{_COUNT})(?= times?\b)|once|twice)"
        rf"|(?<![\w.-])(?P<front>(?i:{_COUNT})) (?:[a-z]+ )?{name}"
        r"(?!(?: events?)? (?:an?|per|each|every) (?:second|minute|hour)\b)"
        rf"|(?<![\w.-])(?P<part>(?i:{_COUNT})) of (?:the |these |those )?(?:{_COUNT}) "
        rf"[a-z ]{{1,40}}(?:was|were) {name}"
    )


def _phases(text: str, support: Support) -> Iterator[str]:
    """Yield counts of one log pattern before the onset that are those since it, and the reverse."""
    patterns = [item.attributes for item in support.items if item.kind == "L"]
    if len(patterns) != 1 or len(support.items) > 1:
        return
    both = [patterns[0].get(key, "") for key in ("baseline_count", "incident_count")]
    for found in _PHASE.finditer(text):
        own, other = both if found["when"].lower() == "before" else reversed(both)
        if str(_number(found["count"])) == other != own:
            yield found.group()


def _logged(text: str, support: Support) -> Iterator[str]:
    """Yield "logged 3 times" where the one cited log pattern holds no such number."""
    patterns = [item for item in support.items if item.kind == "L"]
    if len(patterns) != 1 or support.facts or not patterns[0].attributes.get("count"):
        return
    held = set(re.findall(r"\d+", text_of(patterns[0])))
    for found in _LOGGED.finditer(text):
        if found["count"] not in held:
            yield found["said"]


def _number(word: str) -> int:
    low = word.lower()
    return int(low) if low.isdigit() else _OFTEN.get(low) or SPELLED.get(low, 1)
