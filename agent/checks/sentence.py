"""Sentences and tokens of running text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from agent.checks.pattern import Pattern
from agent.checks.prose import OPAQUE

_END = Pattern(r"[.!?\u2026]+[\"')\]\ufffc]*\s+(?=[\"'(\[]?[A-Z0-9@\ufffc])")
_ABBREVIATED = Pattern(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|ca|no|nr|dr|mr|mrs|ms|st|inc|ltd|fig|sec|min|max|ver|v|al|a\.m|"
    r"p\.m)|\b[A-Za-z])\.$",
    re.IGNORECASE,
)
_TOKEN = Pattern(
    rf"<?@[\w.-]*\w>?|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|{OPAQUE}+|\d[\d:.,]*\d%?|\d+%?|[^\W\d_][\w]*(?:['./&-][\w]+)*'?|[^\w\s]"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, handle or mark with its place in the text."""

    text: str
    start: int
    end: int
    low: str = field(init=False)
    """The word in lower case without a possessive ending."""

    def __post_init__(self) -> None:
        word = self.text.lower()
        low = word[:-2] if word.endswith("'s") else word.rstrip("'") or word
        object.__setattr__(self, "low", low)


@dataclass(frozen=True)
class Sentence:
    """One sentence inside a block's prose; offsets are the prose's."""

    text: str
    start: int

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Split into tokens, with offsets relative to this sentence."""
        return tuple(Token(found.group(), found.start(), found.end()) for found in _TOKEN.finditer(self.text))

    @cached_property
    def low(self) -> str:
        """The text in lower case."""
        return self.text.lower()


def split_sentences(text: str) -> tuple[Sentence, ...]:
    """Split at sentence ends; not at abbreviations, initials, versions, times or file names."""
    parts: list[Sentence] = []
    begin = 0
    for found in _END.finditer(text):
        stop = found.group().rstrip()
        if stop == "." and _ABBREVIATED.search(text[begin : found.start() + 1]):
            continue
        parts.append(Sentence(text[begin : found.end()].rstrip(), begin))
        begin = found.end()
    if text[begin:].strip():
        parts.append(Sentence(text[begin:].rstrip(), begin))
    return tuple(parts)
