"""Who or what a sentence speaks about at one place: a light noun-phrase reader over word lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from agent.checks.lexicon import words
from agent.checks.pattern import Pattern
from agent.checks.people_words import LEVELS, is_first_name
from agent.checks.phrase import (
    TITLES,
    before_bracket,
    before_insertion,
    is_verbish,
    noun_phrase,
    serves_software,
)
from agent.checks.prose import OPAQUE
from agent.checks.sentence import Sentence, Token

Kind = Literal["person", "team", "we", "self", "organisation", "outsider", "system", "unknown", "none"]
"""none: an imperative or a fragment without a subject."""
HUMAN: frozenset[Kind] = frozenset({"person", "team", "self"})


@dataclass(frozen=True, slots=True)
class Roster:
    """Names that the document itself vouches for."""

    people: frozenset[str] = frozenset()
    systems: frozenset[str] = frozenset()


def is_word(name: str, token: Token) -> bool:
    """Tell whether a token, or its singular, is in a word list."""
    low = token.low
    found = words()[name]
    if low in found:
        return True
    return low.endswith("s") and (low[:-1] in found or (low.endswith("es") and low[:-2] in found))


def subject_before(sentence: Sentence, position: int, roster: Roster) -> Kind:
    """Resolve the subject of the verb group that starts at `position` of the sentence."""
    tokens = [token for token in sentence.tokens if token.end <= position]
    return _subject(tokens, roster, depth=0)


def _subject(tokens: list[Token], roster: Roster, depth: int) -> Kind:
    left = _before_adverbs(tokens)
    start = len(left)
    while start > 0 and not _is_boundary(left, start - 1):
        start -= 1
    phrase = left[start:]
    while len(phrase) > 1 and _is_time(phrase[0]):
        phrase = phrase[1:]
    if serves_software(phrase):
        return "system"
    if start > 0 and left[start - 1].low in {"who", "whoever"} and any(map(is_verbish, phrase)):
        return _through_boundary(left[:start], roster, depth)
    if phrase:
        return kind_of(noun_phrase(phrase), roster)
    if start == 0 or depth > 3:
        return "none"
    return _through_boundary(left, roster, depth)


def _through_boundary(left: list[Token], roster: Roster, depth: int) -> Kind:
    mark, before = left[-1].low, left[:-1]
    if mark in {"who", "whoever"}:
        kind = _subject([token for token in before if token.low != ","], roster, depth + 1)
        return kind if kind in {"outsider", "person", "team", "we"} else "person"
    if mark in {"that", "which"}:
        return _subject([token for token in before_bracket(before) if token.low != ","], roster, depth + 1)
    if mark == "," and (inserted := before_insertion(before)) is not None:
        return _subject(inserted, roster, depth + 1)
    if mark in {",", ")"} and (explained := _apposition(before, mark, roster)) is not None:
        return explained
    if mark in {"and", "or", "but", ",", "then", "so", ")", "-", "\u2013", "\u2014", "nor"}:
        return leading_subject(before, roster)
    return "none"


def _apposition(tokens: Sequence[Token], mark: str, roster: Roster) -> Kind | None:
    """Resolve what a name is said to be behind it: "Sven, the release bot," is a program."""
    opening = "," if mark == "," else "("
    places = [number for number, token in enumerate(tokens) if token.low == opening]
    phrase = tokens[places[-1] + 1 :] if places else ()
    if len(phrase) < 2 or phrase[0].low not in words()["determiner"] or any(map(is_verbish, phrase)):
        return None
    kind = kind_of(noun_phrase(phrase), roster)
    return kind if kind in {"system", "person", "team"} else None


def leading_subject(tokens: Sequence[Token], roster: Roster) -> Kind:
    """Resolve the subject at the head of the last clause that has one."""
    begin = 0
    for index, token in enumerate(tokens):
        if token.low in {"because", "while", "although", "when", ";", ":", "after", "before"}:
            begin = index + 1
    phrase: list[Token] = []
    for token in tokens[begin:]:
        if token.low == "," and not phrase:
            continue
        if is_verbish(token) or token.low in {",", "who", "which", "that"}:
            if phrase and phrase[0].low not in words()["preposition"]:
                break
            phrase = []
            continue
        phrase.append(token)
    return kind_of(noun_phrase(phrase), roster) if phrase else "none"


def _before_adverbs(tokens: list[Token]) -> list[Token]:
    end = len(tokens)
    lists = words()
    while end > 0:
        low = tokens[end - 1].low
        skip = low in lists["adverb"] or low in lists["auxiliary"] or low in {"'ve", "n't", "'d", "'"}
        if (
            not skip
            and len(low) > 4
            and low.endswith("ly")
            and low not in {"reply", "supply", "family", "italy"}
        ):
            skip = low not in _NAMES_IN_LY
        if not skip:
            break
        end -= 1
    return tokens[:end]


_CAMEL = Pattern(r"^[A-Za-z]*[a-z][A-Z]|^[A-Z]{2,}[a-z]{2,}")
"""Names such as PodReflector are those of systems."""
_SHIFTS = frozenset(
    {"on", "night", "day", "late", "early", "weekend", "graveyard", "swing", "morning", "evening"}
)
_NAMES_IN_LY = frozenset(
    {"emily", "kelly", "sally", "molly", "holly", "daily", "weekly", "monthly", "nightly"}
)


def _is_time(token: Token) -> bool:
    """Tell whether a timeline row's time or zone stands here."""
    return (token.text[0].isdigit() and ":" in token.text) or token.low in {
        "utc",
        "cet",
        "est",
        "pst",
        "gmt",
        "am",
        "pm",
    }


def _is_boundary(tokens: Sequence[Token], index: int) -> bool:
    low = tokens[index].low
    if low == "no" and index + 1 < len(tokens):
        return False
    return low in words()["boundary"]


def kind_of(  # noqa: PLR0911 - one return a kind
    phrase: Sequence[Token], roster: Roster, *, alone: bool = True
) -> Kind:
    """Classify a noun phrase by its head; `alone`: a bare department word counts as the department."""
    if not phrase:
        return "none"
    head = phrase[-1]
    low = head.low
    named = _named(phrase, roster)
    if named is not None:
        return named
    lists = words()
    if low in lists["pronoun_we"]:
        return "we"
    if low in lists["pronoun_self"]:
        return "self"
    if low in lists["pronoun_person"] or (len(phrase) > 1 and phrase[-2].low == "no" and low == "one"):
        return "person"
    before = phrase[-2].low if len(phrase) > 1 else ""
    if is_word("person", head):
        return "system" if _is_software(head, before) else "person"
    if low in {"call", "shift"} and (before in _SHIFTS):
        return "person"
    return _kind_of_common(head, before, phrase, alone=alone)


def _named(phrase: Sequence[Token], roster: Roster) -> Kind | None:
    head = phrase[-1]
    if head.text[0] == OPAQUE or head.text[0].isdigit():
        return "system"
    if "@" in head.text[:-1]:
        return (
            "system"
            if "noreply" in head.low or head.low.rstrip(">").endswith(("bot", "-ci", "[bot]"))
            else "person"
        )
    if len(phrase) > 1 and head.text[0].isupper() and phrase[-2].low in TITLES:
        return "person"
    for token in phrase[-2:]:
        name = token.low
        if name in roster.systems:
            return "system"
        if (
            token.text[0].isupper()
            and not token.text[1:].isupper()
            and (name in roster.people or (is_first_name(name) and name not in words()["thing"]))
        ):
            follows = phrase[-1].text[0].isupper() and not phrase[-1].text.isupper()
            if token is head or follows:
                return "person"
    return None


def _kind_of_common(  # noqa: PLR0911 - one return a kind
    head: Token, before: str, phrase: Sequence[Token], *, alone: bool
) -> Kind:
    lists = words()
    low = head.low
    if head.text == "IT" or (low in {"centre", "center"} and before in lists["team_centre"]):
        return "team"
    support = low in LEVELS and len(phrase) == 2 and before in lists["team_level"]
    if support or (low == "office" and before in lists["team_office"]):
        return "team"
    if is_word("team", head):
        return "team"
    if low in {"group", "side", "division", "unit", "org", "organisation", "organization"}:
        return (
            "team"
            if (before in lists["team_group_modifier"] and before not in lists["determiner"])
            or is_word("team", Token(before, 0, 0))
            else "unknown"
        )
    if low in lists["team_mass"] and (before in lists["team_group_modifier"] or (len(phrase) == 1 and alone)):
        return "team"
    if low in lists["team_alone"] and len(phrase) == 1 and alone:
        return "team"
    if is_word("organisation", head) or (low == "provider" and before in lists["provider_modifier"]):
        return "organisation"
    if is_word("outsider", head):
        return "outsider"
    if (
        is_word("thing", head)
        or _CAMEL.search(head.text)
        or "_" in head.text
        or "/" in head.text
        or any(char.isdigit() for char in low)
    ):
        return "system"
    return "unknown"


def _is_software(head: Token, before: str) -> bool:
    lists = words()
    low = head.low.removesuffix("s")
    if low not in lists["software_role"]:
        return False
    if low == "owner":
        return before in lists["owned_by_software"]
    if before in lists["software_modifier"] and before not in lists["human_modifier"]:
        return True
    if low in lists["always_software"]:
        return before not in lists["human_role"]
    return head.text[0].isupper() and before not in lists["determiner"] and before != ""
