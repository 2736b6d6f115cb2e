"""Which piece of evidence a part of a sentence speaks of, where it cites several that are alike.

A number that one of them holds must not be told of another: "A peaked at 0.37, below the 0.428 of B".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.checks.evidence_text import text_of
from agent.checks.number_words import SPELLED
from agent.checks.stem import stem, stems
from agent.schema.evidence import Evidence

_STOP = re.compile(
    r"[;.]\s+|:\s+(?!\d)|\s(?:while|whereas|but|although|though)\s|,\s+(?:and|or)\s+|,\s+|\s(?:and|or|against)\s|(?<!more)(?<!less)(?<!fewer)\sthan\s",
    re.IGNORECASE,
)
_JOINT = re.compile(r",?\s+(?:and|or)\s+|,\s+|\s+than\s+", re.IGNORECASE)
_BOTH = re.compile(r"\bboth [^\s,;]+(?: [^\s,;]+){0,2}$", re.IGNORECASE)
"""In front of "and": the names on both sides of it belong together."""
_MEASURED = ("metric_kind", "unit")
_COUNTS = frozenset(stem(word) for word in ("once", "twice", "thrice", "time", *SPELLED))
_MOST = 12
"""Citations of one sentence beyond which nobody can tell which number is whose."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sentence, what it speaks of, and cited evidence like that of which it does not."""

    start: int
    end: int
    strangers: tuple[Evidence, ...]
    named: bool
    """Whether it names what it speaks of, and does not only have words of it."""


def parts_of(text: str, items: Sequence[Evidence], numbers: Sequence[int]) -> Iterator[Part]:
    """Yield the parts of a sentence that speak of some of the cited items only; `numbers` are places.

    Names that stand without a number are read together with the part behind them: they are a list.
    """
    if not 2 <= len(items) <= _MOST:
        return
    begin, last = 0, 0
    for found in (*_STOP.finditer(text), None):
        if found and found.group().strip().lower() == "and" and _BOTH.search(text[begin : found.start()]):
            continue
        end = found.start() if found else len(text)
        counted = any(last <= place < end for place in numbers)
        if counted:
            named = by_name(text[begin:end], items)
            meant = named or _by_word(text, text[begin:end], items)
            strangers = tuple(item for item in items if _is_strange(item, meant))
            if strangers:
                yield Part(begin, end, strangers, bool(named))
        if found and (counted or not _JOINT.fullmatch(found.group())):
            begin = found.end()
        last = found.end() if found else end


def _is_strange(item: Evidence, meant: Sequence[Evidence]) -> bool:
    """Tell whether an item is like one of those that are meant and not one of them."""
    return item not in meant and any(_are_alike(item, other) for other in meant)


def by_name(part: str, items: Sequence[Evidence]) -> list[Evidence]:
    """Return the items whose component, or a component that they tell of, a part of a sentence names."""
    services = {item.service.lower() for item in items if item.service}
    names = "|".join(re.escape(name) for name in sorted(services, key=len, reverse=True))
    said = set(re.findall(rf"(?<![\w-])(?:{names})(?![\w-]|::\w)", part.lower())) if names else set[str]()
    if len({item.service for item in items}) < 2:
        return []
    return [item for item in items if said and any(name in text_of(item).lower() for name in said)]


def _by_word(text: str, part: str, items: Sequence[Evidence]) -> list[Evidence]:
    """Return the items of which a part has a word of their own, where the sentence has such of each."""
    held = [_words(item.statement) for item in items]
    said, heard = _words(part), _words(text)
    own = [words - frozenset[str]().union(*(other for other in held if other is not words)) for words in held]
    if not all(words & heard for words in own):
        return []
    return [item for item, words in zip(items, own, strict=True) if words & said]


def _words(text: str) -> frozenset[str]:
    """Return the stems and the identifiers of a text without its numbers; "NotReady" is one word."""
    joined = re.sub(r"(?:\b[Nn]ot |Not)(?=([A-Z]?[a-z]+))", " non", text)
    joined = re.sub(r"(?<= non)[A-Z]", lambda found: found.group().lower(), joined)
    names = re.findall(r"\b(?=\w*\d)(?=\w*[A-Za-z])\w{3,}|\b[a-z]+(?:[A-Z][a-z]+)+\b", text)
    return (stems(joined) | frozenset(names)) - _COUNTS


def _are_alike(one: Evidence, other: Evidence) -> bool:
    """Tell whether two items may be taken for one another: the same is counted or measured of both."""
    if one.kind != other.kind:
        return False
    return all(one.attributes.get(key) == other.attributes.get(key) for key in _MEASURED)
