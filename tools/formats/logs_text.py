"""Log lines as text, each taken apart layer by layer: prefix, runtime, time, level, message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from tools.formats.access import access_line, status_level
from tools.formats.continuation import SLOW_QUERY, is_frame
from tools.formats.heads import split_head
from tools.formats.levels import split_level
from tools.formats.logline import LogLine
from tools.formats.logs_json import Json, log_of, logfmt_line, parse_object
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
    r"^(?:Traceback \(most|thread '[^']*' panicked at|Unhandled |Uncaught |Exception in thread"
    r"|http: panic serving |[\w.$]+(?:Exception|Error)(?::|$))"
)
_LABELS = re.compile(r'\{(?:[A-Za-z_]\w*="(?:[^"\\]|\\.)*",? ?)+\} +')
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_ANNOUNCED = re.compile(r"\b(?:time|timestamp|ts)\s*[:=]\s*$", re.IGNORECASE)
_REDIS = re.compile(r"(?P<pid>\d+):(?P<role>[XCSM])  ?(?P<mark>[.*#-]) (?P<message>.*)", re.DOTALL)
_REDIS_LEVELS = {".": "debug", "-": "debug", "*": "info", "#": "warning"}
_HEADED = frozenset("[#0123456789")
_RUBY = re.compile(r"[DIWEFAU], (?=\[\d{4}-)")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
"""Colours and cursor moves, and titles and links of terminals."""
_REQUEST = frozenset({"request", "method", "path", "uri", "request_uri", "request_method", "url"})
_STREAMS = frozenset({"stdout ", "stderr "})
_AFTER_STAMP = " \t]):,-|>"


def pod_prefix(text: str) -> re.Match[str] | None:
    """Match what kubectl puts before a line with --prefix: its `pod` and `container`."""
    return _PREFIX.match(text) if text.startswith("[pod/") else None


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
        if match := pod_prefix(text):
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
        data = parse_object(text)
        return None if data is None else self.record(data)

    def record(self, data: Mapping[str, Json]) -> LogLine:
        """Take a structured record apart; a message without a level of its own is read like a line."""
        line = log_of(data, self._stamps)
        if line.raw:
            inner = self._inside(line.message, line.time)
            line.message, line.level = inner.message or line.message, line.level or inner.level
            line.fields = {**inner.fields, **line.fields}
            for name in ("service", "pod", "container", "node", "trace_id"):
                if getattr(line, name) is None:
                    setattr(line, name, getattr(inner, name))
            if line.time is None:
                line.time, line.zoned = inner.time, inner.zoned
        elif not line.level and line.message:
            line.level = split_level(line.message)[0]
        status = line.fields.get("status", "")
        if not line.level and len(status) == 3 and status.isdigit() and _REQUEST.intersection(line.fields):
            line.level = status_level(int(status))
        return line

    def _runtime(self, inner: str, time: object, *, partial: bool) -> LogLine:
        stamp = self._stamps.leading(time) if isinstance(time, str) else None
        assumed = self._stamps.assumed()
        line = self._inside(inner, stamp.time if stamp else None)
        line.dialect = "container-json"
        self._piece(line, inner, partial=partial)
        if stamp is not None:
            line.time, line.zoned = stamp.time, stamp.zoned
            self._stamps.take_back(assumed)
        return line

    @staticmethod
    def _piece(line: LogLine, inner: str, *, partial: bool) -> None:
        """Keep the text as the container wrote it: pieces of a cut message are put together from that."""
        line.body, line.partial = inner, partial
        if partial:
            line.message += inner[len(inner.rstrip()) :]

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
        assumed = self._stamps.assumed()
        if text[10:11] == "T" and _KUBECTL_STAMP.match(text):
            runtime = _CRI.match(rest[1:]) if follows in _STREAMS else None
            line = self._inside(runtime["message"] if runtime else rest[1:], stamp.time)
            line.dialect = "cri" if runtime else "kubectl-logs"
            if runtime:
                self._piece(line, runtime["message"], partial=runtime["flag"] == "P")
                line.stream = runtime["stream"]
            line.time, line.zoned = stamp.time, True
            self._stamps.take_back(assumed)
            return line
        if follows in _STREAMS and (runtime := _CRI.match(rest[1:])) is not None:
            line = self._inside(runtime["message"], stamp.time)
            line.dialect, line.stream = "cri", runtime["stream"]
            self._piece(line, runtime["message"], partial=runtime["flag"] == "P")
        else:
            line = self._behind_stamp(rest.lstrip(_AFTER_STAMP))
            if line.dialect == "text":
                line.outer = stamp.zoned and text[10:11] == "T"
                if not line.level:
                    self._bare(line, rest)
        if stamp.zoned or not line.zoned or line.time is None:
            line.time, line.zoned = stamp.time, stamp.zoned
            self._stamps.take_back(assumed)
        return line

    def _bare(self, line: LogLine, rest: str) -> None:
        """Judge a dated line without a level; behind a runtime's stamp it may go on with the one above."""
        line.level = _level_of_failure(line.message)
        body = rest[1:] if rest[:1] == " " else rest
        if line.outer or is_frame(body):
            line.own, line.body = False, body

    def _behind_stamp(self, rest: str) -> LogLine:
        if rest.startswith("{"):
            if (data := parse_object(rest)) is not None:
                return self.record(data)
            if labels := _LABELS.match(rest):
                return self._labelled(labels, rest)
        if rest.find("]:", 0, 120) > 0 and (line := tagged_line(rest, self._stamps)):
            return line
        if (line := self._structured(rest)) is not None:
            return line
        if (inner := self._stamps.leading(rest)) is not None:
            return self._behind_stamp(rest[inner.end :].lstrip(_AFTER_STAMP))
        return self._message(rest)

    def _labelled(self, labels: re.Match[str], rest: str) -> LogLine:
        """Read a line behind the labels of its Loki stream, as logcli prints it."""
        line = self._inside(rest[labels.end() :], None)
        named: dict[str, str] = dict(_LABEL.findall(labels[0]))
        line.pod, line.container = line.pod or named.get("pod"), line.container or named.get("container")
        service = next(
            (named[key] for key in ("service_name", "service", "app", "job") if key in named), None
        )
        line.service = line.service or service
        return line

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
        if text.startswith("# Time: "):
            return LogLine("text", SLOW_QUERY, level="warning", time=stamp.time, zoned=stamp.zoned)
        if redis := _REDIS.match(f"{text[: stamp.start]}{text[stamp.end :]}"):
            fields = {"pid": redis["pid"], "role": redis["role"]}
            return LogLine(
                "text", redis["message"], stamp.time, stamp.zoned, _REDIS_LEVELS[redis["mark"]], fields=fields
            )
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
