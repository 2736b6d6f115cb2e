"""Log groups of CloudWatch: how they are named, whose they are, how long they keep events."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from tools.http import Json

FORGOTTEN = "the window began before what the group still keeps"
_PATTERN_LEAST, _PATTERN_MOST = 3, 512
"""Length of a logGroupNamePattern."""


@dataclass(frozen=True, slots=True)
class Group:
    """A log group as CloudWatch describes it."""

    name: str
    days: int | None = None
    """How long it keeps events; None for ever, or where nobody asked."""

    @property
    def kept(self) -> str:
        """Say how long it keeps events."""
        return f"{self.name} keeps {self.days} d" if self.days else f"{self.name} keeps events for ever"

    def forgot(self, start: datetime) -> bool:
        """Whether it no longer keeps what was written then."""
        return self.days is not None and start < datetime.now(UTC) - timedelta(days=self.days)

    def matches(self, pattern: str) -> bool:
        """Whether it is called so; a star stands for anything."""
        return fnmatchcase(self.name, pattern.replace("[", "[[]"))

    def bears(self, service: str) -> bool:
        """Whether the name holds the service as a whole word: /ecs/shop-checkout, but not checkouts."""
        return re.search(rf"(?<![A-Za-z0-9]){re.escape(service)}(?![A-Za-z0-9])", self.name) is not None


def naming(name: str, *, literal: bool) -> dict[str, Json]:
    """Narrow a list of groups: by what stands before a star, or by a word in the name."""
    if literal:
        prefix = name.partition("*")[0]
        return {"logGroupNamePrefix": prefix} if prefix else {}
    usable = re.fullmatch(r"[\w./#-]+", name) and _PATTERN_LEAST <= len(name) <= _PATTERN_MOST
    return {"logGroupNamePattern": name} if usable else {}


def group_of(value: Json) -> Group | None:
    """Read a group of an answer; None for what is none."""
    name = value.get("logGroupName") if isinstance(value, dict) else None
    days = value.get("retentionInDays") if isinstance(value, dict) else None
    return Group(name, days if isinstance(days, int) else None) if isinstance(name, str) else None
