"""Looks at log lines: by words, by form, and around a moment."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.digest.observation import one_line
from agent.digest.templates import masked
from agent.digest.wording import headline, instant, times
from agent.drafting.looks import Answer, LinesAround, SearchLogs
from agent.drafting.looks import Line as Shown
from agent.errors import ToolRefused
from agent.investigation.absences import NO_LOGS, holding, window
from agent.investigation.groups import LineGroup, at_least, key, observation, ordinariness, seconds
from agent.investigation.minting import Minter
from agent.investigation.shelf import Shelf
from agent.schema.digest import Digest
from tools.formats.records import LogRecord

MOST_RECORDS = 1_000_000
"""Records of small logs, and of a large one's window, that one look reads."""
MOST_GROUPS, MOST_LINES, MOST_LOUD = 12, 40, 2
"""Forms that are told, lines around a moment, and of the forms the loudest that come before rare ones."""
MOST_NAME = 60
"""Characters by which a line is named where it is not shown."""
Wanted = Callable[[LogRecord], bool]


@dataclass(slots=True)
class _Search:
    forms: dict[tuple[str, str], LineGroup] = field(default_factory=dict[tuple[str, str], LineGroup])
    read: int = 0
    """Records of small logs."""
    lines: int = 0
    """Lines of large logs."""
    stopped: bool = False
    services: set[str] = field(default_factory=set[str])


def search(shelf: Shelf, digest: Digest, minter: Minter, look: SearchLogs) -> Answer:
    """Count matching lines by form, in order of time; of many the gravest, the loudest and the rarest."""
    if not shelf.holds(LogRecord):
        return Answer((), not_recorded=NO_LOGS)
    if not (look.text or look.like or look.service or look.level):
        raise ToolRefused("search_logs: give words, an L id, a service or a level")
    found = _searched(shelf, look, digest)
    if look.service and not (_named(look.service, found.services) or _wrote(shelf, look.service)):
        return Answer((), not_recorded=f"log lines of {look.service}")
    ordered = sorted(found.forms.items(), key=lambda entry: (seconds(entry[1].first), entry[0]))
    onset = digest.onset.timestamp() if digest.onset else None
    ranks = {entry: _rank(group, onset) for entry, group in ordered}
    for entry, group in sorted(ordered, key=lambda each: -each[1].count)[:MOST_LOUD]:
        ranks[entry] = float(ordinariness(group.first))
    shown = set(sorted(ranks, key=lambda entry: ranks[entry])[:MOST_GROUPS])
    chosen = [(entry, group) for entry, group in ordered if entry in shown]
    lines = [_told(minter, group, look.text, ranks[entry]) for entry, group in chosen]
    left = sum(group.count for _, group in ordered) - sum(group.count for _, group in chosen)
    cut = (
        [f"{len(ordered) - len(chosen)} more ordinary forms with {left} lines are not shown"] if left else []
    )
    if found.stopped:
        cut.append(f"the search ended after {MOST_RECORDS} records")
    if not lines:
        stopped = "first " if found.stopped else ""
        unit = "log lines" if found.lines else "log records"
        searched = f"{stopped}{found.read + found.lines} {unit} searched"
        return Answer((), empty=f"No recorded {_sought(look)} ({searched})")
    return Answer(tuple(lines), "; ".join(cut))


def around(shelf: Shelf, minter: Minter, look: LinesAround) -> Answer:
    """Show the lines near a moment in order of time, those of one form with one id."""
    if not shelf.holds(LogRecord):
        return Answer((), not_recorded=NO_LOGS)
    low, high = look.time - timedelta(seconds=look.seconds), look.time + timedelta(seconds=look.seconds)
    near: list[tuple[str, LogRecord]] = []
    services: set[str] = set()
    total, stopped = 0, False
    for number, (artifact, record) in enumerate(_near(shelf, low, high)):
        if stopped := number >= MOST_RECORDS:
            break
        services.add(record.service or "")
        if record.time is None or not low <= record.time <= high:
            continue
        if _of(record, look.service) and at_least(record, look.level):
            total += 1
            near.append((artifact, record))
            if len(near) > 50 * MOST_LINES:
                near = _nearest(near, look.time)
    if look.service and not (_named(look.service, services) or _wrote(shelf, look.service)):
        return Answer((), not_recorded=f"log lines of {look.service}")
    shown = sorted(_nearest(near, look.time), key=lambda entry: (seconds(entry[1]), entry[0], entry[1].line))
    groups: dict[tuple[str, str], LineGroup] = {}
    for artifact, record in shown:
        groups.setdefault(key(record), LineGroup(artifact, record)).add(artifact, record)
    ids = {key: minter.mint(observation(group)).id for key, group in groups.items()}
    same: dict[tuple[str, str], list[LogRecord]] = {}
    for _, record in shown:
        same.setdefault((record.service or "", record.message), []).append(record)
    lines = [_near_line(minter, ids[key(alike[0])], alike, look) for alike in same.values()]
    cut = [f"{total - len(shown)} lines farther away are not shown"] if total > len(shown) else []
    if stopped:
        cut.append(f"the search ended after {MOST_RECORDS} records")
    if not lines:
        level = f"{look.level} " if look.level else ""
        by = f" by {look.service}" if look.service else ""
        return Answer((), empty=f"No {level}log line was recorded{by}{window(low, high)}")
    return Answer(tuple(lines), "; ".join(cut))


def _near_line(minter: Minter, name: str, alike: list[LogRecord], look: LinesAround) -> Shown:
    """Tell a line and how often it stands there; the gravest and nearest are the least ordinary."""
    first = alike[0]
    message = minter.masked(one_line(first.message, 220))
    away = min(abs(seconds(record) - look.time.timestamp()) for record in alike) / look.seconds
    return Shown(
        f"{name} {_at(first)} {first.service or '-'} {first.level or '-'} {message}{_repeated(alike)}",
        name,
        rank=ordinariness(first) + min(away, 0.99),
        name=one_line(message, MOST_NAME),
    )


def _near(shelf: Shelf, low: datetime, high: datetime) -> Iterator[tuple[str, LogRecord]]:
    yield from shelf.small()
    for artifact, log in shelf.large():
        yield from ((artifact, record) for record in log.around(low, high))


def _wrote(shelf: Shelf, service: str) -> bool:
    """Whether a large log holds a line of a service at any time."""
    return any(_named(service, log.services()) for _, log in shelf.large())


def _repeated(alike: list[LogRecord]) -> str:
    return f" ({times(len(alike))}, last {_at(alike[-1])})" if len(alike) > 1 else ""


def _sought(look: SearchLogs) -> str:
    level = f"{look.level} " if look.level else ""
    by = f" of {look.service}" if look.service else ""
    form = f" of the form of {look.like}" if look.like else ""
    return f"{level}log line{by}{form}{window(look.start, look.end)}{holding(look.text)}"


def _searched(shelf: Shelf, look: SearchLogs, digest: Digest) -> _Search:
    found = _Search()
    of_kind = list(_of_kind(look, digest))
    checks = [*of_kind, *_of_line(look)]
    for artifact, record in shelf.small():
        if found.read >= MOST_RECORDS:
            found.stopped = True
            break
        found.read += 1
        found.services.add(record.service or "")
        if all(check(record) for check in checks):
            found.forms.setdefault(key(record), LineGroup(artifact, record)).add(artifact, record)
    for artifact, log in shelf.large():
        found.lines += log.lines
        for seen in log.search(look.text, look.start, look.end):
            found.services.add(seen.record.service or "")
            if all(check(seen.record) for check in of_kind):
                form = found.forms.setdefault(key(seen.record), LineGroup(artifact, seen.record))
                form.add_found(artifact, log, seen)
    return found


def _of_kind(look: SearchLogs, digest: Digest) -> Iterator[Wanted]:
    """Yield what holds for all lines of one kind or for none."""
    if look.service:
        yield lambda record: _of(record, look.service)
    if look.level:
        yield lambda record: at_least(record, look.level)
    if look.like is not None:
        known = digest.find(look.like)
        if known is None or known.kind != "L":
            raise ToolRefused(f"search_logs: {look.like} is no log pattern of the digest")
        form = masked(headline(known.quote))
        yield lambda record: masked(headline(record.message)) == form


def _of_line(look: SearchLogs) -> Iterator[Wanted]:
    if look.start is not None or look.end is not None:
        yield lambda record: _within(record.time, look.start, look.end)
    if look.text:
        words = look.text.casefold()
        yield lambda record: words in record.message.casefold()


def _within(time: datetime | None, start: datetime | None, end: datetime | None) -> bool:
    return time is not None and (start is None or start <= time) and (end is None or time <= end)


def _of(record: LogRecord, service: str) -> bool:
    wanted = service.casefold()
    names = (record.service, record.pod, record.container, record.node)
    return not wanted or any(name and wanted in name.casefold() for name in names)


def _named(service: str, services: Iterable[str]) -> bool:
    return any(service.casefold() in name.casefold() for name in services)


def _nearest(near: list[tuple[str, LogRecord]], time: datetime) -> list[tuple[str, LogRecord]]:
    middle = time.timestamp()
    ordered = sorted(
        near, key=lambda entry: (abs(seconds(entry[1]) - middle), seconds(entry[1]), entry[0], entry[1].line)
    )
    return ordered[:MOST_LINES]


def _at(record: LogRecord) -> str:
    return instant(record.time) if record.time else "no time"


def _rank(group: LineGroup, onset: float | None) -> float:
    """Rank a form: by what it tells, then whether it began since the onset, then by how rare it is."""
    began = onset is not None and seconds(group.first) >= onset
    return ordinariness(group.first) + (0.0 if began else 0.5) + min(math.log10(group.count), 9) / 20


def _told(minter: Minter, group: LineGroup, sought: str, rank: float) -> Shown:
    group.read()
    item = minter.mint(observation(group, sought))
    message = one_line(headline(group.first.message), MOST_NAME)
    return minter.shown(item, _at(group.first), rank=rank, name=minter.masked(message))
