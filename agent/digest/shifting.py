"""What was counted of a large log whose clock ran apart, moved in time without reading the log again."""

from __future__ import annotations

from dataclasses import replace

from agent.digest.bulk import Counted
from agent.digest.kinds import BEGUN, CODE, ENDED, Kind


def fits(counted: Counted, seconds: float) -> bool:
    """Say whether a shift moves whole slots, so that all counts stand as they are."""
    return seconds % counted.width == 0


def earlier(counted: Counted, seconds: int, *, slots: bool = True) -> Counted:
    """Take seconds from all times, and from slots unless they were counted from an origin moved as far."""
    by = round(seconds / counted.width) if slots else 0
    return replace(counted, kinds=tuple(_earlier(kind, seconds, by) for kind in counted.kinds))


def _earlier(kind: Kind, seconds: int, slots: int) -> Kind:
    moved = None
    if kind.slots is not None:
        moved = kind.slots.copy()
        moved[CODE] -= slots
        moved[[BEGUN, ENDED]] -= seconds
    span = kind.span and (kind.span[0] - seconds, kind.span[1] - seconds)
    return replace(kind, span=span, slots=moved)
