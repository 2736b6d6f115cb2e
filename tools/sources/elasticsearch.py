"""Elasticsearch and OpenSearch: log documents of the window, paged at one point in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import orjson
from pydantic import Field

from tools.formats.documents import listing, mapping, string
from tools.http import Document, Json, Params, Service, clock_difference
from tools.sources.gathering import Gathering, GivenUp
from tools.sources.paging import Page, Paged, Refused, health_of, read_all
from tools.sources.settings import HttpSettings
from tools.sources.source import Deadline, Fetched, Health, Scope, SourceKind, Span, Surroundings

_KEEP = "2m"
"""How long the server keeps the point in time after each request; it is left to expire."""
_FULL_NAMES = frozenset({"@timestamp", "timestamp", "time"})
"""Time fields that the readers know."""


class ElasticsearchSettings(HttpSettings):
    """An Elasticsearch (7.12 or later) or OpenSearch (2.4 or later)."""

    index: str = Field(default="logs-*", min_length=1)
    """Index, alias, data stream or pattern; several separated by commas."""
    engine: Literal["auto", "elasticsearch", "opensearch"] = "auto"
    auth: Literal["api_key", "bearer"] = "api_key"
    """What the token of token_env is."""
    time_field: str = "@timestamp"
    service_fields: tuple[str, ...] = (
        "service.name",
        "kubernetes.labels.app",
        "kubernetes.container.name",
        "kubernetes.deployment.name",
        "app",
        "service",
    )
    """Fields of which one bears a service's name; `name.keyword` is tried too."""
    namespace_field: str = "kubernetes.namespace"
    query: str = ""
    """A query string (Lucene syntax) that documents must match as well."""
    page_size: int = Field(default=2000, ge=2, le=10_000)
    max_documents: int = Field(default=100_000, ge=1)


@dataclass(frozen=True, slots=True)
class ElasticsearchSource:
    """Opens a point in time and reads forward through it."""

    settings: ElasticsearchSettings
    surroundings: Surroundings

    def fetch(self, scope: Scope, destination: Path) -> Fetched:
        """Write the documents of the window as JSON lines."""
        window = scope.window
        if window is None:
            return Fetched(
                "log documents", "failed", (), note="the incident's record has no time to ask about"
            )
        with self._service(scope.deadline) as service:
            gathering = Gathering(scope, destination, service)
            with suppress(GivenUp):
                if engine := self._engine(service, gathering):
                    _Asking(self.settings, service, gathering, window, engine).everything()
            return gathering.result(f"documents of {self.settings.index}")

    def probe(self, scope: Scope) -> Health:
        """Ask for the version, and whether the index holds anything in the window."""
        with self._service(scope.deadline) as service:
            root = service.get_json("")
            version = string(mapping(mapping(root.value).get("version")).get("number"))
            health = health_of(
                root, lambda answer: clock_difference(answer, datetime.now(UTC)), version=version
            )
            if not health.well or scope.window is None:
                return health
            body: Json = {"query": _query(self.settings, scope.window, (), ())}
            path = f"{quote(self.settings.index, safe=',*')}/_count"
            counted = service.post_json(path, body, [("ignore_unavailable", "true")])
        if counted.value is None:
            hint = f"Give the key the right to read {self.settings.index}."
            return replace(health, missing=(f"read {self.settings.index}",), suggestion=hint)
        if not mapping(counted.value).get("count"):
            hint = "Correct index and time_field, or see how long it keeps documents."
            return replace(health, retention="nothing in this window", suggestion=hint)
        return health

    def _engine(self, service: Service, gathering: Gathering) -> str:
        if self.settings.engine != "auto":
            return self.settings.engine
        root = service.get_json("")
        version = mapping(mapping(root.value).get("version"))
        answer = root.answer
        if answer.outcome == "ok" and not version:
            error = mapping(root.value).get("error")
            said = string(mapping(error).get("reason")) or string(error)
            note = "the answer names no version of Elasticsearch or OpenSearch" + (
                f": {said}" if said else ""
            )
            answer = replace(answer, outcome="failed", note=note)
        gathering.record("/", answer, rows=bool(version), lookup=True)
        if not version:
            return ""
        return "opensearch" if version.get("distribution") == "opensearch" else "elasticsearch"

    def _service(self, deadline: Deadline) -> Service:
        endpoint = self.settings.endpoint(self.surroundings.environ)
        scheme = "ApiKey " if self.settings.auth == "api_key" else "Bearer "
        return Service(replace(endpoint, scheme=scheme), left=lambda: deadline.left)


@dataclass(frozen=True, slots=True)
class _Cursor:
    """Where a reading stands."""

    point: str
    after: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asking:
    """One fetch under way."""

    settings: ElasticsearchSettings
    service: Service
    gathering: Gathering
    window: Span
    engine: str

    def everything(self) -> None:
        selector = self.gathering.scope.selector
        rows = self._read(selector.services)
        if not rows and selector.services:
            names = ", ".join(selector.services)
            self.gathering.note(f"no document bears the name of {names}; asked about all services")
            self._read(())

    def _read(self, services: Sequence[str]) -> int:
        point = self._point()
        if not point:
            return 0
        query = _query(self.settings, self.window, services, self.gathering.scope.selector.namespaces)
        told = f"{self.settings.index} {orjson.dumps(query).decode()}"

        def ask(cursor: _Cursor) -> Document:
            return self.service.post_json("_search", self._body(query, cursor))

        paged = Paged(told, ask, self._page, first=_Cursor(point), most=self.settings.max_documents)
        return len(read_all(self.gathering, paged, lambda hits: self._write(hits, told), window=self.window))

    def _point(self) -> str:
        """Open a point in time, so that documents that arrive meanwhile move nothing."""
        index = quote(self.settings.index, safe=",*")
        path, key = (f"{index}/_pit", "id")
        if self.engine == "opensearch":
            path, key = f"{index}/_search/point_in_time", "pit_id"
        params: Params = [("keep_alive", _KEEP)]
        if self.engine == "elasticsearch":
            params = [*params, ("ignore_unavailable", "true")]
        document = self.service.post_json(path, None, params)  # OpenSearch refuses any body here
        point = string(mapping(document.value).get(key))
        answer = document.answer
        if answer.outcome == "ok" and not point:
            answer = replace(
                answer, outcome="failed", note=f"no point in time was opened{_reason(document.value)}"
            )
        self.gathering.record(path, answer, rows=bool(point), lookup=True)
        return point

    def _body(self, query: Json, cursor: _Cursor) -> Json:
        sort: list[Json] = [{self.settings.time_field: {"order": "asc"}}]
        if self.engine == "elasticsearch":
            sort.append({"_shard_doc": "asc"})
        body: dict[str, Json] = {
            "size": self.settings.page_size,
            "query": query,
            "pit": {"id": cursor.point, "keep_alive": _KEEP},
            "sort": sort,
            "track_total_hits": False,
        }
        return {**body, "search_after": list(cursor.after)} if cursor.after else body

    def _page(self, value: Json, cursor: _Cursor) -> Page[_Cursor]:
        item = mapping(value)
        found = mapping(item.get("hits")).get("hits")
        if not isinstance(found, list):
            raise Refused(f"the answer holds no hits{_reason(value)}")
        failed = mapping(item.get("_shards")).get("failed")
        if item.get("timed_out") or failed:
            self.gathering.note(f"{string(failed) or 'some'} shards did not answer; documents are missing")
        hits = list(map(mapping, found))
        point = string(item.get("pit_id")) or cursor.point
        if len(hits) < self.settings.page_size:
            return Page(list(hits))
        if self.engine == "opensearch":
            hits = self._whole(hits)
        return Page(list(hits), _Cursor(point, tuple(listing(hits[-1].get("sort")))))

    def _whole(self, hits: list[dict[str, Json]]) -> list[dict[str, Json]]:
        """Put the last stamp's documents back: OpenSearch breaks no ties, so a page may end amid them."""
        last = hits[-1].get("sort")
        whole = [hit for hit in hits if hit.get("sort") != last]
        if not whole:
            self.gathering.note(f"more than {len(hits)} documents of one stamp; the rest of them is left out")
        return whole or hits

    def _write(self, hits: Sequence[Json], told: str) -> None:
        path = self.gathering.place("documents", ".jsonl")
        path.write_bytes(b"".join(orjson.dumps(self._line(mapping(hit))) + b"\n" for hit in hits))
        self.gathering.attach(path, told)

    def _line(self, hit: dict[str, Json]) -> Json:
        """Give a document with its time and service under names that the readers know."""
        source = mapping(hit.get("_source"))
        line = dict(source)
        if self.settings.time_field not in _FULL_NAMES:
            line["@timestamp"] = _at(source, self.settings.time_field)
        if not isinstance(source.get("service"), str):
            named = (string(_at(source, field)) for field in self.settings.service_fields)
            if service := next(filter(None, named), ""):
                line["service"] = service
        return line


def _query(
    settings: ElasticsearchSettings, window: Span, services: Sequence[str], namespaces: Sequence[str]
) -> Json:
    span: Json = {
        "gte": window.start.isoformat(),
        "lte": window.end.isoformat(),
        "format": "strict_date_optional_time",
    }
    filters: list[Json] = [{"range": {settings.time_field: span}}]
    if settings.query:
        filters.append({"query_string": {"query": settings.query}})
    if services:
        filters.append(_any(settings.service_fields, services))
    if namespaces:
        filters.append(_any((settings.namespace_field,), namespaces))
    return {"bool": {"filter": filters}}


def _any(fields: Sequence[str], values: Sequence[str]) -> Json:
    names = [name for field in fields for name in (field, f"{field}.keyword")]
    either: list[Json] = [{"terms": {name: list(values)}} for name in names]
    return {"bool": {"should": either, "minimum_should_match": 1}}


def _at(source: Mapping[str, Json], field: str) -> Json:
    """Find a field by its dotted name, written out or nested."""
    if field in source:
        return source[field]
    head, _, rest = field.partition(".")
    return _at(mapping(source.get(head)), rest) if rest else None


def _reason(value: Json) -> str:
    error = mapping(value).get("error")
    text = string(mapping(error).get("reason")) or string(error)
    return f": {text[:200]}" if text else ""


def _make(settings: ElasticsearchSettings, surroundings: Surroundings) -> ElasticsearchSource:
    settings.endpoint(surroundings.environ)
    return ElasticsearchSource(settings, surroundings)


KIND = SourceKind("elasticsearch", ElasticsearchSettings, _make)
