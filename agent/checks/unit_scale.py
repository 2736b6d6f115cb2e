"""Units of measure: what a number in each of them counts, and how much of its base unit it is."""

from __future__ import annotations

import re

SCALES: dict[str, tuple[str, float]] = {
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
    "per cent": ("percent", 1.0),
    "k": ("count", 1e3),
    "m": ("count", 1e-3),
    "million": ("count", 1e6),
    "thousand": ("count", 1e3),
    "billion": ("count", 1e9),
    "x": ("ratio", 1.0),
    "\u00d7": ("ratio", 1.0),
    "times": ("times", 1.0),
    "fold": ("ratio", 1.0),
}
UNIT = "|".join(sorted((re.escape(unit) for unit in SCALES), key=len, reverse=True))
"""Pattern of any unit, the longest first."""
