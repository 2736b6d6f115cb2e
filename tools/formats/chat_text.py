"""Chat as text: copied out of Slack, Teams or Discord, exported from WhatsApp or Zoom, logged by IRC."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from tools.formats.joining import note_time
from tools.formats.levels import level_of
from tools.formats.opening import spoil
from tools.formats.records import ChatMessage, Tally
from tools.formats.stamps import Stamps

_CLOCK = r"(?P<clock>\d{1,2}:\d\d(?::\d\d)?(?: ?[AaPp]\.?[Mm]\b\.?)?)"
_DATE = r"(?P<date>\d{1,2}[./-]\d{1,2}[./-]\d{2,4}),? +"
_ISO = r"(?P<date>\d{4}-\d\d-\d\d)[ T]"
_ANY_DATE = r"(?P<date>\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d),?[ T]+"
_NAME = r"(?P<author>[^\W\d_][^<>\[\]:|=]{0,60}?)"
_HEADS: tuple[re.Pattern[str], ...] = (
    # WhatsApp and Teams: [01.01.26, 10:01:00] Ann: text   1/1/26, 10:01 AM - Ann: text
    re.compile(rf"\[{_DATE}{_CLOCK}\] {_NAME}(?:: (?P<text>.*))?$"),
    re.compile(rf"{_DATE}{_CLOCK} - {_NAME}: (?P<text>.*)$"),
    # IRC: [10:01] <ann> text   2026-01-01 10:01:00 <ann> text   [10:05] * ann restarts
    re.compile(rf"\[?(?:{_ISO})?{_CLOCK}\]? <[@+% ]?(?P<author>[^<>\s]{{1,40}})> (?P<text>.*)$"),
    re.compile(rf"\[?(?:{_ISO})?{_CLOCK}\]? \* (?P<author>\S{{1,40}}) (?P<text>.*)$"),
    # Zoom: 10:01:22 From Ann to Everyone: text
    re.compile(rf"{_CLOCK}\s+From\s+{_NAME}(?: to [^:]+)?\s*:\s*(?P<text>.*)$"),
    # Slack, copied: Ann Lee  10:01 AM   Discord: Ann - Today at 10:01
    re.compile(rf"{_NAME}(?P<app> ?\bAPP\b)?(?: {{2,}}|\t| ?\[| )(?:{_ANY_DATE})?{_CLOCK}\]?$"),
    re.compile(rf"{_NAME} [\u2014\u2013-] (?:Today at |{_DATE})?{_CLOCK}$"),
)
_DAY = re.compile(
    r"[\s\u2014\u2013-]*(?:Day changed )?(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?"
    r"(?:(?P<iso>\d{4}-\d\d-\d\d)|(?P<mon>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* "
    r"(?P<d>\d{1,2})(?:st|nd|rd|th)?(?:,? (?P<y>\d{4}))?)[\s\u2014\u2013-]*$"
)
_LOOK = 60


def is_chat(text: str) -> bool:
    """Say whether text begins with messages of people: several heads, and nothing before the first."""
    lines = [line for line in text.split("\n", _LOOK)[:_LOOK] if line.strip()]
    while lines and _DAY.match(lines[0]):
        lines.pop(0)
    heads = [index for index, line in enumerate(lines) if _head(line)]
    return len(heads) >= 2 and heads[0] == 0 and len(heads) * 8 >= len(lines)


def read_pasted(source: Iterable[tuple[int, str]], tally: Tally, stamps: Stamps) -> Iterator[ChatMessage]:
    """Yield each message with all its lines; a clock without a day needs the recording time."""
    pasted = _Pasted(tally, stamps)
    current: ChatMessage | None = None
    for number, text in source:
        if pasted.is_day(text):
            continue
        match = _head(text)
        if match is not None:
            if current is not None:
                yield pasted.counted(current)
            current = pasted.message(number, match)
        elif current is not None and text.strip():
            said = f"{current.text}\n{text.strip()}" if current.text else text.strip()
            current = replace(current, text=said, end_line=number)
        elif text.strip():
            spoil(tally, number, "a line above the first message")
    if current is not None:
        yield pasted.counted(current)


class _Pasted:
    """Knows the day that the messages are at."""

    def __init__(self, tally: Tally, stamps: Stamps) -> None:
        self._tally, self._stamps = tally, stamps
        self._day: str | None = None
        self._last: datetime | None = None

    def is_day(self, text: str) -> bool:
        """Take a line that holds nothing but a date."""
        match = _DAY.match(text)
        if match is None:
            return False
        if match["iso"]:
            self._day = match["iso"]
        else:
            year = f" {match['y']}" if match["y"] else ""
            found = self._stamps.leading(f"{match['mon']} {match['d']} 00:00:00{year}")
            self._day = found.time.astimezone(self._stamps.zone).date().isoformat() if found else None
        return True

    def message(self, number: int, match: re.Match[str]) -> ChatMessage:
        part = match.groupdict()
        time = self._time(part.get("date"), part["clock"] or "")
        author = (part["author"] or "").strip()
        return ChatMessage(number, number, time, author, part.get("text") or "", bot=bool(part.get("app")))

    def counted(self, message: ChatMessage) -> ChatMessage:
        """Count a finished message; one without a time stands beside the one before."""
        self._tally.rows += 1
        if message.time is None:
            self._tally.undated += 1
            return replace(message, time=self._last)
        self._last = message.time
        note_time(self._tally, message.time)
        return message

    def _time(self, date: str | None, clock: str) -> datetime | None:
        if date and "-" not in date:  # 1/1/26, where AM and PM also tell that the month comes first
            found = self._stamps.leading(f"{date} {clock}")
            return found.time if found else None
        hour, minute, *second = (int(part) for part in re.findall(r"\d+", clock))
        if "m" in clock.lower():
            hour = hour % 12 + (12 if "p" in clock.lower() else 0)
        plain = f"{hour:02}:{minute:02}:{second[0] if second else 0:02}"
        found = self._stamps.leading(f"{date or self._day} {plain}" if date or self._day else plain)
        return found.time if found else None


def _head(line: str) -> re.Match[str] | None:
    for pattern in _HEADS:
        match = pattern.match(line)
        if match is not None and not level_of(match["author"].strip()):
            return match
    return None
