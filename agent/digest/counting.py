"""Lines of a large log -> counts by key, event number and time slot; each step works on a whole chunk.

What a line means is worked out once for each key; after that a line costs a few look-ups in C.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from agent.digest import instants, skeletons
from agent.digest.blocks import Block, Ints, spread, tallied
from agent.digest.instants import BAD, Slots, Style
from agent.digest.kinds import Kind, Plan
from agent.digest.numbers import EventPlace, event_place
from agent.digest.skeletons import KEY_LENGTH
from agent.digest.timing import NO_SLOT, RunStamps, Stamp, Timed, Timing
from agent.digest.trails import Trail
from tools.formats.logline import LogLine
from tools.formats.opening import LINE_LIMIT, decode

MAX_KEYS = 20_000
"""Distinct keys that one process keeps; further lines are keyed without any word that has a digit."""
MAX_COARSE = 5_000
"""Distinct coarse keys; what comes after is counted in one kind."""
_STEP = 1_000_003
"""A code is slot * _STEP + kind; a prime keeps the codes of neighbouring slots apart in hash tables."""
_DROP = 2 * NO_SLOT * _STEP
_ORDINARY, _EVENT, _CAREFUL, _UNDATED, _PLAIN, _BLANK = range(6)


@dataclass(slots=True)
class _Head:
    """What the lines after one of this key must know."""

    pod: str | None
    text: str
    partial: bool
    style: Style | None
    event: EventPlace | None = None


@dataclass(slots=True)
class _Count:
    many: int
    line: int
    first: Stamp
    last: Stamp


class LineCounter:
    """Counts the lines of one stretch of a file; feed it chunks of whole lines, then finish."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.lines = 0
        self.overflowed = 0
        self._kinds: list[Kind] = []
        self._heads: list[_Head] = []
        self._table: dict[bytes, int] = {}
        self._coarse: dict[bytes, int] = {}
        self._rest: int | None = None
        self._timing = Timing(plan.clock, plan.first_time, origin=plan.origin, width=plan.width, step=_STEP)
        self._slots: list[Slots] = []
        self._traits: list[tuple[int, int, int, int]] = []
        """Of each kind: offset and length of its stamp, the index of what reads it, and what is special."""
        self._laid: Ints = np.zeros((0, 4), dtype=np.int64)
        self._special = False
        self._trail = Trail(instants.seconds(plan.first_time) if plan.first_time else None)
        self._counts: dict[int, _Count] = {}

    @property
    def zone_assumed(self) -> bool:
        """Whether a time without a zone was read as UTC."""
        return self._timing.zone_assumed

    def feed(self, chunk: bytes) -> None:
        """Count the lines of a chunk, which ends with a line end or with the file."""
        block = Block(chunk)
        numbers = self._numbers(block)
        if len(self._laid) < len(self._traits):
            self._laid = np.array(self._traits, dtype=np.int64)
        laid: Ints = self._laid[numbers]
        readers: Ints = laid[:, 2]
        firsts, found = block.runs(laid[:, 0], laid[:, 1], readers)
        chosen: list[int] = readers[firsts].tolist()
        slots = [self._slots[reader][stamp] for reader, stamp in zip(chosen, found, strict=True)]
        stamps = RunStamps(firsts.tolist(), found)
        codes = spread(slots, firsts, len(block))
        for index in np.flatnonzero(codes == BAD).tolist() if BAD in slots else ():
            codes[index] = self._carefully(block.line(index), index, stamps)
        codes += numbers
        if self._special:
            self._specially(block, numbers, laid[:, 3], codes, stamps)
        self._fold(codes, stamps)
        self.lines += len(block)

    def finish(self) -> list[Kind]:
        """Give what was counted, in the order of the first lines; only once."""
        found: dict[int, array[int]] = defaultdict(lambda: array("q"))
        self._counts.pop(_DROP, None)
        for code, count in self._counts.items():
            slot, number = divmod(code, _STEP)
            self._kinds[number].count += count.many
            if slot == NO_SLOT:
                self._kinds[number].timeless += count.many
                continue
            begun = ended = self._second(number, count.first)
            if count.last is not count.first:
                ended = self._second(number, count.last)
            found[number].extend((slot, count.many, count.line, begun or 0, ended or 0))
        for number, numbers in found.items():
            self._kinds[number].stretches.append((0, numbers))
        return sorted((kind for kind in self._kinds if kind.count), key=lambda kind: kind.line)

    def _numbers(self, block: Block) -> Ints:
        """Give the number of each line's kind."""
        keys = skeletons.keys_of(block.body, self.plan.anchors)
        if len(block.body) > 300 * len(block):
            keys = [key[:KEY_LENGTH] for key in keys]
        found = list(map(self._table.get, keys))
        if None in found:
            found = [
                self._meet(keys[i], block, i) if number is None else number for i, number in enumerate(found)
            ]
        return np.array(found, dtype=np.int64)

    def _second(self, number: int, stamp: Stamp) -> int | None:
        return self._timing.second(stamp, self._heads[number].style)

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
        text = _text(line)
        parsed = self._timing.reader.read(text)
        at = self.lines + index + 1
        kind, event = Kind(key, b"", at, at, text), None
        where = self._timing.place(parsed, line, text) if parsed.own and allow_times else None
        special = _ORDINARY if where else _special(parsed)
        if special == _PLAIN:
            kind.undated, kind.line = True, 0
        elif special == _UNDATED:
            kind.undated = True
        elif special == _ORDINARY and (event := event_place(line)) is not None:
            special = _EVENT
        self._special |= special != _ORDINARY or parsed.partial
        return self._add(
            kind, _Head(parsed.pod, _opening(parsed), parsed.partial, None, event), where, special
        )

    def _add(self, kind: Kind, head: _Head, where: Timed | None, special: int) -> int:
        place, slots, head.style = where or self._timing.nowhere
        reader = next((i for i, known in enumerate(self._slots) if known is slots), len(self._slots))
        if reader == len(self._slots):
            self._slots.append(slots)
        self._kinds.append(kind)
        self._heads.append(head)
        self._traits.append((place.start, place.stop - place.start, reader, special))
        return len(self._kinds) - 1

    def _carefully(self, line: bytes, index: int, stamps: RunStamps) -> int:
        """Read the time of one line; without one it stands beside the line above."""
        time = self._timing.read(_text(line))
        second = stamps[index] = instants.seconds(time) if time else self._trail.last
        return self._timing.slot(second)

    def _specially(self, block: Block, numbers: Ints, specials: Ints, codes: Ints, stamps: RunStamps) -> None:
        """Go through the lines that need more than a look-up: traces, undated lines, event numbers."""
        settled, heads = -1, self._heads
        for index in np.flatnonzero(specials).tolist():
            special, number = int(specials[index]), int(numbers[index])
            line = block.line(index)
            if special == _EVENT:
                place = heads[number].event
                found = place.known(line) if place else number
                if found != number:
                    codes[index] += (found if found >= 0 else self._event(number, line, index)) - number
                continue
            if special == _CAREFUL:
                codes[index] = self._carefully(line, index, stamps) + number
                continue
            if index - 1 > settled:
                self._settle(int(codes[index - 1]), index - 1, stamps)
            settled = index
            if special == _BLANK or self._goes_on(number, line, index, own=special != _PLAIN):
                codes[index] = _DROP
                continue
            self._begin(index, number, line, special)
            second = stamps[index] = self._trail.last
            codes[index] = number + self._timing.slot(second)
        if len(block) - 1 > settled:
            self._settle(int(codes[-1]), len(block) - 1, stamps)

    def _event(self, number: int, line: bytes, index: int) -> int:
        """Give the kind of a line by its event number."""
        head = self._heads[number]
        place = head.event
        if place is None:
            return number
        event = place.number(line)
        found = place.kinds.get(event)
        if found is None:
            found = number
            if place.kinds:
                found = len(self._kinds)
                at = self.lines + index + 1
                self._kinds.append(Kind(self._kinds[number].key, event, at, at, _text(line)))
                self._heads.append(head)
                self._traits.append(self._traits[number])
            else:
                self._kinds[number].event = event
            place.kinds[event] = found
        return found

    def _settle(self, code: int, index: int, stamps: RunStamps) -> None:
        """Take a dated line as the head of what follows it."""
        number = code % _STEP
        self._trail.settle(
            number, self.lines + index + 1, self._heads[number].text, self._second(number, stamps[index])
        )

    def _goes_on(self, number: int, line: bytes, index: int, *, own: bool) -> bool:
        if self._trail.owner is None:
            return False
        owner, head_line = self._trail.owner
        kind, head, mine = self._kinds[owner], self._heads[owner], self._heads[number]
        if mine.pod != head.pod:
            return False
        body = self._timing.reader.read(_text(line)).body
        if not head.partial and not self._trail.goes_on(body, own=own, dated=not kind.undated):
            return False
        if kind.line == head_line:
            self._trail.extend(kind, body, self.lines + index + 1)
        return True

    def _begin(self, index: int, number: int, line: bytes, special: int) -> None:
        kind = self._kinds[number]
        at = self.lines + index + 1
        text = _text(line)
        self._trail.begin(number, at, text if special == _PLAIN else self._heads[number].text)
        if not kind.line:
            kind.line = kind.end_line = at
            kind.text = text

    def _fold(self, codes: Ints, stamps: RunStamps) -> None:
        for code, many, first, last in tallied(codes):
            count = self._counts.get(code)
            if count is None:
                line = self.lines + first + 1
                self._counts[code] = _Count(many, line, stamps[first], stamps[last])
            else:
                count.many += many
                count.last = stamps[last]


def _special(line: LogLine) -> int:
    """Say what becomes of a line whose time stands at no place of its own."""
    if not line.own:
        return _PLAIN if line.message else _BLANK
    return _UNDATED if line.time is None else _CAREFUL


def _opening(line: LogLine) -> str:
    telling = not line.own or "panic" in line.message or "Traceback" in line.message
    return (line.body or line.message) if telling else ""


def _text(line: bytes) -> str:
    return decode((line[:-1] if line[-1:] == b"\r" else line)[:LINE_LIMIT])
