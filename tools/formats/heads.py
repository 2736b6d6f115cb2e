"""What loggers write between the time and the message: process, thread, logger."""

from __future__ import annotations

import re

from tools.formats.levels import level_of

_LOGGER = r"(?P<logger>[A-Za-z_$][\w$]*(?:[./][\w$\[\]-]+)+|[A-Z]\w+)"
_HEADS: tuple[re.Pattern[str], ...] = (
    # Spring Boot: 1 --- [app] [main] o.s.b.Foo : message
    re.compile(
        r"(?:\[(?P<service>[^\],]*),(?P<trace>[^\]]*)\] )?(?P<pid>\d+) --- "
        r"(?:\[(?P<application>[^\]]*)\] )?\[(?P<thread>[^\]]*)\] "
        r"(?:\[[^\]]*\] )?(?P<logger>\S+)\s*: (?=\S)"
    ),
    # Logback and Log4j: [main] o.s.b.Foo - message
    re.compile(
        rf"\[(?P<thread>[^\]]{{1,120}})\] (?:\[[^\]]*\] )?{_LOGGER}(?:\[[^\]]*\])?(?::\d+)? +- (?=\S)"
    ),
    # Android: 123  456 E Tag: message
    re.compile(r"(?P<pid>\d+) +(?P<thread>\d+) (?P<level>[VDIWEFA]) (?P<logger>[^\s:]+)\s*: (?=\S)"),
    # Ruby: #1] ERROR -- program: message
    re.compile(r"#(?P<pid>\d+)\] +(?P<level>[A-Z]+) -- (?P<logger>[^:]*?): (?=\S)"),
    # PostgreSQL: [123]; Apache: [pid 1:tid 2]
    re.compile(r"\[(?:pid )?(?P<pid>\d+)(?::tid (?P<thread>\d+))?\] (?=\S)"),
)
_FIRST = re.compile(r"[\[#\d]")


def split_head(text: str) -> tuple[str, dict[str, str], str]:
    """Take a logger's head off a message; return level, fields and the rest; `text` unchanged where none."""
    if _FIRST.match(text) is None:
        return "", {}, text
    for pattern in _HEADS:
        if match := pattern.match(text):
            found = {
                key: value.strip() for key, value in match.groupdict().items() if value and value.strip()
            }
            level = level_of(found.pop("level", ""))
            return level, found, text[match.end() :]
    return "", {}, text
