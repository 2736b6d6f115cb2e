"""Lines of one key -> kinds by the number that names the event of each."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from agent.digest import numbers, tallies
from agent.digest.blocks import Block
from agent.digest.forms import EVENT, MEEK_EVENT
from agent.digest.recall import UNKNOWN, Codes, Recall
from agent.digest.roster import EVENT_LENGTH, EVENT_START, KIND, SPECIAL, KindRoster
from agent.digest.tallies import Ints

_KEPT = np.array([(1 << (8 * length)) - 1 for length in range(numbers.LONGEST + 1)], dtype=np.uint64)
"""By the length of a number: the bytes that it takes of a word of eight."""
_BITS = np.uint64(8 * numbers.LONGEST)


class Parting:
    """Gives lines the kinds of their events; a number at a known place costs no look at its line."""

    def __init__(self, roster: KindRoster) -> None:
        self._roster = roster
        self._recall = Recall()

    def part(self, block: Block, kinds: Ints, traits: Ints, before: int) -> None:
        """Put the kinds of events in place of those of keys; `before` lines of the stretch stand above."""
        special = traits[:, SPECIAL]
        lines = np.flatnonzero((special == EVENT) | (special == MEEK_EVENT))
        if not lines.size:
            return
        placed = traits[lines, EVENT_START] >= 0
        marked, others = lines[placed], lines[~placed]
        codes = self._codes(block, marked, traits[marked])
        kinds[marked] = self._recall.of(codes)
        kinds[others] = self._found(block, others, traits[others, KIND])
        for index in lines[kinds[lines] == UNKNOWN].tolist():
            kinds[index] = self._roster.event(int(traits[index, KIND]), block.line(index), before + index + 1)
        self._recall.note(codes, kinds[marked])

    def _codes(self, block: Block, lines: Ints, traits: Ints) -> Codes:
        """Write the kind of each line and its event number as one code."""
        words = block.words(block.starts[lines] + traits[:, EVENT_START]) & _KEPT[traits[:, EVENT_LENGTH]]
        return words | traits[:, KIND].astype(np.uint64) << _BITS

    def _found(self, block: Block, lines: Ints, kinds: Ints) -> Ints:
        """Look for the numbers of lines, key by key."""
        found = np.empty_like(kinds)
        order = np.argsort(kinds, kind="stable")
        lows: list[int] = tallies.changes(kinds[order]).tolist() if order.size else []
        for low, high in pairwise([*lows, len(order)]):
            part = order[low:high]
            place = self._roster.place(int(kinds[part[0]]))
            starts, ends = block.starts[lines[part]], block.ends[lines[part]]
            found[part] = place.found(block.text, starts, ends, UNKNOWN)
        return found
