"""Where ids stand in the lines of a log, and a key for lines whose ids stand everywhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

ID_LENGTH = 8
"""From this length on a run of hexadecimal digits is an id, whatever stands around it."""
KEY_LENGTH = 700
"""Bytes that are kept of a key."""
_WORD = re.compile(rb"[0-9A-Za-z]{6,}")
_LEFT_OUT = re.compile(rb"[0-9A-Fa-f]{%d,}(?!-[0-9A-Fa-f]{4}-|[0-9A-Za-z])" % ID_LENGTH)
"""An id that keys never hold; the middle parts of a UUID are too short for that."""
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
    """Find the texts behind which lines carry ids with letters that would stay in their keys."""
    values: dict[bytes, set[bytes]] = defaultdict(set)
    seen: dict[bytes, int] = defaultdict(int)
    for line in sample:
        for match in _WORD.finditer(line):
            word = match.group()
            if word.isalpha() or word.isdigit() or (len(word) < _LONG and word.strip(_HEX)):
                continue
            if _LEFT_OUT.match(line, match.start()):
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


_WITH_DIGIT = re.compile(rb"[\w-]*\d[\w-]*")


def coarse_key(line: bytes) -> bytes:
    """Give a line's key without any word that has a digit, for sources whose ids stand everywhere."""
    return _WITH_DIGIT.sub(b"", line[:KEY_LENGTH])
