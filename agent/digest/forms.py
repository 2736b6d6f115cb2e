"""What the first line of a key tells of all its lines: where their time stands, and what becomes of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from agent.digest.instants import Style
from agent.digest.timing import Timing
from tools.formats.continuation import Continuation, may_go_on
from tools.formats.logline import LogLine
from tools.formats.opening import LINE_LIMIT, decode

ORDINARY, EVENT, MEEK, MEEK_EVENT, CAREFUL, UNDATED, STAMPED, PLAIN, BLANK = range(9)
"""What is special: an event number, a time that must be read in each line, none, no structure, no text.

A stamped line is a plain one that only the runtime gave a time, so it may go on with the message above; a
meek one does so only where that message announced it.
"""
_OF_EVENTS = {ORDINARY: EVENT, MEEK: MEEK_EVENT}
_POD = re.compile(rb"\[pod/([^/\]]+)/[^\]]+\] ?")


@dataclass(frozen=True, slots=True)
class Form:
    """How lines of one key are written; `start` and `stop` are the offsets of their time in bytes."""

    pod: str | None
    opening: str
    """What the lines after one of this key must know."""
    partial: bool
    own: bool
    outer: bool
    indented: bool
    failed: bool
    stream: str
    special: int
    start: int
    stop: int
    style: Style

    @property
    def announces(self) -> bool:
        """Whether lines of any form may go on with the message."""
        continuation = Continuation()
        continuation.starts(self.opening)
        return self.partial or not continuation.idle

    @property
    def with_event(self) -> int:
        """What is special where lines of the key name events; the same where that cannot be told."""
        return _OF_EVENTS.get(self.special, self.special)


class Forms:
    """Takes first lines of keys apart; what stands behind the names of pods, once for all pods."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._known: dict[bytes, Form] = {}

    def of(self, key: bytes, line: bytes) -> Form:
        """Take the first line of a key apart."""
        match = _POD.match(line)
        if match is None or b"\x1b" in line:
            return self._read(line, allow_times=True)
        rest, length = key.partition(b"]")[2], match.end()
        found = self._known.get(rest)
        if found is None:
            found = self._read(line[length:], allow_times=True)
            if found.special in {ORDINARY, MEEK}:
                self._known[rest] = found
        pod, moved = decode(match[1]), length if found.stop else 0
        return replace(found, pod=pod, start=found.start + moved, stop=found.stop + moved)

    def untimed(self, line: bytes) -> Form:
        """Take a line apart that stands for others whose times may stand anywhere."""
        return self._read(line, allow_times=False)

    def _read(self, line: bytes, *, allow_times: bool) -> Form:
        text = text_of(line)
        parsed = self._timing.reader.read(text)
        where = self._timing.place(parsed, line, text) if allow_times else None
        place, style = where or self._timing.nowhere
        return Form(
            pod=parsed.pod,
            opening=_opening(parsed),
            partial=parsed.partial,
            own=parsed.own,
            outer=parsed.outer,
            indented=parsed.body[:1] in {" ", "\t"},
            failed=parsed.level in {"error", "fatal"},
            stream=parsed.stream,
            special=_special(parsed, placed=where is not None),
            start=place.start,
            stop=place.stop,
            style=style,
        )


def _special(line: LogLine, *, placed: bool) -> int:
    """Say what becomes of a line; `placed` where its time stands at one place in all of its key."""
    if line.own:
        found = CAREFUL if line.time is not None else UNDATED
        return ORDINARY if placed else found
    if not line.message:
        return BLANK
    if line.time is None:
        return PLAIN
    return MEEK if placed and not may_go_on(line.body) else STAMPED


def _opening(line: LogLine) -> str:
    telling = not line.own or "panic" in line.message or "Traceback" in line.message
    return (line.body or line.message) if telling else ""


def text_of(line: bytes) -> str:
    """Give a line as text, cut where it is too long."""
    return decode((line[:-1] if line[-1:] == b"\r" else line)[:LINE_LIMIT])
