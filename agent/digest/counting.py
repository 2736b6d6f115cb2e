"""Lines of a large log -> counts by key, event number and time slot; each step works on a whole chunk.

What a line means is worked out once for each key; after that a line costs a few look-ups in C.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from agent.digest import instants, keys, skeletons, tallies
from agent.digest.blocks import Block
from agent.digest.instants import BAD, Style
from agent.digest.kinds import BEGUN, CODE, ENDED, MANY, Kind, Plan
from agent.digest.numbers import EventPlace, event_place
from agent.digest.tallies import Ints
from agent.digest.timing import NO_TIME, Timing
from agent.digest.trails import Trail
from tools.formats.logline import LogLine
from tools.formats.opening import LINE_LIMIT, decode

MAX_KEYS = 20_000
"""Distinct keys that one process keeps; further lines are keyed without any word that has a digit."""
MAX_COARSE = 5_000
"""Distinct coarse keys; what comes after is counted in one kind."""
_STEP = 1_000_003
"""A code is slot * _STEP + number of the kind."""
_NO_SLOT = -(1 << 40)
_DROPPED = -1
"""In place of a kind's number: the line belongs to the message above."""
_UNKNOWN = -2
_PENDING = 1 << 18
"""Rows of counts from which on they are added up, so that memory is bounded by what is distinct."""
_ORDINARY, _EVENT, _CAREFUL, _UNDATED, _PLAIN, _BLANK = range(6)


class _Table(dict[bytes, int]):
    """Keys -> numbers of kinds."""

    def __missing__(self, key: bytes) -> int:
        return _UNKNOWN


@dataclass(frozen=True, slots=True)
class _Head:
    """What the lines after one of this key must know."""

    pod: str | None
    text: str
    partial: bool


class LineCounter:
    """Counts the lines of one stretch of a file; feed it chunks of whole lines, then finish."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.lines = 0
        self.overflowed = 0
        self._kinds: list[Kind] = []
        self._heads: list[_Head] = []
        self._places: dict[int, EventPlace] = {}
        self._table = _Table()
        self._coarse: dict[bytes, int] = {}
        self._rest: int | None = None
        self._timing = Timing(plan.clock, plan.first_time)
        self._styles: list[Style] = []
        self._traits: list[tuple[int, int, int, int]] = []
        """Of each kind: offset and length of its stamp, the index of its style, and what is special."""
        self._laid: Ints = np.zeros((0, 4), dtype=np.int64)
        self._trail = Trail(instants.seconds(plan.first_time) if plan.first_time else NO_TIME)
        self._counts: list[Ints] = []
        self._pending = 0

    @property
    def zone_assumed(self) -> bool:
        """Whether a time without a zone was read as UTC."""
        return self._timing.zone_assumed

    def feed(self, chunk: bytes) -> Block:
        """Count the lines of a chunk, which ends with a line end or with the file; give them back parted."""
        block = Block(chunk)
        numbers = self._numbers(block)
        if len(self._laid) < len(self._traits):
            self._laid = np.array(self._traits, dtype=np.int64)
        laid: Ints = self._laid[numbers]
        specials: Ints = laid[:, 3]
        seconds = self._seconds(block, laid)
        self._events(block, numbers, np.flatnonzero(specials == _EVENT))
        specials[seconds == BAD] = _CAREFUL
        self._specially(block, numbers, specials, seconds)
        self._count(numbers, seconds)
        self.lines += len(block)
        return block

    def finish(self) -> list[Kind]:
        """Give what was counted, in the order of the first lines; only once."""
        rows = tallies.together(self._counts) if self._counts else np.zeros((5, 0), dtype=np.int64)
        numbers = rows[CODE] % _STEP
        rows[CODE] //= _STEP
        order = np.argsort(numbers, kind="stable")
        ordered: Ints = rows[:, order]
        found, lows = np.unique(numbers[order], return_index=True)
        given: list[int] = found.tolist()
        bounds: list[int] = [*lows.tolist(), len(numbers)]
        for number, (low, high) in zip(given, pairwise(bounds), strict=True):
            _fill(self._kinds[number], ordered[:, low:high])
        return sorted((kind for kind in self._kinds if kind.count), key=lambda kind: kind.line)

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
        slots[seconds == NO_TIME] = _NO_SLOT
        counted = tallies.tallied(slots * _STEP + numbers, lines, seconds)
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
        text = _text(line)
        parsed = self._timing.reader.read(text)
        number, at = len(self._kinds), self.lines + index + 1
        kind = Kind(key, b"", at, at, text)
        where = self._timing.place(parsed, line, text) if parsed.own and allow_times else None
        special = _ORDINARY if where else _special(parsed)
        if special == _PLAIN:
            kind.undated, kind.line = True, 0
        elif special == _UNDATED:
            kind.undated = True
        elif special == _ORDINARY and (event := event_place(line)) is not None:
            special = _EVENT
            self._places[number] = event
        self._kinds.append(kind)
        self._heads.append(_Head(parsed.pod, _opening(parsed), parsed.partial))
        place, style = where or self._timing.nowhere
        self._traits.append((place.start, place.stop - place.start, self._styled(style), special))
        return number

    def _styled(self, style: Style) -> int:
        found = next((i for i, known in enumerate(self._styles) if known is style), len(self._styles))
        if found == len(self._styles):
            self._styles.append(style)
        return found

    def _events(self, block: Block, numbers: Ints, indexes: Ints) -> None:
        """Part the lines of one key by the number that names their event."""
        text, places = block.text, self._places
        lows, highs = block.starts[indexes].tolist(), block.ends[indexes].tolist()
        given: list[int] = numbers[indexes].tolist()
        for index, number, low, high in zip(indexes.tolist(), given, lows, highs, strict=True):
            place = places[number]
            at = text.find(place.prefix, low, high) if place.prefix else -1
            found = place.kinds.get(text[at + place.start : at + place.stop]) if at >= 0 else None
            if found is None:
                numbers[index] = self._event(number, block.line(index), index)
            elif found != number:
                numbers[index] = found

    def _specially(self, block: Block, numbers: Ints, specials: Ints, seconds: Ints) -> None:
        """Go through the lines that must be seen with those above: traces, lines without a time."""
        settled = -1
        for index in np.flatnonzero(specials > _EVENT).tolist():
            special, number = int(specials[index]), int(numbers[index])
            line = block.line(index)
            if special == _CAREFUL and (time := self._timing.read(_text(line))) is not None:
                seconds[index] = instants.seconds(time)
                continue
            if index - 1 > settled:
                self._settle(index - 1, numbers, seconds)
            if special != _CAREFUL:
                settled = index
                if special == _BLANK or self._goes_on(number, line, index, own=special != _PLAIN):
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
                self._kinds.append(Kind(self._kinds[number].key, event, at, at, _text(line)))
                self._heads.append(self._heads[number])
                self._traits.append(self._traits[number])
            else:
                self._kinds[number].event = event
            place.kinds[event] = found
        return found

    def _settle(self, index: int, numbers: Ints, seconds: Ints) -> None:
        """Take a dated line as the head of what follows it."""
        number = int(numbers[index])
        self._trail.settle(number, self.lines + index + 1, self._heads[number].text, int(seconds[index]))

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


def _fill(kind: Kind, rows: Ints) -> None:
    """Give a kind its counts by slot; those without a time stand in a slot of their own."""
    dated = rows[:, rows[CODE] != _NO_SLOT]
    kind.count = int(rows[MANY].sum())
    kind.timeless = kind.count - int(dated[MANY].sum())
    kind.tallies.append(dated)
    if dated.size:
        kind.span = int(dated[BEGUN].min()), int(dated[ENDED].max())


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
