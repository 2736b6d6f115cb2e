"""What a level of a metric is said to be: the usual one, the highest one, or the one it settled at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from agent.checks.agreement import close, within
from agent.checks.clause import meant_by
from agent.checks.evidence_text import number_of
from agent.checks.number_reading import read_quantities
from agent.checks.quantity import Quantity, Span

if TYPE_CHECKING:
    from agent.checks.mention import Reading
    from agent.checks.support import Support
    from agent.schema.evidence import Evidence

_ROLES = {
    "before": r"(?:\bhad (?:stood|been|lain) at|\bused to (?:be|take|need|stand at|lie at)|\busually) $",
    "peak": r"(?:\bpeaked at|\ba peak of|\b(?:at one point|briefly) reached"
    r"|\bits highest,?) (?:about |around )?$",
    "after": r"\b(?:settled|ended up|levelled off|has stayed|stayed from then on) at (?:about |around )?$",
}
"""The words in front of a value that say which level it is."""
_BEHIND = {
    "before": r"^ (?:of )?before(?=[.,;)]|$)",
    "peak": r"^ at its (?:highest|worst)\b",
    "after": r"^ (?:afterwards|after the rise|after that|from then on|from \d\d:\d\d(?::\d\d)? on)\b",
}
"""The words behind it that do."""
_NEVER_REACHED = re.compile(
    r"\b(?:never|not) reach(?:ed)? (?:at most |as much as |about |around )?$", re.IGNORECASE
)
_AVERAGED = re.compile(
    r"\baveraged (?P<low>\d{1,9}(?:\.\d{1,9})?)(?: ?(?P<unit>[a-z%]{1,3}))? before,? and "
    r"(?P<high>\d{1,9}(?:\.\d{1,9})?)(?(unit) ?(?P=unit)) (?:during|after|afterwards|since)\b",
    re.IGNORECASE,
)
_RECOVERED = re.compile(r"\brecovered (?:after|within) (?:about |around )?$", re.IGNORECASE)
_TIMES = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "min": 60.0}


def misplaced(text: str, reading: Reading, support: Support) -> Iterator[str]:
    """Yield values given as one level of a cited metric that are another one of it."""
    yield from _misaveraged(text, support)
    yield from _misrecovered(text, reading, support)
    for value in (*reading.numbers, *reading.spans):
        if _NEVER_REACHED.search(text[: value.at]) and _is_reached(value, support):
            yield value.text
        role = _role_of(text, value)
        share = isinstance(value, Quantity) and (value.spelled or value.kind in {"times", "ratio"})
        metrics = [item for item in support.items if item.kind in "MT" and item.attributes.get("before")]
        if share or not role or not metrics:
            continue
        place = re.compile(re.escape(value.text)).search(text, value.at)
        meant = metrics if place is None else meant_by(text, place, metrics)
        if not any(_is(value, item, role) for item in meant) and any(
            _is(value, item, other) for item in meant for other in _ROLES if other != role
        ):
            yield value.text


def _misaveraged(text: str, support: Support) -> Iterator[str]:
    """Yield the second of two averages that is not the level after, where the first is the level before."""
    for found in _AVERAGED.finditer(text):
        levels = [
            number_of(item.attributes.get("after", ""))
            for item in support.items
            if item.kind == "M" and item.attributes.get("before") == found["low"]
        ]
        if levels and not any(
            level is not None and abs(level - float(found["high"])) <= 0.5 * _last_place(found["high"])
            for level in levels
        ):
            yield found["high"]


def _misrecovered(text: str, reading: Reading, support: Support) -> Iterator[str]:
    """Yield "recovered after 6 min" where the one cited metric recovered after another time."""
    if len(support.items) != 1 or support.facts:
        return
    item = support.items[0]
    _, lengths = read_quantities(item.attributes.get("recovered_after", ""))
    lasted = [length.seconds for length in lengths]
    if item.start and item.end:
        lasted.append((item.end - item.start).total_seconds())
    for span in reading.spans if lengths else ():
        said = _RECOVERED.search(text[: span.at])
        if said and not any(within(span, seconds, span.slack) for seconds in lasted):
            yield span.text


def _last_place(written: str) -> float:
    """Return what one in the last digit of a number stands for."""
    return float(10 ** -len(written.partition(".")[2]))


def _is_reached(value: Quantity | Span, support: Support) -> bool:
    """Tell whether a cited metric had a value as its highest level."""
    return any(
        _is(value, item, "peak") or _is(value, item, "after") for item in support.items if item.kind == "M"
    )


def _role_of(text: str, value: Quantity | Span) -> str:
    """Return which level the words beside a value call it; "" where they call it none."""
    front, back = text[: value.at], text[value.at + len(value.text) :]
    for role, words in _ROLES.items():
        if re.search(words, front, re.IGNORECASE) or re.search(_BEHIND[role], back, re.IGNORECASE):
            return role
    return ""


def _is(value: Quantity | Span, item: Evidence, role: str) -> bool:
    """Tell whether a value as written stands for that level of a metric."""
    level = number_of(item.attributes.get(role, "")) or 0.0
    levels = [level]
    if role == "peak" and item.attributes.get("direction") == "down":
        levels = [number_of(item.attributes.get("before", "")) or 0.0]
    if isinstance(value, Span):
        units = (
            [_TIMES[item.attributes["unit"]]] if item.attributes.get("unit") in _TIMES else _TIMES.values()
        )
        return any(within(value, level * unit, value.slack) for level in levels for unit in units)
    return any(close(value, level) for level in levels)
