"""Numbers, durations and times as a report prints them."""

from __future__ import annotations

import math
import re
from datetime import datetime

from agent.schema.base import to_second


def number(value: float) -> str:
    """Write a number with three or four telling digits and no exponent below 1e15."""
    if math.isnan(value) or math.isinf(value):
        return "no value"
    size = abs(value)
    if size >= 1e15:
        return f"{value:.3g}"
    if size >= 1000 or value == int(value):
        return f"{value:.0f}"
    digits = max(1, 2 - math.floor(math.log10(size)))
    return f"{value:.{min(digits, 12)}f}".rstrip("0").rstrip(".") or "0"


def measured(value: float, unit: str) -> str:
    """Write a value with its unit: a percent sign clings, other units stand apart."""
    if not unit:
        return number(value)
    return number(value) + (unit if unit == "%" else f" {unit}")


def duration(seconds: float) -> str:
    """Write a duration as "4 min 12 s" or "1 h 35 min"; whole seconds, sign dropped."""
    total = round(abs(seconds))
    days, rest = divmod(total, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, secs = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (secs, "s")]
    while len(parts) > 1 and parts[0][0] == 0:
        parts.pop(0)
    return " ".join(f"{count} {unit}" for count, unit in parts[:2] if count) or "0 s"


def instant(time: datetime) -> str:
    """Write a time as ISO 8601 with Z and whole seconds."""
    return to_second(time)


def plural(count: int, noun: str) -> str:
    """Write a count with its noun: "1 line", "3 lines"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def times(count: int) -> str:
    """Write how often something was seen: "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


_PREFIXES = re.compile(
    r"^(?:"
    r"\d+ --- (?:\[[^\]]*\] ?)+ ?\S+ *: "  # process, thread and logger of Spring Boot
    r"|\[(?:main|[\w. -]*(?:thread|exec|pool|nio|worker|scheduling|http)[\w. -]*)\] "
    r"|(?:envoy \w+ )?[\w./-]+\.(?:go|cc|cpp|py|rs|rb|js|ts|java|kt):\d+\]?:?\s+"
    r"|(?:[a-z][\w$]*\.)+(?:[A-Z][\w$]*(?<!Exception)(?<!Error)|C(?:\.\[)+[^#\s]*)(?:[#:]\d+)?"
    r"(?: [-:|] | (?=\S)|(?=\[))"
    r"|(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL) *[-:|] "
    r"|[\u2026:|-] *"
    r")",
)
"""What loggers put before a message: process, thread, class and line."""
_TELLING = re.compile(
    r"refused|denied|timed? ?out|time-?out|deadline exceeded|not found|no such|unknown ?host|unreachable|"
    r"unavailable|reset by peer|broken pipe|exceeded|expired|exhausted|forbidden|unauthorized|no space left|"
    r"out of memory|not defined|cannot|could not|unable to|no route|x509|invalid|failed|exception|\bnull\b",
    re.IGNORECASE,
)
"""Words that say what went wrong; messages of nested calls have the one that matters at their end."""


def headline(record: str) -> str:
    """Give the line of a log record that tells most: the first, with the next where it only announces it."""
    lines = [line.strip() for line in record.split("\n") if line.strip()]
    if not lines:
        return record
    first = spoken(lines[0])
    more = next((line for line in lines[1:] if not line.startswith(("at ", "... "))), "")
    if not more or not first.endswith(":"):
        return first
    return more if first.startswith(lines[0]) and _PREFIXES.match(lines[0] + " .") else f"{first} {more}"


_QUOTED_HEAD = re.compile(r'^"((?:[^"\\]|\\.)*)"(?= |$)')
"""The message of a structured klog record, before its keys."""


def quotation(text: str) -> str:
    """Put a message in quotation marks; those within it become single ones, as in prose."""
    bare = _QUOTED_HEAD.sub(r"\1", text).replace('\\"', '"')
    return '"' + bare.strip().replace('"', "'") + '"'


def spoken(message: str) -> str:
    """Strip what a logger put before the message; a message that is nothing else stays."""
    rest = message
    while (found := _PREFIXES.match(rest)) and rest[found.end() :].strip():
        rest = rest[found.end() :]
    return rest


def tells_of_failure(text: str) -> bool:
    """Whether a message has words that say what went wrong."""
    return _TELLING.search(text) is not None


def shortened(text: str, limit: int) -> str:
    """Cut the middle of a long text, so that its beginning and what went wrong stay."""
    if len(text) <= limit:
        return text
    head = text[: limit * 2 // 5]
    room = limit - len(head) - 3
    rest = text[len(head) :]
    tail = rest[-room:]
    told = [found.start() for found in _TELLING.finditer(rest)]
    if told and told[-1] < len(rest) - room:
        low = max(0, told[-1] - room // 2)
        tail = rest[low : low + room - 1]
        return f"{_to_word_end(head)}…{_from_word(tail, whole=low == 0)}…"
    return f"{_to_word_end(head)}…{_from_word(tail, whole=False)}"


def around(text: str, words: str, limit: int) -> str:
    """Cut a long text so that the words that were sought stand in its middle; else as `shortened` does."""
    at = text.casefold().find(words.casefold()) if words else -1
    if len(text) <= limit or at < 0:
        return shortened(text, limit)
    room = limit - 2
    low = max(0, min(at + len(words) // 2 - room // 2, len(text) - room))
    high = min(len(text), low + room)
    return f"{'…' if low else ''}{text[low:high].strip()}{'…' if high < len(text) else ''}"


def _to_word_end(text: str) -> str:
    cut = text.rfind(" ")
    return text[: cut + 1] if cut > len(text) * 2 // 3 else text


def _from_word(text: str, *, whole: bool) -> str:
    cut = text.find(" ")
    return text if whole or not 0 <= cut < len(text) // 3 else text[cut:]


def listed(names: list[str], limit: int = 4) -> str:
    """Join names as prose: "a, b and c", or "a, b, c and 5 more"."""
    if len(names) > limit:
        return f"{', '.join(names[: limit - 1])} and {len(names) - limit + 1} more"
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
