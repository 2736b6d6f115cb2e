"""Calendar dates as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
_FORMS = (
    re.compile(r"\b(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})\b"),
    re.compile(r"\b(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})\b"),
    re.compile(r"\b(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})\b"),
    re.compile(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -]{_MONTH}[ ,-]+(?P<y>\d{{4}})\b", re.I),
    re.compile(rf"\b{_MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})\b", re.I),
)
_EMPTY = re.compile(
    r"^\W*$|^\W*(?:tbd|tba|tbc|n/?a|none|nil|no|unknown|open|pending|unset|unassigned|todo|to be (?:determined|decided|"
    r"announced|confirmed|assigned|agreed|done)|not (?:set|assigned|decided|yet|known)(?: yet)?|x+|empty|null|missing)\W*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Written:
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
        if month > 12 and "/" in found.group() and day <= 12:
            month, day = day, month
        try:
            return Written(date(int(groups["y"]), month, day))
        except ValueError:
            return Written(None, impossible=True)
    return None
