"""Numbers and durations of a sentence, with their precision and what they count."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Bound = Literal["", "most", "least"]
"""most: "within 5 min", the truth may be less. least: "over 200", the truth may be more."""

EVERY = "every"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written: its value in its unit, the base value, and half of its last digit."""

    text: str
    value: float
    kind: str
    """time, bytes, percent, count, times, ratio, or "" for a bare number."""
    base: float
    slack: float
    """How far from `base` the exact value may lie."""
    counts: str = ""
    """Stem of the word after it, such as "restart"; "" at a stop."""
    leads: str = ""
    """Stem of the word before it, such as "code"."""
    bound: Bound = ""
    spelled: bool = False
    keyed: bool = False
    """Whether it stands as `key=1`; `leads` is the key, and only a sentence with the key's word means it."""
    per: float = 0.0
    """Seconds of the unit of time that it is a rate over, as 60 in "six a minute"; 0 for no rate."""
    at: int = field(default=-1, compare=False)
    """Where it stands in its sentence; -1 for one that does not."""

    @property
    def weak(self) -> bool:
        """Whether an equal number beside it proves little: a small whole number."""
        return self.value == int(self.value) and abs(self.value) < 100


@dataclass(frozen=True, slots=True)
class Span:
    """A duration as written, in seconds, and how far from it the truth may lie."""

    text: str
    seconds: float
    slack: float
    counts: str
    leads: str
    bound: Bound
    keyed: bool = False
    at: int = field(default=-1, compare=False)
