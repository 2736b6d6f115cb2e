"""JSON documents with the lines that their elements stand on, also where the document is cut off."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tools.formats.logs_json import Json
from tools.formats.opening import spoil
from tools.formats.records import Tally

_SPACE = " \t\n\r"
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Element:
    """One element of an array, or one member of an object with its key."""

    value: Json
    line: int
    end_line: int
    key: str = ""


class Document:
    """One JSON text; elements are read where they stand, so a cut document gives all that came before."""

    def __init__(self, text: str, start: int = 0) -> None:
        self.text = text
        self.start = start
        self._ends: list[int] | None = None

    def elements(self, tally: Tally, *path: str) -> Iterator[Element]:
        """Yield the elements at a path of keys; a break is counted with its line."""
        try:
            at = self._descend(path)
            if at is not None:
                yield from self._iterate(at)
        except json.JSONDecodeError as error:
            spoil(tally, self.line_at(error.pos), f"JSON breaks off: {error.msg}")
        except RecursionError:
            spoil(tally, 1, "JSON is nested too deeply")

    def line_at(self, offset: int) -> int:
        """Line of an offset, 1-based."""
        if self._ends is None:
            self._ends = [match.start() for match in re.finditer("\n", self.text)]
        return bisect_right(self._ends, max(offset - 1, -1)) + 1 if offset else 1

    def _descend(self, path: tuple[str, ...]) -> int | None:
        at = _skip(self.text, self.start)
        for wanted in path:
            if self.text[at : at + 1] != "{":
                return None
            at = next((place for key, place in self._members(at) if key == wanted), -1)
            if at < 0:
                return None
        return at

    def _members(self, at: int) -> Iterator[tuple[str, int]]:
        at = _skip(self.text, at + 1)
        while self.text[at : at + 1] != "}":
            key, at = _DECODER.raw_decode(self.text, at)
            at = _skip(self.text, at)
            if self.text[at : at + 1] != ":":
                raise json.JSONDecodeError("Expecting ':'", self.text, at)
            at = _skip(self.text, at + 1)
            yield str(key), at
            _, at = _DECODER.raw_decode(self.text, at)
            at = self._next(at, "}")

    def _iterate(self, at: int) -> Iterator[Element]:
        if self.text[at : at + 1] == "{":
            for key, place in self._members(at):
                value, end = _DECODER.raw_decode(self.text, place)
                yield Element(value, self.line_at(place), self.line_at(end - 1), key)
            return
        if self.text[at : at + 1] != "[":
            return
        at = _skip(self.text, at + 1)
        while self.text[at : at + 1] != "]":
            value, end = _DECODER.raw_decode(self.text, at)
            yield Element(value, self.line_at(at), self.line_at(end - 1))
            at = self._next(end, "]")

    def _next(self, at: int, close: str) -> int:
        at = _skip(self.text, at)
        char = self.text[at : at + 1]
        if char == ",":
            return _skip(self.text, at + 1)
        if char == close:
            return at
        raise json.JSONDecodeError(f"Expecting ',' or '{close}'", self.text, at)


def first_elements(text: str, start: int, count: int, *path: str) -> list[Element]:
    """Read the first elements at a path, as far as a possibly cut text goes."""
    return list(islice(Document(text, start).elements(Tally(), *path), count))


def starts(text: str) -> list[int]:
    """Offsets at which a document may begin: the start, or one of the next lines behind a tool's head."""
    found: list[int] = []
    at = _skip(text, 0)
    for _ in range(8):
        if text[at : at + 1] in {"{", "["}:
            found.append(at)
        at = text.find("\n", at) + 1
        if at == 0:
            break
    return found


def mapping(value: Json) -> dict[str, Json]:
    """Give an object as it is, and anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def listing(value: Json) -> list[Json]:
    """Give an array as it is, and anything else as an empty one."""
    return value if isinstance(value, list) else []


def string(value: Json) -> str:
    """Give a scalar as text; nothing for null and containers."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None or isinstance(value, (dict, list)) else str(value)


def strings(value: Json) -> dict[str, str]:
    """Give an object's scalars as text."""
    return {key: string(item) for key, item in mapping(value).items()}


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at
