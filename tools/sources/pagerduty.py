"""PagerDuty (REST API v2): an incident's alerts, log entries and notes, and its record."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from tools.formats.documents import mapping, string
from tools.http import Document, Json, Params, Service, clock_difference
from tools.sources.gathering import Gathering, GivenUp
from tools.sources.pagerduty_answers import alert_of, entries_of, iso, note_of, page_of, record_of, service_of
from tools.sources.paging import Page, Paged, health_of, objects_in, read_all, write_lines
from tools.sources.settings import HttpSettings
from tools.sources.source import (
    Deadline,
    Fetched,
    Health,
    IncidentRecord,
    Scope,
    SourceKind,
    Span,
    Surroundings,
)

_ID = re.compile(r"[A-Z0-9]{7,20}")
_PAGE = 100
_EXPAND = [("include[]", name) for name in ("acknowledgers", "assignees", "priorities")]
_HIGHEST = 10
"""Incidents of a window whose log is read."""


class PagerDutySettings(HttpSettings):
    """A PagerDuty account; the token is a REST API key, read-only will do."""

    url: str = "https://api.pagerduty.com"
    auth: Literal["key", "oauth"] = "key"
    """"oauth" where the token is one of an OAuth application."""
    incident: str = ""
    """Id of the incident; default: the record's own id where it looks like one, else those of the window."""


@dataclass(frozen=True, slots=True)
class PagerDutySource:
    """Reads one incident, or those that were opened within the window."""

    settings: PagerDutySettings
    surroundings: Surroundings

    def fetch(self, scope: Scope, destination: Path) -> Fetched:
        """Write the incidents as alerts, and their log entries and notes as messages."""
        with self._service(scope.deadline) as service:
            gathering = Gathering(scope, destination, service)
            asking = _Asking(service, gathering)
            with suppress(GivenUp):
                asking.everything(self._named(scope))
            return gathering.result("incidents, alerts, log entries and notes")

    def probe(self, scope: Scope) -> Health:
        """Ask for one incident, which takes the right to read them."""
        with self._service(scope.deadline) as service:
            document = service.get_json("incidents", [("limit", "1")])
        return health_of(document, lambda answer: clock_difference(answer, datetime.now(UTC)))

    def incident(
        self,
        ident: str,
        deadline: Deadline,
        window: Span | None = None,  # noqa: ARG002 - its incidents have ids
    ) -> IncidentRecord:
        """Read an incident by its id or number; see tools.sources.source.Recorder."""
        with self._service(deadline) as service:
            document = service.get_json(f"incidents/{ident}", _EXPAND)
            answer = document.answer
        if answer.status == 404:
            raise LookupError(f"PagerDuty knows no incident {ident}")
        item = mapping(mapping(document.value).get("incident"))
        if not item:
            raise ValueError(answer.note or "PagerDuty's answer holds no incident")
        return record_of(item)

    def _named(self, scope: Scope) -> str:
        if self.settings.incident:
            return self.settings.incident
        return scope.selector.incident if _ID.fullmatch(scope.selector.incident) else ""

    def _service(self, deadline: Deadline) -> Service:
        endpoint = self.settings.endpoint(self.surroundings.environ)
        scheme = "Token token=" if self.settings.auth == "key" else "Bearer "
        accept = "application/vnd.pagerduty+json;version=2"
        return Service(replace(endpoint, scheme=scheme, accept=accept), left=lambda: deadline.left)


@dataclass(frozen=True, slots=True)
class _Asking:
    """One fetch under way."""

    service: Service
    gathering: Gathering

    def everything(self, named: str) -> None:
        window = self.gathering.scope.window
        incidents = self._one(named) if named else []
        if not incidents and window:
            incidents = self._of(window)
        if len(incidents) > _HIGHEST:
            self.gathering.note(f"log entries of {_HIGHEST} of {len(incidents)} incidents only")
        alerts = [page_of(item) for item in incidents]
        messages: list[Json] = []
        alone = len(incidents) == 1
        try:
            for item in incidents[:_HIGHEST]:
                ident = string(item.get("id"))
                self._list(
                    f"incidents/{ident}/alerts", "alerts", lambda found: alerts.extend(map(alert_of, found))
                )
                self._list(
                    f"incidents/{ident}/log_entries",
                    "log_entries",
                    lambda found: messages.extend(entries_of(found, alone=alone)),
                    [("include[]", "channels")],
                )
                self._list(
                    f"incidents/{ident}/notes", "notes", lambda found: messages.extend(map(note_of, found))
                )
        finally:
            self._write("alerts", alerts)
            self._write("log", sorted(messages, key=lambda item: string(mapping(item).get("ts"))))

    def _one(self, ident: str) -> list[dict[str, Json]]:
        document = self.service.get_json(f"incidents/{ident}", _EXPAND)
        item = mapping(mapping(document.value).get("incident"))
        answer = document.answer
        if answer.outcome == "ok" and not item:
            answer = replace(
                answer, outcome="failed", note="the answer is no JSON list or object of incidents"
            )
        if answer.status == 404:
            self.gathering.note(f"PagerDuty knows no incident {ident}; asked for those of the window")
        self.gathering.record(f"incidents/{ident}", answer, rows=bool(item))
        return [item] if item else []

    def _of(self, window: Span) -> list[dict[str, Json]]:
        params = [("since", iso(window.start)), ("until", iso(window.end)), ("time_zone", "UTC"), *_EXPAND]
        services = self.gathering.scope.selector.services
        found = self._list("incidents", "incidents", lambda _: None, params)
        own = [item for item in found if service_of(item) in services]
        if own and len(own) < len(found):
            self.gathering.note(f"{len(found) - len(own)} incidents of other services are left out")
        return own or found

    def _list(
        self,
        path: str,
        key: str,
        write: Callable[[Sequence[dict[str, Json]]], None],
        params: Params = (),
    ) -> list[dict[str, Json]]:
        def ask(offset: int) -> Document:
            page = [("limit", str(_PAGE)), ("offset", str(offset))]
            return self.service.get_json(path, [*params, *page])

        def read(value: Json, offset: int) -> Page[int]:
            items = objects_in(value, key)
            more = mapping(value).get("more") is True and bool(items)
            return Page(items, offset + len(items) if more else None)

        window = self.gathering.scope.window
        found = read_all(
            self.gathering,
            Paged(path, ask, read, first=0),
            lambda items: write(list(map(mapping, items))),
            window=window,
        )
        return list(map(mapping, found))

    def _write(self, name: str, items: Sequence[Json]) -> None:
        if items:
            path = self.gathering.place(name)
            write_lines(path, items)
            self.gathering.attach(path, name)


def _make(settings: PagerDutySettings, surroundings: Surroundings) -> PagerDutySource:
    settings.endpoint(surroundings.environ)
    return PagerDutySource(settings, surroundings)


KIND = SourceKind("pagerduty", PagerDutySettings, _make)
