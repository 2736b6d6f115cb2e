"""GitHub (REST API): deployments, releases, merged pull requests, deploying workflow runs and commits."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import Field

from tools.formats.documents import listing, mapping, string, strings
from tools.http import Answer, Document, Json, Params, Service, clock_difference
from tools.sources.changing import Change, ChangeSettings, earlier, keep, time_of
from tools.sources.gathering import Gathering, GivenUp
from tools.sources.paging import Page, Paged, health_of, objects_in, read_all
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

_PAGE = 100
_DEPLOYS = re.compile(r"deploy|release|rollout|roll-out|publish|promote|rollback", re.IGNORECASE)
_SEVERITY = re.compile(r"\b(?:sev(?:erity)?[-_ :/]?\d|p\d)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?:.*?[#-])?(\d+)")
_LATER = frozenset({"inactive"})
"""States that a deployment gets when the next one succeeds; they are no change of their own."""

Item = dict[str, Json]


class GitHubSettings(ChangeSettings):
    """A GitHub or GitHub Enterprise Server (`url = "https://host/api/v3"`)."""

    url: str = "https://api.github.com"
    repositories: tuple[str, ...] = Field(min_length=1)
    """As `owner/name`; the name counts as the service."""
    max_statuses: int = Field(default=30, ge=0)
    """Deployments whose statuses are asked for, the newest first."""


@dataclass(frozen=True, slots=True)
class GitHubSource:
    """Reads what changed in some repositories up to the end of the window."""

    settings: GitHubSettings
    surroundings: Surroundings

    def fetch(self, scope: Scope, destination: Path) -> Fetched:
        """Write one file of changes a repository; a window is needed."""
        if scope.window is None:
            return Fetched("changes", "failed", (), note="the incident's record has no time to ask about")
        span = earlier(scope.window, self.settings.lookback_hours)
        with self._service(scope.deadline) as service:
            gathering = Gathering(scope, destination, service)
            with suppress(GivenUp):
                for repository in self.settings.repositories:
                    _Asking(service, gathering, repository, span, self.settings.max_statuses).everything()
            return gathering.result(f"changes in {', '.join(self.settings.repositories)}")

    def probe(self, scope: Scope) -> Health:
        """Ask for each repository, which a token without rights does not see."""
        with self._service(scope.deadline) as service:
            limit = service.get_json("rate_limit")
            hidden = [
                name
                for name in self.settings.repositories
                if not service.get_json(f"repos/{name}").answer.usable
            ]
        health = health_of(limit, lambda answer: clock_difference(answer, datetime.now(UTC)))
        if not health.well or not hidden:
            return health
        hint = "Give the token read access to contents, deployments, actions and pull requests."
        return replace(health, missing=tuple(hidden), suggestion=hint)

    def incident(
        self,
        ident: str,
        deadline: Deadline,
        window: Span | None = None,  # noqa: ARG002 - its issues have numbers
    ) -> IncidentRecord:
        """Read an issue of the first repository by its number; see tools.sources.source.Recorder."""
        number = _NUMBER.fullmatch(ident)
        repository = self.settings.repositories[0]
        if number is None:
            raise LookupError(f"{ident} holds no number of an issue of {repository}")
        with self._service(deadline) as service:
            document = _judged(service.get_json(f"repos/{repository}/issues/{number[1]}"))
        if document.answer.status in {404, 410}:
            raise LookupError(f"{repository} has no issue {number[1]} that this token may see")
        item = mapping(document.value)
        if "title" not in item:
            raise ValueError(document.answer.note or "the answer is no issue")
        return _record(item)

    def _service(self, deadline: Deadline) -> Service:
        endpoint = self.settings.endpoint(self.surroundings.environ)
        return Service(replace(endpoint, accept="application/vnd.github+json"), left=lambda: deadline.left)


@dataclass(slots=True)
class _Asking:
    """One repository of a fetch under way."""

    service: Service
    gathering: Gathering
    repository: str
    span: Span
    max_statuses: int
    merged: set[str] = field(default_factory=set[str])
    """Commits that a pull request already tells of."""

    def everything(self) -> None:
        changes: list[Change] = []
        try:
            for ask in (self._deployments, self._releases, self._pulls, self._runs, self._commits):
                ask(changes)
        finally:
            keep(self.gathering, self.repository.replace("/", "-"), f"changes in {self.repository}", changes)

    def _deployments(self, changes: list[Change]) -> None:
        for number, item in enumerate(self._newest("deployments", "created_at")):
            statuses = self._statuses(item) if number < self.max_statuses else []
            own = [one for one in statuses if one.get("state") not in _LATER]
            last = max(own, key=lambda one: string(one.get("created_at")), default=Item())
            state = string(last.get("state")) or "created"
            where = string(item.get("environment"))
            title = f"Deployment of {string(item.get('ref'))} to {where}: {state}"
            told = string(item.get("description"))
            self._add(
                changes,
                "deploy",
                last.get("created_at") or item.get("created_at"),
                item,
                f"{title} ({told})" if told else title,
            )

    def _statuses(self, item: Item) -> list[Item]:
        path = f"deployments/{string(item.get('id'))}/statuses"
        return self._list(path, lambda _: True)

    def _releases(self, changes: list[Change]) -> None:
        for item in self._newest("releases", "created_at"):
            tag, name = string(item.get("tag_name")), string(item.get("name"))
            title = f"Release {tag}" + (f": {name}" if name and name != tag else "")
            if not item.get("draft"):
                self._add(changes, "deploy", item.get("published_at"), item, title)

    def _pulls(self, changes: list[Change]) -> None:
        params = [("state", "closed"), ("sort", "updated"), ("direction", "desc")]
        for item in self._newest("pulls", "updated_at", params):
            if item.get("merged_at"):
                self.merged.add(string(item.get("merge_commit_sha")))
                title = f"{string(item.get('title'))} (#{string(item.get('number'))})"
                self._add(changes, "commit", item.get("merged_at"), item, title)

    def _runs(self, changes: list[Change]) -> None:
        created = f"{_iso(self.span.start)}..{_iso(self.span.end)}"
        runs = self._list("actions/runs", lambda _: True, [("created", created)], key="workflow_runs")
        own = [
            item for item in runs if _DEPLOYS.search(f"{string(item.get('name'))} {string(item.get('path'))}")
        ]
        if len(own) < len(runs):
            self.gathering.note(
                f"{len(runs) - len(own)} workflow runs that deploy nothing by name are left out"
            )
        for item in own:
            result = string(item.get("conclusion")) or string(item.get("status"))
            title = f"Workflow {string(item.get('name'))}: {string(item.get('display_title'))}, {result}"
            self._add(changes, "deploy", item.get("run_started_at") or item.get("created_at"), item, title)

    def _commits(self, changes: list[Change]) -> None:
        params = [("since", _iso(self.span.start)), ("until", _iso(self.span.end))]
        for item in self._list("commits", lambda _: True, params):
            commit = mapping(item.get("commit"))
            title = string(commit.get("message")).partition("\n")[0]
            if string(item.get("sha")) not in self.merged:
                self._add(changes, "commit", mapping(commit.get("committer")).get("date"), item, title)

    def _add(self, changes: list[Change], kind: str, at: Json, item: Item, title: str) -> None:
        time = time_of(at)
        if time is None or not self.span.start <= time <= self.span.end:
            return
        back = title.startswith('Revert "') or "rollback" in title.lower()
        changes.append(
            Change(
                kind="rollback" if back else "deploy" if kind == "deploy" else "commit",
                time=time,
                title=title,
                service=self.repository.partition("/")[2],
                ref=_ref(item),
                author=_author(item),
                url=string(item.get("html_url")),
            )
        )

    def _newest(self, path: str, key: str, params: Params = ()) -> list[Item]:
        """Read a list that is sorted newest first until it is older than we look back."""
        return self._list(
            path, lambda item: (time_of(item.get(key)) or self.span.start) >= self.span.start, params
        )

    def _list(
        self, path: str, recent: Callable[[Item], bool], params: Params = (), key: str = ""
    ) -> list[Item]:
        full = f"repos/{self.repository}/{path}"

        def ask(page: int) -> Document:
            sized = [*params, ("per_page", str(_PAGE)), ("page", str(page))]
            return _judged(self.service.get_json(full, sized))

        def read(value: Json, page: int) -> Page[int]:
            items = objects_in(value, *((key,) if key else ()))
            more = len(items) == _PAGE and recent(items[-1])
            return Page(items, page + 1 if more else None)

        told = full + (f" {' '.join(f'{name}={text}' for name, text in params)}" if params else "")
        return list(map(mapping, read_all(self.gathering, Paged(told, ask, read, first=1), window=self.span)))


def _judged(document: Document) -> Document:
    """Tell a spent rate limit from missing rights: GitHub answers both with 403."""
    answer = document.answer
    if answer.status != 403 or answer.headers.get("x-ratelimit-remaining") != "0":
        return document
    reset = answer.headers.get("x-ratelimit-reset", "")
    when = f" until {_iso(datetime.fromtimestamp(int(reset), UTC))}" if reset.isdigit() else ""
    spent: Answer = replace(answer, outcome="failed", note=f"the rate limit is spent{when}")
    return Document(spent)


def _ref(item: Item) -> str:
    for key in ("sha", "head_sha", "merge_commit_sha", "tag_name"):
        if text := string(item.get(key)):
            return text
    return ""


def _author(item: Item) -> str:
    for key in ("creator", "user", "author", "actor"):
        if login := string(mapping(item.get(key)).get("login")):
            return login
    return string(mapping(mapping(item.get("commit")).get("author")).get("name"))


def _record(item: Item) -> IncidentRecord:
    labels = [string(mapping(label).get("name")) or string(label) for label in listing(item.get("labels"))]
    severity = next((found[0] for label in labels if (found := _SEVERITY.search(label))), "")
    services = [label.partition(":")[2].strip() for label in labels if label.lower().startswith("service:")]
    people = {strings(user).get("login", ""): "assigned responder" for user in listing(item.get("assignees"))}
    opener = string(mapping(item.get("user")).get("login"))
    people = {opener: "reporter", **people}
    return IncidentRecord(
        title=string(item.get("title")),
        start=time_of(item.get("created_at")),
        end=time_of(item.get("closed_at")),
        severity=severity.upper(),
        services=tuple(filter(None, services)),
        people=tuple(Responder(login, role) for login, role in people.items() if login),
        summary=string(item.get("body"))[:2000],
    )


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _make(settings: GitHubSettings, surroundings: Surroundings) -> GitHubSource:
    settings.endpoint(surroundings.environ)
    return GitHubSource(settings, surroundings)


KIND = SourceKind("github", GitHubSettings, _make)
