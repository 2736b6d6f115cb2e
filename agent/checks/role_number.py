"""Numbers whose words say what they were of a series: where a rise began, what was the average."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_UNIT = r"%|/s|(?:ms|µs|us|s|min|h|[kmg]i?b(?:/s)?|b(?:/s)?|pps|rps)(?![a-z])"
_VALUE = rf"(?P<number>\d+(?:,\d{{3}})*(?:\.\d+)?)(?:\s?(?P<unit>{_UNIT}))?(?![\w:-]|[.,]\d)"
_MOVED = (
    r"(?:rose|fell|climbed|jumped|spiked|dipped|dropped|surged|grew|went|increased|decreased|declined|sank"
    r"|rising|falling|up|down)"
)
_BEFORE = r"(?<!ranged )\bfrom |\bbefore[= ]|\bNormal=|\bfirst |\busual(?:ly| level of) "
_ROLES = {
    "start": (
        rf"\b{_MOVED}(?: \w+)? from (?:about )?{_VALUE}",
        rf"(?:{_BEFORE})(?:about )?{_VALUE}",
    ),
    "average": (
        rf"\b(?:averag(?:ed|ing)|(?:an|the|its) average of|a mean of|mean) (?:about )?{_VALUE}",
        rf"(?:\baverag(?:ed|ing) |\baverage of |\bmean |\bbefore=|\bafter=|, and )(?:about )?{_VALUE}",
    ),
}
"""How a sentence says it, and how evidence does."""
_TIME = {"us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
_NEAR, _FINE = 0.05, 0.1
"""Parts of the value, or of half its last digit, within which a rounded number stands for another."""
_WIDER = 1.1
"""Slack over half of the last digit, for values that were rounded twice."""


class _Value(NamedTuple):
    written: str
    unit: str
    value: float
    slack: float
    plain: float
    """The number as it is written."""


def out_of_role(text: str, evidence: str) -> Iterator[str]:
    """Yield values of a sentence that no evidence gives in the role in which the sentence does.

    Where the evidence gives none in that role and unit, nothing is said of it.
    """
    for role, (said, _) in _ROLES.items():
        for wanted in _values(said, text):
            known = _held(role, evidence)
            held = [v for v in known if v.unit == wanted.unit] or [v for v in known if not v.unit]
            if held and not any(_agree(wanted, value) for value in held):
                yield wanted.written


@lru_cache(maxsize=1024)
def _held(role: str, evidence: str) -> tuple[_Value, ...]:
    return tuple(_values(_ROLES[role][1], evidence))


def _values(pattern: str, text: str) -> Iterator[_Value]:
    for found in re.finditer(pattern, text, re.IGNORECASE):
        written, unit = found["number"].replace(",", ""), (found["unit"] or "").lower()
        scale, known = _TIME.get(unit, 1.0), unit in _TIME
        decimals = len(written.partition(".")[2])
        shown = found.group()[found.start("number") - found.start() :]
        round_to = (
            10 ** (len(written) - len(written.rstrip("0"))) if not decimals and written.strip("0") else 1
        )
        slack = 0.5 * (10**-decimals if decimals else round_to) * scale
        yield _Value(shown, "s" if known else unit, float(written) * scale, slack, float(written))


def _agree(wanted: _Value, held: _Value) -> bool:
    """Compare in the unit that both have; where the evidence has none, also as it is written."""
    scales = {1.0} if held.unit == wanted.unit or not wanted.value else {1.0, wanted.plain / wanted.value}
    return any(_near(wanted.value * scale, held.value, wanted.slack * scale) for scale in scales)


def _near(wanted: float, held: float, slack: float) -> bool:
    return abs(wanted - held) <= min(slack, max(_NEAR * abs(wanted), _FINE * slack)) * _WIDER
