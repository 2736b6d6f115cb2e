"""One log line taken apart: what the readers of the log formats have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


def _no_fields() -> dict[str, str]:
    return {}


@dataclass(slots=True)
class LogLine:
    """What one line says; empty where it does not."""

    dialect: str
    message: str
    time: datetime | None = None
    zoned: bool = False
    level: str = ""
    service: str | None = None
    pod: str | None = None
    container: str | None = None
    node: str | None = None
    trace_id: str | None = None
    fields: dict[str, str] = field(default_factory=_no_fields)
    own: bool = True
    """It looks like the beginning of a message: it has a time of its own, or a structure."""
    outer: bool = False
    """Its only time may be the runtime's, so the lines of its text have one as well."""
    body: str = ""
    """For a plain line or one of a container: its text without the runtime's prefix, indentation kept."""
    end_line: int = 0
    """Last line of a record that is written over several; 0 where it stands on one."""
    stream: str = ""
    """stdout or stderr, where the container runtime says which."""
    partial: bool = False
    """The container runtime cut the message; the next line goes on."""
    raw: bool = False
    """The message is a line as it was written, which may say its level and more."""
