"""Log lines as text, each taken apart layer by layer: prefix, runtime, time, level, message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from tools.formats.access import access_line
from tools.formats.continuation import is_frame
from tools.formats.heads import split_head
from tools.formats.joining import join
from tools.formats.levels import split_level
from tools.formats.logline import LogLine
from tools.formats.logs_json import json_line, logfmt_line, parse_object
from tools.formats.opening import lines, spoil
from tools.formats.records import Clock, LogRecord, Tally
from tools.formats.stamps import Stamps
from tools.formats.syslog import klog_line, syslog_line, tagged_line

_PREFIX = re.compile(r"^\[pod/(?P<pod>[^/\]]+)/(?P<container>[^\]]+)\] ?")
_CRI = re.compile(r"^(?P<stream>stdout|stderr) (?P<flag>[FP]) (?P<message>.*)$", re.DOTALL)
_KUBECTL_STAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7,9}(?:Z|[+-]\d\d:\d\d)(?: |$)")
_LOGFMT = re.compile(r'^[A-Za-z_@][\w.-]*=(?:"|\S+ )')
_COMMAND_ERROR = re.compile(
    r"^(?:error|Error): |^Error from server\b|^The connection to the server \S+ was refused"
)
_FAILED = re.compile(
    r"^(?:Traceback \(most|Unhandled |Uncaught |Exception in thread|[\w.$]+(?:Exception|Error)(?::|$))"
)
_ANNOUNCED = re.compile(r"\b(?:time|timestamp|ts)\s*[:=]\s*$", re.IGNORECASE)
_HEADED = frozenset("[#0123456789")
_RUBY = re.compile(r"[DIWEFAU], (?=\[\d{4}-)")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
"""Colours and cursor moves, and titles and links of terminals."""
_STREAMS = frozenset({"stdout ", "stderr "})
_AFTER_STAMP = " \t]):,-|>"


class LineReader:
    """Takes the lines of one file apart; files keep to few dialects, so cheap tests decide which."""

    def __init__(self, stamps: Stamps) -> None:
        self._stamps = stamps
        self.look_around = True
        """Also look for times behind the line's beginning."""

    def read(self, text: str) -> LogLine:
        """Take one line apart; a line that fits nothing is a plain message."""
        if "\x1b" in text:
            text = _ANSI.sub("", text)
        if text[1:4] == ", [" and (ruby := _RUBY.match(text)):
            text = text[ruby.end() :]
        if text.startswith("[pod/") and (match := _PREFIX.match(text)):
            line = self.read(text[match.end() :])
            line.pod, line.container = match["pod"], match["container"]
            line.dialect = "kubectl-logs"
            return line
        if text.startswith("{"):
            if line := self._json(text):
                return line
            if text.startswith('{"'):
                return self._broken(text)
        if text[4:5] == "-" and text[7:8] == "-":  # a date: none of the formats with a head of their own
            return self._stamped(text) or self._plain(text)
        return self._structured(text) or self._stamped(text) or self._plain(text)

    def _broken(self, text: str) -> LogLine:
        stamp = self._stamps.later(text)
        line = LogLine(dialect="broken-json", message=text)
        return line if stamp is None else replace(line, time=stamp.time, zoned=stamp.zoned)

    def _json(self, text: str) -> LogLine | None:
        if text.startswith('{"log":') and (data := parse_object(text)):
            inner = data.get("log")
            if isinstance(inner, str) and data.keys() <= {"log", "stream", "time", "attrs", "kubernetes"}:
                line = self._runtime(inner.rstrip("\n"), data.get("time"), partial=not inner.endswith("\n"))
                line.stream = str(data.get("stream") or "")
                return line
        return json_line(text, self._stamps)

    def _runtime(self, inner: str, time: object, *, partial: bool) -> LogLine:
        stamp = self._stamps.leading(time) if isinstance(time, str) else None
        line = self._inside(inner, stamp.time if stamp else None)
        line.dialect, line.partial = "container-json", partial
        if stamp is not None:
            line.time, line.zoned = stamp.time, stamp.zoned
        return line

    def _structured(self, text: str) -> LogLine | None:
        first = text[:1]
        if first in "IWEFD" and text[1:5].isdigit() and (line := klog_line(text, self._stamps)):
            return line
        if (first == "<" or first in "JFMASOND") and (line := syslog_line(text, self._stamps)):
            return line
        if text.find("=", 0, 48) > 0 and _LOGFMT.match(text) and (line := logfmt_line(text, self._stamps)):
            return line
        if (
            text.find("[", 0, 120) >= 0
            and text.find('"', 0, 256) >= 0
            and (line := access_line(text, self._stamps))
        ):
            return line
        return None

    def _stamped(self, text: str) -> LogLine | None:
        stamp = self._stamps.leading(text)
        if stamp is None:
            return self._stamped_later(text) if self.look_around else None
        rest = text[stamp.end :]
        follows = rest[1:8]
        if text[10:11] == "T" and _KUBECTL_STAMP.match(text):
            runtime = _CRI.match(rest[1:]) if follows in _STREAMS else None
            line = self._inside(runtime["message"] if runtime else rest[1:], stamp.time)
            line.dialect = "cri" if runtime else "kubectl-logs"
            if runtime:
                line.partial, line.stream = runtime["flag"] == "P", runtime["stream"]
            line.time, line.zoned = stamp.time, True
            return line
        if follows in _STREAMS and (runtime := _CRI.match(rest[1:])) is not None:
            line = self._inside(runtime["message"], stamp.time)
            line.dialect, line.partial, line.stream = "cri", runtime["flag"] == "P", runtime["stream"]
        else:
            line = self._behind_stamp(rest.lstrip(_AFTER_STAMP))
            if line.dialect == "text":
                line.outer = stamp.zoned and text[10:11] == "T"
                if not line.level:
                    self._bare(line, rest)
        if stamp.zoned or not line.zoned or line.time is None:
            line.time, line.zoned = stamp.time, stamp.zoned
        return line

    def _bare(self, line: LogLine, rest: str) -> None:
        """Judge a dated line without a level; behind a runtime's stamp it may go on with the one above."""
        line.level = _level_of_failure(line.message)
        body = rest[1:] if rest[:1] == " " else rest
        if line.outer or is_frame(body):
            line.own, line.body = False, body

    def _behind_stamp(self, rest: str) -> LogLine:
        if rest.startswith("{") and (line := json_line(rest, self._stamps)):
            return line
        if rest.find("]:", 0, 120) > 0 and (line := tagged_line(rest, self._stamps)):
            return line
        if (line := self._structured(rest)) is not None:
            return line
        if (inner := self._stamps.leading(rest)) is not None:
            rest = rest[inner.end :].lstrip(_AFTER_STAMP)
        return self._message(rest)

    def _message(self, rest: str) -> LogLine:
        level: str = ""
        fields: dict[str, str] = {}
        if rest[:1] in _HEADED:
            level, fields, rest = split_head(rest)
        if not level:
            level, rest = split_level(rest)
        if not fields and rest[:1] in _HEADED:
            _, fields, rest = split_head(rest)
        return LogLine("text", rest, level=level, fields=fields)

    def _stamped_later(self, text: str) -> LogLine | None:
        stamp = self._stamps.near(text)
        if stamp is None:
            stamp = self._stamps.later(text)
            if stamp is None:
                return None
            front, back = text[: stamp.start].rstrip(" \t,;-|(["), text[stamp.end :].strip(" \t)]\"'")
            level, message = split_level(f"{front} {back}" if back else front)
            return LogLine(dialect="text", message=message, level=level, time=stamp.time, zoned=stamp.zoned)
        front = _ANNOUNCED.sub("", text[: stamp.start]).strip(" \t[(-")
        line = self._behind_stamp(text[stamp.end :].lstrip(_AFTER_STAMP))
        line.time, line.zoned = stamp.time, stamp.zoned
        if not line.level and front:
            line.level, front = split_level(front)
        line.message = f"{front} {line.message}".strip()
        return line

    def _inside(self, inner: str, outer: datetime | None) -> LogLine:
        anchor, self._stamps.anchor = self._stamps.anchor, outer or self._stamps.anchor
        line = self.read(inner)
        self._stamps.anchor = anchor
        return line

    def _plain(self, text: str) -> LogLine:
        level, message = split_level(text)
        if _COMMAND_ERROR.match(text):
            level, message = "error", text
        elif text.startswith("panic: "):
            level, message = "fatal", text
        elif not level:
            level = _level_of_failure(text)
        return LogLine(dialect="plain", message=message, level=level, own=False, body=text)


def _level_of_failure(text: str) -> str:
    if text.startswith("panic: "):
        return "fatal"
    return "error" if _FAILED.match(text) else ""


def read_lines(path: Path, clock: Clock, tally: Tally, labels: Mapping[str, str]) -> Iterator[LogRecord]:
    """Yield the file's records; lines without a time stand beside their neighbour's."""
    yield from join(log_lines(path, clock, tally), tally, labels, lambda: first_time(path, clock))


def log_lines(path: Path, clock: Clock, tally: Tally) -> Iterator[tuple[int, LogLine]]:
    """Yield each line that is not blank, taken apart, with its number."""
    stamps = Stamps(clock, tally)
    reader = LineReader(stamps)
    for number, text in lines(path, tally):
        line = reader.read(text)
        if not line.message and not line.own:
            continue
        if line.dialect == "broken-json":
            spoil(tally, number, "broken JSON, kept as text")
        if line.time is not None and clock.recorded_at is None:
            stamps.anchor = line.time
        yield number, line


def first_time(path: Path, clock: Clock) -> datetime | None:
    """Read the time of the first dated line."""
    return next((line.time for _, line in log_lines(path, clock, Tally()) if line.time is not None), None)
