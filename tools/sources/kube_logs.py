"""Logs as the kubelet gives them, cut to a window: the API knows a beginning in whole seconds and no end."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tools.http import Answer
from tools.sources.source import Span

_STAMP = re.compile(
    rb"(?:\[pod/[^\]\s]+\] )?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))(?: |$)"
)
_SLACK = timedelta(minutes=1)
"""How far a container's lines may be out of order."""


def since(window: Span) -> str:
    """Write where a window begins as the API takes it: whole seconds, rounded down."""
    return f"{window.start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def cut(raw: Path, target: Path, window: Span, answer: Answer) -> tuple[Answer, int]:
    """Keep the lines of the window, exactly; lines without a time go with the one before them.

    An answer that was cut is whole all the same where the log had passed the window's end by then. Return it
    with the lines kept; the last line of a cut answer is left out.
    """
    kept, inside, last = 0, False, None
    with raw.open("rb") as source, target.open("wb") as file:
        for line in source:
            if answer.outcome == "partial" and not line.endswith(b"\n"):
                break
            if time := time_of(line):
                if time > window.end + _SLACK:
                    last = time
                    break
                inside, last = window.start <= time <= window.end, time
            if inside:
                file.write(line)
                kept += 1
    if not kept:
        target.unlink()
    if answer.outcome != "partial":
        return replace(answer, outcome="ok" if kept else "empty"), kept
    if last and last > window.end:
        return replace(answer, outcome="ok" if kept else "empty", note=""), kept
    reached = f" at {last:%Y-%m-%dT%H:%M:%SZ}" if last else ""
    return replace(answer, note=f"cut after {answer.size} bytes{reached}: the log goes on"), kept


def time_of(line: bytes) -> datetime | None:
    """Read the time that the kubelet wrote in front of a line, to the microsecond."""
    match = _STAMP.match(line)
    try:
        return datetime.fromisoformat(match[1].decode()) if match else None
    except ValueError:
        return None
