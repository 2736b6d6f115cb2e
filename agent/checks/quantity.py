"""Numbers, clock times, versions and names in a sentence, with the precision they are written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from agent.checks.duration import read_lengths

_SCALES: dict[str, tuple[str, float]] = {
    "us": ("time", 1e-6),
    "\u00b5s": ("time", 1e-6),
    "ms": ("time", 1e-3),
    "s": ("time", 1.0),
    "sec": ("time", 1.0),
    "second": ("time", 1.0),
    "seconds": ("time", 1.0),
    "milliseconds": ("time", 1e-3),
    "min": ("time", 60.0),
    "minutes": ("time", 60.0),
    "b": ("bytes", 1.0),
    "byte": ("bytes", 1.0),
    "bytes": ("bytes", 1.0),
    "kb": ("bytes", 1e3),
    "mb": ("bytes", 1e6),
    "gb": ("bytes", 1e9),
    "tb": ("bytes", 1e12),
    "kib": ("bytes", 2.0**10),
    "mib": ("bytes", 2.0**20),
    "gib": ("bytes", 2.0**30),
    "ki": ("bytes", 2.0**10),
    "mi": ("bytes", 2.0**20),
    "gi": ("bytes", 2.0**30),
    "%": ("percent", 1.0),
    "percent": ("percent", 1.0),
    "k": ("count", 1e3),
    "m": ("count", 1e-3),
    "million": ("count", 1e6),
    "thousand": ("count", 1e3),
    "billion": ("count", 1e9),
    "x": ("times", 1.0),
    "times": ("times", 1.0),
    "fold": ("times", 1.0),
}
_UNIT = "|".join(sorted((re.escape(unit) for unit in _SCALES), key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?<![\w.:/-])(?P<about>(?:about|around|approximately|roughly|nearly|almost|some|over|under|~|"
    rf"\u2248)\s*)?"
    rf"(?P<sign>[-\u2212+])?(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|"
    rf"\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?:[\s-]?(?P<unit>{_UNIT})(?![A-Za-z0-9]))?(?![\w:]|[.,]\d|-[A-Za-z]*\d)",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(?<![\d:.])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?![\d:])")
_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_NAME = re.compile(
    r"(?<![\w.@/-])(?:v?\d+\.\d+(?:\.\d+)+(?:[-+][\w.]+)?|v\d+(?:\.\d+)*|"
    r"(?=[\w.-]*\d)[A-Za-z][\w]*(?:[-._/][\w]+)+|[a-z][a-z0-9]*(?:_[a-z0-9]+)+|[0-9a-f]{7,40}(?<=\d)(?=\W|"
    r"$))(?![\w-])"
)
_CITATION = re.compile(
    r"\[(?:[LMACKHT][1-9]\d*(?:,\s*)?)+\](?:\([^)]*\))?|\b(?:SEV|P|F|Q|AI|HTTP/)-?\d(?:\.\d)?\b|"
    r"\bp\d\d(?:\.\d)?\b"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written: its value in its unit, the base value, and half of its last digit."""

    text: str
    value: float
    kind: str
    """time, bytes, percent, count, times, or "" for a bare number."""
    base: float
    slack: float
    """How far from `base` the exact value may lie."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything in a sentence that evidence must carry."""

    numbers: tuple[Quantity, ...]
    clocks: tuple[str, ...]
    dates: tuple[str, ...]
    names: tuple[str, ...]
    lengths: tuple[tuple[str, float, float], ...]
    """Durations: text, seconds, slack in seconds."""


def read_sentence(text: str) -> Reading:
    """Take a sentence apart into dates, clock times, names, durations and other numbers."""
    rest = _CITATION.sub(_blank, text)
    stamps = re.sub(r"(\d{4}-\d\d-\d\d)T(?=\d\d:)", r"\1 ", rest)
    dates, rest = _take(_DATE, stamps)
    clocks, rest = _take(_CLOCK, rest)
    names, rest = _take(_NAME, rest)
    lengths: list[tuple[str, float, float]] = []
    for length in read_lengths(rest):
        lengths.append((length.text, length.length.total_seconds(), length.slack.total_seconds()))
        rest = rest[: length.start] + " " * (length.end - length.start) + rest[length.end :]
    numbers = tuple(_quantity(found) for found in _NUMBER.finditer(rest))
    return Reading(numbers, clocks, dates, names, tuple(lengths))


def without_united(text: str) -> str:
    """Blank out the numbers that carry a unit, so that they cannot pass for bare ones."""
    for length in read_lengths(text):
        text = text[: length.start] + " " * (length.end - length.start) + text[length.end :]
    return _NUMBER.sub(lambda found: _blank(found) if found.group("unit") else found.group(), text)


def _take(pattern: re.Pattern[str], text: str) -> tuple[tuple[str, ...], str]:
    return tuple(found.group() for found in pattern.finditer(text)), pattern.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


def _quantity(found: re.Match[str]) -> Quantity:
    written = found.group("number").replace(",", "")
    value = float(written) * (-1 if found.group("sign") in {"-", "\u2212"} else 1)
    kind, scale = _SCALES.get((found.group("unit") or "").lower(), ("", 1.0))
    decimals = len(written.partition(".")[2].partition("e")[0])
    slack = 0.5 * 10**-decimals * scale
    if found.group("about"):
        slack = max(slack, abs(value) * scale * 0.1)
    return Quantity(found.group().strip(), value, kind, value * scale, slack * (1 + 1e-9) + 1e-12)


def seconds_of(clock: str) -> tuple[float, bool]:
    """Return a clock time as seconds of its day and whether it names the second."""
    parts = clock.split(":")
    total = timedelta(
        hours=int(parts[0]), minutes=int(parts[1]), seconds=float(parts[2]) if len(parts) > 2 else 0
    )
    return total.total_seconds(), len(parts) > 2
