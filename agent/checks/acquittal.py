"""What in the words around a blaming phrase acquits: nobody did it, no longer, or a system did."""

from __future__ import annotations

import re

from agent.checks.lexicon import words
from agent.checks.pattern import Pattern
from agent.checks.phrase import first_phrase
from agent.checks.rulebook import Rule
from agent.checks.sentence import Sentence
from agent.checks.subject import Roster, is_word, kind_of

BE = frozenset(
    [
        "be",
        "been",
        "being",
        "is",
        "are",
        "was",
        "were",
        "get",
        "gets",
        "got",
        "gotten",
        "getting",
        "isn't",
        "aren't",
        "wasn't",
        "weren't",
    ]
)


def is_participle(word: str) -> bool:
    """Tell whether a word is a past participle."""
    low = word.lower()
    return low in words()["participle"] or (len(low) > 3 and low.endswith("ed"))


def is_present(match: re.Match[str]) -> bool:
    """Tell whether a blaming phrase begins with a verb in the present tense."""
    words_in = match.group().split()
    first = words_in[0].lower() if words_in else ""
    return not (is_participle(first) or first in {"broke", "forgot", "made", "let", "left"})


def is_conditional(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether a present tense stands behind "if" or "when": what a program or plan does."""
    if not is_present(match):
        return False
    clause = re.split(r"[,;:.]", sentence.text[: match.start()])[-1]
    return bool(re.search(r"\b(?:if|when|whenever|unless|in case|once)\b", clause, re.IGNORECASE))


_POSITIVE = frozenset(["B01", "B04", "B13", "B14"])
"""Families of deeds and vices: nobody who did or had one is praise."""
_DEEDS = frozenset(["B01", "B06", "B13"])
_SUPPOSED = Pattern(
    r"\b(?:if|whenever|unless|in case|should|so that|even if|lest) "
    r"(?:someone|somebody|anyone|anybody|people|an? (?!canary)[\w-]+)\b"
    r"[^,;:.]{0,40}$",
    re.IGNORECASE,
)
"""A condition about nobody in particular: what would happen, not what did."""
_VICES = frozenset(["B04", "B14"])
_NOBODY_WAS = Pattern(r"\b(?:nobody|no[- ]one|none of (?:us|them|the \w+))\b[^,;:.]{0,40}$", re.IGNORECASE)


def is_acquitted(rule: Rule, sentence: Sentence, match: re.Match[str], roster: Roster) -> bool:
    """Tell whether the words themselves say that nobody did it, no longer, or that a system did."""
    before = [token.low for token in sentence.tokens if token.end <= match.start()]
    if before[-2:] == ["no", "longer"]:
        return True
    while before and (before[-1] in words()["auxiliary"] or before[-1] in words()["adverb"]):
        before.pop()
    nobody = before[-1:] in (["nobody"], ["no-one"]) or before[-2:] == ["no", "one"]
    if nobody and rule.subject and rule.rule in _POSITIVE:
        return True
    if rule.rule in _DEEDS and _SUPPOSED.search(sentence.text[: match.end()]):
        return True
    if rule.rule in _VICES and _NOBODY_WAS.search(sentence.text[: match.start()]):
        return True
    inside = [token.low for token in sentence.tokens if match.start() <= token.start < match.end()]
    return not BE.isdisjoint(inside) and _is_done_by_system(sentence, match.end(), roster)


def _is_done_by_system(sentence: Sentence, position: int, roster: Roster) -> bool:
    after = [token for token in sentence.tokens if token.start >= position][:7]
    for number, token in enumerate(after):
        if token.low == "by":
            return kind_of(first_phrase(after[number + 1 :]), roster) == "system"
        if token.low in words()["boundary"]:
            return False
    return False


def precedes_system(sentence: Sentence, position: int, roster: Roster) -> bool:
    """Tell whether the noun phrase that begins at `position` names a system, and not somebody's work."""
    phrase = first_phrase([token for token in sentence.tokens if token.start >= position])
    works = any(is_word("work", token) for token in phrase)
    return bool(phrase) and not works and kind_of(phrase, roster) == "system"
