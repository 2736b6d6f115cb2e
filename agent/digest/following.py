"""Lines of a block that must be seen with those above: traces, lines without a time of their own."""

from __future__ import annotations

from collections import deque

import numpy as np

from agent.digest import forms, instants
from agent.digest.blocks import Block
from agent.digest.forms import BLANK, CAREFUL, MEEK, MEEK_EVENT, PLAIN, STAMPED, UNDATED, Form
from agent.digest.instants import BAD
from agent.digest.roster import ANNOUNCES, SPECIAL, KindRoster
from agent.digest.tallies import Ints
from agent.digest.timing import NO_TIME, Timing
from agent.digest.trails import Trail
from tools.formats.continuation import begins, is_frame

DROPPED = -1
"""In place of a kind's number: the line belongs to the message above."""


class Following:
    """Goes through those lines, block by block; the others it only takes note of."""

    def __init__(self, roster: KindRoster, timing: Timing, last: int) -> None:
        self._roster = roster
        self._timing = timing
        self._trail = Trail(last)
        self._before = 0
        """Lines of the stretch that stand above the block."""

    def through(self, block: Block, kinds: Ints, traits: Ints, seconds: Ints) -> None:
        """Settle the seconds of a block's lines, and mark as DROPPED what belongs to a message above."""
        specials: Ints = traits[:, SPECIAL]
        todo = self._watched(specials, traits[:, ANNOUNCES])
        settled = -1
        while todo:
            index = todo.popleft()
            special, kind = int(specials[index]), int(kinds[index])
            line = block.line(index)
            if special == CAREFUL and (time := self._timing.read(forms.text_of(line))) is not None:
                seconds[index] = instants.seconds(time)
                continue
            if index - 1 > settled:
                self._settle(index - 1, kinds, seconds)
            if special != CAREFUL:
                settled = index
                second = self._taken(special, line, int(seconds[index]))
                if special == BLANK or self._goes_on(kind, line, index, second, own=special == UNDATED):
                    kinds[index] = DROPPED
                else:
                    self._begin(index, kind, line, special, second)
                    seconds[index] = self._trail.last
                self._watch_below(index, specials, todo)
            else:
                seconds[index] = self._trail.last
        if len(block) - 1 > settled:
            self._settle(len(block) - 1, kinds, seconds)
        self._before += len(block)

    def _watched(self, specials: Ints, announcing: Ints) -> deque[int]:
        """Give the lines that must be seen one by one: meek ones too where the line above announced them."""
        watched = specials > MEEK_EVENT
        meek = (specials == MEEK) | (specials == MEEK_EVENT)
        if meek.any():
            watched[1:] |= meek[1:] & (announcing[:-1] != 0)
            watched[0] |= meek[0] & (not self._trail.idle)
        return deque(np.flatnonzero(watched).tolist())

    def _watch_below(self, index: int, specials: Ints, todo: deque[int]) -> None:
        """Take up the line below as well, where what stands here announced that it may go on."""
        below = index + 1
        if self._trail.idle or below >= len(specials) or (todo and todo[0] == below):
            return
        if specials[below] in {MEEK, MEEK_EVENT}:
            todo.appendleft(below)

    def _taken(self, special: int, line: bytes, second: int) -> int:
        """Give the second at which the runtime took a line; NO_TIME where it has none of its own."""
        if special not in {MEEK, MEEK_EVENT, STAMPED}:
            return NO_TIME
        return self._timing.second(forms.text_of(line)) if second in {BAD, NO_TIME} else second

    def _settle(self, index: int, kinds: Ints, seconds: Ints) -> None:
        """Take a dated line as the head of what follows it."""
        kind = int(kinds[index])
        opening = self._roster.forms[kind].opening
        self._trail.begin(kind, self._before + index + 1, opening, int(seconds[index]))

    def _goes_on(self, number: int, line: bytes, index: int, second: int, *, own: bool) -> bool:
        """Say whether a line, which the runtime took at `second` or NO_TIME, belongs to the last message."""
        if self._trail.owner is None:
            return False
        owner, head_line = self._trail.owner
        kind, head, mine = self._roster.kinds[owner], self._roster.forms[owner], self._roster.forms[number]
        if mine.pod != head.pod:
            return False
        body = self._timing.reader.read(forms.text_of(line)).body
        if head.partial:
            if mine.stream != head.stream:
                return False
        elif own or (second != NO_TIME and self._is_apart(head, mine, body, second)):
            return False
        else:
            dated = head.own and not (head.outer and second != NO_TIME)
            if not self._trail.goes_on(body, dated=dated, failed=dated and head.failed):
                return False
        self._trail.taken(second)
        at = self._before + index + 1
        if kind.line == head_line:
            self._trail.extend(kind, body, at)
        met = self._roster.kinds[number]
        if met.line == at:  # it was met here, and is no first line after all
            met.line = met.end_line = 0
        return True

    def _is_apart(self, head: Form, mine: Form, body: str, second: int) -> bool:
        """Say whether the runtime's stamp or stream shows that a line begins something else."""
        if self._trail.is_late(second) or (head.indented and mine.indented):
            return not is_frame(body)
        return mine.stream != head.stream and begins(body)

    def _begin(self, index: int, number: int, line: bytes, special: int, second: int) -> None:
        at = self._before + index + 1
        text = forms.text_of(line)
        opening = text if special == PLAIN else self._roster.forms[number].opening
        self._trail.begin(number, at, opening, second)
        kind = self._roster.kinds[number]
        if not kind.line:
            kind.line = kind.end_line = at
            kind.text = text
