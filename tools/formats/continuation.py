"""Which lines belong to the message above them: stack traces, tracebacks, panics, pretty-printed JSON."""

from __future__ import annotations

import re

_ALWAYS = re.compile(
    r"[ \t]+\S|\.\.\. \d+ (?:more|common frames)|Caused by:|Suppressed:|at [\w$.<>/]+\(|[}\])]+[,;]?$"
    r"|During handling of the above|The above exception was the direct"
)
_EXCEPTION = re.compile(
    r"(?:Caused by: )?(?:[a-z_][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error|Throwable|Fault)\b"
)
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


class Continuation:
    """Follows one file line by line and tells which undated lines go on with the message above."""

    def __init__(self) -> None:
        self._traceback = False
        self._panic = False
        self._exception = False

    def starts(self, message: str) -> None:
        """Note the first line of a new message."""
        self._exception = False
        self._traceback = "Traceback (most recent call last)" in message
        self._panic = (
            message.startswith(("panic:", "fatal error:", "SIGSEGV", "goroutine ")) or "panic: " in message
        )

    def goes_on(self, line: str, *, dated: bool) -> bool:
        """Say whether a line without a time belongs to the message above, which was `dated` or not.

        The text of an exception may run over several lines; in a dated log it ends with the next date.
        """
        if _EXCEPTION.match(line):
            self._exception = True
            return True
        if self._exception and dated:
            return True
        if _ALWAYS.match(line):
            return True
        if line.startswith("Traceback (most recent call last)"):
            return False
        if self._traceback:
            self._traceback = False
            return _TRACEBACK_END.match(line) is not None
        return self._panic and _FRAME.match(line) is not None
