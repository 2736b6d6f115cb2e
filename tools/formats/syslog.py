"""Syslog lines (RFC 3164 and RFC 5424) and klog lines."""

from __future__ import annotations

import re

from tools.formats.access import proxied, status_level
from tools.formats.levels import level_of, split_level, syslog_level
from tools.formats.logline import LogLine
from tools.formats.stamps import Stamps

_RFC5424 = re.compile(
    r"^<(?P<pri>\d{1,3})>1 (?P<time>\S+) (?P<host>\S+) (?P<app>\S+) (?P<pid>\S+) (?P<id>\S+) "
    r"(?P<data>-|(?:\[(?:[^\]\\]|\\.)*\])+) ?(?P<message>.*)$",
    re.DOTALL,
)
_RFC3164 = re.compile(
    r"^(?:<(?P<pri>\d{1,3})>)?(?P<time>(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d "
    r"\d\d:\d\d:\d\d(?:\.\d+)?) "
    r"(?P<host>\S+) (?P<app>[^\s:\[(]+)(?P<unit>\([^)]*\))?(?:\[(?P<pid>[^\]]*)\])?: ?(?P<message>.*)$"
)
_TAGGED = re.compile(r"^(?P<host>[A-Za-z0-9][\w.-]*) (?P<app>[\w./@-]+)\[(?P<pid>\d+)\]: ?(?P<message>.*)$")
_KLOG = re.compile(
    r"^(?P<level>[IWEFD])(?P<month>\d\d)(?P<day>\d\d) (?P<time>\d\d:\d\d:\d\d(?:\.\d+)?) +\d+ "
    r"(?P<where>[^\]\s]+:\d+)\] ?(?P<message>.*)$"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def syslog_line(text: str, stamps: Stamps) -> LogLine | None:
    """Read one syslog line; None where it is none."""
    match = _RFC5424.match(text) or _RFC3164.match(text)
    if match is None:
        return None
    part = match.groupdict()
    stamp = stamps.leading(part["time"])
    line = _tagged(part, stamps)
    if line.service == "haproxy" and (request := proxied(line.message)):
        accepted = request.pop("time")
        stamp = stamp or stamps.leading(accepted)
        line.level = line.level or status_level(max(int(request["status"]), 0))
        line.fields |= request
    line.time, line.zoned = (stamp.time, stamp.zoned) if stamp else (None, False)
    if part["pri"] is not None:
        line.level = syslog_level(int(part["pri"])) or line.level
    return line


def tagged_line(rest: str, stamps: Stamps) -> LogLine | None:
    """Read `host program[pid]: message`, which follows the time in journald's ISO output; None otherwise."""
    match = _TAGGED.match(rest)
    return None if match is None else _tagged(match.groupdict(), stamps)


def klog_line(text: str, stamps: Stamps) -> LogLine | None:
    """Read one klog line (I0123 15:04:05.123456 1 file.go:12] message); None where it is none."""
    match = _KLOG.match(text)
    if match is None or not 1 <= int(match["month"]) <= 12:
        return None
    stamp = stamps.leading(f"{_MONTHS[int(match['month']) - 1]} {match['day']} {match['time']}")
    return LogLine(
        dialect="klog",
        message=match["message"],
        time=stamp.time if stamp else None,
        level=level_of(match["level"]),
        fields={"where": match["where"]},
    )


def _tagged(part: dict[str, str | None], stamps: Stamps) -> LogLine:
    message = part["message"] or ""
    inner = klog_line(message, stamps)
    level, message = (inner.level, inner.message) if inner else split_level(message)
    fields = {"program": part["app"] or ""}
    if pid := part.get("pid"):
        fields["pid"] = pid
    return LogLine(
        dialect="syslog", message=message, level=level, service=part["app"], node=part["host"], fields=fields
    )
