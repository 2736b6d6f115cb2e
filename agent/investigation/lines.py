"""Looks at log lines: by words, by form, and around a moment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.digest.observation import Observation, one_line, quoted
from agent.digest.templates import masked
from agent.digest.wording import headline, instant, times
from agent.drafting.looks import Answer, LinesAround, SearchLogs
from agent.errors import ToolRefused
from agent.investigation.absences import NO_LOGS, holding, window
from agent.investigation.minting import Minter
from agent.investigation.shelf import Shelf
from agent.schema.digest import Digest
from agent.schema.evidence import Pointer, Severity
from tools.formats.records import LogRecord

MOST_RECORDS = 1_000_000
"""Log records that one look reads."""
MOST_GROUPS, MOST_LINES = 12, 40
_LEVELS: dict[str, Severity] = {"fatal": "critical", "error": "error", "warning": "warning"}
_NAMES = {"fatal": "fatal error", "error": "error", "warning": "warning"}
Wanted = Callable[[LogRecord], bool]


@dataclass(slots=True)
class _Group:
    """Lines of one service and one form."""

    artifact: str
    first: LogRecord
    count: int = 0
    last: LogRecord | None = None
    last_artifact: str = ""
    shown: list[LogRecord] = field(default_factory=list[LogRecord])

    def add(self, artifact: str, record: LogRecord) -> None:
        self.count += 1
        if _before(record, self.first):
            self.artifact, self.first = artifact, record
        if self.last is None or not _before(record, self.last):
            self.last_artifact, self.last = artifact, record


@dataclass(slots=True)
class _Search:
    groups: dict[tuple[str, str], _Group] = field(default_factory=dict[tuple[str, str], _Group])
    read: int = 0
    stopped: bool = False
    services: set[str] = field(default_factory=set[str])


def search(shelf: Shelf, digest: Digest, minter: Minter, look: SearchLogs) -> Answer:
    """Count matching lines by service and form, the earliest form first."""
    if not shelf.holds(LogRecord):
        return Answer((), not_recorded=NO_LOGS)
    if not (look.text or look.like or look.service or look.level):
        raise ToolRefused("search_logs: give words, an L id, a service or a level")
    found = _searched(shelf, _wanted(look, digest))
    if look.service and not _named(look.service, found.services):
        return Answer((), not_recorded=f"log lines of {look.service}")
    ordered = sorted(found.groups.items(), key=lambda entry: (_time(entry[1].first), entry[0]))
    loudest = sorted(ordered, key=lambda entry: -entry[1].count)[:MOST_GROUPS]
    chosen = [entry for entry in ordered if entry in loudest]
    lines = [_told(minter, group, look.text) for _, group in chosen]
    left = sum(group.count for _, group in ordered) - sum(group.count for _, group in chosen)
    cut = [f"{len(ordered) - len(chosen)} rarer forms with {left} lines are not shown"] if left else []
    if found.stopped:
        cut.append(f"the search ended after {MOST_RECORDS} records")
    if not lines:
        stopped = "first " if found.stopped else ""
        return Answer((), empty=f"No recorded {_sought(look)} ({stopped}{found.read} log records searched)")
    return Answer(tuple(lines), "; ".join(cut))


def around(shelf: Shelf, minter: Minter, look: LinesAround) -> Answer:
    """Show the lines near a moment in order of time, those of one form with one id."""
    if not shelf.holds(LogRecord):
        return Answer((), not_recorded=NO_LOGS)
    low, high = look.time - timedelta(seconds=look.seconds), look.time + timedelta(seconds=look.seconds)
    near: list[tuple[str, LogRecord]] = []
    services: set[str] = set()
    total, stopped = 0, False
    for number, (artifact, record) in enumerate(shelf.records(LogRecord)):
        if stopped := number >= MOST_RECORDS:
            break
        services.add(record.service or "")
        if record.time is None or not low <= record.time <= high:
            continue
        if _of(record, look.service) and look.level in {"", record.level}:
            total += 1
            near.append((artifact, record))
            if len(near) > 50 * MOST_LINES:
                near = _nearest(near, look.time)
    if look.service and not _named(look.service, services):
        return Answer((), not_recorded=f"log lines of {look.service}")
    shown = sorted(_nearest(near, look.time), key=lambda entry: (_time(entry[1]), entry[0], entry[1].line))
    groups: dict[tuple[str, str], _Group] = {}
    for artifact, record in shown:
        groups.setdefault(_key(record), _Group(artifact, record)).add(artifact, record)
    ids = {key: minter.mint(_observation(group)).id for key, group in groups.items()}
    same: dict[tuple[str, str], list[LogRecord]] = {}
    for _, record in shown:
        same.setdefault((record.service or "", record.message), []).append(record)
    lines = [
        f"{ids[_key(alike[0])]} {_at(alike[0])} {alike[0].service or '-'} {alike[0].level or '-'} "
        f"{minter.masked(one_line(alike[0].message, 220))}{_repeated(alike)}"
        for alike in same.values()
    ]
    cut = [f"{total - len(shown)} lines farther away are not shown"] if total > len(shown) else []
    if stopped:
        cut.append(f"the search ended after {MOST_RECORDS} records")
    if not lines:
        level = f"{look.level} " if look.level else ""
        by = f" by {look.service}" if look.service else ""
        return Answer((), empty=f"No {level}log line was recorded{by}{window(low, high)}")
    return Answer(tuple(lines), "; ".join(cut))


def _repeated(alike: list[LogRecord]) -> str:
    return f" ({times(len(alike))}, last {_at(alike[-1])})" if len(alike) > 1 else ""


def _sought(look: SearchLogs) -> str:
    level = f"{look.level} " if look.level else ""
    by = f" of {look.service}" if look.service else ""
    form = f" of the form of {look.like}" if look.like else ""
    return f"{level}log line{by}{form}{window(look.start, look.end)}{holding(look.text)}"


def _searched(shelf: Shelf, wanted: Wanted) -> _Search:
    found = _Search()
    for artifact, record in shelf.records(LogRecord):
        if found.read >= MOST_RECORDS:
            found.stopped = True
            break
        found.read += 1
        found.services.add(record.service or "")
        if wanted(record):
            found.groups.setdefault(_key(record), _Group(artifact, record)).add(artifact, record)
    return found


def _wanted(look: SearchLogs, digest: Digest) -> Wanted:
    checks = list(_checks(look, digest))
    return lambda record: all(check(record) for check in checks)


def _checks(look: SearchLogs, digest: Digest) -> Iterator[Wanted]:
    if look.service:
        yield lambda record: _of(record, look.service)
    if look.level:
        yield lambda record: record.level == look.level
    if look.start is not None or look.end is not None:
        yield lambda record: _within(record.time, look.start, look.end)
    if look.text:
        words = look.text.casefold()
        yield lambda record: words in record.message.casefold()
    if look.like is not None:
        known = digest.find(look.like)
        if known is None or known.kind != "L":
            raise ToolRefused(f"search_logs: {look.like} is no log pattern of the digest")
        form = masked(headline(known.quote))
        yield lambda record: masked(headline(record.message)) == form


def _within(time: datetime | None, start: datetime | None, end: datetime | None) -> bool:
    return time is not None and (start is None or start <= time) and (end is None or time <= end)


def _of(record: LogRecord, service: str) -> bool:
    wanted = service.casefold()
    names = (record.service, record.pod, record.container, record.node)
    return not wanted or any(name and wanted in name.casefold() for name in names)


def _named(service: str, services: set[str]) -> bool:
    return any(service.casefold() in name.casefold() for name in services)


def _key(record: LogRecord) -> tuple[str, str]:
    return record.service or "", masked(headline(record.message))


def _time(record: LogRecord) -> float:
    return record.time.timestamp() if record.time else 0.0


def _before(record: LogRecord, other: LogRecord) -> bool:
    return _time(record) < _time(other)


def _nearest(near: list[tuple[str, LogRecord]], time: datetime) -> list[tuple[str, LogRecord]]:
    middle = time.timestamp()
    ordered = sorted(
        near, key=lambda entry: (abs(_time(entry[1]) - middle), _time(entry[1]), entry[0], entry[1].line)
    )
    return ordered[:MOST_LINES]


def _at(record: LogRecord) -> str:
    return instant(record.time) if record.time else "no time"


def _told(minter: Minter, group: _Group, sought: str) -> str:
    item = minter.mint(_observation(group, sought))
    return f"{item.id} {_at(group.first)} {item.statement}"


def _observation(group: _Group, sought: str = "") -> Observation:
    first, last = group.first, group.last or group.first
    message = headline(first.message)
    if sought and sought.casefold() not in message.casefold():
        message = first.message
    span = ""
    if first.time is not None and last.time is not None:
        span = f" at {instant(first.time)}"
        if instant(first.time) != instant(last.time):
            span = f", from {instant(first.time)} to {instant(last.time)}"
    who, what = first.service or "an unnamed service", _NAMES.get(first.level, "message")
    ends = {(group.artifact, first.line, first.end_line), (group.last_artifact, last.line, last.end_line)}
    places = sorted(ends, key=lambda place: place != (group.artifact, first.line, first.end_line))
    attributes = {
        "template": masked(message)[:300],
        "level": first.level,
        "count": str(group.count),
        "pod": first.pod or "",
        "container": first.container or "",
        "node": first.node or "",
        "exception": _exception(first.message),
    }
    return Observation(
        kind="L",
        statement=f'{who} logged the {what} "{one_line(message, 200, sought)}" {times(group.count)}{span}',
        pointers=tuple(Pointer(artifact=name, lines=(low, high)) for name, low, high in places),
        service=first.service,
        start=first.time,
        end=last.time,
        severity=_LEVELS.get(first.level, "info"),
        quote=quoted(first.message),
        attributes={key: value for key, value in attributes.items() if value},
    )


def _exception(message: str) -> str:
    found = re.search(r"\b(?:\w+\.){0,8}[A-Z]\w{2,}(?:Exception|Error)\b", message)
    return found.group() if found else ""
