"""Which lines belong to the message above them: stack traces, tracebacks, panics, pretty-printed JSON."""

from __future__ import annotations

import re

_ALWAYS = re.compile(
    r"[ \t]+\S|\.\.\. \d+ (?:more|common frames)|Caused by:|Suppressed:|at [\w$.<>/]+\(|[}\])]+[,;]?$"
    r"|During handling of the above|The above exception was the direct"
    r"|(?:from )?[\w./-]+\.rb:\d+:in [`']|Stack trace:$|stack backtrace:$"
    r"|#\d+ (?:\{main\}|\[internal|\S+\(\d+\): )"
)
_EXCEPTION = re.compile(
    r"(?:Caused by: )?(?:[A-Za-z_][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error|Throwable|Fault)\b"
)
_BARE = re.compile(r"(?:[A-Z]\w*)?(?:Error|Exception): ")
_CHAINED = re.compile(r"\s*(?:During handling of the above|The above exception was the direct)")
_TRACEBACK = "Traceback (most recent call last)"
SLOW_QUERY = "slow query"
"""Message of an entry in MySQL's slow query log; its statement follows on lines of their own."""
_TRACE = re.compile(
    r"\s*at [\w$.<>/]+\(|\s*\.\.\. \d+ (?:more|common frames)|\s*(?:Caused by|Suppressed):|\s+File \""
    r"|During handling of the above|The above exception was the direct"
)
_BEGINS = re.compile(
    r"Exception in thread |Traceback \(most recent call last\)|panic: |fatal error: "
    r"|(?:[a-z_][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error|Throwable|Fault)(?::|$)"
)
_TRACEBACK_END = re.compile(
    r"[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Warning|Iteration|Timeout)?(?::|$)"
)
_FRAME = re.compile(
    r"goroutine \d+ \[|[\w./*()\[\]-]+\(.*\)$|created by |exit status \d|\[signal |\s*$|main\.|runtime\."
)


def begins(line: str) -> bool:
    """Say whether a line may be the first of an exception that nothing above it announced."""
    return _BEGINS.match(line) is not None


def is_frame(line: str) -> bool:
    """Say whether a line goes on with whatever stands above it, however late it was written."""
    return _TRACE.match(line) is not None


def may_go_on(line: str) -> bool:
    """Say whether a line may go on with a message above it that announced nothing."""
    return line.startswith(_TRACEBACK) or any(
        pattern.match(line) is not None for pattern in (_ALWAYS, _EXCEPTION, _BARE, _CHAINED)
    )


def may_be_part(line: str) -> bool:
    """Say whether a line may stand within a trace or a panic; one word alone may end a traceback."""
    return may_go_on(line) or " " not in line.strip() or _FRAME.match(line) is not None


def may_end(line: str) -> bool:
    """Say whether a line may be part of a trace or a panic, or the end of one."""
    return may_go_on(line) or any(
        pattern.match(line) is not None for pattern in (_FRAME, _TRACEBACK_END, _BEGINS)
    )


class Continuation:
    """Follows one file line by line and tells which undated lines go on with the message above."""

    def __init__(self) -> None:
        self._traceback = False
        self._panic = False
        self._exception = False
        self._chained = False
        self._statement = 0

    @property
    def idle(self) -> bool:
        """Whether nothing is announced: only a line that `may_go_on` would go on."""
        return not (self._traceback or self._panic or self._exception or self._chained or self._statement)

    def starts(self, message: str) -> None:
        """Note the first line of a new message."""
        self._exception = self._chained = False
        self._traceback = _TRACEBACK in message
        self._panic = message.startswith(("panic:", "fatal error:", "SIGSEGV", "goroutine ")) or (
            "panic: " in message or "panic serving " in message
        )
        self._statement = 1 if message == SLOW_QUERY else 0

    def goes_on(self, line: str, *, dated: bool, failed: bool = False) -> bool:
        """Say whether a line without a time belongs to the message above, which was `dated` or not.

        The text of an exception may run over several lines; in a dated log it ends with the next date.
        A traceback belongs to the message above where that `failed`, as logging.exception writes it.
        """
        if self._statement:
            self._statement += 1
            return self._statement == 2 or not line.startswith("# User@Host:")
        if line.startswith(_TRACEBACK):
            self._traceback = failed or self._chained
            self._chained = False
            return self._traceback
        return self._in_trace(line, dated=dated, failed=failed)

    def _in_trace(self, line: str, *, dated: bool, failed: bool) -> bool:
        self._chained = _CHAINED.match(line) is not None
        if _EXCEPTION.match(line) or (failed and _BARE.match(line)):
            self._exception = True
            return True
        if (self._exception and dated) or _ALWAYS.match(line):
            return True
        if self._traceback:
            self._traceback = False
            self._exception = _TRACEBACK_END.match(line) is not None
            return self._exception
        return self._panic and _FRAME.match(line) is not None
