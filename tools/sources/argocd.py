"""Argo CD: what its applications were synced to, and when."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tools.formats.documents import listing, mapping, string
from tools.http import Document, Json, Service, clock_difference
from tools.sources.changing import Change, ChangeSettings, earlier, keep, time_of
from tools.sources.gathering import Gathering, GivenUp
from tools.sources.paging import Page, Paged, Refused, health_of, read_all
from tools.sources.source import Deadline, Fetched, Health, Scope, SourceKind, Span, Surroundings

_PATH = "api/v1/applications"


class ArgoCDSettings(ChangeSettings):
    """An Argo CD server; the token is an account's with applications get."""

    projects: tuple[str, ...] = ()
    """Only applications of these; default: all that the token may see."""


@dataclass(frozen=True, slots=True)
class ArgoCDSource:
    """Asks once for the applications and reads their histories."""

    settings: ArgoCDSettings
    surroundings: Surroundings

    def fetch(self, scope: Scope, destination: Path) -> Fetched:
        """Write the syncs of the window and some hours before it, of every application."""
        if scope.window is None:
            return Fetched("syncs", "failed", (), note="the incident's record has no time to ask about")
        span = earlier(scope.window, self.settings.lookback_hours)
        with self._service(scope.deadline) as service:
            gathering = Gathering(scope, destination, service)

            def ask(_: int) -> Document:
                return service.get_json(_PATH, [("projects", name) for name in self.settings.projects])

            def write(items: Sequence[Json]) -> None:
                changes = [change for item in items for change in _syncs(mapping(item), span)]
                keep(gathering, "syncs", _PATH, changes)

            with suppress(GivenUp):
                read_all(gathering, Paged(_PATH, ask, _applications, first=0), write, window=span)
            return gathering.result("syncs of applications")

    def probe(self, scope: Scope) -> Health:
        """Ask for the version, and whether applications may be listed."""
        with self._service(scope.deadline) as service:
            version = string(mapping(service.get_json("api/version").value).get("Version"))
            listed = service.get_json(_PATH, [("fields", "metadata.resourceVersion")])
        return health_of(listed, lambda answer: clock_difference(answer, datetime.now(UTC)), version=version)

    def _service(self, deadline: Deadline) -> Service:
        endpoint = self.settings.endpoint(self.surroundings.environ)
        return Service(endpoint, left=lambda: deadline.left)


def _applications(value: Json, _: int) -> Page[int]:
    """Understand the list; Argo CD writes an empty one as null."""
    item = mapping(value)
    if "items" not in item:
        said = string(item.get("error")) or string(item.get("message"))
        raise Refused("the answer is no JSON list of applications" + (f": {said[:200]}" if said else ""))
    return Page(listing(item["items"]))


def _syncs(item: dict[str, Json], span: Span) -> list[Change]:
    name = string(mapping(item.get("metadata")).get("name"))
    status = mapping(item.get("status"))
    found: list[Change] = []
    earlier_revisions: list[str] = []
    for entry in map(mapping, listing(status.get("history"))):
        time, revision = time_of(entry.get("deployedAt")), _revision(entry)
        back = revision in earlier_revisions[:-1] and revision != earlier_revisions[-1]
        earlier_revisions.append(revision)
        if time is None or not span.start <= time <= span.end:
            continue
        by = mapping(entry.get("initiatedBy"))
        source = mapping(entry.get("source")) or mapping(next(iter(listing(entry.get("sources"))), None))
        place = string(source.get("path")) or string(source.get("chart"))
        repository = string(source.get("repoURL")).rpartition("/")[2].removesuffix(".git")
        origin = f" from {repository}/{place}".rstrip("/") if repository else ""
        found.append(
            Change(
                kind="rollback" if back else "deploy",
                time=time,
                title=f"Argo CD synced {name} to {revision[:12]}{origin}",
                service=name,
                ref=revision,
                author=string(by.get("username")) or ("Argo CD" if by.get("automated") else ""),
            )
        )
    return [*found, *_failed(name, status, span)]


def _failed(name: str, status: dict[str, Json], span: Span) -> list[Change]:
    """Tell of the last operation where it failed: a history holds only syncs that came through."""
    operation = mapping(status.get("operationState"))
    phase, time = string(operation.get("phase")), time_of(operation.get("finishedAt"))
    if phase not in {"Failed", "Error"} or time is None or not span.start <= time <= span.end:
        return []
    title = f"Argo CD's sync of {name} ended with {phase}: {string(operation.get('message'))[:200]}"
    return [Change("deploy", time, title, name)]


def _revision(entry: dict[str, Json]) -> str:
    return string(entry.get("revision")) or ",".join(map(string, listing(entry.get("revisions"))))


def _make(settings: ArgoCDSettings, surroundings: Surroundings) -> ArgoCDSource:
    settings.endpoint(surroundings.environ)
    return ArgoCDSource(settings, surroundings)


KIND = SourceKind("argocd", ArgoCDSettings, _make)
