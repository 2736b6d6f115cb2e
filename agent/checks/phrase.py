"""Noun phrases: where one starts and ends in a stretch of words, without a tagger."""

from __future__ import annotations

from collections.abc import Sequence

from agent.checks.lexicon import words
from agent.checks.sentence import Token

_PAST = frozenset(
    [
        "was",
        "were",
        "is",
        "are",
        "had",
        "has",
        "did",
        "does",
        "went",
        "took",
        "gave",
        "made",
        "ran",
        "saw",
        "knew",
        "left",
        "kept",
        "let",
        "came",
        "put",
        "set",
        "cut",
        "sent",
        "told",
        "said",
        "got",
        "began",
        "broke",
        "chose",
        "drove",
        "fell",
        "felt",
        "found",
        "forgot",
        "held",
        "hit",
        "led",
        "lost",
        "met",
        "paid",
        "read",
        "rose",
        "sat",
        "spoke",
        "stood",
        "thought",
        "threw",
        "understood",
        "woke",
        "wrote",
        "brought",
        "built",
        "bought",
        "caught",
        "shut",
    ]
)


_PRONOUNS = frozenset(
    "it this that these those which nothing something anything everything".split()  # noqa: SIM905
)
_FINITE = _PAST - {
    "set",
    "cut",
    "read",
    "hit",
    "let",
    "left",
    "put",
    "shut",
    "found",
    "run",
    "sent",
    "made",
    "lost",
}
"""Past forms that are no participles or nouns as well: behind a noun they end its phrase."""


TITLES = frozenset(["mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir", "captain"])
"""Words in front of a person's name."""
_PARTS = frozenset(
    [
        "one",
        "two",
        "three",
        "four",
        "five",
        "some",
        "most",
        "many",
        "several",
        "all",
        "both",
        "half",
        "none",
        "neither",
        "either",
        "each",
        "few",
    ]
)
"""In front of "of the ...": a part of them, and as much people or systems as they are."""
_TEMPORAL = frozenset(["after", "before", "until", "since"])
"""Prepositions that as often open a clause."""
_LEADING = frozenset(["lead", "leads"])
"""In front of "to" these are verbs: what leads to a crash leads no team."""
_INSERTING = frozenset({"with", "in", "despite", "at", "after", "like", "without", "on"})
"""Prepositions of what is inserted behind a subject."""
_GROUPS = frozenset(["shift", "group", "side", "level", "office", "provider"])
"""Heads of people together, which a modifier makes so; the verb behind them opens another phrase."""
_NOUNS_IN_ED = frozenset(["need", "feed", "seed", "speed", "shed", "breed", "weed", "greed", "creed"])


def is_verbish(token: Token) -> bool:
    """Tell whether a word looks like a finite verb."""
    low = token.low
    return (
        low in _PAST
        or low in words()["auxiliary"]
        or (len(low) > 3 and low.endswith("ed") and low not in _NOUNS_IN_ED)
    )


def noun_phrase(phrase: Sequence[Token]) -> list[Token]:
    """Cut a stretch of words down to its last independent noun phrase."""
    lists = words()
    for index in range(len(phrase) - 1, 0, -1):
        if phrase[index].low == "to" and phrase[index - 1].low in _LEADING:
            return noun_phrase(phrase[index + 1 :])
    begin = 0
    for index, token in enumerate(phrase):
        opens = token.low in lists["determiner"] or token.low in lists["pronoun_person"] | {
            "we",
            "i",
            "they",
            "it",
        }
        previous = phrase[index - 1].low if index else ""
        joined = previous in lists["preposition"] and previous not in _TEMPORAL
        if (opens and index and not joined and previous != "no") or (
            opens and index and phrase[0].low in lists["preposition"] and begin == 0 and index > 1
        ):
            begin = index
    cut = list(phrase[begin:])
    if cut and cut[0].low in lists["preposition"]:
        cut = _after_opening_phrase(cut)
    for index, token in enumerate(cut):
        if token.low == "of" and index and cut[index - 1].low in _PARTS:
            return noun_phrase(cut[index + 1 :])
        if index and token.low in lists["preposition"]:
            return cut[:index]
    return cut


def _after_opening_phrase(cut: list[Token]) -> list[Token]:
    for index in range(2, len(cut)):
        if cut[index].text[0].isupper() or cut[index].text[0] == "@":
            return cut[index:]
    return cut[-1:]


def first_phrase(tokens: list[Token]) -> list[Token]:
    """Take the first noun phrase of a stretch of words."""
    lists = words()
    phrase: list[Token] = []
    for token in tokens:
        low = token.low
        if low in lists["auxiliary"] or low in lists["boundary"] or low in {".", "to"}:
            break
        if low in lists["preposition"]:
            if phrase and phrase[-1].low in {"all", "any", "one", "each", "some", "none", "both"}:
                continue
            break
        if token.text.lower().endswith("'s"):
            phrase = []
            continue
        if phrase and low in lists["pronoun_we"] | {"they", "it", "i", "he", "she"}:
            break
        phrase.append(token)
        if low in lists["pronoun_person"] | lists["pronoun_we"] | {"they", "it", "i", "us"} or low.startswith(
            "@"
        ):
            break
        if len(phrase) >= 6:
            break
    return _cut_at_verb(phrase)


def _cut_at_verb(phrase: list[Token]) -> list[Token]:
    lists = words()
    for index in range(1, len(phrase)):
        previous = phrase[index - 1].low
        noun = (
            previous in lists["person"]
            or previous.rstrip("s") in lists["person"]
            or previous in lists["team"]
            or (phrase[index - 1].text[0].isupper() and previous in lists["given_names"])
            or (index > 1 and phrase[index - 2].low in TITLES)
        )
        low = phrase[index].low
        if (previous in lists["organisation"] or previous in _GROUPS) and _may_be_a_verb(low):
            return phrase[:index]
        if low in _FINITE and previous not in lists["determiner"]:
            return phrase[:index]
        adjective = (
            low.endswith(("ed", "ing")) and index + 1 < len(phrase) and previous in lists["determiner"]
        )
        following = phrase[index + 1].low if index + 1 < len(phrase) else ""
        software = low in lists["thing"] and previous.rstrip("s") in lists["software_role"]
        owned = (
            low in lists["thing"] and low not in _PRONOUNS and any(map(is_verbish, phrase[index + 1 :][:1]))
        )
        compound = owned or following in lists["person"] or following in lists["team"] or software
        if (
            noun
            and not compound
            and not adjective
            and low not in lists["person"]
            and low not in lists["team"]
        ):
            return phrase[:index]
    return phrase


def _may_be_a_verb(low: str) -> bool:
    things = words()["thing"]
    return low.endswith(("s", "ed")) and low not in things and low.removesuffix("s") not in things


def serves_software(phrase: Sequence[Token]) -> bool:
    """Tell whether a role is named with the software that it is a part of: the operator for Kafka."""
    lists = words()
    for role, link, part in zip(phrase, phrase[1:], phrase[2:], strict=False):
        if link.low == "for" and role.low in lists["software_role"]:
            return part.low in lists["software_modifier"] or part.low in lists["thing"]
    return False


def before_insertion(tokens: list[Token]) -> list[Token] | None:
    """Return what stands before an insertion between commas: the lead, with two pages open, ..."""
    commas = [number for number, token in enumerate(tokens) if token.low == ","]
    if not commas or commas[-1] == 0 or commas[-1] + 1 == len(tokens):
        return None
    inside = tokens[commas[-1] + 1 :]
    return tokens[: commas[-1]] if inside[0].low in _INSERTING else None


def before_bracket(tokens: list[Token]) -> list[Token]:
    """Leave out a bracket at the end: the bug in parse() that ..."""
    places = [number for number, token in enumerate(tokens) if token.low == "("]
    return tokens[: places[-1]] if places and tokens[-1].low == ")" else tokens
