"""Severity words, letters and numbers, normalised to fatal, error, warning, info and debug."""

from __future__ import annotations

import re

_WORDS = {
    "fatal": "fatal", "panic": "fatal", "emerg": "fatal", "emergency": "fatal", "alert": "fatal",
    "crit": "fatal", "critical": "fatal", "severe": "error", "err": "error", "error": "error",
    "failure": "error", "fail": "error", "eror": "error", "warn": "warning", "warning": "warning",
    "notice": "info", "note": "info", "info": "info", "information": "info", "informational": "info",
    "config": "info", "log": "info", "statement": "info", "debug": "debug", "dbug": "debug", "trace": "debug",
    "trce": "debug", "fine": "debug", "finer": "debug", "finest": "debug", "verbose": "debug",
    "hint": "debug",
    "default": "info", "system": "info", "dbg": "debug", "inf": "info", "wrn": "warning", "ftl": "fatal",
    "dpanic": "fatal", "detail": "info", "vrb": "debug",
    "trac": "debug", "debu": "debug", "erro": "error", "fata": "fatal", "pani": "fatal",
    "fatal error": "fatal", "parse error": "error", "deprecated": "info", "context": "info", "query": "info",
    "i": "info", "w": "warning", "e": "error", "f": "fatal", "d": "debug", "v": "debug", "c": "fatal",
}  # fmt: skip
_SYSLOG = ("fatal", "fatal", "fatal", "error", "warning", "info", "info", "debug")

_UPPER = re.compile(
    r"(?<![\w.$=/-])(TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|CRIT(?:ICAL)?|EMERG|FATAL|SEVERE|PANIC)"
    r"(?![\w/=$-])"
)
_MARKED = re.compile(
    r"[\[<(|]\s*(?:[a-z]\w*:)?(trace|debug|info|notice|note|warn|warning|error|err|crit|critical|alert|emerg|"
    r"fatal|panic|system|verbose|vrb|dbg|inf|wrn|ftl)"
    r"(?:\])?[\]>)|]",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"\s*(?:(trace|debug|dbug|info|notice|warn|warning|error|err|fail|crit|critical|fatal|panic|trce|severe)"
    r"(?:\t|\s*:(?=\s|$|[\w.]+:)|\s-\s)|([DIWEFV])(?:/|\s+(?=[\w.$]+\s*:)|\d? +(?=(?:[A-Z]{2,}|-) +\[)))",
    re.IGNORECASE,
)
_SHORT = re.compile(r"\s*(?:(VRB|DBG|INF|WRN|ERR|FTL)\]|(TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[\d{4,}\])\s+")
"""Serilog behind its time, and logrus on a terminal with the seconds since it began."""
_CHANNEL = re.compile(r"[\w-]+\.(DEBUG|INFO|NOTICE|WARNING|ERROR|CRITICAL|ALERT|EMERGENCY): ")
_PHP = re.compile(r"PHP (Fatal error|Parse error|Warning|Notice|Deprecated): +")
_POSTGRES = re.compile(r"(?:^| )(LOG|DETAIL|HINT|STATEMENT|CONTEXT|QUERY):  ")
_TABBED = re.compile(r"\t(trace|debug|info|notice|warn|warning|error|fatal|panic)\t", re.IGNORECASE)
_CAPITALS = frozenset({
    "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "CRITICAL", "FATAL", "SEVERE", "PANIC",
})  # fmt: skip
_TRIM = " \t:-|]"


def level_of(word: str) -> str:
    """Normalise a level word or letter; empty where it is none."""
    return _WORDS.get(word.strip().lower(), "")


def level_number(value: float) -> str:
    """Normalise a number: pino and bunyan (10 to 60) or syslog severity (0 to 7)."""
    if value >= 30 or value in {10, 20}:
        return ("debug", "debug", "debug", "info", "warning", "error", "fatal")[min(int(value) // 10, 6)]
    if 0 <= value <= 7 and value == int(value):
        return _SYSLOG[int(value)]
    return ""


def level_on_scale(value: float, step: float, first: float) -> str:
    """Normalise a number of a scale with `step` numbers a level, trace from `first` on; 0 says nothing."""
    if value <= 0:
        return ""
    place = min(int((value - first) // step), 5)
    names = ("debug", "debug", "info", "warning", "error", "fatal")
    return names[place]


def syslog_level(severity: int) -> str:
    """Normalise a syslog severity, 0 (emergency) to 7 (debug)."""
    return _SYSLOG[severity & 7]


def split_level(rest: str) -> tuple[str, str]:
    """Find the level near the start of a message and return it with the message less that word."""
    word, _, tail = rest.partition(" ")
    if word in _CAPITALS:
        return level_of(word), tail.lstrip(_TRIM)
    match = _FIRST.match(rest)
    if match is not None:
        found = match[1] or match[2]
        if match[1] is not None or found.isupper():
            return level_of(found), rest[match.end() :].lstrip(_TRIM)
    if match := _CHANNEL.match(rest) or _PHP.match(rest) or _SHORT.match(rest):
        return level_of(match[match.lastindex or 1]), rest[match.end() :]
    match = _UPPER.search(rest, 0, 120) or _MARKED.search(rest, 0, 80) or _TABBED.search(rest, 0, 80)
    match = match or _POSTGRES.search(rest, 0, 120)
    if match is None:
        return "", rest.strip()
    tail = rest[match.end() :].lstrip(_TRIM)
    front = rest[: match.start()].rstrip(" \t-[(|").lstrip(" \t-|")
    return level_of(match[1]), f"{front} {tail}" if front else tail
