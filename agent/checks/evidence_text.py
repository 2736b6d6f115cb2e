"""The words and counts of one piece of evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from agent.checks.mention import SEVERAL, Reading, read_sentence
from agent.checks.quantity import Quantity
from agent.checks.stem import stem
from agent.schema.base import format_utc
from agent.schema.evidence import Evidence

MEASURED = frozenset({"before", "after", "peak"})
_NOT_STATED = frozenset({"p_value", "sigmas", "ratio"})
"""Attributes whose digits nobody quotes: a number that occurs only there carries nothing."""
_NUMERAL = re.compile(
    r"[-+]?(?:\d{1,300}(?:\.\d*)?|\.\d+)(?:e[-+]\d{1,2})?|[-+]?\d\.\d+e\d{1,2}", re.IGNORECASE
)


@lru_cache(maxsize=1024)
def read_cached(text: str) -> Reading:
    """Read a text of the evidence once, however many sentences cite it."""
    return read_sentence(text)


def text_of(item: Evidence) -> str:
    """Return all words of one piece of evidence that a sentence may use."""
    times = " ".join(format_utc(moment) for moment in (item.start, item.end) if moment is not None)
    places = " ".join(f"{pointer.artifact} {pointer.series or ''}" for pointer in item.pointers)
    unit = item.attributes.get("unit", "")
    values = [
        f"{key.replace('_', ' ')} {value} {unit}" if key in MEASURED else f"{key.replace('_', ' ')} {value}"
        for key, value in item.attributes.items()
        if key not in _NOT_STATED
    ]
    return " ; ".join([item.statement, item.quote, item.service or "", times, places, *values])


def is_snapshot(item: Evidence) -> bool:
    """Tell whether an item is a state as it was read: its time is when somebody looked, not when it began."""
    return item.attributes.get("source") == "state"


def moments_of(item: Evidence) -> tuple[datetime, ...]:
    """Return when an item began and ended, and the times that its statement gives."""
    return tuple(moment for moment in (item.start, item.end, *_stated(item)) if moment is not None)


def _stated(item: Evidence) -> Iterator[datetime]:
    """Yield the times of day that a statement gives, each at its last occurrence before the item's time."""
    if item.start is None:
        return
    day = item.start.replace(hour=0, minute=0, second=0, microsecond=0)
    for clock in read_cached(item.statement).clocks:
        options = [clock.seconds - hours * 3600 for hours in SEVERAL.get(clock.zone, (0.0,))]
        past = [day + timedelta(seconds=seconds % 86400) for seconds in options]
        yield max(moment if moment <= item.start else moment - timedelta(days=1) for moment in past)


def counts_of(item: Evidence) -> Iterator[Quantity]:
    """Read counts out of the attributes by their names: `restarts: 4` is a number of restarts."""
    for key, value in item.attributes.items():
        number = number_of(value)
        if number is not None and key not in _NOT_STATED and key not in MEASURED:
            yield Quantity(value, number, "", number, 0.0, stem(key.split("_")[-1]))


def number_of(text: str) -> float | None:
    """Read an attribute that is a number; None for words, and for ids such as "98e591"."""
    return float(text) if _NUMERAL.fullmatch(text) else None
