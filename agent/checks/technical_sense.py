"""Blaming words that a sentence says of a system: a lazy cache, an operator in an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.checks.acquittal import BE, precedes_system
from agent.checks.lexicon import words
from agent.checks.subject import is_word, kind_of, leading_subject, subject_before

if TYPE_CHECKING:
    import re

    from agent.checks.rulebook import Rule
    from agent.checks.sentence import Sentence
    from agent.checks.subject import Roster


def is_about_system(rule: Rule, sentence: Sentence, match: re.Match[str], roster: Roster) -> bool:
    """Tell whether the words of a rule are said of a system."""
    if rule.people and subject_before(sentence, match.start(), roster) == "system":
        return True
    if rule.rule == "B06" and _belongs_to_software(sentence, match, roster):
        return True
    if rule.rule == "B14" and _is_quality_of_system(sentence, match, roster):
        return True
    return rule.predicate and _describes_system(sentence, match, roster)


def _belongs_to_software(sentence: Sentence, match: re.Match[str], roster: Roster) -> bool:
    """Tell whether the role in front of "error" is a part of a program, such as a ternary operator."""
    head = [token for token in sentence.tokens if token.start <= match.start()][-2:]
    return len(head) == 2 and is_word("software_role", head[1]) and kind_of(head, roster) == "system"


def _is_quality_of_system(sentence: Sentence, match: re.Match[str], roster: Roster) -> bool:
    """Tell whether "of the" and a system follow: the unreliability of the link is no vice."""
    if sentence.text[: match.start()].lower().endswith("to the point of "):
        before = [token for token in sentence.tokens if token.end <= match.start()]
        return leading_subject(before, roster) == "system"
    after = next((token for token in sentence.tokens if token.start >= match.end()), None)
    if after is None:
        return False
    compound = is_word("thing", after) and after.low not in words()["boundary"]
    return compound or (after.low == "of" and precedes_system(sentence, after.end, roster))


def _describes_system(sentence: Sentence, match: re.Match[str], roster: Roster) -> bool:
    """Tell whether an adjective stands with a system: before its noun, or behind "was"."""
    return precedes_system(sentence, match.end(), roster) or _follows_system(sentence, match.start(), roster)


def _follows_system(sentence: Sentence, position: int, roster: Roster) -> bool:
    before = [token for token in sentence.tokens if token.end <= position]
    while before and (before[-1].low in words()["adverb"] or before[-1].low.endswith("ly")):
        before.pop()
    if not before or before[-1].low not in BE:
        return False
    while before and before[-1].low in words()["auxiliary"]:
        before.pop()
    work = bool(before) and is_word("work", before[-1])
    return not work and subject_before(sentence, position, roster) == "system"
