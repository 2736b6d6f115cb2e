"""What keys of log lines leave out, and a key for lines whose ids stand everywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

ID_LENGTH = 8
"""From this length on a run of hexadecimal digits is an id, whatever stands around it."""
KEY_LENGTH = 700
"""Bytes that are kept of a key."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Text that an id follows, and the bytes that the id is made of."""

    text: bytes
    made_of: bytes


_WITH_DIGIT = re.compile(rb"[\w-]*\d[\w-]*")


def coarse_key(line: bytes) -> bytes:
    """Give a line's key without any word that has a digit, for sources whose ids stand everywhere."""
    return _WITH_DIGIT.sub(b"", line[:KEY_LENGTH])
