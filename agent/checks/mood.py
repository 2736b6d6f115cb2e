"""Whether a verb tells what happened, or what is denied, possible, supposed or true in general."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.checks.acquittal import is_present
from agent.checks.lexicon import words

if TYPE_CHECKING:
    import re

    from agent.checks.sentence import Sentence

_UNREAL = frozenset(
    [
        "can",
        "could",
        "may",
        "might",
        "would",
        "will",
        "should",
        "must",
        "shall",
        "to",
        "not",
        "never",
        "cannot",
        "nor",
        "without",
    ]
)
_DONE = frozenset(
    """chose chosen chooses decided decides managed manages continued continues preferred prefers elected
    opted tried seemed seems appeared appears seem continue tend tends tended liked used refused""".split()  # noqa: SIM905
)
"""Verbs in front of "to" that tell what was done."""
_CONDITION = frozenset(["if", "unless", "whenever", "should", "lest"])
_POSSIBLE = frozenset(["can", "may", "might"])
"""In front of a participle: what somebody can do, "causing the server to stop"."""
_ANY = frozenset(["any", "some"])
_GENERIC = frozenset(
    ["people", "persons", "those", "anyone", "anybody", "someone", "somebody", "everyone", "one"]
)
"""With "who" and a verb in the present tense: people in general, and nothing that happened."""


def is_unreal(sentence: Sentence, position: int) -> bool:
    """Tell whether the verb at `position` is denied, merely possible or inside a condition."""
    before = [token.low for token in sentence.tokens if token.end <= position]
    for low in reversed(before):
        if low in _UNREAL or low.endswith("n't"):
            return True
        if not (low in words()["adverb"] or low in words()["auxiliary"] or low.endswith("ly")):
            break
    for low in reversed(before):
        if low in {",", ";", ":", "."}:
            return False
        if low in _CONDITION:
            return True
    return False


def is_permitted(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether a verb in the present tense is what somebody may or will do, and not what they did."""
    before = [token.low for token in sentence.tokens if token.end <= match.start()]
    if not is_present(match) or (before[-1:] == ["to"] and before[-2:-1] and before[-2] in _DONE):
        return False
    return is_unreal(sentence, match.start())


def is_generic(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether a verb in the present tense says what people in general do."""
    before = [token.low for token in sentence.tokens if token.end <= match.start()]
    present = is_present(match)
    if present and match.group().lower().endswith("ing") and not _POSSIBLE.isdisjoint(before):
        return True
    if not present or before[-1:] != ["who"] or len(before) < 2:
        return False
    return before[-2] in _GENERIC or any(low in _ANY for low in before[-4:-2])
