"""What a sentence names: clock times, dates and identifiers, taken out before its numbers are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from agent.checks.calendar_date import read_date, read_day
from agent.checks.number_reading import read_quantities
from agent.checks.quantity import Quantity, Span

_ZONES = {
    "UTC": 0.0,
    "GMT": 0.0,
    "Z": 0.0,
    "CET": 1.0,
    "CEST": 2.0,
    "BST": 1.0,
    "EET": 2.0,
    "EEST": 3.0,
    "EST": -5.0,
    "EDT": -4.0,
    "MST": -7.0,
    "MDT": -6.0,
    "PST": -8.0,
    "PDT": -7.0,
    "JST": 9.0,
    "AEST": 10.0,
}
"""Hours east of Greenwich."""
SEVERAL = {"CST": (8.0, -6.0), "IST": (5.5, 1.0, 2.0)}
"""Zones that are called alike, hours east of Greenwich; compared as written, or as any of them."""
_CLOCK = re.compile(
    r"(?<![\d:.])(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d(?:[.,]\d+)?))?(?!\d|:\d)"
    r"(?:\s?(?P<half>[AaPp]\.?[Mm]\b\.?))?"
    r"(?:\s?(?P<zone>(?:UTC|GMT)?[+-]\d\d:?\d\d|Z\b|[A-Z]{3,4}\b))?"
)
_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_WORDED_DATE = re.compile(
    r"\b(?:\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:January|February|March|April|May|June|July|August"
    r"|September|October|"
    r"November|December)|(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r" \d{1,2}(?:st|nd|rd|th)?)(?:,? \d{4})?\b"
)
_WEEKDAY = re.compile(r"\b(?P<day>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_WEEKDAYS = ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun")
_CITATION = re.compile(
    r"\[(?:[LMACKHTN][1-9]\d*(?:,\s*)?)+\](?:\([^)]*\))?|\b(?:SEV|P|F|Q|AI|HTTP/)-?\d(?:\.\d)?\b(?![\w-])"
)
_NAME = re.compile(
    r"(?P<url>\b[a-z][a-z0-9+.-]{1,15}://[^\s\"'<>)]+)"
    r"|(?<![\w:])[A-Za-z]:\\[\w.\\-]+"  # C:\\temp\\a.log
    r"|(?<![\w.:-])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}(?![\w:])"  # MAC and IPv6 addresses
    r"|(?<![\w.:-])(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?::[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6}(?![\w:])"
    r"|(?<![\w-])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![\w-])"  # UUIDs
    r"|(?<![\w.@/-])[A-Za-z][\w.-]*(?::\d{2,5}(?=/))?(?:/[\w.-]+)*(?::[\w.-]+)?@sha\d+:[0-9a-fA-F]{6,}"
    r"|(?<![\w.@/-])[A-Za-z][\w.-]*:\d{2,5}(?:/[\w.-]*\w)+(?::[\w.-]*\w)?"  # registry:5000/image:tag
    r"|\b(?:arn|urn)(?::[\w./*+-]*){2,}\w"
    r"|(?<![\w.@/+-])\w[\w.+-]*@[A-Za-z0-9][\w.:-]*\w"  # user@host
    r"|\bsha(?:1|256|512):[0-9a-fA-F]{6,}"
    r"|(?<![\w.:/])/[\w.@-]+(?:/[\w.@-]+)+"  # paths
    r"|(?<![\w.@/-])(?:"
    r"v?\d+\.\d+(?:\.\d+)+(?:[-+][\w.]+)?(?::\d+)?(?:/\d{1,2})?"  # versions, addresses, ports
    r"|[A-Za-z][\w./-]*:(?:v?\d+\.\d[\w.-]*|\w+-[\w.-]*\w)"  # image:7.2-alpine
    r"|[A-Za-z][\w.-]*[-.\d][\w.-]*:\d{2,5}\b"  # host:port
    r"|(?=[\w./-]*\d)[A-Za-z]\w*(?:[-._/]+\w+)+(?::[\w.-]*\w)?"  # worker-02, orders_v2, registry/image:1.2
    r"|[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+"  # snake_case
    r"|(?=[0-9a-zA-Z]*\d)(?=[0-9a-zA-Z]*[A-Za-z])[A-Za-z][0-9A-Za-z]{2,}"  # p95latency, LS4PSXUNUM, z2bjw
    r"|0x[0-9a-fA-F]+"
    r"|v\d+(?:\.\d+)*"
    r")(?![\w])"
    r"|(?<![\w./])[0-9]+[a-fA-F](?=[0-9a-fA-F]*\d)[0-9a-fA-F]+(?:-[0-9a-fA-F]{4,})*(?!\w)"  # hashes
)
_GENERIC = re.compile(
    r"^(?:k8s|k3s|ipv[46]|http[123]|http/[\d.]+|tls1\.\d|s3|ec2|rds|x86(?:_64)?|sha-?(?:1|224|256|384|512)|utf-?8|base64|oauth2|md5|i18n|"
    r"[12345]xx|e2e|b2b|grpc2|log4j|h[1-6]|[kmgt]ib|on-call|24/7|and/or|level-?[1-4]|l[1-7]|tier-?\d|sev-?\d)$",
    re.IGNORECASE,
)
_PERCENTILE = re.compile(r"\b(\d\d)(?:th|st|nd|rd)[ -]percentiles?\b", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w.])@[A-Za-z][\w-]*")


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as written; `seconds` of its day, in UTC where its zone is known."""

    text: str
    seconds: float
    exact: bool
    """Whether it names the second."""
    zone: str = ""
    """Zone as written where it is neither UTC nor one whose offset is known."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything in a sentence that evidence must carry."""

    numbers: tuple[Quantity, ...]
    spans: tuple[Span, ...]
    clocks: tuple[Clock, ...]
    dates: tuple[str, ...]
    """As ISO dates; a day without a year as `--MM-DD`; a day of the week by its English name."""
    names: tuple[str, ...]


def read_sentence(text: str) -> Reading:
    """Take a sentence apart into dates, clock times, names, durations and other numbers."""
    rest = _CITATION.sub(_blank, text)
    rest = re.sub(r"(\d{4}-\d\d-\d\d)T(?=\d\d:)", r"\1 ", rest)
    dates = [found.group() for found in _DATE.finditer(rest)]
    dates.extend(_worded(found.group()) for found in _WORDED_DATE.finditer(rest))
    dates.extend(f"{found.group('day')}day" for found in _WEEKDAY.finditer(rest))
    rest = _WORDED_DATE.sub(_blank, _DATE.sub(_blank, rest))
    clocks = tuple(_clock(found) for found in _CLOCK.finditer(rest))
    rest = _CLOCK.sub(_blank, rest)
    names = [f"p{found.group(1)}" for found in _PERCENTILE.finditer(rest)]
    rest = _PERCENTILE.sub(_blank, rest)
    for pattern in (_HANDLE, _NAME):
        written = (found.group().rstrip(".,:;") for found in pattern.finditer(rest))
        names.extend(name for name in written if not _GENERIC.match(name))
        rest = pattern.sub(_blank, rest)
    numbers, spans = read_quantities(rest)
    return Reading(numbers, spans, clocks, tuple(dates), tuple(dict.fromkeys(names)))


def weekday_of(day: date) -> str:
    """Return the English name of a day of the week."""
    return f"{_WEEKDAYS[day.weekday()]}day"


def _worded(text: str) -> str:
    written = read_date(text)
    if written is not None and written.day is not None:
        return written.day.isoformat()
    short = read_day(text)
    return f"-{short.day.isoformat()[4:]}" if short is not None and short.day is not None else text


def _clock(found: re.Match[str]) -> Clock:
    hours = int(found.group("h"))
    half = (found.group("half") or "").lower().replace(".", "")
    if half == "pm" and hours < 12:
        hours += 12
    elif half == "am" and hours == 12:
        hours = 0
    second = found.group("s")
    total = timedelta(
        hours=hours, minutes=int(found.group("m")), seconds=float((second or "0").replace(",", "."))
    )
    zone = found.group("zone") or ""
    offset = _offset(zone)
    if offset is None:
        known = zone if zone in {"CST", "IST"} or zone.endswith(("ST", "DT")) else ""
        return Clock(found.group().strip(), total.total_seconds(), second is not None, known)
    seconds = (total.total_seconds() - offset * 3600) % 86400
    return Clock(found.group().strip(), seconds, second is not None)


def _offset(zone: str) -> float | None:
    if not zone:
        return 0.0
    if zone in _ZONES:
        return _ZONES[zone]
    numeric = re.search(r"([+-])(\d\d):?(\d\d)$", zone)
    if numeric is None:
        return None
    return (int(numeric.group(2)) + int(numeric.group(3)) / 60) * (-1 if numeric.group(1) == "-" else 1)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())
