"""From lines to records: traces stay together, undated lines get their neighbour's time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from tools.formats.continuation import Continuation, begins, is_frame
from tools.formats.logline import LogLine
from tools.formats.opening import LINE_LIMIT
from tools.formats.records import LogRecord, Tally
from tools.formats.workloads import workload_of

_LATE = timedelta(seconds=1)
"""A trace is written at once: what the runtime stamped later than this is no part of the text above."""
_INDENT = frozenset(" \t")
_ANNOUNCES = re.compile(r"panic|Traceback|slow query")
_FAILED = frozenset({"error", "fatal"})
_workload = lru_cache(maxsize=4096)(workload_of)


def join(
    source: Iterable[tuple[int, LogLine]],
    tally: Tally,
    labels: Mapping[str, str],
    first_time: Callable[[], datetime | None],
) -> Iterator[LogRecord]:
    """Yield records; `first_time` finds the first dated line when the file begins with undated ones."""
    joiner = _Joiner(tally, labels, first_time)
    for number, line in source:
        if (record := joiner.add(number, line)) is not None:
            yield record
    if (record := joiner.finish()) is not None:
        yield record


def note_time(tally: Tally, time: datetime | None) -> None:
    """Widen the tally's span."""
    if time is None:
        return
    if tally.first_time is None or time < tally.first_time:
        tally.first_time = time
    if tally.last_time is None or time > tally.last_time:
        tally.last_time = time


class _Joiner:
    def __init__(
        self, tally: Tally, labels: Mapping[str, str], first_time: Callable[[], datetime | None]
    ) -> None:
        self._tally = tally
        self._labels = labels
        self._first_time = first_time
        self._continuation = Continuation()
        self._open: LogLine | None = None
        self._start = self._end = self._size = 0
        self._more: list[str] = []
        self._last: datetime | None = None
        self._before: datetime | None = None
        """When the runtime took the last line of the open record."""
        self._asked = False

    def add(self, number: int, line: LogLine) -> LogRecord | None:
        """Take one line; return the record before it once that is complete."""
        current = self._open
        if current is not None and line.pod == current.pod and self._belongs(current, line):
            self._append(line.body if current.partial else f"\n{line.body}")
            current.partial, self._end, self._before = line.partial, number, line.time or self._before
            return None
        done = self.finish()
        self._open, self._start, self._before = line, number, line.time
        self._end, self._size = max(number, line.end_line), len(line.message)
        if not line.own or _ANNOUNCES.search(line.message):
            self._continuation.starts(line.body or line.message)
        else:
            self._continuation.starts("")
        return done

    def finish(self) -> LogRecord | None:
        """Return the record that is still open."""
        line, self._open = self._open, None
        if line is None:
            return None
        message = line.message
        if self._more:
            message = (message + "".join(self._more))[:LINE_LIMIT]
            self._more = []
            if not line.level and ("\n\tat " in message or "\n  File " in message or "Caused by:" in message):
                line.level = "error"
        return self._record(line, message)

    def _belongs(self, current: LogLine, line: LogLine) -> bool:
        if current.partial:
            return line.stream == current.stream
        if line.own or self._is_apart(current, line):
            return False
        dated = current.own and not (current.outer and line.time is not None)
        return self._continuation.goes_on(line.body, dated=dated, failed=dated and current.level in _FAILED)

    def _is_apart(self, current: LogLine, line: LogLine) -> bool:
        """Say whether the runtime's own stamp or stream shows that a line begins something else."""
        if line.time is None:
            return False
        late = self._before is not None and line.time - self._before > _LATE
        both_indented = line.body[:1] in _INDENT and current.body[:1] in _INDENT
        if late or both_indented:
            return not is_frame(line.body)
        return line.stream != current.stream and begins(line.body)

    def _append(self, text: str) -> None:
        if self._size < LINE_LIMIT:
            self._more.append(text)
            self._size += len(text)

    def _record(self, line: LogLine, message: str) -> LogRecord:
        tally, labels = self._tally, self._labels
        tally.rows += 1
        time = line.time
        if time is None:
            tally.undated += 1
            tally.plain += not (line.level or line.own or line.pod)
            if self._last is None and not self._asked:
                self._last, self._asked = self._first_time(), True
            time = self._last
        else:
            self._last = time
            note_time(tally, time)
        pod = line.pod or labels.get("pod")
        service = line.service or (_workload(line.pod) if line.pod else labels.get("service"))
        return LogRecord(  # positional: this runs once a line
            self._start,
            self._end,
            time,
            message,
            line.level,
            service or (_workload(pod) if pod else None),
            pod,
            line.container or labels.get("container"),
            line.node or labels.get("node"),
            line.time is None,
            line.trace_id,
            line.fields,
        )
