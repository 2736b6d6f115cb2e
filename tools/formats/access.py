"""Access logs of web servers and proxies in the common and combined formats, and Envoy's."""

from __future__ import annotations

import re

from tools.formats.logline import LogLine
from tools.formats.stamps import Stamps

_COMBINED = re.compile(
    r"^(?:(?P<host>[\w.-]+:\d+) )?(?P<client>\S+) \S+ (?P<user>\S+) \[(?P<time>[^\]]{20,32})\] "
    r'"(?P<request>(?:[^"\\]|\\.)*)" '
    r'(?P<status>\d{3}) (?P<bytes>\d+|-)(?: "(?P<referer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)")'
    r"?(?P<rest>.*)$"
)
_ENVOY = re.compile(
    r'^\[(?P<time>\d{4}-\d\d-\d\dT[^\]]+)\] "(?P<request>[^"]*)" (?P<status>\d{1,3})(?P<rest> .*)$'
)
_QUIET = frozenset({400, 404, 405, 410})
"""Answers that clients cause and that say little about the service."""


def status_level(status: int) -> str:
    """Judge an HTTP status: 5xx and Envoy's 0 are errors, 4xx warnings save what clients cause alone."""
    if status >= 500 or status == 0:
        return "error"
    return "warning" if status >= 400 and status not in _QUIET else "info"


_HAPROXY = re.compile(
    r"(?P<client>\S+):\d+ \[(?P<time>[^\]]+)\] (?P<frontend>\S+) (?P<backend>[^\s/]+)/(?P<server>\S+) "
    r"[-+\d]+(?:/[-+\d]+){4} (?P<status>\d{3}|-1) "
)


def proxied(message: str) -> dict[str, str]:
    """Read client, backend, server and status off HAProxy's HTTP log; nothing for any other message."""
    match = _HAPROXY.match(message)
    return match.groupdict() if match else {}


def access_line(text: str, stamps: Stamps) -> LogLine | None:
    """Read one access-log line; None where it is none."""
    match = _COMBINED.match(text) or _ENVOY.match(text)
    if match is None:
        return None
    part = match.groupdict()
    stamp = stamps.leading(part["time"])
    request = part["request"].split(" ")
    fields = {"status": part["status"]}
    if len(request) >= 2:
        fields |= {"method": request[0], "path": request[1]}
    for key in ("host", "client", "bytes", "referer", "agent"):
        if (value := part.get(key)) and value != "-":
            fields[key] = value
    return LogLine(
        dialect="access-log",
        message=f"{part['request']} {part['status']}{part['rest']}",
        time=stamp.time if stamp else None,
        zoned=bool(stamp and stamp.zoned),
        level=status_level(int(part["status"])),
        fields=fields,
    )
