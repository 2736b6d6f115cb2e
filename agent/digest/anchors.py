"""Where ids with letters stand in the lines of a log: behind which texts a sample has many distinct ones."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from agent.digest.skeletons import ID_LENGTH, Anchor

_LONG = 12
"""From this length on a word of digits and letters is an id; shorter ones are if all are hexadecimal."""
_SHORT = 6
_AT_ONCE = 500
"""Lines that are looked through at once, so that arrays stay small."""
_HEX = b"0123456789abcdef-"
_ANY = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"
_UUID = re.compile(rb"-[0-9A-Fa-f]{4}-")
_REACH = 12
_NAME = re.compile(rb"[A-Za-z]{2}[^0-9A-Za-z\n]{1,4}\Z")
_DISTINCT = 20
"""Values behind one anchor in the sample that make it the place of an id."""
_DIGIT, _LOWER, _UPPER, _OTHER = 1, 2, 4, 8
_MADE_OF = bytes(
    _DIGIT * (c in b"0123456789")
    | _LOWER * (c in b"abcdef")
    | _UPPER * (c in b"ABCDEF")
    | _OTHER * (c in b"ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ")
    for c in range(256)
)
"""Of each byte, what a word with it is made of: digits, hexadecimal letters, other letters."""


def anchors(sample: Sequence[bytes]) -> tuple[Anchor, ...]:
    """Find the texts behind which lines carry ids with letters that would stay in their keys."""
    values: dict[bytes, set[bytes]] = defaultdict(set)
    seen: dict[bytes, int] = defaultdict(int)
    for low in range(0, len(sample), _AT_ONCE):
        text = b"\n".join(sample[low : low + _AT_ONCE])
        for start, stop in _ids(text):
            if before := _NAME.search(text, max(0, start - _REACH), start):
                name = before.group()
                seen[name] += 1
                if len(values[name]) < 2000:
                    values[name].add(text[start:stop])
    found = [
        Anchor(name, _HEX if all(not value.strip(_HEX) for value in ids) else _ANY)
        for name, ids in values.items()
        if len(ids) >= _DISTINCT and len(ids) > 0.2 * min(seen[name], 2000)
    ]
    return tuple(sorted(found, key=lambda anchor: anchor.text))


def _ids(text: bytes) -> Iterator[tuple[int, int]]:
    """Find the words of digits and letters that are ids and that keys do not leave out."""
    made_of = np.frombuffer(b"\0" + text.translate(_MADE_OF) + b"\0", dtype=np.uint8)
    bounds = np.flatnonzero((made_of[1:] != 0) != (made_of[:-1] != 0))
    starts, stops = bounds[::2], bounds[1::2]
    kept = stops - starts >= _SHORT
    starts, stops = starts[kept], stops[kept]
    if not len(starts):
        return
    pairs = np.stack((starts, stops), axis=1).ravel()
    parts = np.bitwise_or.reduceat(made_of[1:], pairs)[::2]
    mixed = ((parts & _DIGIT) != 0) & (parts != _DIGIT)
    mixed &= (stops - starts >= _LONG) | (parts < _UPPER)
    for at in np.flatnonzero(mixed).tolist():
        start, stop = int(starts[at]), int(stops[at])
        left_out = parts[at] < _OTHER and stop - start >= ID_LENGTH
        if not left_out or _UUID.match(text, stop):  # the middle parts of a UUID are too short for that
            yield start, stop
