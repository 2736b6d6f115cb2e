"""Where rules may match: the cues of all of them as one automaton, which reads every byte once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import re2

from tools.redaction.rules import Rule

_BEFORE, _AFTER = 280, 1200
"""Bytes around a cue: where a match may begin, and what is searched at first."""
_MEMORY = 64 << 20


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
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.never_nl = True
        options.log_errors = False
        options.max_mem = _MEMORY
        cues = [b"(?:%s)" % rule.cue for rule in rules]
        self._any = re2.compile(b"|".join(cues), options)
        self._each = re2.Set.SearchSet(options)
        for cue in cues:
            self._each.Add(cue)
        self._each.Compile()

    def regions(self, data: bytes) -> Iterator[Region]:
        """Yield what must be searched, in order and apart from each other."""
        low = high = closed = -1
        for match in self._any.finditer(data):
            start, end = match.span()
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
        """Ask which cues occur; no answer, as from an automaton out of memory, means any."""
        told = self._each.Match(data[low:high])
        return Region(
            low, high, tuple(self._rules[number] for number in sorted(told)) if told else self._rules
        )
