"""The ways in which people and programs write a time, as patterns with named parts.

Parts: y year, y2 its last two digits, m and mon month, d day, h mi s f ap the clock, z and o the zone,
e epoch; a and b are day and month in an order that only the numbers tell.
"""

from __future__ import annotations

import re

from tools.formats.zones import NAMES

MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
DAYS = frozenset({"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"})
NAMED = DAYS | {name.title() for name in MONTHS}
"""What a time may begin with when it is no digit."""

_MONTH = r"(?P<mon>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_HALF = r"(?: ?(?P<ap>[AaPp]\.?[Mm])\b\.?)?"
_CLOCK = r"(?P<h>\d{1,2}):(?P<mi>\d\d):(?P<s>\d\d)(?:[.,:](?P<f>\d{1,9}))?"
_SHORT_CLOCK = r"(?P<h>\d{1,2}):(?P<mi>\d\d)(?::(?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?)?(?![\d:])"
_ZONE = rf"(?: ?(?P<z>Z|[+-]\d\d:?\d\d(?!\d)|(?:{NAMES})\b))?"
_DAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? +)?"

ISO = re.compile(
    r"(\d{4}-\d\d-\d\d[T ]?\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)(?: ([AP]M)\b)?"
    rf"(?: ?(?:(Z\b|[+-]\d\d:?\d\d(?!\d))(?: (?:{NAMES})\b)?|({NAMES})\b)|([+-]\d\d)(?![\d:.-]))?"
)
"""Groups: date and clock; half of the day; offset; zone by name; offset in hours."""
WEEKDAY = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? +(?=\d{4}-)")

DATED: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?P<y>\d{{4}})[/.](?P<m>\d\d)[/.](?P<d>\d\d)[ T-]{_CLOCK}{_HALF}{_ZONE}"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)-(?P<h>\d\d)\.(?P<mi>\d\d)\.(?P<s>\d\d)\.(?P<f>\d{6})"),
    re.compile(rf"{_DAY}{_MONTH} +(?P<d>\d{{1,2}}) {_CLOCK}(?: (?P<z>{NAMES}))? (?P<y>\d{{4}})\b"
               r"(?: (?P<o>[+-]\d{4}))?"),
    re.compile(rf"{_DAY}(?P<d>\d{{1,2}})[ /-]{_MONTH}[ /-](?P<y>\d{{4}})[ :T]{_CLOCK}{_ZONE}"),
    re.compile(rf"{_DAY}{_MONTH} +(?P<d>\d{{1,2}}),? (?P<y>\d{{4}})(?:,| at)? {_CLOCK}{_HALF}{_ZONE}"),
    re.compile(rf"{_DAY}(?P<d>\d{{1,2}})-{_MONTH}-(?P<y2>\d\d) {_CLOCK}{_ZONE}"),
    re.compile(rf"(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.(?:(?P<y>\d{{4}})|(?P<y2>\d\d)),? +"
               rf"{_SHORT_CLOCK}{_ZONE}"),
    re.compile(rf"(?P<a>\d{{1,2}})(?P<mark>[/-])(?P<b>\d{{1,2}})(?P=mark)(?:(?P<y>\d{{4}})|(?P<y2>\d\d)),? +"
               rf"{_SHORT_CLOCK}{_HALF}{_ZONE}"),
    re.compile(r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)[T -](?P<h>\d\d):?(?P<mi>\d\d):?(?P<s>\d\d)"
               rf"(?:[.,:](?P<f>\d{{1,9}}))?(?!\d){_ZONE}"),
)  # fmt: skip
"""Ways that name the year."""
OTHERS: tuple[re.Pattern[str], ...] = (
    *DATED,
    re.compile(rf"{_DAY}{_MONTH} +(?P<d>\d{{1,2}}) {_CLOCK}{_ZONE}"),
    re.compile(r"(?P<y2>\d\d)(?P<m>\d\d)(?P<d>\d\d) +(?P<h>\d{1,2}):?(?P<mi>\d\d):?(?P<s>\d\d)(?!\d)"),
    re.compile(rf"(?P<m>\d\d)[.-](?P<d>\d\d) {_CLOCK}"),
    re.compile(r"(?P<e>1\d{9}(?:\.\d{1,9})?|1\d{12}|1\d{15}|1\d{18})(?!\d)"),
    re.compile(r"(?P<h>\d\d):(?P<mi>\d\d):(?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?(?![\d:])"),
)
"""All ways but ISO 8601."""
LATER = re.compile(r"(?i:\b(?:time|timestamp|ts)[\"']?\s*[:=]\s*[\"']?)(?=\d{4}-)")
"""Announces a time in the middle of a line."""
