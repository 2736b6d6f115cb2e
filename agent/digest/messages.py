"""What a log record says: who logged it, its text, and the level that its words imply."""

from __future__ import annotations

import re

from tools.formats import workload_of
from tools.formats.records import LogRecord


def service_of(record: LogRecord) -> str | None:
    """Name the workload that logged: its service, else its pod without suffixes, else its container."""
    if record.service:
        return record.service
    if record.pod:
        return workload_of(record.pod)
    return record.container or record.node


def text_of(record: LogRecord) -> str:
    """Join the message with the fields that say what went wrong."""
    extra = [
        f"{key}={value}"
        for key in ("error", "err", "exception", "cause", "status", "code")
        if (value := record.fields.get(key)) and value not in record.message
    ]
    return f"{record.message} {' '.join(extra)}" if extra else record.message


_ERROR_WORDS = ("exception", "traceback", "panic:", "fatal", "segfault", "out of memory", "access denied")
_WARNING_WORDS = (
    "error",
    "failed",
    "failure",
    "refused",
    "denied",
    "timed out",
    "timeout",
    "unreachable",
    "unable to",
    "cannot",
    "could not",
    "no such host",
    "not found",
    "rejected",
    "unavailable",
    "exceeded",
    "throttl",
)


_REDIS = re.compile(r"\d+:[mcsx] (?:\d\d? \w{3} [\d :.]{8,25})?[.*-] ")
"""How Redis begins a line that is a notice or less."""
_SETTING = re.compile(
    r"\b(?:[\w-]*time-?out\w*(?: ?\(\w+\))? ?[:=] ?\d+|[\w-]*(?:error|failure)s?[- _]rate ?[:=] ?[\d.]+"
    r"|(?:errors?|failures?|failed|rejected) ?[:=] ?0\b|timeout policy)"
)
"""Settings and counts of zero, whose names sound like trouble."""


def inferred_level(text: str) -> str:
    """Guess the level of a message that does not say it, from the words of its first line; else empty."""
    head = text[:400].lower()
    if _REDIS.match(head):
        return ""
    head = _SETTING.sub("", head)
    if head.startswith(("at ", "... ")):  # the rest of a stack trace whose head was cut off
        return ""
    if head.startswith(("error", "fatal", "panic")) or any(word in head for word in _ERROR_WORDS):
        return "error"
    return "warning" if any(word in head for word in _WARNING_WORDS) else ""
