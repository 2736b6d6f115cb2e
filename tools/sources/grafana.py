"""Grafana: annotations of the window; changes by their tags, the rest as messages."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import Field

from tools.formats.documents import listing, mapping, string
from tools.http import Document, Json, Service, clock_difference
from tools.sources.changing import Change, ChangeSettings, earlier, keep
from tools.sources.gathering import Gathering, GivenUp
from tools.sources.paging import Page, Paged, health_of, objects_in, read_all, write_lines
from tools.sources.source import Deadline, Fetched, Health, Scope, SourceKind, Surroundings

_PATH = "api/annotations"
_FIRING = frozenset({"alerting", "firing"})


class GrafanaSettings(ChangeSettings):
    """A Grafana; the token is a service account's with annotations:read."""

    tags: tuple[str, ...] = ()
    """Only annotations that bear all of these."""
    change_tags: tuple[str, ...] = ("deploy", "deployment", "release", "rollout", "rollback", "config")
    """Tags that say an annotation marks a change."""
    limit: int = Field(default=1000, ge=1, le=10_000)


@dataclass(frozen=True, slots=True)
class GrafanaSource:
    """Asks once for the annotations of the window and some hours before it."""

    settings: GrafanaSettings
    surroundings: Surroundings

    def fetch(self, scope: Scope, destination: Path) -> Fetched:
        """Write changes, alerts and messages, one file each; a window is needed."""
        if scope.window is None:
            return Fetched("annotations", "failed", (), note="the incident's record has no time to ask about")
        span = earlier(scope.window, self.settings.lookback_hours)
        params = [
            ("from", _millis(span.start)),
            ("to", _millis(span.end)),
            ("limit", str(self.settings.limit)),
        ]
        params += [("tags", tag) for tag in self.settings.tags]
        with self._service(scope.deadline) as service:
            gathering = Gathering(scope, destination, service)

            def ask(_: int) -> Document:
                return service.get_json(_PATH, params)

            def read(value: Json, _: int) -> Page[int]:
                items = objects_in(value)
                return Page(items, 1 if len(items) >= self.settings.limit else None)

            paged = Paged(_PATH, ask, read, first=0, most=self.settings.limit)
            with suppress(GivenUp):
                read_all(gathering, paged, lambda items: self._write(gathering, items), window=span)
            return gathering.result("annotations")

    def probe(self, scope: Scope) -> Health:
        """Ask for one annotation, which takes the right to read them."""
        with self._service(scope.deadline) as service:
            found = service.get_json(_PATH, [("limit", "1")])
            version = string(mapping(service.get_json("api/health").value).get("version"))
        return health_of(found, lambda answer: clock_difference(answer, datetime.now(UTC)), version=version)

    def _write(self, gathering: Gathering, items: Sequence[Json]) -> None:
        changes: list[Change] = []
        alerts: list[Json] = []
        messages: list[Json] = []
        for item in map(mapping, items):
            time = _time(item.get("time"))
            if time is None:
                continue
            if item.get("alertId") or item.get("newState"):
                if string(item.get("newState")).lower() in _FIRING:
                    alerts.append(_alert(item, time))
            elif change := self._change(item, time):
                changes.append(change)
            else:
                messages.append(_message(item, time))
        keep(gathering, "changes", _PATH, changes)
        for name, found in (("alerts", alerts), ("messages", messages)):
            if found:
                path = gathering.place(name)
                write_lines(path, found)
                gathering.attach(path, _PATH)

    def _change(self, item: dict[str, Json], time: datetime) -> Change | None:
        tags = [string(tag) for tag in listing(item.get("tags"))]
        own = [tag.lower() for tag in tags if tag.lower() in self.settings.change_tags]
        if not own:
            return None
        services = [tag.partition(":")[2] for tag in tags if tag.lower().startswith(("service:", "app:"))]
        return Change(
            kind="rollback" if "rollback" in own else "config" if "config" in own else "deploy",
            time=time,
            title=string(item.get("text")) or ", ".join(tags),
            service=next(iter(services), ""),
            author=_author(item),
        )

    def _service(self, deadline: Deadline) -> Service:
        endpoint = self.settings.endpoint(self.surroundings.environ)
        return Service(endpoint, left=lambda: deadline.left)


def _alert(item: dict[str, Json], time: datetime) -> Json:
    end = _time(item.get("timeEnd"))
    over = end is not None and end > time
    found: dict[str, Json] = {
        "labels": {"alertname": string(item.get("alertName")) or string(item.get("text"))[:200]},
        "annotations": {"text": string(item.get("text"))},
        "startsAt": time.isoformat(),
        "status": {"state": "resolved" if over else "active"},
        "fingerprint": string(item.get("id")),
    }
    return {**found, "endsAt": end.isoformat()} if end and over else found


def _message(item: dict[str, Json], time: datetime) -> Json:
    return {
        "type": "message",
        "ts": f"{time.timestamp():.6f}",
        "username": _author(item) or "Grafana",
        "text": string(item.get("text")),
    }


def _author(item: dict[str, Json]) -> str:
    """Name the writer: documented is `userName`, which servers leave out or empty beside a `login`."""
    return string(item.get("login")) or string(item.get("userName"))


def _time(millis: Json) -> datetime | None:
    if isinstance(millis, bool) or not isinstance(millis, (int, float)) or millis <= 0:
        return None
    return datetime.fromtimestamp(millis / 1000, UTC)


def _millis(time: datetime) -> str:
    return str(round(time.timestamp() * 1000))


def _make(settings: GrafanaSettings, surroundings: Surroundings) -> GrafanaSource:
    settings.endpoint(surroundings.environ)
    return GrafanaSource(settings, surroundings)


KIND = SourceKind("grafana", GrafanaSettings, _make)
