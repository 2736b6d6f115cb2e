"""Services that were recorded on both sides of the onset and showed nothing: those known to be unaffected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agent.digest.intake import Intake
from agent.digest.logs import LogBook, Pattern
from agent.digest.metrics import Move
from agent.digest.observation import Observation
from agent.digest.panel import Panel, Samples
from agent.digest.wording import listed, plural
from agent.schema.evidence import Pointer

LEAST_SAMPLES = 5
LEAST_RECORDS = 20
"""Samples of a series, and log records, on each side of the onset that show what is usual."""
_EARLY = 600.0
"""Seconds before the onset from which a move may belong to the incident."""
_MOST_POINTERS = 8
_MOST_NAMED = 40
_SYMPTOMS = frozenset({"latency", "errors", "availability", "traffic"})


@dataclass(slots=True)
class _Record:
    """What was recorded of one service and did not move."""

    series: list[Samples] = field(default_factory=list[Samples])
    records: int = 0
    pattern: Pattern | None = None


def observations(
    intake: Intake,
    moves: Sequence[Move],
    patterns: Sequence[Pattern],
    observed: Sequence[Observation],
    onset: datetime | None,
) -> list[Observation]:
    """Name all unaffected services in one observation; none where no service is known to be.

    A service counts where a symptom's metric or the log covers both sides, none of its series moved, no
    warning or error was logged by it more often than before, and no observation tells of trouble with it.
    """
    if onset is None:
        return []
    book = intake.logs
    recorded = _recorded(intake.panel, book, patterns, onset)
    ill = {item.service for item in observed if item.severity != "info"}
    ill |= {name for item in observed for name in item.blames}
    ill |= {
        move.column.service for move in moves if move.end is None or move.end >= onset.timestamp() - _EARLY
    }
    ill |= _louder(book, patterns, onset)
    names = [name for name in sorted(recorded) if name not in ill][:_MOST_NAMED]
    return [_observe(names, recorded, onset)] if names else []


def _recorded(
    panel: Panel, book: LogBook, patterns: Iterable[Pattern], onset: datetime
) -> dict[str, _Record]:
    found: dict[str, _Record] = {}
    told = onset.timestamp()
    normal = panel.normal()
    for item, _ in panel.judged():
        name = item.column.service
        usual = normal.get((name, item.column.series.name))
        before = len(usual.times) if usual else sum(time < told for time in item.times)
        since = sum(time >= told for time in item.times)
        if name and item.meaning.kind in _SYMPTOMS and min(before, since) >= LEAST_SAMPLES:
            found.setdefault(name, _Record()).series.append(item)
    sides: dict[str, list[int]] = {}
    most: dict[str, Pattern] = {}
    for pattern in patterns:
        if pattern.service:
            both = sides.setdefault(pattern.service, [0, 0])
            both[0] += pattern.between(book.origin, None, onset)
            both[1] += pattern.between(book.origin, onset, None)
            held = most.get(pattern.service)
            if held is None or pattern.count > held.count:
                most[pattern.service] = pattern
    for name, both in sides.items():
        if min(both) >= LEAST_RECORDS:
            record = found.setdefault(name, _Record())
            record.records, record.pattern = both[1], most[name]
    return found


def _louder(book: LogBook, patterns: Iterable[Pattern], onset: datetime) -> set[str | None]:
    """Name the services that logged a warning or error since the onset that they did not log before."""
    return {
        pattern.service
        for pattern in patterns
        if pattern.bad()
        and pattern.between(book.origin, onset, None)
        and not pattern.between(book.origin, None, onset)
    }


def _observe(names: Sequence[str], recorded: dict[str, _Record], onset: datetime) -> Observation:
    series = [item for name in names for item in recorded[name].series]
    records = sum(recorded[name].records for name in names)
    basis = [f"{len(series)} metric series"] if series else []
    basis += [plural(records, "log record")] if records else []
    text = f"{listed(list(names), 6)} showed no change since the onset ({' and '.join(basis)})"
    pointers = [
        Pointer(
            artifact=item.column.artifact,
            series=item.column.series.name,
            samples=(item.places[0], item.places[-1]),
        )
        for name in names
        for item in recorded[name].series[:1]
    ]
    for name in names:
        pattern = recorded[name].pattern
        if pattern and pattern.places and not recorded[name].series:
            place = pattern.places[0]
            pointers.append(Pointer(artifact=place.artifact, lines=(place.first, place.last)))
    return Observation(
        kind="M" if series else "L",
        statement=text,
        pointers=tuple(pointers[:_MOST_POINTERS]),
        start=onset,
        attributes={"unaffected": ", ".join(names), "change": "flat", "harm": "good"},
        surprise=0.3,
        role="context",
    )
