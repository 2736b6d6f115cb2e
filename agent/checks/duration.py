"""Durations in prose, with the rounding that their wording implies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from agent.checks.number_words import ONES, PART_OF
from agent.checks.pattern import Pattern

_NUMBERS = (
    {
        "a": 1.0,
        "an": 1.0,
        "one": 1.0,
        "two": 2.0,
        "three": 3.0,
        "four": 4.0,
        "five": 5.0,
        "six": 6.0,
        "seven": 7.0,
        "eight": 8.0,
        "nine": 9.0,
        "ten": 10.0,
        "eleven": 11.0,
        "twelve": 12.0,
        "thirteen": 13.0,
        "fourteen": 14.0,
        "fifteen": 15.0,
        "sixteen": 16.0,
        "seventeen": 17.0,
        "eighteen": 18.0,
        "nineteen": 19.0,
        "twenty": 20.0,
        "thirty": 30.0,
        "forty": 40.0,
        "forty-five": 45.0,
        "fifty": 50.0,
        "sixty": 60.0,
        "ninety": 90.0,
        "half an": 0.5,
        "half a": 0.5,
    }
    | {
        f"{count} {part}{'s' * (whole > 1)} of {article}": whole / parts
        for whole, count in ((1.0, "a"), (1.0, "one"), (2.0, "two"), (3.0, "three"))
        for part, parts in PART_OF.items()
        for article in ("a", "an")
    }
    | {f"{word} and a half": value + 0.5 for value, word in enumerate(ONES, 1)}
)
_UNITS = (
    (Pattern(r"^(?:ms|msecs?|milliseconds?)$"), 0.001),
    (Pattern(r"^(?:s|secs?|seconds?)$"), 1.0),
    (Pattern(r"^(?:m|mins?|minutes?)$"), 60.0),
    (Pattern(r"^(?:h|hrs?|hours?)$"), 3600.0),
    (Pattern(r"^(?:d|days?)$"), 86400.0),
    (Pattern(r"^weeks?$"), 604800.0),
)
_UNIT = r"(?:ms|msecs?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?)"
_WORD = "|".join(sorted((word.replace(" ", r"\s") for word in _NUMBERS), key=len, reverse=True))
_PART = rf"(?:\d{{1,8}}(?:\.\d+)?[\s-]*|(?:{_WORD})[\s-]+){_UNIT}(?![A-Za-z/])(?:\s+and\s+a\s+half)?"
_ABOUT = (
    r"about|around|approximately|approx\.?|roughly|nearly|almost|over|under|some|~|\u2248"
    r"|more than|less than|up to|at least"
)
_RATE = (
    r"(?:once|twice|(?:\d|one|two|three|four|five|six|seven|eight|nine|ten|dozen)"
    r"[\w.,]*(?: [a-z][\w-]*){0,2})"
)
PER = Pattern(
    rf"(?P<what>{_RATE}) (?:an?|per|each|every) (?P<unit>second|minute|hour|day|week)\b"
    r"(?! (?:later|before|after|earlier|ago|and|or|into|long)\b)",
    re.IGNORECASE,
)
"""A rate: so many in a unit of time."""
UNIT_SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0, "week": 604800.0}
_LENGTH = Pattern(
    r"(?<![\w.:/])(?<!\de[-+])(?<!th of )(?<!ths of )"
    r"(?<!quarter of )(?<!quarters of )(?<!part of )(?<!rest of )"
    rf"(?:(?P<about>{_ABOUT})\s*)?(?P<parts>{_PART}(?:(?:\s*,)?\s*(?:and\s+)?{_PART})*)",
    re.IGNORECASE,
)
_UNIT_OR_DIGIT = Pattern(rf"\d|[\s-]{_UNIT}(?![A-Za-z])", re.IGNORECASE)
"""What every duration has one of; most sentences have neither."""
_ONE = Pattern(
    rf"(?:(?P<number>\d+(?:\.\d+)?)[\s-]*|(?P<word>{_WORD})[\s-]+)(?P<unit>{_UNIT})(?![A-Za-z/])"
    rf"(?P<half>\s+and\s+a\s+half)?",
    re.IGNORECASE,
)


class Length(NamedTuple):
    """One duration as written: its value and how far from it the truth may lie."""

    text: str
    start: int
    end: int
    length: timedelta
    slack: timedelta

    def covers(self, other: timedelta) -> bool:
        """Tell whether `other`, rounded as this one is written, is this one."""
        return abs(self.length - other) <= self.slack


def read_lengths(text: str) -> tuple[Length, ...]:
    """Read every duration of a text, such as "1h 35m", "an hour and a half" or "8.5 ms"."""
    if not _UNIT_OR_DIGIT.search(text) or not (found := list(_LENGTH.finditer(text))):
        return ()
    rates = {rate.end("unit") for rate in PER.finditer(text)}
    return tuple(length for one in found if one.end() not in rates for length in _lengths(one))


def _lengths(found: re.Match[str]) -> Iterator[Length]:
    """Split "6 s, 19 s and 37 s", whose parts do not get smaller in unit, into a length each."""
    parts = list(_ONE.finditer(found.group("parts")))
    group: list[re.Match[str]] = []
    for part in parts:
        fresh = part.group().lower().startswith("half")
        if group and (fresh or _scale(part) >= _scale(group[-1])):
            yield _length(found, group)
            group = []
        group.append(part)
    yield _length(found, group)


def _scale(part: re.Match[str]) -> float:
    unit = part.group("unit").lower()
    return next(seconds for pattern, seconds in _UNITS if pattern.match(unit))


def _length(found: re.Match[str], parts: list[re.Match[str]]) -> Length:
    offset = found.start("parts")
    first = parts[0].start() == 0
    start = found.start() if first else offset + parts[0].start()
    end = offset + parts[-1].end()
    total, step = 0.0, 1.0
    first_number = parts[0].group("word") or ""
    for part in parts:
        number = (part.group("number") or part.group("word")).lower()
        value = _NUMBERS[re.sub(r"\s", " ", number)] if not number[0].isdigit() else float(number)
        scale = _scale(part)
        decimals = len(number.partition(".")[2]) if number[0].isdigit() else 0
        step = scale * 10**-decimals
        if part.group("half"):
            value, step = value + 0.5, scale * 0.5
        elif number.startswith("half"):
            step = scale * 0.1
        elif number.endswith(" and a half"):
            step = scale * 0.5
        elif " of " in number:
            step = value * scale * 0.4
        total += value * scale
    slack = step if step == 60 else step * 0.5
    if first and found.group("about"):
        slack = max(slack, total * (0.2 if " " in first_number else 0.15))
    return Length(
        found.string[start:end], start, end, timedelta(seconds=total), timedelta(seconds=slack + 1e-9)
    )


def write_length(length: timedelta) -> str:
    """Write a duration as a report prints it, such as "1 h 35 min"."""
    seconds = round(length.total_seconds())
    if seconds < 0:
        return f"minus {write_length(-length)}"
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [
        f"{value} {unit}"
        for value, unit in ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s"))
        if value
    ]
    return " ".join(parts[:3]) or "0 s"
