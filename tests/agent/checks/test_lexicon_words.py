"""Inflections, the index of cues, and the guards that keep a verb from being reported."""

import pytest

from agent.checks import check_document
from agent.checks.lexicon.inflection import inflect


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("mangle", ("mangle", "mangles", "mangled", "mangling")),
        ("drop", ("drop", "drops", "dropped", "dropping")),
        ("omit", ("omit", "omits", "omitted", "omitting")),
        ("deny", ("deny", "denies", "denied", "denying")),
        ("forget", ("forget", "forgets", "forgot", "forgotten", "forgetting")),
        ("let", ("let", "lets", "letting")),
        ("withhold", ("withhold", "withholds", "withheld", "withholding")),
    ],
)
def test_verbs_are_inflected(verb: str, forms: tuple[str, ...]) -> None:
    assert inflect(verb) == forms


def _found(sentence: str) -> list[str]:
    text = f"# P\n\n## Contributing factors\n\n{sentence}\n"
    return [item.rule for item in check_document(text) if item.rule[0] == "B" and item.level != "info"]


@pytest.mark.parametrize(
    ("told", "silent"),
    [
        ("The engineer mangled the table.", "The engineer did not mangle the table."),
        ("The engineer mangled the table.", "An engineer could mangle the table by hand."),
        ("The engineer mangled the table.", "If an engineer mangles the table, the check stops the run."),
        ("The table was mangled by the engineer.", "The table was mangled by the importer."),
        ("The shift supervisor fell asleep.", "The supervisor process fell asleep."),
        ("The cause was sheer negligence.", "The report avoids the word negligence."),
        ("The cause was operator error.", "At first it was thought to be operator error."),
        ("The payments engineer should have load tested it.", "The build should have been load tested."),
    ],
)
def test_denied_possible_and_suffered_acts_stay_silent(told: str, silent: str) -> None:
    assert _found(told), told
    assert _found(silent) == [], silent
