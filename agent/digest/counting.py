"""Lines of a large log -> counts by key, event number and time slot; each step works on a whole chunk.

What a line means is worked out once for each key, and where its parts stand once for each fingerprint; after
that a line costs a few look-ups in arrays.
"""

from __future__ import annotations

import math

import numpy as np

from agent.digest import instants, keys, tallies
from agent.digest.blocks import Block
from agent.digest.census import Census
from agent.digest.fingerprints import Fingerprints, Prints
from agent.digest.following import DROPPED, Following
from agent.digest.forms import BLANK, CAREFUL, EVENT, MEEK, MEEK_EVENT, ORDINARY, STAMPED
from agent.digest.instants import BAD
from agent.digest.keys import Bytes
from agent.digest.kinds import LINE, Plan
from agent.digest.parting import Parting
from agent.digest.recall import UNKNOWN, Recall
from agent.digest.roster import KIND, LENGTH, SPECIAL, START, STYLE, KindRoster
from agent.digest.skeletons import KEY_LENGTH
from agent.digest.tallies import NO_SLOT, Ints
from agent.digest.timing import NO_TIME, Timing

_MISPLACED: Ints = np.arange(BLANK + 1)
"""What becomes of a line whose time does not stand where that of its key does."""
_MISPLACED[[ORDINARY, EVENT]] = CAREFUL
_MISPLACED[[MEEK, MEEK_EVENT]] = STAMPED
_PENDING = 1 << 18
"""Rows of counts from which on they are added up, so that memory is bounded by what is distinct."""
_MANY = 4
"""Where one line of so many is new, the keys of the whole block are made at once."""
_PATIENCE = 8
"""Blocks full of new lines, beyond those with few, from which on lines are no longer told by fingerprints."""


class LineCounter:
    """Counts the lines of one stretch of a file; feed it chunks of whole lines, then finish."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.lines = 0
        self._timing = Timing(plan.clock, plan.first_time)
        self._roster = KindRoster(self._timing, anchored=bool(plan.anchors))
        self._parting = Parting(self._roster)
        last = instants.seconds(plan.first_time) if plan.first_time else NO_TIME
        self._following = Following(self._roster, self._timing, last)
        self._fingerprints = Fingerprints()
        self._recall = Recall()
        self.patience = 0 if plan.anchors else _PATIENCE
        self._origin, self._width = plan.origin, plan.width
        if plan.width.is_integer():  # whole numbers are divided at a tenth of the cost
            self._origin, self._width = math.ceil(plan.origin), round(plan.width)
        self._counts: list[Ints] = []
        self._pending = 0

    def feed(self, chunk: bytes) -> Block:
        """Count the lines of a chunk, which ends with a line end or with the file; give them back parted."""
        block = Block(chunk)
        traits = self._roster.traits(self._rows(block))
        kinds = traits[:, KIND].copy()
        seconds = self._seconds(block, traits)
        self._parting.part(block, kinds, traits, self.lines)
        if (misplaced := seconds == BAD).any():
            traits[misplaced, SPECIAL] = _MISPLACED[traits[misplaced, SPECIAL]]
        self._following.through(block, kinds, traits, seconds)
        self._count(kinds, seconds)
        self.lines += len(block)
        return block

    def finish(self) -> Census:
        """Give what was counted, in the order of the first lines; only once."""
        rows, met = tallies.together(self._counts), self._roster.kinds
        if not all(kind.line for kind in met):  # what was met first belongs to another message
            for number, counted in tallies.part(rows.copy()):
                kind = met[number]
                kind.line = kind.line or int(counted[LINE].min())
                kind.end_line = kind.end_line or kind.line
        numbers = sorted(tallies.numbers(rows), key=lambda number: met[number].line)
        places = dict(zip(numbers, range(len(numbers)), strict=True))
        tallies.renumber(rows, [places.get(number, 0) for number in range(len(met))], 0)
        kinds = [met[number] for number in numbers]
        return Census(kinds, rows, self.lines, self._roster.overflowed, self._timing.zone_assumed)

    def _rows(self, block: Block) -> Ints:
        """Give the row of traits of each line."""
        text = keys.blanked(block.octets)
        if not self.patience:
            return self._by_keys(block, text)
        prints = self._fingerprints.of(text, block.starts, block.ends)
        rows = self._recall.of(prints)
        new = np.flatnonzero(rows == UNKNOWN)
        if new.size:
            rows[new] = self._learnt(block, text, prints[new], new)
        return rows

    def _learnt(self, block: Block, text: Bytes, prints: Prints, new: Ints) -> Ints:
        """Give the rows of lines whose fingerprints are new, and remember them."""
        even = new.view(np.uint64) * np.uint64(2)  # no fingerprint is even
        codes = np.where(prints == 0, even, prints)  # lines without one are told apart
        _, firsts, places = np.unique(codes, return_index=True, return_inverse=True)
        many = _MANY * len(firsts) > len(block)
        self.patience = min(_PATIENCE, self.patience + (-1 if many else 1))
        rows, lasting = np.empty(len(firsts), dtype=np.int64), prints[firsts] != 0
        known = self._keys(block, text) if many else None
        for place in np.argsort(firsts).tolist():  # as they stand in the file
            index = int(new[firsts[place]])
            line = block.line(index)
            key = known[index] if known else self._key(text[block.starts[index] : block.ends[index]])
            row, keyed = self._roster.meet(key, line, self.lines + index + 1)
            rows[place] = self._roster.with_event(row, line) if keyed and lasting[place] else row
            lasting[place] &= keyed
        self._recall.note(prints[firsts[lasting]], rows[lasting])
        found: Ints = rows[places]
        return found

    def _by_keys(self, block: Block, text: Bytes) -> Ints:
        """Give the row of each line by its key alone."""
        known = self._keys(block, text)
        rows: Ints = np.fromiter(map(self._roster.rows.__getitem__, known), np.int64, len(known))
        for index in np.flatnonzero(rows == UNKNOWN).tolist():
            rows[index], _ = self._roster.meet(known[index], block.line(index), self.lines + index + 1)
        return rows

    def _keys(self, block: Block, text: Bytes) -> list[bytes]:
        found = keys.keys_in(text[: len(block.text)].tobytes(), self.plan.anchors)
        return [key[:KEY_LENGTH] for key in found] if block.longest > KEY_LENGTH else found

    def _key(self, line: Bytes) -> bytes:
        return keys.without_blanks(line.tobytes())[:KEY_LENGTH]

    def _seconds(self, block: Block, traits: Ints) -> Ints:
        """Give the time of each line whose stamp stands at the place of its kind; BAD where none does."""
        stamps, which = block.stamps(traits[:, START], traits[:, LENGTH], traits[:, STYLE])
        known = self._roster.styles
        found: Ints = np.array([known[style][stamp] for style, stamp in stamps], dtype=np.int64)[which]
        return found

    def _count(self, kinds: Ints, seconds: Ints) -> None:
        lines = np.arange(self.lines + 1, self.lines + 1 + len(kinds), dtype=np.int64)
        if DROPPED in kinds:
            kept = kinds != DROPPED
            kinds, seconds, lines = kinds[kept], seconds[kept], lines[kept]
        slots = ((seconds - self._origin) // self._width).astype(np.int64, copy=False)
        slots[seconds == NO_TIME] = NO_SLOT
        counted = tallies.tallied(tallies.coded(kinds, slots), lines, seconds)
        self._counts.append(counted)
        self._pending += counted.shape[1]
        if self._pending > max(_PENDING, 2 * self._counts[0].shape[1]):
            self._counts = [tallies.together(self._counts)]
            self._pending = 0
