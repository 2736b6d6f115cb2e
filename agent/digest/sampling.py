"""Lines of chosen patterns read once more, for the values that they carry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from agent.digest import bulk, logparts, masking, parameters
from agent.digest.logs import LogBook, Pattern, Place
from agent.digest.messages import text_of
from agent.digest.parameters import Sample
from agent.digest.picks import UNDATED, Pick
from agent.schema.bundle import Artifact
from agent.store import Bundle
from tools.formats import read
from tools.formats.opening import Damage, chunks, decode, whole_lines
from tools.formats.records import Clock, LogRecord

if TYPE_CHECKING:
    from tools.formats.lineforms import Lines

MOST = 120
"""Records of a pattern that are read again on each side of the onset, about."""
_AHEAD = 300
"""Lines behind a pick that are searched for more of its kind."""
_STEP = 1 << 20
_DIGITS = b"0123456789"


@dataclass(frozen=True, slots=True)
class _Wish:
    """One pick of one pattern, and how many records are wanted from it on."""

    pattern: int
    pick: Pick
    many: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """The logs of a bundle: what was counted of them, and where they can be read again."""

    bundle: Bundle
    book: LogBook
    shifts: Mapping[str, timedelta]
    """What is taken from the times of an artifact whose clock ran apart."""


def samples(recorded: Recorded, patterns: Sequence[Pattern], onset: datetime | None) -> list[list[Sample]]:
    """Read a bounded sample of each pattern's records, in order of time; each artifact is read once at most.

    What is read does not depend on the order of files, nor on how many processes counted them.
    """
    wishes: dict[int, list[_Wish]] = defaultdict(list)
    for number, pattern in enumerate(patterns):
        for wish in _wishes(number, pattern, onset):
            wishes[wish.pick.artifact].append(wish)
    found: list[list[Sample]] = [[] for _ in patterns]
    numbers, bundle = recorded.book.artifacts, recorded.bundle
    for artifact in sorted(bundle.manifest.artifacts, key=lambda a: a.path):
        wanted = wishes.get(numbers.get(artifact.path, -1))
        if wanted:
            for number, sample in _read(bundle, artifact, wanted, recorded.shifts.get(artifact.path)):
                found[number].append(sample)
    return [_in_order(each) for each in found]


def _in_order(found: Sequence[Sample]) -> list[Sample]:
    """Sort by time, and leave out the second of two where two picks led to one record."""
    once = {(sample.place.artifact, sample.place.first): sample for sample in found}
    return sorted(once.values(), key=lambda s: (s.second, s.place.artifact, s.place.first))


def _wishes(number: int, pattern: Pattern, onset: datetime | None) -> Iterator[_Wish]:
    start = onset.timestamp() if onset else 0.0
    picks = list(pattern.picks)
    for side in ([p for p in picks if p.second < start], [p for p in picks if p.second >= start]):
        step = max(1, len(side) // MOST)
        chosen = side[::step]
        for pick in chosen:
            yield _Wish(number, pick, min(pick.reach, max(1, MOST // len(chosen)), 32))


def _read(
    bundle: Bundle, artifact: Artifact, wishes: Sequence[_Wish], shift: timedelta | None
) -> Iterator[tuple[int, Sample]]:
    seconds = [wish.pick.second for wish in wishes if wish.pick.second != UNDATED]
    near = datetime.fromtimestamp(min(seconds), UTC) + (shift or timedelta()) if seconds else None
    clock = Clock(zone=artifact.assume_zone, recorded_at=artifact.recorded_at, around=near)
    by_line: dict[int, list[_Wish]] = defaultdict(list)
    for wish in wishes:
        by_line[wish.pick.line].append(wish)
    path = bundle.path(artifact.path)
    if artifact.format not in bulk.FORMATS:
        for record in read(path, clock=clock, labels=artifact.labels).records:
            if isinstance(record, LogRecord):
                for wish in by_line.get(record.line, ()):
                    place = Place(artifact.path, record.line, record.end_line)
                    yield wish.pattern, _sample(place, wish.pick.second, record)
        return
    reader = logparts.reader_of(clock, near)
    events: dict[int, str] = {}
    try:
        for wish, number, line in _lines(whole_lines(chunks(path), _STEP), by_line):
            parsed = reader.read(decode(line.rstrip(b"\r")[:65536]))
            record = LogRecord(number, number, parsed.time, parsed.message, fields=parsed.fields)
            event = masking.event_number(text_of(record))
            if events.setdefault(id(wish), event) != event:
                continue  # shaped like the pick, with another status or exit code
            second = wish.pick.second
            if number != wish.pick.line and record.time is not None and second != UNDATED:
                second = int((record.time - (shift or timedelta())).timestamp())
            yield wish.pattern, _sample(Place(artifact.path, number, number), second, record)
    except Damage:
        return  # the first reading counted it; what stands before the damage is read


def _sample(place: Place, second: int, record: LogRecord) -> Sample:
    return Sample(place, second, parameters.read(text_of(record), record.fields))


def _lines(
    blocks: Iterator[bytes], wanted: Mapping[int, Sequence[_Wish]]
) -> Iterator[tuple[_Wish, int, bytes]]:
    """Yield the wished lines, and behind each those of its kind, within one block."""
    from tools.formats.lineforms import Lines  # noqa: PLC0415 - numpy, which large logs alone are worth

    left = sorted(wanted, reverse=True)
    before = 0
    for block in blocks:
        if not left:
            return
        lines = Lines(block)
        while left and left[-1] <= before + len(lines):
            number = left.pop()
            at = number - before - 1
            for wish in wanted[number]:
                alike = _alike(lines, at, wish.many)
                yield from ((wish, before + found + 1, lines[found]) for found in alike)
        before += len(lines)


def _alike(lines: Lines, at: int, many: int) -> Iterator[int]:
    """Yield the place of a line and of those behind it that differ from it in digits alone."""
    yield at
    key = lines[at].translate(None, _DIGITS) if many > 1 else b""
    for place in range(at + 1, min(len(lines), at + 1 + _AHEAD) if many > 1 else 0):
        if lines[place].translate(None, _DIGITS) == key:
            yield place
            many -= 1
            if many == 1:
                return
