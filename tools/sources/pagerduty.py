"""PagerDuty (REST API v2): an incident's alerts, log entries and notes, and its record."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from tools.formats.documents import listing, mapping, string
from tools.http import Document, Json, Params, Service, clock_difference
from tools.sources.gathering import Gathering, GivenUp
from tools.sources.paging import Page, Paged, health_of, objects_in, read_all, write_lines
from tools.sources.settings import HttpSettings
from tools.sources.source import (
    Deadline,
    Fetched,
    Health,
    IncidentRecord,
    Responder,
    Scope,
    SourceKind,
    Span,
    Surroundings,
)

_ID = re.compile(r"[A-Z0-9]{7,20}")
_STEPS = {"acknowledge_log_entry": "acknowledged", "resolve_log_entry": "resolved"}
_QUIET = frozenset({"notify_log_entry"})
"""Entries that tell who was called by which channel; the trigger and the escalation say the same."""
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

    def incident(self, ident: str, deadline: Deadline) -> IncidentRecord:
        """Read an incident by its id or number; see tools.sources.source.Recorder."""
        with self._service(deadline) as service:
            document = service.get_json(f"incidents/{ident}", _EXPAND)
            answer = document.answer
        if answer.status == 404:
            raise LookupError(f"PagerDuty knows no incident {ident}")
        item = mapping(mapping(document.value).get("incident"))
        if not item:
            raise ValueError(answer.note or "PagerDuty's answer holds no incident")
        return _record(item)

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
        alerts = [_page(item) for item in incidents]
        messages: list[Json] = []
        alone = len(incidents) == 1
        try:
            for item in incidents[:_HIGHEST]:
                ident = string(item.get("id"))
                self._list(
                    f"incidents/{ident}/alerts", "alerts", lambda found: alerts.extend(map(_alert, found))
                )
                self._list(
                    f"incidents/{ident}/log_entries",
                    "log_entries",
                    lambda found: messages.extend(_entries(found, alone=alone)),
                    [("include[]", "channels")],
                )
                self._list(
                    f"incidents/{ident}/notes", "notes", lambda found: messages.extend(map(_note, found))
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
        params = [("since", _iso(window.start)), ("until", _iso(window.end)), ("time_zone", "UTC"), *_EXPAND]
        services = self.gathering.scope.selector.services
        found = self._list("incidents", "incidents", lambda _: None, params)
        own = [item for item in found if _service_of(item) in services]
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


def _record(item: dict[str, Json]) -> IncidentRecord:
    start, end = _time(item.get("created_at")), None
    if item.get("status") == "resolved":
        end = _time(item.get("resolved_at")) or _time(item.get("last_status_change_at"))
    service = _service_of(item)
    return IncidentRecord(
        title=string(item.get("title")) or string(item.get("summary")),
        start=start,
        end=end if start is None or end is None or end >= start else None,
        severity=_severity(item),
        services=(service,) if service else (),
        people=_people(item),
        summary=string(mapping(item.get("body")).get("details")) or string(item.get("description")),
    )


def _people(item: dict[str, Json]) -> tuple[Responder, ...]:
    found: dict[str, Responder] = {}
    users = [
        *(
            ("on-call responder", mapping(one).get("acknowledger"))
            for one in listing(item.get("acknowledgements"))
        ),
        *(("assigned responder", mapping(one).get("assignee")) for one in listing(item.get("assignments"))),
        *(("responder", mapping(one).get("user")) for one in listing(item.get("incidents_responders"))),
    ]
    for role, value in users:
        user = mapping(value)
        name = string(user.get("name")) or string(user.get("summary"))
        if name and "user" in string(user.get("type")):
            found.setdefault(name, Responder(name, role, string(user.get("email"))))
    return tuple(found.values())


def _severity(item: dict[str, Json]) -> str:
    return string(mapping(item.get("priority")).get("summary")) or string(item.get("urgency"))


def _service_of(item: dict[str, Json]) -> str:
    return string(mapping(item.get("service")).get("summary"))


def _page(item: dict[str, Json]) -> Json:
    """Give an incident in Alertmanager's form: somebody was paged."""
    record = _record(item)
    return _alert_like(
        item,
        {"alertname": record.title, "severity": record.severity, "service": _service_of(item)},
        record.end,
    )


def _alert(item: dict[str, Json]) -> Json:
    resolved = item.get("status") == "resolved"
    end = _time(item.get("resolved_at")) if resolved else None
    labels = {"alertname": string(item.get("summary")), "severity": string(item.get("severity"))}
    return _alert_like(item, {**labels, "service": _service_of(item)}, end)


def _alert_like(item: dict[str, Json], labels: dict[str, str], end: datetime | None) -> Json:
    over = item.get("status") == "resolved"
    found: dict[str, Json] = {
        "labels": {key: text for key, text in labels.items() if text},
        "annotations": {"url": string(item.get("html_url"))},
        "startsAt": string(item.get("created_at")),
        "status": {"state": "resolved" if over else "active"},
        "fingerprint": string(item.get("id")),
    }
    return {**found, "endsAt": _iso(end)} if end else found


def _entries(items: Sequence[dict[str, Json]], *, alone: bool) -> list[Json]:
    """Give log entries as messages; of several incidents none is said to be a step of this one."""
    found: list[Json] = []
    for item in items:
        kind, agent = string(item.get("type")), mapping(item.get("agent"))
        if kind in _QUIET:
            continue
        channel = mapping(item.get("channel"))
        said = string(channel.get("summary")) if kind == "annotate_log_entry" else ""
        text = said or string(item.get("summary")) or kind.removesuffix("_log_entry")
        step = _STEPS.get(kind, "none") if alone else "none"
        human = "user" in string(agent.get("type"))
        found.append(_message(item, string(agent.get("summary")), text, step, bot=not human))
    return found


def _note(item: dict[str, Json]) -> Json:
    return _message(item, string(mapping(item.get("user")).get("summary")), string(item.get("content")), "")


def _message(item: dict[str, Json], author: str, text: str, step: str, *, bot: bool = False) -> Json:
    time = _time(item.get("created_at"))
    message: dict[str, Json] = {
        "type": "message",
        "ts": f"{time.timestamp():.6f}" if time else "",
        "username": author or "PagerDuty",
        "text": text,
        "pagerduty": {"id": item.get("id"), "type": item.get("type")},
    }
    return message | ({"step": step} if step else {}) | ({"bot_id": "pagerduty"} if bot else {})


def _time(value: Json) -> datetime | None:
    try:
        return datetime.fromisoformat(string(value)).astimezone(UTC) if value else None
    except ValueError:
        return None


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _make(settings: PagerDutySettings, surroundings: Surroundings) -> PagerDutySource:
    settings.endpoint(surroundings.environ)
    return PagerDutySource(settings, surroundings)


KIND = SourceKind("pagerduty", PagerDutySettings, _make)
