"""Where the number that names an event stands in lines of one key, found without a pattern for each line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent.digest import masking
from tools.formats.opening import decode

if TYPE_CHECKING:
    from agent.digest.tallies import Ints

LONGEST = 5
"""Digits of an event number that is read at a place of its own."""
_DIGIT = re.compile(r"[0-9]")
_REACH = 10
_OF_IDS = b"0123456789abcdefABCDEF"
_IN_IDS = re.compile(rb"^[A-Fa-f]|[A-Fa-f]$|[A-Fa-f]{8}")
"""Text without digits, of which a part may be blanked in one line and not in another."""
_DIGITS = re.compile(rb"[0-9]+(?![0-9A-Za-z])")


@dataclass(slots=True)
class EventPlace:
    """What stands before an event number, where it stands behind that, and which numbers were met."""

    prefix: bytes
    """Empty where what stands before it stands elsewhere as well."""
    start: int
    stop: int
    """Offsets of the number from the beginning of the prefix."""
    reach: int = 0
    """Bytes that stand before the prefix in any line of this key, at least."""
    kinds: dict[bytes, int] = field(default_factory=dict[bytes, int])
    """Event number -> number of its kind."""

    def found(self, text: bytes, starts: Ints, ends: Ints, unknown: int) -> list[int]:
        """Give the numbers of the kinds of lines of a text by their events, `unknown` where one is new."""
        find, known, start, stop, reach = text.find, self.kinds.get, self.start, self.stop, self.reach
        if not (prefix := self.prefix):
            return [unknown] * len(starts)
        return [
            known(text[at + start : at + stop], unknown)
            if (at := find(prefix, low + reach, high)) >= 0 and not text[at + stop : at + stop + 1].isalnum()
            else unknown
            for low, high in zip(starts.tolist(), ends.tolist(), strict=True)
        ]

    def number(self, line: bytes) -> bytes:
        """Read the event number of a line of this key; empty where it has none."""
        if span := self._span(line):
            return line[slice(*span)]
        return masking.event_number(decode(line)).partition(" ")[2].encode()

    def fixed(self, line: bytes) -> tuple[int, int] | None:
        """Find where the number stands in all lines that are the same but for what is blanked in keys.

        None where it must be looked for in each: what stands before it may be part of an id.
        """
        span = None if _IN_IDS.search(self.prefix) else self._span(line)
        return span if span and span[1] - span[0] <= LONGEST else None

    def _span(self, line: bytes) -> tuple[int, int] | None:
        at = line.find(self.prefix, self.reach) if self.prefix else -1
        digits = _DIGITS.match(line, at + self.start) if at >= 0 else None
        if digits is None:
            return None
        if len(digits[0]) != self.stop - self.start:  # it may be one of another length, or none
            found = masking.event_number(decode(line)).partition(" ")[2].encode()
            return digits.span() if found == digits[0] else None
        return digits.span()


def event_place(line: bytes, *, anchored: bool) -> EventPlace | None:
    """Find the event number of a line that is the first of its key; None where it has none in digits.

    Keys lack nothing but hexadecimal digits, unless ids behind anchors were cut off as well (`anchored`).
    """
    text = decode(line)
    match = masking.EVENT_NUMBER.search(text[:2000])
    if match is None or not (name := match.lastgroup) or not match[name].isdigit():
        return None
    at = match.start(name)
    prefix = _DIGIT.split(text[max(0, at - _REACH) : at])[-1].encode()
    prefix = prefix.lstrip(_OF_IDS) or prefix
    front = line[: len(text[:at].encode()) - len(prefix)]
    reach = 0 if anchored else len(front.translate(None, _OF_IDS))
    exact = line.find(prefix, reach) == len(front)
    return EventPlace(prefix if exact else b"", len(prefix), len(prefix) + len(match[name]), reach)
