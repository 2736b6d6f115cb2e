"""Where the number that names an event stands in lines of one key, found without a pattern for each line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from agent.digest import masking
from tools.formats.opening import decode

_DIGIT = re.compile(r"[0-9]")
_REACH = 10


@dataclass(slots=True)
class EventPlace:
    """What stands before an event number, where it stands behind that, and which numbers were met."""

    prefix: bytes
    """Empty where what stands before it stands elsewhere as well."""
    start: int
    stop: int
    """Offsets of the number from the beginning of the prefix."""
    kinds: dict[bytes, int] = field(default_factory=dict[bytes, int])
    """Event number -> number of its kind."""

    def number(self, line: bytes) -> bytes:
        """Read the event number of a line of this key; empty where it has none."""
        if self.prefix and (at := line.find(self.prefix)) >= 0:
            found = line[at + self.start : at + self.stop]
            if found.isdigit():
                return found
        return masking.event_number(decode(line)).partition(" ")[2].encode()


def event_place(line: bytes) -> EventPlace | None:
    """Find the event number of a line that is the first of its key; None where it has none in digits."""
    text = decode(line)
    match = masking.EVENT_NUMBER.search(text[:2000])
    if match is None or not (name := match.lastgroup) or not match[name].isdigit():
        return None
    at = match.start(name)
    prefix = _DIGIT.split(text[max(0, at - _REACH) : at])[-1].encode()
    exact = line.find(prefix) + len(prefix) == len(text[:at].encode())
    return EventPlace(prefix if exact else b"", len(prefix), len(prefix) + len(match[name]))
