"""Numbers, durations and times as a report prints them."""

from __future__ import annotations

import math
from datetime import datetime

from agent.schema.base import format_utc


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
    return format_utc(time.replace(microsecond=0))


def plural(count: int, noun: str) -> str:
    """Write a count with its noun: "1 line", "3 lines"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def listed(names: list[str], limit: int = 4) -> str:
    """Join names as prose: "a, b and c", or "a, b, c and 5 more"."""
    if len(names) > limit:
        return f"{', '.join(names[: limit - 1])} and {len(names) - limit + 1} more"
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
