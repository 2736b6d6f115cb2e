"""Numbers as dashboards and spreadsheets write them: with units, decimal commas and grouped thousands."""

from __future__ import annotations

import re

_NUMBER = re.compile(
    r"^\s*(?P<number>[-+]?(?:\d+(?:[.,\u00a0\u202f' ]?\d+)*|[.,]\d+)(?:[eE][-+]?\d+)?)\s*"
    r"(?P<unit>[^\d\s].{0,15})?\s*$"
)
_SCALES: dict[str, tuple[str, float]] = {
    "ns": ("s", 1e-9), "µs": ("s", 1e-6), "us": ("s", 1e-6), "ms": ("s", 1e-3), "s": ("s", 1),
    "sec": ("s", 1), "secs": ("s", 1), "min": ("s", 60), "mins": ("s", 60), "h": ("s", 3600),
    "msec": ("s", 1e-3), "msecs": ("s", 1e-3), "millis": ("s", 1e-3), "millisecond": ("s", 1e-3),
    "milliseconds": ("s", 1e-3), "microseconds": ("s", 1e-6), "nanoseconds": ("s", 1e-9),
    "second": ("s", 1),
    "seconds": ("s", 1), "minute": ("s", 60), "minutes": ("s", 60), "hour": ("s", 3600),
    "hours": ("s", 3600), "d": ("s", 86400), "day": ("s", 86400), "days": ("s", 86400),
    "b": ("B", 1), "byte": ("B", 1), "bytes": ("B", 1), "kb": ("B", 1e3), "mb": ("B", 1e6), "gb": ("B", 1e9),
    "tb": ("B", 1e12), "kib": ("B", 2**10), "mib": ("B", 2**20), "gib": ("B", 2**30), "tib": ("B", 2**40),
    "%": ("%", 1), "k": ("", 1e3), "mil": ("", 1e6), "bil": ("", 1e9),
}  # fmt: skip
"""Base unit and factor, by the unit in lower case."""
_RATE = re.compile(r"^(?:[a-z]{1,8}/s|rps|qps|ops|iops)$")


def quantity(text: str, *, comma_ends_cell: bool = True) -> tuple[float, str] | None:
    """Read a number and its unit as it is written; None where the text is no number.

    One comma is a decimal comma, save before exactly three digits in a file that commas separate:
    there it groups thousands.
    """
    try:
        return float(text), ""
    except ValueError:
        pass
    match = _NUMBER.match(text)
    if match is None:
        return None
    unit = (match["unit"] or "").strip()
    if unit.lower() not in _SCALES and not _RATE.match(unit.lower()) and unit:
        return None
    try:
        return float(_plain(match["number"], comma_ends_cell=comma_ends_cell)), unit
    except ValueError:
        return None


def base(value: float, unit: str) -> tuple[float, str]:
    """Convert to seconds, bytes or a plain count; a unit of none of these stays as it is."""
    name, factor = _SCALES.get(unit.lower(), (unit, 1.0))
    return value * factor, name


def is_number(text: str) -> bool:
    """Say whether a cell is a number, with or without a unit."""
    return quantity(text) is not None


def _plain(number: str, *, comma_ends_cell: bool) -> str:
    number = re.sub("[\u00a0\u202f' ]", "", number)
    comma, dot = number.rfind(","), number.rfind(".")
    if comma < 0:
        return number
    if dot >= 0:
        return number.replace(",", "") if dot > comma else number.replace(".", "").replace(",", ".")
    grouped = number.count(",") > 1 or (comma_ends_cell and re.fullmatch(r"[-+]?[1-9]\d{0,2},\d{3}", number))
    return number.replace(",", "") if grouped else number.replace(",", ".")
