"""When trouble was last seen in a recording that goes on without it; that is no recovery."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from agent.digest.wording import duration, instant
from agent.schema.evidence import Evidence

_QUIET = timedelta(minutes=2)
"""A recording that ends sooner after the last of the trouble does not show that it stopped."""
_PAUSES = 5
"""Nor does one that goes on for less than so many of the usual pauses between two records of it."""


def last_seen(trouble: Sequence[Evidence], recorded_until: datetime | None) -> Evidence | None:
    """Select what was seen last, where everything had stopped well before the recording did; else None.

    `trouble` is what stands out since the onset. A state, a metric that is still away and a message as
    frequent as ever are going on.
    """
    last = max(trouble, key=lambda item: (item.end is not None, item.end, item.id), default=None)
    if last is None or last.end is None or recorded_until is None:
        return None
    return last if all(_stopped(item, recorded_until) for item in trouble) else None


def told(item: Evidence, recorded_until: datetime) -> str:
    """Say when it was seen last and for how long the recording goes on."""
    if item.end is None:
        return ""
    rest = duration((recorded_until - item.end).total_seconds())
    return (
        f"what stands out was last seen at {instant(item.end)} ({item.id}), {rest} before the recording ends"
    )


def _stopped(item: Evidence, recorded_until: datetime) -> bool:
    if item.end is None or item.attributes.get("source") == "state":
        return False
    quiet = recorded_until - item.end
    count = item.attributes.get("incident_count") or item.attributes.get("count", "1")
    times = int(count) if item.kind in {"L", "K"} and count.isdecimal() else 1
    pause = (item.end - item.start) / (times - 1) if item.start and times > 1 else timedelta(0)
    return quiet >= max(_QUIET, _PAUSES * pause)
