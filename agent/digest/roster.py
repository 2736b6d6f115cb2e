"""The kinds met in a stretch of a log, by key and by event number, and how their lines are written."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from agent.digest import forms, skeletons
from agent.digest.forms import PLAIN, STAMPED, UNDATED, Form, Forms
from agent.digest.instants import Style
from agent.digest.kinds import Kind
from agent.digest.numbers import EventPlace, event_place
from agent.digest.recall import UNKNOWN
from agent.digest.tallies import Ints
from agent.digest.timing import Timing

MAX_KEYS = 20_000
"""Distinct keys that one process keeps; further lines are keyed without any word that has a digit."""
MAX_COARSE = 5_000
"""Distinct coarse keys; what comes after is counted in one kind."""
_MAX_TRAITS = 1 << 17


class Traits(NamedTuple):
    """What is alike for lines of one kind; where the event number is looked for, of one fingerprint."""

    kind: int
    start: int
    """Offset of the stamp in bytes."""
    length: int
    style: int
    special: int
    """What becomes of the line, as in `forms`."""
    announces: int
    """Whether the lines below may go on with it: 1, or 0."""
    event_start: int = -1
    """Offset of the number that names the event; negative where it must be looked for."""
    event_length: int = 0


KIND, START, LENGTH, STYLE, SPECIAL, ANNOUNCES, EVENT_START, EVENT_LENGTH = range(len(Traits._fields))
"""Columns of an array of traits."""


class _Rows(dict[bytes, int]):
    """Keys -> rows of traits."""

    def __missing__(self, key: bytes) -> int:
        return UNKNOWN


class KindRoster:
    """Meets lines of new keys and of new events; rows of traits are numbered as they come."""

    def __init__(self, timing: Timing, *, anchored: bool) -> None:
        self.kinds: list[Kind] = []
        self.forms: list[Form] = []
        """Of each kind."""
        self.rows = _Rows()
        self.styles: list[Style] = []
        self.overflowed = 0
        self._anchored = anchored
        self._forms = Forms(timing)
        self._places: dict[int, EventPlace] = {}
        self._coarse: dict[bytes, int] = {}
        self._rest: int | None = None
        self._traits: list[Traits] = []
        self._array: Ints = np.zeros((0, len(Traits._fields)), dtype=np.int64)

    def traits(self, rows: Ints) -> Ints:
        """Give the traits of lines, one a row."""
        if len(self._array) < len(self._traits):
            added = np.array(self._traits[len(self._array) :], dtype=np.int64)
            self._array = np.concatenate((self._array, added))
        found: Ints = self._array[rows]
        return found

    def meet(self, key: bytes, line: bytes, at: int) -> tuple[int, bool]:
        """Give the row of a line, the `at`-th of the stretch, and whether all lines of its key have it."""
        row = self.rows.get(key)
        if row is not None:
            return row, True
        if len(self.rows) < MAX_KEYS:
            row = self.rows[key] = self._new(key, line, at, allow_times=True)
            return row, True
        key = skeletons.coarse_key(line)
        row = self._coarse.get(key)
        if row is None and len(self._coarse) < MAX_COARSE:
            row = self._coarse[key] = self._new(key, line, at, allow_times=False)
        return self._further(line, at) if row is None else row, False

    def with_event(self, row: int, line: bytes) -> int:
        """Give the row of a line and of all that have its fingerprint: it tells where the event number is."""
        traits = self._traits[row]
        place = self._places.get(traits.kind)
        span = place.fixed(line) if place and len(self._traits) < _MAX_TRAITS else None
        if span is None:
            return row
        self._traits.append(traits._replace(event_start=span[0], event_length=span[1] - span[0]))
        return len(self._traits) - 1

    def place(self, kind: int) -> EventPlace:
        """Give where the event number stands in lines of a key."""
        return self._places[kind]

    def event(self, kind: int, line: bytes, at: int) -> int:
        """Give the kind of a line of a key by its event number."""
        place = self._places[kind]
        event = place.number(line)
        found = place.kinds.get(event)
        if found is None:
            found = kind
            if place.kinds:
                found = len(self.kinds)
                self.kinds.append(Kind(self.kinds[kind].key, event, at, at, forms.text_of(line)))
                self.forms.append(self.forms[kind])
            else:
                self.kinds[kind].event = event
            place.kinds[event] = found
        return found

    def _further(self, line: bytes, at: int) -> int:
        self.overflowed += 1
        if self._rest is None:
            self._rest = self._new(b"\0rest", line, at, allow_times=False)
            self.kinds[-1].overflow = True
        return self._rest

    def _new(self, key: bytes, line: bytes, at: int, *, allow_times: bool) -> int:
        form = self._forms.of(key, line) if allow_times else self._forms.untimed(line)
        number = len(self.kinds)
        kind = Kind(key, b"", at, at, forms.text_of(line))
        special = form.special
        if special in {STAMPED, PLAIN}:
            kind.line = 0  # the first of them may belong to another message
        kind.undated = special in {PLAIN, UNDATED}
        if (parted := form.with_event) != special:
            event = event_place(line, anchored=self._anchored)
            if event is not None:
                special, self._places[number] = parted, event
        self.kinds.append(kind)
        self.forms.append(form)
        style = self._styled(form.style)
        traits = Traits(number, form.start, form.stop - form.start, style, special, int(form.announces))
        self._traits.append(traits)
        return len(self._traits) - 1

    def _styled(self, style: Style) -> int:
        found = next((i for i, known in enumerate(self.styles) if known is style), len(self.styles))
        if found == len(self.styles):
            self.styles.append(style)
        return found
