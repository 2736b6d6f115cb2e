"""Running text of a Markdown block, freed of markup, that knows where each character came from."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import NamedTuple

from agent.checks.pattern import Pattern

OPAQUE = "\ufffc"
"""Stands for each character of a code span, link address or quotation: present, and not to be read."""

_PIECE = Pattern(
    r"(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<code>(?P<ticks>`+)(?!`)(?P<inner>.+?)(?<!`)(?P=ticks)(?!`))"
    r"|(?P<comment><!--.*?-->)"
    r"|(?P<auto><[a-z][a-z0-9+.-]*:[^\s<>]*>|<[^\s<>@]+@[^\s<>]+>)"
    r"|(?P<tag></?[A-Za-z][^<>]*>)"
    r"|(?P<image>!\[[^\]]*\]\([^)]*\))"
    r"|(?P<note>\[\^[^\]\s]+\]:?)"
    r"|(?P<address>\]\((?:[^()\s]|\([^()]*\))*(?:\s+[\"'(][^)]*[\"')])?\s*\)|\]\[[^\]]*\])"
    r"|(?P<url>\bhttps?://[^\s<>)\]]+|\bwww\.[^\s<>)\]]+)"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});)"
    r"|(?P<strike>~~)"
    r"|(?P<star>\*+)"
    r"|(?P<under>(?<![^\W_])_+(?=\S)|(?<=\S)_+(?![^\W_]))"
    r"|(?P<bracket>[\[\]])",
    re.DOTALL,
)
_DROPPED = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_UNIFIED = {
    "\u2018": "'",
    "\u2019": "'",
    "\u02bc": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2033": '"',
    "\u2010": "-",
    "\u2011": "-",
    "\u00a0": " ",
    "\u202f": " ",
    "\n": " ",
    "\t": " ",
    "\r": " ",
}
_QUOTED = Pattern(r'(?<!\w)"[^"]*"(?![\w])|(?<!\w)\u00ab[^\u00bb]*\u00bb|\u201e[^"]*"')


_SPECIAL = Pattern("[" + "".join(sorted(_DROPPED | set(_UNIFIED))) + "]|  ")
"""Characters that are not copied as they are, and double spaces."""
_MARKED = Pattern(r"[\\`<!\[\]*_&~]|https?:|www\.", re.IGNORECASE)
"""What every piece of markup has one of."""


class Prose(NamedTuple):
    """Text and, for each of its characters, where it starts and ends in the source."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the source offsets of text[start:end]; an empty range is the point before `start`."""
        if end <= start or not self.starts:
            point = self.starts[min(start, len(self.starts) - 1)] if self.starts else 0
            return point, point
        return self.starts[start], self.ends[end - 1]

    @property
    def plain(self) -> bool:
        """Whether nothing readable is left."""
        return not self.text.replace(OPAQUE, "").strip()


class _Builder:
    """Text in the making: stretches are copied whole, single characters where they change."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.spaced = False

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def add(self, char: str, start: int, end: int) -> None:
        if char in _DROPPED:
            return
        char = _UNIFIED.get(char, char)
        if char == " " and self.spaced:
            return
        self.spaced = char == " "
        self.parts.append(char)
        self.starts.append(start)
        self.ends.append(end)

    def copy(self, source: str, start: int, end: int, places: Sequence[int]) -> None:
        """Copy source[start:end]; `places` tells where each of its characters stands."""
        position = start
        while position < end:
            found = _SPECIAL.search(source, position, end)
            stop = found.start() if found else end
            if position < stop and source[position] == " " and self.spaced:
                position += 1
            if position < stop:
                self.parts.append(source[position:stop])
                self.starts.extend(places[position:stop])
                self.ends.extend(place + 1 for place in places[position:stop])
                self.spaced = source[stop - 1] == " "
            position = max(position, stop)
            if found:
                self.add(source[stop], places[stop], places[stop] + 1)
                position = stop + 1

    def hide(self, start: int, end: int, places: Sequence[int]) -> None:
        if start >= end:
            return
        self.parts.append(OPAQUE * (end - start))
        self.starts.extend(places[start:end])
        self.ends.extend(place + 1 for place in places[start:end])
        self.spaced = False


def read_prose(source: str, pieces: tuple[tuple[int, int], ...]) -> Prose:
    """Read the inline Markdown of `source` in the given ranges, one a line; lines join with a space."""
    joined, places = _join(source, pieces)
    if not _MARKED.search(joined) and not _SPECIAL.search(joined):
        return Prose(_hide_quoted(joined), places, range(places[0] + 1, places[-1] + 2)) if joined else _NONE
    builder = _Builder()
    position = 0
    for match in _PIECE.finditer(joined):
        builder.copy(joined, position, match.start(), places)
        _read_piece(builder, joined, match, places)
        position = match.end()
    builder.copy(joined, position, len(joined), places)
    return Prose(_hide_quoted(builder.text), builder.starts, builder.ends)


_NONE = Prose("", (), ())


def _hide_quoted(text: str) -> str:
    if '"' not in text and "\u00ab" not in text and "\u201e" not in text:
        return text
    return _QUOTED.sub(lambda found: OPAQUE * len(found.group()), text)


def _join(source: str, pieces: tuple[tuple[int, int], ...]) -> tuple[str, Sequence[int]]:
    if len(pieces) == 1:
        return source[slice(*pieces[0])], range(*pieces[0])
    parts: list[str] = []
    places: list[int] = []
    for start, end in pieces:
        if parts:
            parts.append("\n")
            places.append(places[-1])
        parts.append(source[start:end])
        places.extend(range(start, end))
    return "".join(parts), places


def _read_piece(builder: _Builder, joined: str, match: re.Match[str], places: Sequence[int]) -> None:
    start, end = match.span()
    match match.lastgroup:
        case "escape":
            builder.add(joined[start + 1], places[start], places[end - 1] + 1)
        case "inner" | "code":
            builder.hide(start, end, places)
        case "auto" | "url":
            builder.hide(start, end, places)
        case "entity":
            for char in html.unescape(match.group()):
                builder.add(char, places[start], places[end - 1] + 1)
        case "star" if _stands_alone(joined, start, end):
            builder.copy(joined, start, end, places)
        case _:
            pass  # markup that prints nothing


def _stands_alone(joined: str, start: int, end: int) -> bool:
    before = joined[start - 1] if start else " "
    after = joined[end] if end < len(joined) else " "
    return before.isspace() and after.isspace()
