"""Cheap keys of log lines, made for a whole chunk at once; lines of one key differ in numbers and ids."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

DIGITS = b"0123456789"
KEY_LENGTH = 700
_WORD = re.compile(rb"[0-9A-Za-z]{6,}")
_LONG = 12
"""From this length on a word of digits and letters is an id; shorter ones are if all are hexadecimal."""
_HEX = b"0123456789abcdef-"
_ANY = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"
_REACH = 12
_NAME = re.compile(rb"[A-Za-z]{2}[^0-9A-Za-z\n]{1,4}\Z")
_DISTINCT = 20
"""Values behind one anchor in the sample that make it the place of an id."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Text that an id follows, and the bytes that the id is made of."""

    text: bytes
    made_of: bytes


def anchors(sample: Sequence[bytes]) -> tuple[Anchor, ...]:
    """Find the texts behind which lines carry ids with letters, which deleting digits leaves apart."""
    values: dict[bytes, set[bytes]] = defaultdict(set)
    seen: dict[bytes, int] = defaultdict(int)
    for line in sample:
        for match in _WORD.finditer(line):
            word = match.group()
            if word.isalpha() or word.isdigit() or (len(word) < _LONG and word.strip(_HEX)):
                continue
            start = match.start()
            if before := _NAME.search(line, max(0, start - _REACH), start):
                text = before.group()
                seen[text] += 1
                if len(values[text]) < 2000:
                    values[text].add(word)
    found = [
        Anchor(text, _HEX if all(not value.strip(_HEX) for value in ids) else _ANY)
        for text, ids in values.items()
        if len(ids) >= _DISTINCT and len(ids) > 0.2 * min(seen[text], 2000)
    ]
    return tuple(sorted(found, key=lambda anchor: anchor.text))


def keys_of(chunk: bytes, places: Sequence[Anchor]) -> list[bytes]:
    """Give the key of each line of a chunk: without ids behind anchors, without digits."""
    chunk = chunk.translate(None, DIGITS)
    for place in places:  # anchors hold no digit, and there is less to search now
        first, *rest = chunk.split(place.text)
        if rest:
            made_of = place.made_of
            chunk = place.text.join((first, *[part.lstrip(made_of) for part in rest]))
    return chunk.split(b"\n")


_WITH_DIGIT = re.compile(rb"[\w-]*\d[\w-]*")


def coarse_key(line: bytes) -> bytes:
    """Give a line's key without any word that has a digit, for sources whose ids stand everywhere."""
    return _WITH_DIGIT.sub(b"", line[:KEY_LENGTH])
