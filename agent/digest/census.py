"""What was counted of the parts of a file -> the kinds of the whole file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent.digest import tallies
from agent.digest.kinds import BEGUN, CODE, ENDED, MANY, Kind
from agent.digest.tallies import NO_SLOT, Ints


@dataclass(frozen=True, slots=True)
class Census:
    """What was counted of a part of a file; `rows` are of the kinds as they are numbered here."""

    kinds: list[Kind]
    rows: Ints
    lines: int
    overflowed: int
    zone_assumed: bool
    damage: str = ""
    """Why nothing could be read from some place on."""


def joined(parts: Iterable[Census]) -> Census:
    """Put parts that follow each other in a file together, each as it comes and only once."""
    kinds: list[Kind] = []
    known: dict[tuple[bytes, bytes], int] = {}
    rows = tallies.together([])
    lines = overflowed = 0
    zone_assumed, damage = False, ""
    for part in parts:
        for kind in part.kinds:
            if (kind.key, kind.event) not in known:
                known[kind.key, kind.event] = len(kinds)
                kind.line += lines
                kind.end_line += lines
                kinds.append(kind)
            kinds[known[kind.key, kind.event]].overflow |= kind.overflow
        numbers = [known[kind.key, kind.event] for kind in part.kinds]
        tallies.renumber(part.rows, numbers, lines)
        rows = tallies.together([rows, part.rows]) if rows.size else part.rows
        lines += part.lines
        overflowed += part.overflowed
        zone_assumed |= part.zone_assumed
        damage = damage or part.damage
    return Census(kinds, rows, lines, overflowed, zone_assumed, damage)


def kinds_of(part: Census) -> list[Kind]:
    """Give each kind its counts, only once; they come in the order of their first lines."""
    for number, counts in tallies.part(part.rows):
        _fill(part.kinds[number], counts)
    return sorted(part.kinds, key=lambda kind: kind.line)


def _fill(kind: Kind, rows: Ints) -> None:
    kind.count = int(rows[MANY].sum())
    if rows[CODE, 0] == NO_SLOT:
        kind.timeless = int(rows[MANY, 0])
        rows = rows[:, 1:]
    if rows.size:
        kind.slots = rows
        kind.span = int(rows[BEGUN, 0]), int(rows[ENDED, -1])
