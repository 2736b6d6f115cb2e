"""Numbers with units as log messages write them: 35ms, 1m30.5s, 512 MiB, 81%."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.digest.wording import measured
from tools.formats import quantities

_SPAN = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(\d+(?:\.\d+)?)s\Z")
"""Go's way of writing a duration of more than a minute."""
_BASES = frozenset({"", "s", "B", "%"})
_SHORT = frozenset({"s", "%", "B"})
"""Units of one character that may stand apart from their number; other letters are words."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in seconds, bytes, percent or without a unit."""

    value: float
    unit: str

    def spoken(self) -> str:
        """Write it in the unit that suits its size."""
        size = abs(self.value)
        if self.unit == "s" and 0 < size < 1:
            return measured(self.value * 1000, "ms")
        if self.unit == "B":
            for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
                if size >= scale:
                    return measured(self.value / scale, unit)
        return measured(self.value, self.unit)


def quantity(text: str) -> Quantity | None:
    """Read a number with or without a unit; None for anything else."""
    if (span := _SPAN.match(text)) is not None:
        return Quantity(int(span[1] or 0) * 3600 + int(span[2] or 0) * 60 + float(span[3]), "s")
    found = quantities.quantity(text) if text[:1].isdigit() or text[1:2].isdigit() else None
    if found is None:
        return None
    value, unit = quantities.base(*found)
    return Quantity(value, unit) if unit in _BASES else None


def unit_of(word: str) -> str:
    """Give the word where it is a unit that follows a number, else nothing."""
    known = quantities.base(1.0, word)[1] in _BASES - {""}
    return word if known and (len(word) > 1 or word in _SHORT) else ""


def unit_in(name: str) -> str:
    """Read the unit that a name ends with, as in latency_ms, sizeBytes or usage_percent."""
    last = re.split(r"[_.\-]|(?<=[a-z])(?=[A-Z])", name)[-1].lower()
    if last in {"percent", "pct"}:
        return "%"
    return unit_of(last) if last != name.lower() else ""
