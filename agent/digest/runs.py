"""When containers ran, as their states tell it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

_GLUED = re.compile(r"^(\d{4}-\d\d-\d\d)(?=\d\d:\d\d)")
"""A date and a time whose separator was lost on the way, as in 2025-08-2312:13:39Z."""


@dataclass(frozen=True, slots=True)
class Run:
    """The last run of a container that is over; None for a time that its state does not tell."""

    started: datetime | None
    finished: datetime | None

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> Run:
        """Read it off the state where that is the end of a run, else off the last state."""
        over = fields.get("state", "").lower().startswith("terminated")
        prefix = "" if over else "last_"
        return cls(moment(fields.get(f"{prefix}started", "")), moment(fields.get(f"{prefix}finished", "")))


def moment(text: str) -> datetime | None:
    """Read a time of a container's state in UTC; None where there is none, or none with a zone."""
    try:
        time = datetime.fromisoformat(_GLUED.sub(r"\1T", text.strip()))
    except ValueError:
        return None
    unset = time.year <= 1970  # what a runtime writes for a time that it does not know
    return time.astimezone(UTC) if time.tzinfo and not unset else None
