"""Lines of a large log -> counts by key, event number and time slot; each step works on a whole chunk.

What a line means is worked out once for each key; after that a line costs a few look-ups in C.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise

import numpy as np

from agent.digest import forms, instants, keys, skeletons, tallies
from agent.digest.blocks import Block
from agent.digest.forms import (
    BLANK,
    CAREFUL,
    EVENT,
    MEEK,
    MEEK_EVENT,
    ORDINARY,
    PLAIN,
    STAMPED,
    UNDATED,
    Form,
    Forms,
)
from agent.digest.instants import BAD, Style
from agent.digest.kinds import LINE, Kind, Plan
from agent.digest.numbers import EventPlace, event_place
from agent.digest.stretches import Stretch
from agent.digest.tallies import NO_SLOT, Ints
from agent.digest.timing import NO_TIME, Timing
from agent.digest.trails import Trail
from tools.formats.continuation import begins, is_frame

MAX_KEYS = 20_000
"""Distinct keys that one process keeps; further lines are keyed without any word that has a digit."""
MAX_COARSE = 5_000
"""Distinct coarse keys; what comes after is counted in one kind."""
_MISPLACED: Ints = np.arange(BLANK + 1)
"""What becomes of a line whose time does not stand where that of its key does."""
_MISPLACED[[ORDINARY, EVENT]] = CAREFUL
_MISPLACED[[MEEK, MEEK_EVENT]] = STAMPED
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
        self._traits: list[tuple[int, int, int, int, int]] = []
        """Of each kind: offset and length of its stamp, its style, what is special, whether it announces."""
        self._laid: Ints = np.zeros((0, 5), dtype=np.int64)
        self._trail = Trail(instants.seconds(plan.first_time) if plan.first_time else NO_TIME)
        self._counts: list[Ints] = []
        self._pending = 0

    def feed(self, chunk: bytes) -> Block:
        """Count the lines of a chunk, which ends with a line end or with the file; give them back parted."""
        block = Block(chunk)
        numbers = self._numbers(block)
        if len(self._laid) < len(self._traits):
            self._laid = np.array(self._traits, dtype=np.int64)
        laid: Ints = self._laid[numbers]
        specials: Ints = laid[:, 3]
        seconds = self._seconds(block, laid)
        self._events(block, numbers, np.flatnonzero((specials == EVENT) | (specials == MEEK_EVENT)))
        if (misplaced := seconds == BAD).any():
            specials[misplaced] = _MISPLACED[specials[misplaced]]
        self._specially(block, numbers, specials, seconds, laid[:, 4])
        self._count(numbers, seconds)
        self.lines += len(block)
        return block

    def finish(self) -> Stretch:
        """Give what was counted, in the order of the first lines; only once."""
        rows = tallies.together(self._counts)
        if not all(kind.line for kind in self._kinds):  # what was met first belongs to another message
            for number, counted in tallies.part(rows.copy()):
                kind = self._kinds[number]
                kind.line = kind.line or int(counted[LINE].min())
                kind.end_line = kind.end_line or kind.line
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
        if special in {STAMPED, PLAIN}:
            kind.line = 0  # the first of them may belong to another message
        kind.undated = special in {PLAIN, UNDATED}
        if (parted := form.with_event) != special:
            event = event_place(line, anchored=bool(self.plan.anchors))
            if event is not None:
                special, self._places[number] = parted, event
        self._kinds.append(kind)
        self._heads.append(form)
        traits = form.start, form.stop - form.start, self._styled(form.style), special, int(form.announces)
        self._traits.append(traits)
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

    def _specially(
        self, block: Block, numbers: Ints, specials: Ints, seconds: Ints, announcing: Ints
    ) -> None:
        """Go through the lines that must be seen with those above: traces, lines without a time."""
        todo = self._watched(specials, announcing)
        settled = -1
        while todo:
            index = todo.popleft()
            special, number = int(specials[index]), int(numbers[index])
            line = block.line(index)
            if special == CAREFUL and (time := self._timing.read(forms.text_of(line))) is not None:
                seconds[index] = instants.seconds(time)
                continue
            if index - 1 > settled:
                self._settle(index - 1, numbers, seconds)
            if special != CAREFUL:
                settled = index
                second = self._taken(special, line, int(seconds[index]))
                if special == BLANK or self._goes_on(number, line, index, second, own=special == UNDATED):
                    numbers[index] = _DROPPED
                else:
                    self._begin(index, number, line, special, second)
                    seconds[index] = self._trail.last
                self._watch_below(index, specials, todo)
            else:
                seconds[index] = self._trail.last
        if len(block) - 1 > settled:
            self._settle(len(block) - 1, numbers, seconds)

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

    def _goes_on(self, number: int, line: bytes, index: int, second: int, *, own: bool) -> bool:
        """Say whether a line, which the runtime took at `second` or NO_TIME, belongs to the last message."""
        if self._trail.owner is None:
            return False
        owner, head_line = self._trail.owner
        kind, head, mine = self._kinds[owner], self._heads[owner], self._heads[number]
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
        at = self.lines + index + 1
        if kind.line == head_line:
            self._trail.extend(kind, body, at)
        if self._kinds[number].line == at:  # it was met here, and is no first line after all
            self._kinds[number].line = self._kinds[number].end_line = 0
        return True

    def _is_apart(self, head: Form, mine: Form, body: str, second: int) -> bool:
        """Say whether the runtime's stamp or stream shows that a line begins something else."""
        if self._trail.is_late(second) or (head.indented and mine.indented):
            return not is_frame(body)
        return mine.stream != head.stream and begins(body)

    def _begin(self, index: int, number: int, line: bytes, special: int, second: int) -> None:
        kind = self._kinds[number]
        at = self.lines + index + 1
        text = forms.text_of(line)
        self._trail.begin(number, at, text if special == PLAIN else self._heads[number].opening, second)
        if not kind.line:
            kind.line = kind.end_line = at
            kind.text = text
