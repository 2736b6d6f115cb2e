"""Lines of a large log -> counts by key, event number and time slot; each step works on a whole chunk.

What a line means is worked out once for each key; after that a line costs a few look-ups in C.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from operator import add, getitem, itemgetter

from agent.digest import instants, skeletons
from agent.digest.instants import BAD, Slots, Style
from agent.digest.kinds import Kind
from agent.digest.numbers import EventPlace, event_place
from agent.digest.skeletons import KEY_LENGTH, Anchor
from agent.digest.timing import NO_SLOT, Stamp, Timing
from agent.digest.trails import Trail
from tools.formats.logline import LogLine
from tools.formats.opening import LINE_LIMIT, decode
from tools.formats.records import Clock

MAX_KEYS = 20_000
"""Distinct keys that one process keeps; further lines are keyed without any word that has a digit."""
MAX_COARSE = 5_000
"""Distinct coarse keys; what comes after is counted in one kind."""
_STEP = 1_000_003
"""A code is slot * _STEP + kind; a prime keeps the codes of neighbouring slots apart in hash tables."""
_DROP = 2 * NO_SLOT * _STEP
_ORDINARY, _EVENT, _CAREFUL, _UNDATED, _PLAIN, _BLANK = range(6)


@dataclass(frozen=True, slots=True)
class Plan:
    """What every process that reads a part of one file must know alike."""

    clock: Clock
    origin: float
    width: float
    anchors: tuple[Anchor, ...]
    first_time: datetime | None


_Info = tuple[slice, Slots, int, int, Style | None]
"""Where the stamp stands, its reader, the kind's number, what is special, and the style of the stamp."""
_PLACE, _SLOTS, _NUMBER, _SPECIAL = (itemgetter(index) for index in range(4))


@dataclass(slots=True)
class _Head:
    """What the lines after one of this key must know."""

    pod: str | None
    text: str
    partial: bool
    info: _Info
    event: EventPlace | None = None


class LineCounter:
    """Counts the lines of one stretch of a file; feed it chunks of whole lines, then finish."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.lines = 0
        self.overflowed = 0
        self._kinds: list[Kind] = []
        self._heads: list[_Head] = []
        self._table: dict[bytes, _Info] = {}
        self._coarse: dict[bytes, _Info] = {}
        self._rest: _Info | None = None
        self._timing = Timing(plan.clock, plan.first_time, origin=plan.origin, width=plan.width, step=_STEP)
        self._special = False
        self._trail = Trail(instants.seconds(plan.first_time) if plan.first_time else None)
        self._counts: Counter[int] = Counter()
        self._firsts: dict[int, tuple[int, Stamp]] = {}
        self._lasts: dict[int, Stamp] = {}

    @property
    def zone_assumed(self) -> bool:
        """Whether a time without a zone was read as UTC."""
        return self._timing.zone_assumed

    def feed(self, chunk: bytes) -> None:
        """Count the lines of a chunk, which ends with a line end or with the file."""
        body = chunk.removesuffix(b"\n")
        lines = body.split(b"\n")
        infos = self._infos(body, lines)
        stamps: list[Stamp] = list(map(getitem, lines, map(_PLACE, infos)))
        slots = list(map(getitem, map(_SLOTS, infos), stamps))
        if BAD in slots:
            for index in [i for i, slot in enumerate(slots) if slot == BAD]:
                slots[index] = self._carefully(lines[index], index, stamps)
        codes = list(map(add, slots, map(_NUMBER, infos)))
        if self._special:
            self._specially(lines, infos, codes, stamps)
        self._fold(codes, stamps)
        self.lines += len(lines)

    def finish(self) -> list[Kind]:
        """Give what was counted, in the order of the first lines; only once."""
        found: dict[int, array[int]] = defaultdict(lambda: array("q"))
        self._counts.pop(_DROP, 0)
        for code, count in self._counts.items():
            slot, number = divmod(code, _STEP)
            self._kinds[number].count += count
            if slot == NO_SLOT:
                self._kinds[number].timeless += count
                continue
            line, first = self._firsts[code]
            last = self._lasts[code]
            begun = ended = self._second(number, first)
            if last is not first:
                ended = self._second(number, last)
            found[number].extend((slot, count, line, begun or 0, ended or 0))
        for number, numbers in found.items():
            self._kinds[number].stretches.append((0, numbers))
        return sorted((kind for kind in self._kinds if kind.count), key=lambda kind: kind.line)

    def _infos(self, body: bytes, lines: Sequence[bytes]) -> list[_Info]:
        keys = skeletons.keys_of(body, self.plan.anchors)
        if len(body) > 300 * len(lines):
            keys = [key[:KEY_LENGTH] for key in keys]
        found = list(map(self._table.get, keys))
        if None in found:
            return [info or self._meet(keys[i], lines[i], i) for i, info in enumerate(found)]
        return found  # pyright: ignore[reportReturnType] - no None is in it

    def _second(self, number: int, stamp: Stamp) -> int | None:
        return self._timing.second(stamp, self._heads[number].info[4])

    def _meet(self, key: bytes, line: bytes, index: int) -> _Info:
        info = self._table.get(key)
        if info is None:
            if len(self._table) >= MAX_KEYS:
                return self._meet_coarse(line, index)
            info = self._table[key] = self._new(key, line, index, allow_times=True)
        return info

    def _meet_coarse(self, line: bytes, index: int) -> _Info:
        key = skeletons.coarse_key(line)
        info = self._coarse.get(key)
        if info is None and len(self._coarse) < MAX_COARSE:
            info = self._coarse[key] = self._new(key, line, index, allow_times=False)
        if info is not None:
            return info
        self.overflowed += 1
        if self._rest is None:
            self._rest = self._new(b"\0rest", line, index, allow_times=False)
            self._kinds[-1].overflow = True
        return self._rest

    def _new(self, key: bytes, line: bytes, index: int, *, allow_times: bool) -> _Info:
        text = _text(line)
        parsed = self._timing.reader.read(text)
        kind = Kind(key, b"", self.lines + index + 1, self.lines + index + 1, text)
        number = len(self._kinds)
        info, event = self._place(parsed, line, text, number, allow_times=allow_times), None
        special = info[3]
        if special == _PLAIN:
            kind.undated, kind.line = True, 0
        elif special == _UNDATED:
            kind.undated = True
        elif special == _ORDINARY and (event := event_place(line)) is not None:
            info = (*info[:3], _EVENT, info[4])
        self._special |= info[3] != _ORDINARY or parsed.partial
        self._kinds.append(kind)
        self._heads.append(_Head(parsed.pod, _opening(parsed), parsed.partial, info, event))
        return info

    def _place(self, parsed: LogLine, line: bytes, text: str, number: int, *, allow_times: bool) -> _Info:
        where = self._timing.place(parsed, line, text) if parsed.own and allow_times else None
        if where is not None:
            return *where[:2], number, _ORDINARY, where[2]
        special = _CAREFUL
        if not parsed.own:
            special = _PLAIN if parsed.message else _BLANK
        elif parsed.time is None:
            special = _UNDATED
        place, slots, style = self._timing.nowhere
        return place, slots, number, special, style

    def _carefully(self, line: bytes, index: int, stamps: list[Stamp]) -> int:
        """Read the time of one line; without one it stands beside the line above."""
        time = self._timing.read(_text(line))
        second = stamps[index] = instants.seconds(time) if time else self._trail.last
        return self._timing.slot(second)

    def _specially(
        self, lines: Sequence[bytes], infos: Sequence[_Info], codes: list[int], stamps: list[Stamp]
    ) -> None:
        """Go through the lines that need more than a look-up: traces, undated lines, event numbers."""
        settled, heads = -1, self._heads
        specials = list(map(_SPECIAL, infos))
        for index in [i for i, special in enumerate(specials) if special]:
            special, number = specials[index], infos[index][2]
            if special == _EVENT:
                place = heads[number].event
                found = place.known(lines[index]) if place else number
                codes[index] += (found if found >= 0 else self._event(number, lines[index], index)) - number
                continue
            if special == _CAREFUL:
                codes[index] = self._carefully(lines[index], index, stamps) + number
                continue
            if index - 1 > settled:
                self._settle(codes[index - 1], index - 1, stamps)
            settled = index
            if special == _BLANK or self._goes_on(number, lines[index], index, own=special != _PLAIN):
                codes[index] = _DROP
                continue
            self._begin(index, number, lines[index], special)
            second = stamps[index] = self._trail.last
            codes[index] = number + self._timing.slot(second)
        if len(lines) - 1 > settled:
            self._settle(codes[-1], len(lines) - 1, stamps)

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
            else:
                self._kinds[number].event = event
            place.kinds[event] = found
        return found

    def _settle(self, code: int, index: int, stamps: list[Stamp]) -> None:
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

    def _fold(self, codes: Sequence[int], stamps: list[Stamp]) -> None:
        known = len(self._counts)
        self._counts.update(codes)
        self._lasts.update(zip(codes, stamps, strict=True))
        if fresh := len(self._counts) - known:
            firsts = dict(zip(reversed(codes), reversed(range(len(codes))), strict=True))
            for code in islice(reversed(self._counts), fresh):
                at = firsts[code]
                self._firsts[code] = self.lines + at + 1, stamps[at]


def _opening(line: LogLine) -> str:
    telling = not line.own or "panic" in line.message or "Traceback" in line.message
    return (line.body or line.message) if telling else ""


def _text(line: bytes) -> str:
    return decode((line[:-1] if line[-1:] == b"\r" else line)[:LINE_LIMIT])
