"""What was counted of the stretches of a file -> the kinds of the whole file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent.digest import tallies
from agent.digest.kinds import BEGUN, CODE, ENDED, MANY, Kind
from agent.digest.tallies import NO_SLOT, Ints


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one process counted; `rows` are of the kinds as they are numbered here."""

    kinds: list[Kind]
    rows: Ints
    lines: int
    overflowed: int
    zone_assumed: bool


def joined(stretches: Iterable[Stretch]) -> list[Kind]:
    """Put the stretches of one file together in their order; kinds come in that of their first lines."""
    kinds: list[Kind] = []
    known: dict[tuple[bytes, bytes], int] = {}
    rows: list[Ints] = []
    before = 0
    for stretch in stretches:
        for kind in stretch.kinds:
            if (kind.key, kind.event) not in known:
                known[kind.key, kind.event] = len(kinds)
                kind.line += before
                kind.end_line += before
                kinds.append(kind)
            kinds[known[kind.key, kind.event]].overflow |= kind.overflow
        numbers = [known[kind.key, kind.event] for kind in stretch.kinds]
        rows.append(tallies.renumbered(stretch.rows, numbers, before))
        before += stretch.lines
    for number, counts in tallies.parted(tallies.together(rows)):
        _fill(kinds[number], counts)
    return sorted(kinds, key=lambda kind: kind.line)


def _fill(kind: Kind, rows: Ints) -> None:
    kind.count = int(rows[MANY].sum())
    if rows[CODE, 0] == NO_SLOT:
        kind.timeless = int(rows[MANY, 0])
        rows = rows[:, 1:]
    if rows.size:
        kind.slots = rows
        kind.span = int(rows[BEGUN, 0]), int(rows[ENDED, -1])
