"""Running text of a Markdown block, freed of markup, that knows where each character came from."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

OPAQUE = "\ufffc"
"""Stands for each character of a code span, link address or quotation: present, and not to be read."""

_PIECE = re.compile(
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
_QUOTED = re.compile(r'(?<!\w)"[^"]*"(?![\w])|(?<!\w)\u00ab[^\u00bb]*\u00bb|\u201e[^"]*"')


@dataclass(frozen=True, slots=True)
class Prose:
    """Text and, for each of its characters, where it starts and ends in the source."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

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
    def __init__(self) -> None:
        self.text: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def add(self, char: str, start: int, end: int) -> None:
        if char in _DROPPED:
            return
        char = _UNIFIED.get(char, char)
        if char == " " and self.text and self.text[-1] == " ":
            return
        self.text.append(char)
        self.starts.append(start)
        self.ends.append(end)

    def copy(self, source: str, start: int, end: int) -> None:
        for offset in range(start, end):
            self.add(source[offset], offset, offset + 1)

    def hide(self, start: int, end: int) -> None:
        for offset in range(start, end):
            self.add(OPAQUE, offset, offset + 1)


def read_prose(source: str, pieces: tuple[tuple[int, int], ...]) -> Prose:
    """Read the inline Markdown of `source` in the given ranges, one a line; lines join with a space."""
    builder = _Builder()
    joined, places = _join(source, pieces)
    position = 0
    inner = _Builder()
    for match in _PIECE.finditer(joined):
        inner.copy(joined, position, match.start())
        _read_piece(inner, joined, match)
        position = match.end()
    inner.copy(joined, position, len(joined))
    for char, start, end in zip(inner.text, inner.starts, inner.ends, strict=True):
        builder.add(char, places[start], places[end - 1] + 1)
    text = _QUOTED.sub(lambda found: OPAQUE * len(found.group()), "".join(builder.text))
    return Prose(text, tuple(builder.starts), tuple(builder.ends))


def _join(source: str, pieces: tuple[tuple[int, int], ...]) -> tuple[str, list[int]]:
    parts: list[str] = []
    places: list[int] = []
    for start, end in pieces:
        if parts:
            parts.append("\n")
            places.append(places[-1])
        parts.append(source[start:end])
        places.extend(range(start, end))
    return "".join(parts), places


def _read_piece(builder: _Builder, joined: str, match: re.Match[str]) -> None:
    start, end = match.span()
    match match.lastgroup:
        case "escape":
            builder.add(joined[start + 1], start, end)
        case "inner" | "code":
            builder.hide(start, end)
        case "auto" | "url":
            builder.hide(start, end)
        case "entity":
            for char in html.unescape(match.group()):
                builder.add(char, start, end)
        case "star" if _stands_alone(joined, start, end):
            builder.copy(joined, start, end)
        case _:
            pass  # markup that prints nothing


def _stands_alone(joined: str, start: int, end: int) -> bool:
    before = joined[start - 1] if start else " "
    after = joined[end] if end < len(joined) else " "
    return before.isspace() and after.isspace()
