"""Whether a timeline row has the time and the actor of its evidence, rules G05 and G10."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from agent.checks.actors import actor_is_shown
from agent.checks.places import Place, finding_at
from agent.schema.base import to_second
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence
from agent.schema.finding import Finding
from agent.schema.postmortem import PostMortem, TimelineRow

_ENDING = re.compile(r"\b(?:resolved|recovered|left the deviating level|cleared|ended)\b", re.IGNORECASE)

_STARTING = re.compile(
    r"\b(?:rose|fell|climbed|jumped|spiked|dipped|dropped|surged|increased|decreased|fired|began|started)\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:back|again|until|stopped|over|last|settled|returned|normal|peaked|lowest|usual)\b", re.IGNORECASE
)
"""Words with which a row may speak of a later moment of what it cites."""


def check_rows(draft: PostMortem, digest: Digest) -> Iterator[Finding]:
    """Report rows whose time or actor no cited evidence has."""
    for number, row in enumerate(draft.timeline, 1):
        yield from _row_time(number, row, digest)
        yield from _row_actor(number, row, digest)


def _row_time(number: int, row: TimelineRow, digest: Digest) -> Iterator[Finding]:
    if row.standing == "stated by a person":
        return
    items = [item for item in (digest.find(cited) for cited in row.evidence) if item is not None]
    own = [moment for item in items for moment in (item.start, item.end) if moment is not None]
    if not own:
        return
    place = Place(f"timeline.{number}", "timeline", row.event, row.evidence)
    have = ", ".join(f"{item.id} {to_second(item.start)}" for item in items if item.start)
    stated = to_second(row.time)
    if not any(_same(row.time, moment) for moment in own):
        message = f"is timed {stated}, which no cited evidence has"
        yield finding_at(place, "G05", "error", stated, message, f"Cited: {have}.")
    elif _times_a_start_at_an_end(row, place.bare, items):
        message = f"is timed {stated}, when what it tells of ended"
        yield finding_at(place, "G05", "error", stated, message, f"Cited: {have}.")
    ends = [
        item.end for item in items if item.kind == "A" and item.end is not None and item.end != item.start
    ]
    bare = place.bare
    alone = len(items) == 1 and items[0].kind == "A" and bool(ends)
    if (
        alone
        and _ENDING.search(bare)
        and " fired" not in bare
        and not any(_same(row.time, end) for end in ends)
    ):
        message = f"is timed {stated}, and speaks of an end at {to_second(ends[0])}"
        yield finding_at(place, "G05", "error", stated, message, f"Cited: {have}.")


def _times_a_start_at_an_end(row: TimelineRow, event: str, items: list[Evidence]) -> bool:
    """Tell whether a row says that something rose or fired when its cited alerts and metrics end."""
    if not _STARTING.search(event) or _ENDING.search(event) or _LATER.search(event):
        return False
    starts = [item.start for item in items if item.start is not None]
    others = any(item.kind not in {"A", "M"} for item in items)
    return not others and not any(_same(row.time, start) for start in starts)


def _row_actor(number: int, row: TimelineRow, digest: Digest) -> Iterator[Finding]:
    if row.standing == "stated by a person" or not row.evidence:
        return
    items = [item for item in (digest.find(cited) for cited in row.evidence) if item is not None]
    if items and not actor_is_shown(row.actor, items):
        place = Place(f"timeline.{number}", "timeline", row.event, row.evidence)
        message = f'names "{row.actor}" as actor, whom no cited evidence names'
        yield finding_at(
            place, "G10", "error", row.actor, message, 'Name who the evidence names, or write "system".'
        )


def _same(row: datetime, moment: datetime) -> bool:
    apart = abs((row - moment).total_seconds())
    return apart <= 1 or (row.second == 0 and row.microsecond == 0 and apart < 60)
