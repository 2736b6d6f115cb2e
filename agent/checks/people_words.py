"""Whether words could stand for people at all, and which of them are given names."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from agent.checks.lexicon import words

if TYPE_CHECKING:
    from agent.checks.subject import Roster

LEVELS = frozenset({"level", "line", "tier"})
"""Heads that name a part of support: second level."""


@cache
def _human_words() -> frozenset[str]:
    lists = words()
    names = (
        "person",
        "team",
        "team_mass",
        "team_alone",
        "organisation",
        "outsider",
        "pronoun_person",
        "pronoun_we",
    )
    found = {word for name in names for word in lists[name]}
    found |= {
        "i",
        "they",
        "no",
        "call",
        "shift",
        "desk",
        "group",
        "side",
        "division",
        "unit",
        "org",
        "organisation",
        "office",
        "provider",
    }
    found |= LEVELS | {"organization", "oncall", "who", "whoever"}
    parts = {part for word in found for part in word.split("-")}
    return frozenset(
        parts | {f"{word}s" for word in parts} | {f"{word}es" for word in parts} | lists["given_names"]
    )


def may_name_people(words_here: set[str], roster: Roster) -> bool:
    """Tell whether one of the words of a sentence, in lower case, could stand for a person or team."""
    if not (words_here.isdisjoint(_human_words()) and words_here.isdisjoint(roster.people)):
        return True
    return any(not word.isascii() and is_first_name(word) for word in words_here)


def is_first_name(low: str) -> bool:
    """Tell whether a word in lower case is a given name, with its accents or without them."""
    names = words()["given_names"]
    if low in names or low.isascii():
        return low in names
    plain = "".join(char for char in unicodedata.normalize("NFD", low) if not unicodedata.combining(char))
    return plain in names
