"""Lines of one service that differ in their variables alone, as one piece of evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from agent.digest.observation import Observation, one_line, quoted
from agent.digest.templates import masked
from agent.digest.wording import headline, instant, tells_of_failure, times
from agent.investigation.large import LargeLog, Sighting
from agent.schema.evidence import Pointer, Severity
from tools.formats.records import Level, LogRecord

_GRAVITY: tuple[Level, ...] = ("fatal", "error", "warning", "info", "debug")
_FAILURE, _ORDINARY = 3, 4
_LEVELS: dict[str, Severity] = {"fatal": "critical", "error": "error", "warning": "warning"}
_NAMES = {"fatal": "fatal error", "error": "error", "warning": "warning"}


@dataclass(slots=True)
class LineGroup:
    """Lines of one service and one form, of which the earliest and the latest are known."""

    artifact: str
    first: LogRecord
    count: int = 0
    last: LogRecord | None = None
    last_artifact: str = ""
    unread: tuple[LargeLog, Sighting] | None = None
    """Where to read the earliest line, as long as `first` only stands for it."""

    def add(self, artifact: str, record: LogRecord) -> None:
        """Take up one line."""
        self._take(artifact, record, record, 1, None)

    def add_found(self, artifact: str, log: LargeLog, found: Sighting) -> None:
        """Take up what a large log holds of one kind."""
        first, last = (
            replace(found.record, line=line, end_line=line, time=time)
            for line, time in ((found.line, found.first), (found.late, found.last))
        )
        self._take(artifact, first, last, found.count, (log, found))

    def read(self) -> None:
        """Read the earliest line where that has not been done."""
        if self.unread is not None:
            log, found = self.unread
            self.first, self.unread = replace(log.record(found), time=self.first.time), None

    def _take(
        self,
        artifact: str,
        first: LogRecord,
        last: LogRecord,
        count: int,
        unread: tuple[LargeLog, Sighting] | None,
    ) -> None:
        if not self.count or before(first, self.first):
            self.artifact, self.first, self.unread = artifact, first, unread
        if self.last is None or not before(last, self.last):
            self.last_artifact, self.last = artifact, last
        self.count += count


def key(record: LogRecord) -> tuple[str, str]:
    """Name the form of a line: its service, and its first line with variables masked."""
    return record.service or "", masked(headline(record.message))


def seconds(record: LogRecord) -> float:
    """Give the epoch second of a line; 0 where it has no time."""
    return record.time.timestamp() if record.time else 0.0


def before(record: LogRecord, other: LogRecord) -> bool:
    """Tell whether one line is earlier than another."""
    return seconds(record) < seconds(other)


def at_least(record: LogRecord, level: Level) -> bool:
    """Tell whether a line is of a level or a graver one; one that states none is of no level."""
    if not level:
        return True
    return record.level in _GRAVITY[: _GRAVITY.index(level) + 1]


def ordinariness(record: LogRecord) -> int:
    """Rank a line: 0 to 2 for fatal, error and warning, 3 where its words tell of a failure, 4 for others."""
    stated = _GRAVITY.index(record.level) if record.level else _ORDINARY
    failure = _FAILURE if tells_of_failure(record.message) else _ORDINARY
    return min(stated if stated < _FAILURE else _ORDINARY, failure)


def observation(group: LineGroup, sought: str = "") -> Observation:
    """Write the evidence of a form; a sought word is shown where it stands."""
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
