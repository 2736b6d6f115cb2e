"""How long the patterns of the wording rules take on text made against them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from agent.checks import survey_document
from agent.checks.lexicon.cues import ways_of
from agent.checks.rulebook import Rule, rules

_LENGTH = 2_000
"""Characters; a rule's time on them is compared with that on twice as many."""
_ALWAYS = ("Ab", "a.", "a-", "/", "a@", "the ", "it was ", "Dana and ", "A. ", "a ")


def _repeated(unit: str, length: int) -> str:
    return (unit * (length // len(unit) + 1))[:length]


def _units(rule: Rule) -> Iterator[str]:
    """Yield what the rule accepts, what it nearly accepts, and the words that wake it."""
    yield from _ALWAYS
    for hit in rule.hits[:1]:
        yield f"{hit.rstrip('.!?')} "
        yield f"{hit.rsplit(None, 1)[0]}, "
    for way in ways_of(rule.pattern)[:1]:
        for clause in way.clauses[:3]:
            yield f"{clause[0].strip(chr(0)).strip()} "


def _seconds(pattern: re.Pattern[str], text: str) -> float:
    begin = time.process_time()
    for _ in pattern.finditer(text):
        pass
    return time.process_time() - begin


def _grows(pattern: re.Pattern[str], unit: str) -> bool:
    """Tell whether twice the text takes far more than twice the time; seldom so by the machine's load."""
    for _ in range(4):
        single, double = (_seconds(pattern, _repeated(unit, length)) for length in (_LENGTH, 2 * _LENGTH))
        if double < 3 * single or double < 0.05:
            return False
    return True


def _patterns(rule: Rule) -> list[re.Pattern[str]]:
    return [pattern for pattern in (rule.pattern, rule.needed, rule.silencer) if pattern is not None]


def test_no_rule_takes_more_than_linear_time() -> None:
    slow = [
        (rule.id, unit)
        for rule in rules()
        for pattern in _patterns(rule)
        for unit in dict.fromkeys(_units(rule))
        if _seconds(pattern, _repeated(unit, _LENGTH)) > 0.01 and _grows(pattern, unit)
    ]
    assert slow == []


def test_a_chain_of_a_rules_own_words_does_not_branch() -> None:
    """Behind what a rule begins with, one word of an optional chain is said thirty times."""
    slow: list[tuple[str, str]] = []
    for rule in rules():
        for chain in re.finditer(r"\(\?:([^()]*)\)(?:\{\d,\d\}|[*+])", rule.pattern.pattern):
            for word in {"simply", *(part.strip() for part in chain[1].split("|") if part.strip().isalpha())}:
                before = re.split(r"[\s,]", rule.hits[0], maxsplit=3)[:3] if rule.hits else ["It", "was"]
                starts = (" ".join(before), "It was", "the work was", "Dana's work was")
                slow.extend(
                    (rule.id, word)
                    for start in starts
                    if _seconds(rule.pattern, f"{start} {f'{word} ' * 30}") > 0.05
                )
    assert slow == []


@pytest.mark.parametrize(
    "words",
    [
        "Dana's work was simply ",
        "so hadn't anyone of the team ",
        "who had told the ",
        " ".join(re.sub(r"[.!?](?= |$)", ",", hit) for rule in rules() for hit in rule.hits) + " ",
    ],
    ids=["chain", "question", "clause", "every rule"],
)
def test_a_sentence_of_sixty_thousand_characters_is_checked_in_two_seconds(words: str) -> None:
    wrapped = re.sub(r"(.{80}\S*) ", r"\1\n", _repeated(words, 60_000))
    begin = time.process_time()
    survey_document(f"# Post-mortem\n\n## Summary\n\n{wrapped}\n")
    assert time.process_time() - begin < 2
