"""Where rules may match: the cues of all of them as one automaton, which reads every byte once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.redaction.cues import Cues
from tools.redaction.rules import Rule

_BEFORE, _AFTER = 280, 1200
"""Bytes around a cue: where a match may begin, and what is searched at first."""


@dataclass(frozen=True, slots=True)
class Region:
    """Bytes low to high of one line, and the rules whose cue occurs in them."""

    low: int
    high: int
    rules: tuple[Rule, ...]


class Gate:
    """The cues of some rules, compiled together."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._cues = Cues([rule.cue for rule in rules])

    def regions(self, data: bytes) -> Iterator[Region]:
        """Yield what must be searched, in order and apart from each other."""
        low = high = closed = -1
        for start, end in self._cues.places(data):
            if end <= closed:
                continue
            begin = max(data.rfind(b"\n", max(0, start - _BEFORE), start) + 1, start - _BEFORE, 0)
            if begin > high:
                if high > low:
                    yield self._region(data, low, high)
                low = begin
            stop = data.find(b"\n", end, end + _AFTER)
            high = closed = stop
            if stop < 0:
                high, closed = min(len(data), end + _AFTER), -1
        if high > low:
            yield self._region(data, low, high)

    def _region(self, data: bytes, low: int, high: int) -> Region:
        told = self._cues.which(data[low:high])
        return Region(low, high, tuple(self._rules[number] for number in told))
