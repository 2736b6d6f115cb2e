"""How much was recorded before the onset, on which "new" and "risen" rest, and whether anything was since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from agent.digest.intake import Intake
from agent.digest.measures import Shares
from agent.digest.wording import duration

SHORT = timedelta(minutes=5)
FEW, MORE = 50, 10
"""Records before the onset that are few where those since are so many times more."""
_RESTS = "what is called new or risen was compared with that alone"


def notes(intake: Intake, start: datetime, shares: Shares | None) -> Iterator[str]:
    """Say of logs and metrics what little was recorded before the onset; nothing where it was enough."""
    logged = intake.logs.extent()
    yield from _silent_since(intake, start)
    if logged and logged[0] < start:
        told = _short("logs", start - logged[0])
        if not told and shares and shares.lines_before < min(FEW, shares.lines_since / MORE):
            total = shares.lines_before + shares.lines_since
            told = f"Only {shares.lines_before} of {total} log records stand before the onset: {_RESTS}."
        yield from filter(None, [told])
    sampled = intake.panel.extent()
    if sampled and not any(column.baseline for column in intake.panel.columns):
        before = start - datetime.fromtimestamp(sampled[0], UTC)
        if before <= timedelta():
            yield "No metrics from before the onset were recorded, so series have no baseline."
        else:
            yield from filter(None, [_short("metrics", before)])


def _silent_since(intake: Intake, start: datetime) -> Iterator[str]:
    sampled = intake.panel.extent()
    ends = [logged[1]] if (logged := intake.logs.extent()) else []
    ends += [datetime.fromtimestamp(sampled[1], UTC)] if sampled else []
    if ends and max(ends) < start:
        before = duration((start - max(ends)).total_seconds())
        yield f"Logs and metrics end {before} before the onset: they tell nothing of the time since."


def _short(what: str, before: timedelta) -> str:
    if before >= SHORT:
        return ""
    return f"Only {duration(before.total_seconds())} of {what} were recorded before the onset: {_RESTS}."
