"""Alertmanager (API v2): the alerts and silences of this moment. It keeps no history."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import orjson

from tools.http import Answer, Json, Params, Service, clock_difference
from tools.sources.alert_labels import owner_of
from tools.sources.gathering import Gathering, GivenUp, load
from tools.sources.paging import write_lines
from tools.sources.recovering import whole_elements
from tools.sources.settings import HttpSettings
from tools.sources.source import (
    Deadline,
    Fetched,
    Health,
    IncidentRecord,
    Scope,
    Selector,
    SourceKind,
    Span,
    Surroundings,
)

NO_HISTORY = "Alertmanager lists only what fires now; alerts that resolved come from Prometheus"
_ALERTS = "api/v2/alerts"
_SILENCES = "api/v2/silences"
_EVERY_STATE = (("active", "true"), ("silenced", "true"), ("inhibited", "true"), ("unprocessed", "true"))


class AlertmanagerSettings(HttpSettings):
    """An Alertmanager; `url` is what `/api/v2/alerts` can be appended to."""

    matchers: Mapping[str, str] = {}
    """Labels that every alert must have, such as `cluster = "eu-1"`."""


@dataclass(frozen=True, slots=True)
class AlertmanagerSource:
    """Asks for current alerts, silenced and inhibited ones included, and for silences."""

    settings: AlertmanagerSettings
    surroundings: Surroundings

    def fetch(self, scope: Scope, destination: Path) -> Fetched:
        """Ask for alerts and silences as they are now, whatever the window."""
        with self._service(scope) as service:
            gathering = Gathering(scope, destination, service)
            with suppress(GivenUp):
                self._alerts(service, gathering, scope.selector)
                self._silences(service, gathering, scope)
            gathering.note(NO_HISTORY)
            return gathering.result("current alerts and silences")

    def probe(self, scope: Scope) -> Health:
        """Ask for its status and whether alerts may be read."""
        with self._service(scope) as service:
            status = service.get_json("api/v2/status")
            alerts = service.get_json(_ALERTS, [(state, "false") for state, _ in _EVERY_STATE])
        answer = status.answer
        if not isinstance(status.value, dict):
            denied = answer.outcome == "denied"
            hint = "Check token_env or password_env." if denied else "Give as `url` what /api/v2 follows."
            return Health(
                reachable=answer.status is not None,
                authenticated=False if denied else None,
                problem=answer.note or "the answer is no status of an Alertmanager",
                suggestion=hint if answer.status is not None else "Check url, proxy and network.",
            )
        missing = () if alerts.answer.usable else (_ALERTS,)
        build = status.value.get("versionInfo")
        return Health(
            reachable=True,
            authenticated=True,
            version=str(build.get("version") or "") if isinstance(build, dict) else "",
            missing=missing,
            clock_seconds=clock_difference(answer, datetime.now(UTC)),
            retention="no history: only what fires now",
            suggestion=f"Allow {missing[0]}." if missing else "",
        )

    def incident(
        self,
        ident: str,
        deadline: Deadline,
        window: Span | None = None,  # noqa: ARG002 - it knows only what fires now
    ) -> IncidentRecord:
        """Read the alerts that fire now with that fingerprint, else that name; see Recorder.

        Of several the earliest start counts, and the services of all.
        """
        endpoint = self.settings.endpoint(self.surroundings.environ)
        with Service(endpoint, left=lambda: deadline.left) as service:
            document = service.get_json(_ALERTS, _EVERY_STATE)
        listed = document.value if isinstance(document.value, list) else None
        if listed is None:
            raise ValueError(document.answer.note or "the answer is no JSON list of alerts")
        alerts = [item for item in listed if isinstance(item, dict)]
        own = [item for item in alerts if item.get("fingerprint") == ident]
        own = own or [item for item in alerts if _texts(item, "labels").get("alertname") == ident]
        if not own:
            raise LookupError(f"no alert of that fingerprint or name fires now, and {NO_HISTORY}")
        return _record(own)

    def _alerts(self, service: Service, gathering: Gathering, selector: Selector) -> None:
        filters = [f'{name}="{value}"' for name, value in sorted(self.settings.matchers.items())]
        if selector.namespaces:
            names = "|".join(re.escape(name) for name in selector.namespaces)
            filters.append(f'namespace=~"({names}|)"')
        params: Params = [*_EVERY_STATE, *(("filter", text) for text in filters)]
        path = gathering.place("alerts")
        answer = service.download(_ALERTS, params, path)
        told = " ".join((_ALERTS, *filters))
        if path.exists():
            answer, kept = self._within(path, answer, gathering)
            if kept:
                gathering.keep(path, told, answer)
                return
            path.unlink()
        gathering.record(told, answer)

    def _within(self, path: Path, answer: Answer, gathering: Gathering) -> tuple[Answer, bool]:
        """Leave out alerts that began after the window; the second value says whether any is left."""
        try:
            value = load(path)
        except ValueError:
            value = whole_elements(path) if answer.outcome == "partial" else None
        if not isinstance(value, list) or (answer.outcome == "partial" and not value):
            note = "nothing of it came whole" if answer.outcome == "partial" else ""
            note = f"{answer.note}; {note}" if note else "the answer is no JSON list of alerts"
            return replace(answer, outcome="failed", note=note), False
        if answer.outcome == "partial":
            answer = replace(answer, note=f"{answer.note}; {len(value)} came whole and are kept")
            path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2))
        window = gathering.scope.window
        kept = [item for item in value if not (window and _later(item, window.end))]
        if len(kept) < len(value):
            gathering.note(f"{len(value) - len(kept)} alerts began after the window and are left out")
            path.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2))
        return answer, bool(kept)

    def _silences(self, service: Service, gathering: Gathering, scope: Scope) -> None:
        document = service.get_json(_SILENCES)
        answer, value = document.answer, document.value
        if answer.outcome == "ok" and not isinstance(value, list):
            answer = replace(answer, outcome="failed", note="the answer is no JSON list of silences")
        items = value if isinstance(value, list) else []
        found = [item for item in items if _in_force(item, scope.window)]
        if found:
            path = gathering.place("silences")
            write_lines(path, found)
            gathering.keep(path, _SILENCES, answer)
        else:
            gathering.record(_SILENCES, answer)

    def _service(self, scope: Scope) -> Service:
        endpoint = self.settings.endpoint(self.surroundings.environ)
        return Service(endpoint, left=lambda: scope.deadline.left)


def _record(alerts: Sequence[Mapping[str, Json]]) -> IncidentRecord:
    first = min(alerts, key=lambda item: _time(item.get("startsAt")) or datetime.max.replace(tzinfo=UTC))
    labels, annotations = _texts(first, "labels"), _texts(first, "annotations")
    owners = [owner_of(_texts(item, "labels")) for item in alerts]
    return IncidentRecord(
        title=annotations.get("summary") or labels.get("alertname") or "",
        start=_time(first.get("startsAt")),
        severity=labels.get("severity", ""),
        services=tuple(dict.fromkeys(filter(None, owners))),
        summary=annotations.get("description", ""),
    )


def _texts(item: Mapping[str, Json], key: str) -> dict[str, str]:
    found = item.get(key)
    return {name: str(text) for name, text in found.items()} if isinstance(found, dict) else {}


def _later(alert: Json, end: datetime) -> bool:
    start = _time(alert.get("startsAt")) if isinstance(alert, dict) else None
    return start is not None and start > end


def _in_force(value: Json, window: Span | None) -> bool:
    """Say whether a silence was in force within the window."""
    if not isinstance(value, dict):
        return False
    start, end = _time(value.get("startsAt")), _time(value.get("endsAt"))
    return not (window and ((start and start > window.end) or (end and end < window.start)))


def _time(value: Json) -> datetime | None:
    try:
        return datetime.fromisoformat(value).astimezone(UTC) if isinstance(value, str) else None
    except ValueError:
        return None


def _make(settings: AlertmanagerSettings, surroundings: Surroundings) -> AlertmanagerSource:
    settings.endpoint(surroundings.environ)
    return AlertmanagerSource(settings, surroundings)


KIND = SourceKind("alertmanager", AlertmanagerSettings, _make)
