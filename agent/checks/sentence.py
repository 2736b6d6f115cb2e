"""Sentences and tokens of running text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
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


_LONGEST = 1_000
"""Characters of a sentence; longer ones are read in pieces, as each phrase found looks at all of its own."""


class Token:
    """One word, number, handle or mark with its place in the text.

    Not changed once made; a frozen dataclass takes three times as long to make, and a check makes one a word.
    """

    __slots__ = ("end", "low", "start", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.start = start
        self.end = end
        word = text.lower()
        if "'" in word:
            word = word[:-2] if word.endswith("'s") else word.rstrip("'") or word
        self.low = word
        """The word in lower case without a possessive ending."""


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
    """Split at sentence ends; not at abbreviations, initials, versions, times or file names.

    What is longer than a sentence can be is cut at a space.
    """
    parts: list[Sentence] = []
    begin = 0
    for found in _END.finditer(text):
        stop = found.group().rstrip()
        if stop == "." and _ABBREVIATED.search(text[begin : found.start() + 1]):
            continue
        parts.extend(_pieces(text[begin : found.end()].rstrip(), begin))
        begin = found.end()
    if text[begin:].strip():
        parts.extend(_pieces(text[begin:].rstrip(), begin))
    return tuple(parts)


def _pieces(text: str, start: int) -> Iterator[Sentence]:
    """Cut a text that is too long for a sentence at spaces, or where it has none."""
    while len(text) > _LONGEST:
        cut = text.rfind(" ", 1, _LONGEST) + 1 or _LONGEST
        yield Sentence(text[:cut].rstrip(), start)
        text, start = text[cut:], start + cut
    yield Sentence(text, start)
