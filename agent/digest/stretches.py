"""What was counted of the stretches of a file -> the kinds of the whole file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent.digest import tallies
from agent.digest.kinds import BEGUN, CODE, ENDED, MANY, Kind
from agent.digest.tallies import NO_SLOT, Ints


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was counted of a stretch of a file; `rows` are of the kinds as they are numbered here."""

    kinds: list[Kind]
    rows: Ints
    lines: int
    overflowed: int
    zone_assumed: bool
    damage: str = ""
    """Why nothing could be read from some place on."""


def joined(stretches: Iterable[Stretch]) -> Stretch:
    """Put stretches that follow each other in a file together, each as it comes and only once."""
    kinds: list[Kind] = []
    known: dict[tuple[bytes, bytes], int] = {}
    rows = tallies.together([])
    lines = overflowed = 0
    zone_assumed, damage = False, ""
    for stretch in stretches:
        for kind in stretch.kinds:
            if (kind.key, kind.event) not in known:
                known[kind.key, kind.event] = len(kinds)
                kind.line += lines
                kind.end_line += lines
                kinds.append(kind)
            kinds[known[kind.key, kind.event]].overflow |= kind.overflow
        numbers = [known[kind.key, kind.event] for kind in stretch.kinds]
        tallies.renumber(stretch.rows, numbers, lines)
        rows = tallies.together([rows, stretch.rows]) if rows.size else stretch.rows
        lines += stretch.lines
        overflowed += stretch.overflowed
        zone_assumed |= stretch.zone_assumed
        damage = damage or stretch.damage
    return Stretch(kinds, rows, lines, overflowed, zone_assumed, damage)


def kinds_of(stretch: Stretch) -> list[Kind]:
    """Give each kind its counts, only once; they come in the order of their first lines."""
    for number, counts in tallies.part(stretch.rows):
        _fill(stretch.kinds[number], counts)
    return sorted(stretch.kinds, key=lambda kind: kind.line)


def _fill(kind: Kind, rows: Ints) -> None:
    kind.count = int(rows[MANY].sum())
    if rows[CODE, 0] == NO_SLOT:
        kind.timeless = int(rows[MANY, 0])
        rows = rows[:, 1:]
    if rows.size:
        kind.slots = rows
        kind.span = int(rows[BEGUN, 0]), int(rows[ENDED, -1])
