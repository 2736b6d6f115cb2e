"""Changes in time: what was changed together, and how near before the onset."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from agent.digest.wording import duration

NEAR = timedelta(hours=24)
"""What was changed longer than this before the onset is far from it."""
_TOGETHER = timedelta(minutes=5)

Changed = TypeVar("Changed")


def of(changes: Iterable[Changed], time_of: Callable[[Changed], datetime]) -> list[list[Changed]]:
    """Cut changes into waves: each begins within five minutes of the one before it, in order of time."""
    found: list[list[Changed]] = []
    for change in sorted(changes, key=time_of):
        if found and time_of(change) - time_of(found[-1][-1]) <= _TOGETHER:
            found[-1].append(change)
        else:
            found.append([change])
    return found


def nearness(time: datetime | None, onset: datetime | None) -> tuple[float, str]:
    """Say how near before the onset a time is, from 1 to 0.05, and the gap in words; empty after it."""
    if time is None or onset is None:
        return 0.2, ""
    lead = onset - time
    if lead < timedelta(0):
        return (0.3 if -lead < NEAR else 0.05), ""
    text = duration(lead.total_seconds())
    if lead > NEAR:
        return 0.05, text
    return 1.0 - 0.7 * (lead / NEAR) ** 0.5, text
