"""Whom an action is done to: one person, a group, those who use the product, or a system."""

from __future__ import annotations

import re
from typing import Literal

from agent.checks.action_words import GENERIC
from agent.checks.lexicon import words
from agent.checks.pattern import Pattern
from agent.checks.phrase import first_phrase
from agent.checks.sentence import Token, split_sentences
from agent.checks.subject import Kind, Roster, is_word, kind_of

Recipient = Literal["person", "group", "public", "system", ""]
"""public: customers and the like, whom a product may teach and remind; "": nobody that can be told apart."""

_PUBLIC = frozenset(
    """member guest traveller traveler borrower seller donor parent resident citizen holder recipient caller
    applicant rider commuter cardholder policyholder household neighbour neighbor public voter pupil account
    """.split()  # noqa: SIM905
)
_CROWD = frozenset({"staff", "people", "personnel", "folk", "everyone", "everybody", "men", "women", "crew"})
_WHOEVER = frozenset({"those", "whoever", "anyone", "anybody", "everyone", "everybody"})
_KINDS: dict[Kind, Recipient] = {
    "team": "group",
    "we": "group",
    "organisation": "group",
    "outsider": "public",
    "system": "system",
}
_COUNTS = frozenset({"all", "both", "every", "each", "two", "three", "four", "five", "six", "seven", "eight"})
_DEPARTMENT = Pattern(
    r"(?:ing|ment|ments|tions?|sions?|ity|ics|ance|ence|ware|ers|ors|eers|ists|ants|ees|ops|ure|desk"
    r"|port|tech"
    r"|lab|labs|IT|sales|data|core|web|office|works)$",
    re.IGNORECASE,
)
"""How the names of departments end, and those of people seldom do."""
_WORDS = frozenset(
    """dispatch warehouse reception claims retail frontline catering nursing surgery radiology pharmacy depot
    hub control kitchen laundry stock store grid traffic yard cabin crew flight fleet cargo press court night
    harbour staff day north south east west central regional group global desktop front back first second
    """.split()  # noqa: SIM905
)
"""Parts of a company that stand alone in a sentence, in capitals like a name."""
_GIVEN = r"(?:[A-Z][^\W\d_]+(?:[-'\u2019][^\W\d_]+)*|[A-Z]\.?)"
_NAME = Pattern(
    rf"{_GIVEN}(?: (?:(?:van|von|de|der|da|del|bin|al|el|O) ?)*{_GIVEN}){{0,2}}(?=$|[\s,.;:'\u2019])"
)


def recipient_of(text: str, *, humans_only: bool) -> Recipient:
    """Tell who is named first in a text; `humans_only`: a role that software has too is a person's."""
    sentences = split_sentences(text)
    tokens = list(sentences[0].tokens) if sentences else []
    phrase = first_phrase(tokens)
    if not phrase:
        return "group" if tokens and tokens[0].low in _WHOEVER else ""
    if phrase[0].low in _WHOEVER:
        return "group"
    after = tokens[tokens.index(phrase[-1]) + 1 :][:1]
    if after and is_word("person", after[0]):  # "on-call engineers"
        phrase = [*phrase, after[0]]
    head = phrase[-1]
    kind = "outsider" if head.low.removesuffix("s") in _PUBLIC else kind_of(phrase, Roster())
    role = humans_only and (is_word("person", head) or head.low.removesuffix("s") in words()["software_role"])
    if kind == "person" or (kind == "system" and role):
        return "group" if _is_plural(phrase) else "person"
    if kind == "unknown":
        return _stranger(text, phrase, humans_only=humans_only)
    return _KINDS.get(kind, "")


def _stranger(text: str, phrase: list[Token], *, humans_only: bool) -> Recipient:
    """Judge a name or a trade that no list knows."""
    name = _NAME.match(text.strip())
    if name and not any(_is_department(part) for part in name.group().split()):
        return "person"
    if name or not humans_only:
        return "group" if name else ""
    return "group" if _is_plural(phrase) else "person" if phrase[0].low in words()["determiner"] else ""


def is_known_person(text: str) -> bool:
    """Tell whether a text begins with a given name."""
    return text.split(maxsplit=1)[0].lower().strip(",.'") in words()["given_names"]


def _is_department(word: str) -> bool:
    low = word.lower()
    lists = words()
    known = any(
        low in lists[name] for name in ("team_centre", "team_mass", "team_alone", "team_group_modifier")
    )
    return known or low in _WORDS or low in GENERIC or _DEPARTMENT.search(word) is not None


def _is_plural(phrase: list[Token]) -> bool:
    head = phrase[-1].low
    common = head.endswith("s") and not head.endswith("ss") and not phrase[-1].text[0].isupper()
    return head in _CROWD or common or any(token.low in _COUNTS for token in phrase[:-1])


def is_staff(text: str, *, humans_only: bool) -> bool:
    """Tell whether a text begins with a person or a group of those who do the work."""
    return recipient_of(text, humans_only=humans_only) in {"person", "group"}
