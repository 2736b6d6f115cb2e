"""Changes as the sources write them: one flat object a change, in a form that tools.formats reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import Field

from tools.formats.documents import string
from tools.http import Json
from tools.sources.gathering import Gathering
from tools.sources.paging import write_lines
from tools.sources.settings import HttpSettings
from tools.sources.source import Span

_HASH = re.compile(r"^([0-9a-f]{12})[0-9a-f]{28}(?:[0-9a-f]{24})?$")
"""A whole commit id; twelve digits are enough to find it, and to read."""

Kind = Literal["deploy", "commit", "rollback", "config"]


class ChangeSettings(HttpSettings):
    """What every source of changes takes: a cause often comes before its window."""

    lookback_hours: float = Field(default=24.0, ge=0, le=24 * 30)
    """Hours before the window of which changes are read too."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change at a time, in the words of the system that made it."""

    kind: Kind
    time: datetime
    title: str
    service: str = ""
    ref: str = ""
    author: str = ""
    url: str = ""

    def written(self) -> Json:
        """Give the object as it is written."""
        told: dict[str, Json] = {
            "service": self.service,
            "ref": _HASH.sub(r"\1", self.ref),
            "author": self.author,
            "url": self.url,
        }
        head: dict[str, Json] = {"kind": self.kind, "time": self.time.isoformat(), "title": self.title}
        return head | {key: text for key, text in told.items() if text}


def earlier(window: Span, hours: float) -> Span:
    """Let a window begin some hours before."""
    return Span(window.start - timedelta(hours=hours), window.end)


def time_of(value: Json) -> datetime | None:
    """Read a time as these services write it (RFC 3339); None for anything else."""
    try:
        found = datetime.fromisoformat(string(value))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None


def keep(gathering: Gathering, name: str, query: str, changes: Sequence[Change]) -> None:
    """Write changes in order of time; none makes no file."""
    if changes:
        path = gathering.place(name)
        write_lines(path, [item.written() for item in sorted(changes, key=lambda item: item.time)])
        gathering.attach(path, query)
