"""Loki: log lines of the incident's services, read forward through the window, each line once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import orjson
from pydantic import Field

from tools.http import Document, Json, Service, clock_difference
from tools.sources.gathering import Gathering, GivenUp
from tools.sources.paging import Page, Paged, Refused, health_of, objects_in, read_all
from tools.sources.settings import HttpSettings
from tools.sources.source import Fetched, Health, Scope, SourceKind, Span, Surroundings

OWNERS = (
    "service_name", "service", "app", "app_kubernetes_io_name", "container", "deployment", "component", "job",
    "pod",
)  # fmt: skip
"""Labels that may bear a service's name, the most telling first."""
_ERRORS = '|~ "(?i)(error|fatal|panic|exception|critical|timed? ?out|refused|killed)"'
_RANGE = "loki/api/v1/query_range"


class LokiSettings(HttpSettings):
    """A Loki; `url` is what `/loki/api/v1` can be appended to."""

    queries: Mapping[str, str] = {}
    """LogQL that selects lines, by name; asked as they are."""
    discover: bool = True
    """Whether the incident's services are looked for among the labels."""
    matchers: Mapping[str, str] = {}
    """Labels that every discovered stream must have, such as `cluster = "eu-1"`."""
    page_lines: int = Field(default=5000, ge=2, le=100_000)
    """Lines of one answer; Loki refuses more than its max_entries_limit_per_query (5000)."""
    max_lines: int = Field(default=100_000, ge=1)
    """Lines of one query; what comes after them is asked for errors only."""


class _Line(NamedTuple):
    """One entry as Loki gives it."""

    stamp: int
    """Nanoseconds since 1970."""
    labels: str
    """The stream's labels as JSON."""
    text: str


@dataclass(frozen=True, slots=True)
class LokiSource:
    """Asks which label bears the services' names, then for their lines; then the user's queries."""

    settings: LokiSettings
    surroundings: Surroundings

    def fetch(self, scope: Scope, destination: Path) -> Fetched:
        """Write one file a query; a window is needed."""
        window = scope.window
        if window is None:
            return Fetched("log lines", "failed", (), note="the incident's record has no time to ask about")
        with self._service(scope) as service:
            gathering = Gathering(scope, destination, service)
            asking = _Asking(self.settings, service, gathering, window)
            with suppress(GivenUp):
                for name, query in self.settings.queries.items():
                    asking.lines(name, query)
                if self.settings.discover:
                    asking.discovered()
            return gathering.result("log lines of the window")

    def probe(self, scope: Scope) -> Health:
        """Ask for the labels of the window, and thereby whether it is still there."""
        with self._service(scope) as service:
            span = _span(scope.window) if scope.window else []
            labels = service.get_json("loki/api/v1/labels", span)
            build = service.get_json("loki/api/v1/status/buildinfo").value
        version = str(build.get("version") or "") if isinstance(build, dict) else ""
        health = health_of(
            labels, lambda answer: clock_difference(answer, datetime.now(UTC)), version=version
        )
        if not health.well:
            return health
        if not _labels_in(labels.value):
            retention, hint = "nothing in this window", "Widen the window, or see Loki's retention."
            return replace(health, retention=retention, suggestion=hint)
        return health

    def _service(self, scope: Scope) -> Service:
        endpoint = self.settings.endpoint(self.surroundings.environ)
        return Service(endpoint, left=lambda: scope.deadline.left)


@dataclass(slots=True)
class _Asking:
    """One fetch under way."""

    settings: LokiSettings
    service: Service
    gathering: Gathering
    window: Span
    found: set[str] = field(default_factory=set[str])
    """Services that some label names."""

    def discovered(self) -> None:
        fixed = [f'{name}="{_quoted(value)}"' for name, value in sorted(self.settings.matchers.items())]
        selector = self.gathering.scope.selector
        known = self._names("loki/api/v1/labels")
        if selector.namespaces and (
            label := next((n for n in ("namespace", "k8s_namespace_name") if n in known), "")
        ):
            fixed.append(_among(label, selector.namespaces))
        for label in (owner for owner in OWNERS if owner in known):
            left = [name for name in selector.services if name not in self.found]
            if not left:
                break
            values = self._names(f"loki/api/v1/label/{quote(label, safe='')}/values")
            for name in left:
                if matching := [value for value in values if _bears(label, value, name)]:
                    self.found.add(name)
                    self.lines(name, f"{{{','.join((*fixed, _among(label, matching)))}}}")
        if missing := [name for name in selector.services if name not in self.found]:
            self.gathering.note(f"no stream bears the name of {', '.join(missing)}")
        if not self.found:
            self._all(known, fixed)

    def _all(self, known: Sequence[str], fixed: Sequence[str]) -> None:
        """Ask about everything: a selector needs one matcher that does not match the empty value."""
        label = next((name for name in (*OWNERS, *known) if name in known), "")
        if not label and not fixed:
            return
        self.gathering.note("asked about all streams")
        every = ",".join(fixed) or f'{label}=~".+"'
        self.lines("logs", f"{{{every}}}")

    def _names(self, path: str) -> list[str]:
        paged = Paged(
            path,
            lambda _: self.service.get_json(path, _span(self.window)),
            lambda value, _: Page(_labels_in(value)),
            first=0,
            lookup=True,
        )
        return [str(name) for name in read_all(self.gathering, paged, window=self.window)]

    def lines(self, name: str, query: str) -> None:
        """Read a query's lines; where there are too many, the rest of the window is asked for errors."""
        kept: list[_Line] = []
        try:
            rest = self._read(query, _nanoseconds(self.window.start), kept)
            if rest is not None:
                self.gathering.note(f"{name}: after {_time(rest)} only lines that look like errors")
                self._read(f"{query} {_ERRORS}", rest, kept, final=True)
        finally:
            if kept:
                path = self.gathering.place(name)
                path.write_bytes(_streams(kept))
                self.gathering.attach(path, query)

    def _read(self, query: str, start: int, kept: list[_Line], *, final: bool = False) -> int | None:
        """Read forward from a time; return where reading stopped before the window's end."""
        lines = _Reading(self.settings.page_lines, kept, start)
        most = self.settings.max_lines

        def ask(cursor: tuple[int, int]) -> Document:
            since, limit = cursor
            params = [
                ("query", query),
                ("start", str(since)),
                ("end", str(_nanoseconds(self.window.end) + 1)),
            ]
            return self.service.get_json(_RANGE, [*params, ("limit", str(limit)), ("direction", "forward")])

        told = f"{query} (forward)"
        paged = Paged(told, ask, lines.take, first=(start, self.settings.page_lines), most=most)
        got = read_all(self.gathering, paged, window=self.window)
        if lines.skipped:
            self.gathering.note(
                f"{lines.skipped} stamps hold more lines than one answer may; the rest is left out"
            )
        return lines.since if len(got) >= most and lines.more and not final else None


@dataclass(slots=True)
class _Reading:
    """Where a forward reading stands.

    Loki's `start` is inclusive and an answer may end amid lines of one nanosecond. So the lines of a full
    answer's last stamp are put back and asked for again: none is lost, none comes twice.
    """

    limit: int
    kept: list[_Line]
    since: int
    more: bool = False
    skipped: int = 0

    def take(self, value: Json, cursor: tuple[int, int]) -> Page[tuple[int, int]]:
        """Understand an answer and say from where to go on."""
        limit = cursor[1]
        lines = _lines_in(value)
        self.more = len(lines) >= limit
        if self.more:
            last = lines[-1].stamp
            if whole := [line for line in lines if line.stamp < last]:
                lines, self.since = whole, last
            else:
                self.skipped += 1
                self.since = last + 1
        self.kept.extend(lines)
        items: list[Json] = [line.stamp for line in lines]
        return Page(items, (self.since, self.limit) if self.more else None)


def _lines_in(value: Json) -> list[_Line]:
    """Give an answer's lines in order of time."""
    data = value.get("data") if isinstance(value, dict) else None
    if isinstance(data, dict) and data.get("resultType") not in {"streams", None}:
        raise Refused(f"the query counts ({data.get('resultType')}) instead of selecting lines")
    found: list[_Line] = []
    for stream in objects_in(value, "data", "result"):
        labels = orjson.dumps(stream.get("stream"), option=orjson.OPT_SORT_KEYS).decode()
        values = stream.get("values")
        found.extend(
            _Line(int(str(entry[0])), labels, str(entry[1]))
            for entry in (values if isinstance(values, list) else [])
            if isinstance(entry, list) and len(entry) > 1 and str(entry[0]).isdigit()
        )
    return sorted(found, key=lambda line: line.stamp)


def _streams(lines: Sequence[_Line]) -> bytes:
    """Write lines as Loki's own answer, one entry a line of the file."""
    streams: dict[str, list[_Line]] = {}
    for line in sorted(lines, key=lambda line: line.stamp):
        streams.setdefault(line.labels, []).append(line)
    parts = [
        f'{{"stream":{labels},"values":[\n'.encode()
        + b",\n".join(orjson.dumps([str(line.stamp), line.text]) for line in entries)
        + b"\n]}"
        for labels, entries in streams.items()
    ]
    head = b'{"status":"success","data":{"resultType":"streams","result":[\n'
    return head + b",\n".join(parts) + b"\n]}}\n"


def _labels_in(value: Json) -> list[str]:
    data = value.get("data") if isinstance(value, dict) else None
    if data is None and isinstance(value, dict) and value.get("status") == "success":
        return []  # Loki leaves `data` out where there are no labels
    if not isinstance(data, list):
        raise Refused("the answer is no JSON list of labels")
    return [name for name in data if isinstance(name, str)]


def _bears(label: str, value: str, service: str) -> bool:
    if label == "pod":
        return re.fullmatch(rf"{re.escape(service)}(-[a-z0-9]+){{1,3}}", value) is not None
    return value == service or (label == "job" and value.rpartition("/")[2] == service)


def _among(label: str, values: Sequence[str]) -> str:
    if len(values) == 1:
        return f'{label}="{_quoted(values[0])}"'
    return f'{label}=~"{_quoted("|".join(map(re.escape, values)))}"'


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _nanoseconds(time: datetime) -> int:
    return (time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000


def _time(stamp: int) -> str:
    return f"{datetime.fromtimestamp(stamp // 10**9, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _span(window: Span) -> list[tuple[str, str]]:
    return [("start", str(_nanoseconds(window.start))), ("end", str(_nanoseconds(window.end)))]


def _make(settings: LokiSettings, surroundings: Surroundings) -> LokiSource:
    settings.endpoint(surroundings.environ)
    return LokiSource(settings, surroundings)


KIND = SourceKind("loki", LokiSettings, _make)
