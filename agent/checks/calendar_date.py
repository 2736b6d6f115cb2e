"""Calendar dates as people write them."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from agent.checks.pattern import Pattern

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
DAY = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\d{4}-W\d\d-[1-7](?!\d)"
    r"|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d\d)(?!\d)|\d{1,2}-\d{1,2}-\d{4}(?!\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?(?: of)?[ /-]{MONTH}(?![a-z])(?:,?[ /-]\d{{4}}(?!\d)"
    rf"|[ /-]'?\d\d(?![\d:]))?"
    rf"|\d{{4}} {MONTH} \d{{1,2}}(?!\d)"
    rf"|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?![\d:%])(?:,? \d{{4}}(?!\d))?)"
)
"""A day in any of these forms, with or without its weekday and year, as a pattern without named groups."""
_FORMS = (
    Pattern(r"\b(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"),
    Pattern(r"\b(?P<d>\d{1,2})-(?P<m>\d{1,2})-(?P<y>\d{4})\b"),
    Pattern(r"\b(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})\b"),
    Pattern(r"\b(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})\b"),
    Pattern(r"(?<![\d.])(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<short>\d\d)\b(?![.\d])"),
    Pattern(r"(?<![\d/])(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<short>\d\d)\b(?![/\d])"),
    Pattern(
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ /-]{_MONTH}[ ,/-]+(?P<y>\d{{4}})\b", re.IGNORECASE
    ),
    Pattern(rf"\b(?P<d>\d{{1,2}})[ /-]{_MONTH}[ /-]'?(?P<short>\d\d)\b(?![:.\d])", re.IGNORECASE),
    Pattern(rf"\b(?P<y>\d{{4}}) {_MONTH} (?P<d>\d{{1,2}})\b", re.IGNORECASE),
    Pattern(rf"\b{_MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})\b", re.IGNORECASE),
)
_WEEK_DAY = Pattern(r"\b(?P<y>\d{4})-W(?P<w>\d\d)-(?P<d>[1-7])(?!\d)")
_SHORT_DAY = Pattern(r"\W*(?P<first>\d{1,2})[./](?P<second>\d{1,2})\.?\W*")
"""A day and a month in digits, in either order; too short to be a date anywhere but in a date's place."""
_EMPTY = Pattern(
    r"^\W*$|^\W*(?:tbd|tba|tbc|n/?a|none|nil|no|unknown|open|pending|unset|unassigned|todo|to be "
    r"(?:determined|decided|"
    r"announced|confirmed|assigned|agreed|done)|not (?:set|assigned|decided|yet|known)(?: yet)?|x+|empty|"
    r"null|missing)\W*$",
    re.IGNORECASE,
)


class Written(NamedTuple):
    """What stands in a date's place: a day, a day that does not exist, or words."""

    day: date | None
    impossible: bool = False


def is_empty(text: str) -> bool:
    """Tell whether a cell holds nothing or one of the usual markers for nothing."""
    return bool(_EMPTY.match(text.strip()))


def read_date(text: str) -> Written | None:
    """Read the first calendar date in a text; None where there is none."""
    for form in _FORMS:
        found = form.search(text)
        if found is None:
            continue
        groups = found.groupdict()
        month = int(groups["m"]) if groups.get("m") else _MONTHS.index(groups["month"][:3].lower()) + 1
        day = int(groups["d"])
        if month > 12 and found.group()[2] != "." and not found.group()[:4].isdigit() and day <= 12:
            month, day = day, month
        try:
            return Written(date(int(groups.get("y") or f"20{groups['short']}"), month, day))
        except ValueError:
            return Written(None, impossible=True)
    week = _WEEK_DAY.search(text)
    if week is not None:
        try:
            return Written(date.fromisocalendar(int(week["y"]), int(week["w"]), int(week["d"])))
        except ValueError:
            return Written(None, impossible=True)
    return None


_DAY_ONLY = (
    Pattern(rf"\b{_MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b", re.IGNORECASE),
    Pattern(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?(?: of)? {_MONTH}\b", re.IGNORECASE),
)


def read_day(text: str) -> Written | None:
    """Read a day without a year, such as "Jan 16", as one of the leap year 2000: good for comparing only."""
    for form in _DAY_ONLY:
        found = form.search(text)
        if found is not None:
            month = _MONTHS.index(found.group("month")[:3].lower()) + 1
            try:
                return Written(date(2000, month, int(found.group("d"))))
            except ValueError:
                return Written(None, impossible=True)
    return None


def read_due(text: str, incident: date | None) -> Written | None:
    """Read a due date; one without a year is the first such day from the incident on."""
    written = read_date(text)
    if written is not None:
        return written
    day = read_day(text) or _read_short_day(text)
    if day is None or day.day is None or incident is None:
        return day
    for year in range(incident.year, incident.year + 9):
        try:
            due = day.day.replace(year=year)
        except ValueError:  # 29 February
            continue
        if due >= incident:
            return Written(due)
    return day


def _read_short_day(text: str) -> Written | None:
    found = _SHORT_DAY.fullmatch(text)
    if found is None:
        return None
    first, second = int(found["first"]), int(found["second"])
    month, day = (first, second) if first <= 12 and "/" in text else (second, first)
    try:
        return Written(date(2000, month, day))
    except ValueError:
        return Written(None, impossible=True)
