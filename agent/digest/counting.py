"""Lines of a large log -> counts by key, event number and time slot; each step works on a whole chunk.

What a line means is worked out once for each key; after that a line costs a few look-ups in C.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from agent.digest import forms, instants, keys, skeletons, tallies
from agent.digest.blocks import Block
from agent.digest.forms import BLANK, CAREFUL, EVENT, ORDINARY, PLAIN, UNDATED, Form, Forms
from agent.digest.instants import BAD, Style
from agent.digest.kinds import Kind, Plan
from agent.digest.numbers import EventPlace, event_place
from agent.digest.stretches import Stretch
from agent.digest.tallies import NO_SLOT, Ints
from agent.digest.timing import NO_TIME, Timing
from agent.digest.trails import Trail

MAX_KEYS = 20_000
"""Distinct keys that one process keeps; further lines are keyed without any word that has a digit."""
MAX_COARSE = 5_000
"""Distinct coarse keys; what comes after is counted in one kind."""
_DROPPED = -1
"""In place of a kind's number: the line belongs to the message above."""
_UNKNOWN = -2
_PENDING = 1 << 18
"""Rows of counts from which on they are added up, so that memory is bounded by what is distinct."""


class _Table(dict[bytes, int]):
    """Keys -> numbers of kinds."""

    def __missing__(self, key: bytes) -> int:
        return _UNKNOWN


class LineCounter:
    """Counts the lines of one stretch of a file; feed it chunks of whole lines, then finish."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.lines = 0
        self.overflowed = 0
        self._kinds: list[Kind] = []
        self._heads: list[Form] = []
        self._places: dict[int, EventPlace] = {}
        self._table = _Table()
        self._coarse: dict[bytes, int] = {}
        self._rest: int | None = None
        self._timing = Timing(plan.clock, plan.first_time)
        self._forms = Forms(self._timing)
        self._styles: list[Style] = []
        self._traits: list[tuple[int, int, int, int]] = []
        """Of each kind: offset and length of its stamp, the index of its style, and what is special."""
        self._laid: Ints = np.zeros((0, 4), dtype=np.int64)
        self._trail = Trail(instants.seconds(plan.first_time) if plan.first_time else NO_TIME)
        self._counts: list[Ints] = []
        self._pending = 0

    def feed(self, chunk: bytes) -> None:
        """Count the lines of a chunk, which ends with a line end or with the file."""
        block = Block(chunk)
        numbers = self._numbers(block)
        if len(self._laid) < len(self._traits):
            self._laid = np.array(self._traits, dtype=np.int64)
        laid: Ints = self._laid[numbers]
        specials: Ints = laid[:, 3]
        seconds = self._seconds(block, laid)
        self._events(block, numbers, np.flatnonzero(specials == EVENT))
        specials[seconds == BAD] = CAREFUL
        self._specially(block, numbers, specials, seconds)
        self._count(numbers, seconds)
        self.lines += len(block)

    def finish(self) -> Stretch:
        """Give what was counted, in the order of the first lines; only once."""
        rows = tallies.together(self._counts)
        numbers = sorted(tallies.numbers(rows), key=lambda number: self._kinds[number].line)
        places = dict(zip(numbers, range(len(numbers)), strict=True))
        tallies.renumber(rows, [places.get(number, 0) for number in range(len(self._kinds))], 0)
        kinds = [self._kinds[number] for number in numbers]
        return Stretch(kinds, rows, self.lines, self.overflowed, self._timing.zone_assumed)

    def _numbers(self, block: Block) -> Ints:
        """Give the number of each line's kind."""
        lines = keys.keys_of(block.text, self.plan.anchors)
        if block.longest > skeletons.KEY_LENGTH:
            lines = [line[: skeletons.KEY_LENGTH] for line in lines]
        found: Ints = np.fromiter(map(self._table.__getitem__, lines), np.int64, len(lines))
        for index in np.flatnonzero(found == _UNKNOWN).tolist():
            found[index] = self._meet(lines[index], block, index)
        return found

    def _seconds(self, block: Block, laid: Ints) -> Ints:
        """Give the time of each line whose stamp stands at the place of its kind; BAD where none does."""
        firsts, stamps = block.runs(laid[:, 0], laid[:, 1], laid[:, 2])
        styles: list[int] = laid[firsts, 2].tolist()
        found = [self._styles[style][stamp] for style, stamp in zip(styles, stamps, strict=True)]
        return np.repeat(np.array(found, dtype=np.int64), np.diff(firsts, append=len(block)))

    def _count(self, numbers: Ints, seconds: Ints) -> None:
        lines = np.arange(self.lines + 1, self.lines + 1 + len(numbers), dtype=np.int64)
        if _DROPPED in numbers:
            kept = numbers != _DROPPED
            numbers, seconds, lines = numbers[kept], seconds[kept], lines[kept]
        slots = ((seconds - self.plan.origin) // self.plan.width).astype(np.int64)
        slots[seconds == NO_TIME] = NO_SLOT
        counted = tallies.tallied(tallies.coded(numbers, slots), lines, seconds)
        self._counts.append(counted)
        self._pending += counted.shape[1]
        if self._pending > max(_PENDING, 2 * self._counts[0].shape[1]):
            self._counts = [tallies.together(self._counts)]
            self._pending = 0

    def _meet(self, key: bytes, block: Block, index: int) -> int:
        number = self._table.get(key)
        if number is None:
            if len(self._table) >= MAX_KEYS:
                return self._meet_coarse(block.line(index), index)
            number = self._table[key] = self._new(key, block.line(index), index, allow_times=True)
        return number

    def _meet_coarse(self, line: bytes, index: int) -> int:
        key = skeletons.coarse_key(line)
        number = self._coarse.get(key)
        if number is None and len(self._coarse) < MAX_COARSE:
            number = self._coarse[key] = self._new(key, line, index, allow_times=False)
        if number is not None:
            return number
        self.overflowed += 1
        if self._rest is None:
            self._rest = self._new(b"\0rest", line, index, allow_times=False)
            self._kinds[-1].overflow = True
        return self._rest

    def _new(self, key: bytes, line: bytes, index: int, *, allow_times: bool) -> int:
        form = self._forms.of(key, line) if allow_times else self._forms.untimed(line)
        number, at = len(self._kinds), self.lines + index + 1
        kind = Kind(key, b"", at, at, forms.text_of(line))
        special = form.special
        if special == PLAIN:
            kind.undated, kind.line = True, 0
        elif special == UNDATED:
            kind.undated = True
        elif (
            special == ORDINARY and (event := event_place(line, anchored=bool(self.plan.anchors))) is not None
        ):
            special = EVENT
            self._places[number] = event
        self._kinds.append(kind)
        self._heads.append(form)
        self._traits.append((form.start, form.stop - form.start, self._styled(form.style), special))
        return number

    def _styled(self, style: Style) -> int:
        found = next((i for i, known in enumerate(self._styles) if known is style), len(self._styles))
        if found == len(self._styles):
            self._styles.append(style)
        return found

    def _events(self, block: Block, numbers: Ints, indexes: Ints) -> None:
        """Part the lines of one key by the number that names their event."""
        if not indexes.size:
            return
        indexes = indexes[np.argsort(numbers[indexes], kind="stable")]
        given = numbers[indexes]
        lows: list[int] = tallies.changes(given).tolist()
        for low, high in pairwise([*lows, len(given)]):
            lines, number = indexes[low:high], int(given[low])
            found = self._places[number].found(block.text, block.starts[lines], block.ends[lines], _UNKNOWN)
            for at in [at for at, kind in enumerate(found) if kind == _UNKNOWN]:
                index = int(lines[at])
                found[at] = self._event(number, block.line(index), index)
            numbers[lines] = found

    def _specially(self, block: Block, numbers: Ints, specials: Ints, seconds: Ints) -> None:
        """Go through the lines that must be seen with those above: traces, lines without a time."""
        settled = -1
        for index in np.flatnonzero(specials > EVENT).tolist():
            special, number = int(specials[index]), int(numbers[index])
            line = block.line(index)
            if special == CAREFUL and (time := self._timing.read(forms.text_of(line))) is not None:
                seconds[index] = instants.seconds(time)
                continue
            if index - 1 > settled:
                self._settle(index - 1, numbers, seconds)
            if special != CAREFUL:
                settled = index
                if special == BLANK or self._goes_on(number, line, index, own=special != PLAIN):
                    numbers[index] = _DROPPED
                    continue
                self._begin(index, number, line, special)
            seconds[index] = self._trail.last
        if len(block) - 1 > settled:
            self._settle(len(block) - 1, numbers, seconds)

    def _event(self, number: int, line: bytes, index: int) -> int:
        """Give the kind of a line by its event number."""
        place = self._places[number]
        event = place.number(line)
        found = place.kinds.get(event)
        if found is None:
            found = number
            if place.kinds:
                found = len(self._kinds)
                at = self.lines + index + 1
                self._kinds.append(Kind(self._kinds[number].key, event, at, at, forms.text_of(line)))
                self._heads.append(self._heads[number])
                self._traits.append(self._traits[number])
            else:
                self._kinds[number].event = event
            place.kinds[event] = found
        return found

    def _settle(self, index: int, numbers: Ints, seconds: Ints) -> None:
        """Take a dated line as the head of what follows it."""
        number = int(numbers[index])
        self._trail.settle(number, self.lines + index + 1, self._heads[number].opening, int(seconds[index]))

    def _goes_on(self, number: int, line: bytes, index: int, *, own: bool) -> bool:
        if self._trail.owner is None:
            return False
        owner, head_line = self._trail.owner
        kind, head, mine = self._kinds[owner], self._heads[owner], self._heads[number]
        if mine.pod != head.pod:
            return False
        body = self._timing.reader.read(forms.text_of(line)).body
        if not head.partial and not self._trail.goes_on(body, own=own, dated=not kind.undated):
            return False
        if kind.line == head_line:
            self._trail.extend(kind, body, self.lines + index + 1)
        return True

    def _begin(self, index: int, number: int, line: bytes, special: int) -> None:
        kind = self._kinds[number]
        at = self.lines + index + 1
        text = forms.text_of(line)
        self._trail.begin(number, at, text if special == PLAIN else self._heads[number].opening)
        if not kind.line:
            kind.line = kind.end_line = at
            kind.text = text
