"""Lines of a large log -> counts by key, event number and time slot; each step works on a whole chunk."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agent.digest import instants, masking, skeletons
from agent.digest.instants import Style
from agent.digest.kinds import Kind, Slot
from agent.digest.skeletons import KEY_LENGTH, Anchor
from tools.formats.continuation import Continuation
from tools.formats.logline import LogLine
from tools.formats.logs_text import LineReader
from tools.formats.opening import LINE_LIMIT, decode
from tools.formats.records import Clock, Tally
from tools.formats.stamps import Stamps

MAX_KEYS = 20_000
"""Distinct keys that one process keeps; further lines are keyed without any word that has a digit."""
MAX_COARSE = 5_000
"""Distinct coarse keys; what comes after is counted in one kind."""
_DIGIT = re.compile(r"[0-9]")
_TRACE_LIMIT = 16 * 1024
_STEP = 1 << 40
_HALF = 1 << 39
_NO_TIME = -(1 << 38)
_BAD = _NO_TIME - 1
_DROP = -_STEP
_ORDINARY, _EVENT, _CAREFUL, _UNDATED, _PLAIN, _BLANK = range(6)


@dataclass(frozen=True, slots=True)
class Plan:
    """What every process that reads a part of one file must know alike."""

    clock: Clock
    origin: float
    width: float
    anchors: tuple[Anchor, ...]
    first_time: datetime | None


class _Times(dict[bytes, int]):
    """Stamps of one style -> time slots; a stamp met first is read as part of a line."""

    def __init__(self, counter: LineCounter, style: Style | None) -> None:
        super().__init__()
        self.counter = counter
        self.style = style
        if style is None:
            self[b""] = _NO_TIME

    def __missing__(self, stamp: bytes) -> int:
        if self.style is None or len(self) > 100_000:
            self.clear()
        slot = self[stamp] = self.counter.slot_of(self.style, stamp)
        return slot


_Info = tuple[int, int, _Times, int, int]
"""Where the stamp begins and ends, its reader, the kind's number times _STEP, and what is special."""


@dataclass(slots=True)
class _Head:
    """What the lines after one of this key must know."""

    pod: str | None
    text: str
    partial: bool
    kind: str = ""
    prefix: bytes = b""
    length: int = 0
    subs: dict[bytes, int] = field(default_factory=dict[bytes, int])


class LineCounter:
    """Counts the lines of one stretch of a file; feed it chunks of whole lines."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.lines = 0
        self.overflowed = 0
        self.kinds: list[Kind] = []
        self._heads: list[_Head] = []
        self._table: dict[bytes, _Info] = {}
        self._coarse: dict[bytes, _Info] = {}
        self._rest: _Info | None = None
        self._styles: dict[tuple[bytes, str], _Times] = {}
        self._untimed = _Times(self, None)
        self._tally = Tally()
        self._stamps = Stamps(plan.clock, self._tally)
        if self._stamps.anchor is None:
            self._stamps.anchor = plan.first_time
        self._reader = LineReader(self._stamps)
        self._bad = False
        self._odd = False
        self._continuation = Continuation()
        self._head: tuple[int, int] | None = None
        self._last = instants.seconds(plan.first_time) if plan.first_time else None

    @property
    def zone_assumed(self) -> bool:
        """Whether a time without a zone was read as UTC."""
        return self._tally.zone_assumed

    def feed(self, chunk: bytes) -> None:
        """Count the lines of a chunk, which ends with a line end or with the file."""
        body = chunk[:-1] if chunk.endswith(b"\n") else chunk
        lines = body.split(b"\n")
        keys = skeletons.keys_of(body, self.plan.anchors)
        if len(body) > 300 * len(lines):
            keys = [key[:KEY_LENGTH] for key in keys]
        found = list(map(self._table.get, keys))
        infos: list[_Info] = (
            [info or self._meet(keys[i], lines[i], i) for i, info in enumerate(found)]
            if None in found
            else found  # pyright: ignore[reportAssignmentType] - no None is in it
        )
        self._bad = False
        codes = [times[line[a:b]] + base for line, (a, b, times, base, _) in zip(lines, infos, strict=True)]
        seconds: dict[int, int | None] = {}
        if self._bad:
            for index, info in enumerate(infos):
                if codes[index] - info[3] == _BAD:
                    codes[index] = self._carefully(info[3], lines[index], index, seconds)
        if self._odd:
            self._specially(lines, infos, codes, seconds)
        self._fold(lines, infos, codes, seconds)
        self.lines += len(lines)

    def slot_of(self, style: Style | None, stamp: bytes) -> int:
        """Read a stamp in the line it was met in; what does not look like the style's stamps is bad."""
        if style is not None and instants.shape_of(stamp) == style.shape:
            time = self._reader.read(f"{style.before}{stamp.decode('latin-1')}{style.after}").time
            if time is not None:
                if self.plan.clock.recorded_at is None:
                    self._stamps.anchor = time
                second = style.known[stamp] = instants.seconds(time)
                return self._slot(second)
        self._bad = True
        return _BAD

    def _slot(self, second: int) -> int:
        return int((second - self.plan.origin) // self.plan.width)

    def _meet(self, key: bytes, line: bytes, index: int) -> _Info:
        info = self._table.get(key)
        if info is not None:
            return info
        if len(self._table) >= MAX_KEYS:
            return self._meet_coarse(line, index)
        info = self._table[key] = self._new(key, line, index, allow_times=True)
        return info

    def _meet_coarse(self, line: bytes, index: int) -> _Info:
        self._odd = True
        key = skeletons.coarse_key(line)
        info = self._coarse.get(key)
        if info is None and len(self._coarse) < MAX_COARSE:
            info = self._coarse[key] = self._new(key, line, index, allow_times=False)
        if info is not None:
            return info
        self.overflowed += 1
        if self._rest is None:
            self._rest = self._new(b"\0rest", line, index, allow_times=False)
            self.kinds[-1].overflow = True
        return self._rest

    def _new(self, key: bytes, line: bytes, index: int, *, allow_times: bool) -> _Info:
        text = _text(line)
        parsed = self._reader.read(text)
        base = len(self.kinds) * _STEP
        kind = Kind(key, b"", self.lines + index + 1, self.lines + index + 1, text)
        head = _Head(parsed.pod, _opening(parsed), parsed.partial)
        self.kinds.append(kind)
        self._heads.append(head)
        if not parsed.message and not parsed.own:
            return self._special(base, _BLANK)
        if not parsed.own:
            kind.undated, kind.line = True, 0
            return self._special(base, _PLAIN)
        if parsed.time is None:
            kind.undated = True
            return self._special(base, _UNDATED)
        place = instants.locate(text, parsed.time, self._reader) if allow_times else None
        if place is None:
            return self._special(base, _CAREFUL)
        special = _EVENT if self._find_event(head, line) else _ORDINARY
        self._odd |= special == _EVENT or parsed.partial
        start = max(0, len(text[: place[0]].encode()) - 1)
        end = len(text[: place[1]].encode())
        return start, end, self._times(line, start, end), base, special

    def _special(self, base: int, special: int) -> _Info:
        self._odd = True
        return 0, 0, self._untimed, base, special

    def _times(self, line: bytes, start: int, end: int) -> _Times:
        shape = instants.shape_of(line[start:end])
        after = decode(line[end:])
        zone = instants.zone_of(after)
        times = self._styles.get((shape, zone))
        if times is None:
            style = Style(decode(line[:start]), after, shape)
            times = self._styles[shape, zone] = _Times(self, style)
        return times

    def _find_event(self, head: _Head, line: bytes) -> bool:
        text = decode(line)
        match = masking.EVENT_NUMBER.search(text[:2000])
        if match is None or not (name := match.lastgroup) or not match[name].isdigit():
            return False
        at = match.start(name)
        back = text[max(0, at - 10) : at]
        head.prefix = _DIGIT.split(back)[-1].encode()
        head.length, head.kind = len(match[name]), {"access": "status", "error": "status"}.get(name, name)
        exact = line.find(head.prefix) + len(head.prefix) == len(text[:at].encode())
        if not head.prefix or not exact:
            head.prefix = b""
        return True

    def _event(self, head: _Head, line: bytes) -> bytes:
        if head.prefix and (at := line.find(head.prefix)) >= 0:
            at += len(head.prefix)
            number = line[at : at + head.length]
            if number.isdigit():
                return number
        found = masking.event_number(_text(line))
        return found.partition(" ")[2].encode()

    def _carefully(self, base: int, line: bytes, index: int, seconds: dict[int, int | None]) -> int:
        time = self._reader.read(_text(line)).time
        if time is None:
            seconds[index] = self._last
            return base + (_NO_TIME if self._last is None else self._slot(self._last))
        if self.plan.clock.recorded_at is None:
            self._stamps.anchor = time
        second = seconds[index] = instants.seconds(time)
        return base + self._slot(second)

    def _specially(
        self, lines: Sequence[bytes], infos: Sequence[_Info], codes: list[int], seconds: dict[int, int | None]
    ) -> None:
        """Go through the lines that need more than a look-up: traces, undated lines, event numbers."""
        settled = -1
        for index in [i for i, info in enumerate(infos) if info[4]]:
            _, _, _, base, special = infos[index]
            number = base // _STEP
            if special == _EVENT:
                codes[index] += self._event_base(number, lines[index], index) - base
                continue
            if special == _CAREFUL:
                codes[index] = self._carefully(base, lines[index], index, seconds)
                continue
            if index - 1 > settled:
                self._settle(lines[index - 1], infos[index - 1], codes[index - 1], index - 1, seconds)
            settled = index
            if special == _BLANK or self._goes_on(number, lines[index], index, own=special != _PLAIN):
                codes[index] = _DROP
                continue
            self._begin(index, number, lines[index], special)
            seconds[index] = self._last
            codes[index] = base + (_NO_TIME if self._last is None else self._slot(self._last))
        if len(lines) - 1 > settled:
            self._settle(lines[-1], infos[-1], codes[-1], len(lines) - 1, seconds)

    def _event_base(self, number: int, line: bytes, index: int) -> int:
        head = self._heads[number]
        event = self._event(head, line)
        base = head.subs.get(event)
        if base is None:
            if not head.subs:
                self.kinds[number].event = event
                base = head.subs[event] = number * _STEP
            else:
                base = head.subs[event] = len(self.kinds) * _STEP
                at = self.lines + index + 1
                self.kinds.append(Kind(self.kinds[number].key, event, at, at, _text(line)))
                self._heads.append(head)
        return base

    def _settle(
        self, line: bytes, info: _Info, code: int, index: int, seconds: dict[int, int | None]
    ) -> None:
        """Take a dated line as the head of what follows it."""
        number = (code + _HALF) // _STEP
        self._head = (number, self.lines + index + 1)
        self._continuation.starts(self._heads[number].text)
        second = seconds[index] if index in seconds else self._second(line, info)
        if second is not None:
            self._last = second

    def _second(self, line: bytes, info: _Info) -> int | None:
        style = info[2].style
        return style.known.get(line[info[0] : info[1]]) if style else None

    def _goes_on(self, number: int, line: bytes, index: int, *, own: bool) -> bool:
        if self._head is None:
            return False
        owner, head_line = self._head
        head, mine = self._heads[owner], self._heads[number]
        if mine.pod != head.pod:
            return False
        body = self._reader.read(_text(line)).body
        dated = not self.kinds[owner].undated
        if not head.partial and (own or not self._continuation.goes_on(body, dated=dated)):
            return False
        kind = self.kinds[owner]
        if kind.line == head_line and len(kind.text) < _TRACE_LIMIT:
            kind.text += f"\n{body}"
            kind.end_line = self.lines + index + 1
        return True

    def _begin(self, index: int, number: int, line: bytes, special: int) -> None:
        kind = self.kinds[number]
        at = self.lines + index + 1
        self._head = (number, at)
        text = _text(line)
        self._continuation.starts(text if special == _PLAIN else self._heads[number].text)
        if not kind.line:
            kind.line = kind.end_line = at
            kind.text = text

    def _fold(
        self,
        lines: Sequence[bytes],
        infos: Sequence[_Info],
        codes: Sequence[int],
        seconds: dict[int, int | None],
    ) -> None:
        many = range(len(codes))
        firsts = dict(zip(reversed(codes), reversed(many), strict=True))
        lasts = dict(zip(codes, many, strict=True))
        for code, count in Counter(codes).items():
            if code == _DROP:
                continue
            number = (code + _HALF) // _STEP
            kind = self.kinds[number]
            slot = code - number * _STEP
            if slot == _NO_TIME:
                kind.timeless += count
                continue
            i, j = firsts[code], lasts[code]
            begun = seconds[i] if i in seconds else self._second(lines[i], infos[i])
            ended = seconds[j] if j in seconds else self._second(lines[j], infos[j])
            at = self.lines + 1
            kind.add(slot, Slot(count, at + i, at + j, begun or 0, ended or 0))


def _opening(line: LogLine) -> str:
    telling = not line.own or "panic" in line.message or "Traceback" in line.message
    return (line.body or line.message) if telling else ""


def _text(line: bytes) -> str:
    return decode((line[:-1] if line[-1:] == b"\r" else line)[:LINE_LIMIT])
