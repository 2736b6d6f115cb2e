"""Time zones by offset, IANA name or an explicit list of abbreviations."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_OFFSET = re.compile(r"^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$")

_HOURS: dict[str, float] = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8,
    "HST": -10, "BRT": -3, "JST": 9, "KST": 9, "HKT": 8, "SGT": 8, "AWST": 8, "ACST": 9.5, "ACDT": 10.5,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "SAST": 2,
}  # fmt: skip
AMBIGUOUS = frozenset({"CST", "IST", "BST", "AST", "SST"})
"""Abbreviations of several zones: only the zone that the reader was told can settle them."""

NAMES = "|".join(sorted((*_HOURS, *AMBIGUOUS), key=len, reverse=True))
"""Alternatives for a regular expression."""


@lru_cache(maxsize=256)
def zone(name: str) -> tzinfo | None:
    """Find a zone by "UTC", offset ("+08:00", "+0800", "+08"), abbreviation or IANA name; None if unknown."""
    if (hours := _HOURS.get(name.upper())) is not None:
        return UTC if hours == 0 else timezone(timedelta(hours=hours))
    if match := _OFFSET.match(name):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes >= 24 * 60:
            return None
        return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes)) if minutes else UTC
    if name.upper() in AMBIGUOUS:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
