"""Slack (Web API): what was written in the incident's channels, threads included, and who wrote it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import Field

from tools.formats.documents import mapping, string
from tools.http import Document, Json, Params, Service, clock_difference
from tools.sources.gathering import Gathering, GivenUp
from tools.sources.paging import Page, Paged, Refused, health_of, objects_in, read_all, write_lines
from tools.sources.settings import HttpSettings
from tools.sources.source import Deadline, Fetched, Health, Scope, SourceKind, Surroundings

_REFUSALS = frozenset({
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
    "not_in_channel", "no_permission", "ekm_access_denied", "access_denied", "not_allowed_token_type",
    "team_access_not_granted",
})  # fmt: skip
_ADVICE = {
    "not_in_channel": "invite the app to the channel",
    "channel_not_found": "the channel does not exist, or is private and the app is not in it",
    "missing_scope": "give the app channels:history, channels:read, users:read (private: groups:*)",
}
_NOISE = frozenset({"channel_join", "channel_leave", "group_join", "group_leave"})


class SlackSettings(HttpSettings):
    """A Slack workspace; the token is a bot's (xoxb-) with channels:history, channels:read, users:read."""

    url: str = "https://slack.com/api"
    channels: tuple[str, ...] = Field(min_length=1)
    """Names without #, or ids. `{incident}` stands for the record's id in lower case."""
    page_size: int = Field(default=200, ge=1, le=999)
    """Messages of one answer; apps outside Slack's marketplace are given at most 15."""
    max_messages: int = Field(default=5000, ge=1)
    """Messages of one channel."""


@dataclass(frozen=True, slots=True)
class SlackSource:
    """Reads channels of the window."""

    settings: SlackSettings
    surroundings: Surroundings

    def fetch(self, scope: Scope, destination: Path) -> Fetched:
        """Write one folder a channel with a file a day, as an export has them, and the people who wrote."""
        if scope.window is None:
            return Fetched("messages", "failed", (), note="the incident's record has no time to ask about")
        names = self._channels(scope)
        with self._service(scope.deadline) as service:
            gathering = Gathering(scope, destination, service)
            asking = _Asking(self.settings, service, gathering, destination)
            with suppress(GivenUp):
                asking.everything(names)
            return gathering.result(f"messages in {', '.join(names)}")

    def probe(self, scope: Scope) -> Health:
        """Ask who the token is, and whether each channel may be read."""
        with self._service(scope.deadline) as service:
            who = service.get_json("auth.test")
            health = health_of(who, lambda answer: clock_difference(answer, datetime.now(UTC)))
            problem = _problem(who.value) if health.well else ""
            if problem:
                hint = "Give in token_env a bot token of the workspace."
                return replace(health, authenticated=False, problem=problem, suggestion=hint)
            if not health.well:
                return health
            with suppress(Refused):
                channels = _ids(service, self._channels(scope))
                missing = tuple(name for name in self._channels(scope) if name not in channels)
                hint = _ADVICE["channel_not_found"] if missing else ""
                return replace(health, missing=missing, suggestion=hint)
        return replace(health, missing=("conversations.list",), suggestion=_ADVICE["missing_scope"])

    def _channels(self, scope: Scope) -> list[str]:
        incident = scope.selector.incident.lower()
        return [name.replace("{incident}", incident).removeprefix("#") for name in self.settings.channels]

    def _service(self, deadline: Deadline) -> Service:
        endpoint = self.settings.endpoint(self.surroundings.environ)
        return Service(endpoint, left=lambda: deadline.left)


@dataclass(frozen=True, slots=True)
class _Asking:
    """One fetch under way."""

    settings: SlackSettings
    service: Service
    gathering: Gathering
    destination: Path

    def everything(self, names: Sequence[str]) -> None:
        ids = self._known(names)
        written: dict[str, list[dict[str, Json]]] = {}
        try:
            for name in names:
                if name in ids:
                    written[name] = []
                    self._channel(ids[name], written[name])
                else:
                    self.gathering.note(f"#{name}: {_ADVICE['channel_not_found']}")
            self._people(written)
        finally:
            for name, messages in written.items():
                self._write(name, messages)

    def _known(self, names: Sequence[str]) -> dict[str, str]:
        """Find the channels' ids; ids given as names need no looking up."""
        ids = {name: name for name in names if name[:1] in "CG" and name.isupper() and name.isalnum()}
        wanted = [name for name in names if name not in ids]
        if wanted:
            params = [("types", "public_channel,private_channel"), ("exclude_archived", "false")]
            for item in self._list("conversations.list", "channels", [*params, ("limit", "999")]):
                if (name := string(item.get("name"))) in wanted:
                    ids[name] = string(item.get("id"))
        return ids

    def _channel(self, channel: str, messages: list[dict[str, Json]]) -> None:
        window = self.gathering.scope.window
        span = (
            [("oldest", f"{window.start.timestamp():.6f}"), ("latest", f"{window.end.timestamp():.6f}")]
            if window
            else []
        )
        params = [("channel", channel), *span, ("inclusive", "true"), ("limit", str(self.settings.page_size))]

        def add(found: list[dict[str, Json]]) -> None:
            seen = {string(item.get("ts")) for item in messages}
            messages.extend(item for item in found if string(item.get("ts")) not in seen)

        self._list("conversations.history", "messages", params, add)
        for parent in [item for item in messages if item.get("reply_count")]:
            thread = [("channel", channel), ("ts", string(parent.get("ts"))), *params[1:]]
            self._list("conversations.replies", "messages", thread, add)

    def _people(self, written: dict[str, list[dict[str, Json]]]) -> None:
        """Write who the ids are: handle and name, nothing else of a profile."""
        wrote = sorted(
            {string(item.get("user")) for messages in written.values() for item in messages} - {""}
        )
        users: list[Json] = []
        try:
            for ident in wrote:
                document = self.service.get_json("users.info", [("user", ident)])
                user = mapping(mapping(document.value).get("user"))
                answer = document.answer
                if answer.outcome == "ok" and (problem := _problem(document.value)):
                    answer = replace(answer, outcome="failed", note=problem)
                if user:
                    users.append(_person(user))
                self.gathering.record(f"users.info user={ident}", answer, rows=bool(user), lookup=True)
        finally:
            if users:
                path = self.destination / "users.json"
                write_lines(path, users)
                self.gathering.attach(path, "users.info")

    def _write(self, name: str, messages: Sequence[dict[str, Json]]) -> None:
        days: dict[str, list[Json]] = {}
        for item in sorted(messages, key=lambda item: string(item.get("ts"))):
            with suppress(ValueError):
                day = datetime.fromtimestamp(float(string(item.get("ts"))), UTC).date().isoformat()
                if string(item.get("subtype")) not in _NOISE:
                    days.setdefault(day, []).append(item)
        for day, items in days.items():
            path = self.destination / name.replace("/", "_") / f"{day}.json"
            write_lines(path, items)
            self.gathering.attach(path, f"#{name}")

    def _list(
        self,
        method: str,
        key: str,
        params: Params,
        write: Callable[[list[dict[str, Json]]], None] = lambda _: None,
    ) -> list[dict[str, Json]]:
        shown = " ".join(f"{name}={text}" for name, text in params if name in {"channel", "ts"})
        paged = _paged(self.service, method, key, params, told=f"{method} {shown}".strip())
        window = self.gathering.scope.window
        found = read_all(
            self.gathering,
            replace(paged, most=self.settings.max_messages, lookup=key == "channels"),
            lambda items: write(list(map(mapping, items))),
            window=window,
        )
        return list(map(mapping, found))


def _paged(service: Service, method: str, key: str, params: Params, *, told: str) -> Paged[str]:
    def ask(cursor: str) -> Document:
        return service.get_json(method, [*params, *([("cursor", cursor)] if cursor else [])])

    def read(value: Json, _: str) -> Page[str]:
        if problem := _problem(value):
            error = string(mapping(value).get("error"))
            raise Refused(problem, "denied" if error in _REFUSALS else "failed")
        items = objects_in(value, key)
        following = string(mapping(mapping(value).get("response_metadata")).get("next_cursor"))
        return Page(items, following or None)

    return Paged(told, ask, read, first="")


def _ids(service: Service, names: Sequence[str]) -> dict[str, str]:
    """Find channels in the first thousand of the workspace; raise Refused where they may not be listed."""
    paged = _paged(service, "conversations.list", "channels", [("limit", "999")], told="conversations.list")
    page = paged.read(paged.ask("").value, "")
    found = {string(mapping(item).get("name")): string(mapping(item).get("id")) for item in page.items}
    return {name: found.get(name, name) for name in names if name in found or name.isupper()}


def _problem(value: Json) -> str:
    """Say what an answer refuses: Slack sends errors with status 200 and `ok: false`."""
    item = mapping(value)
    if item.get("ok") is not False:
        return ""
    error = string(item.get("error")) or "not ok"
    advice = _ADVICE.get(error, "")
    needed = string(item.get("needed"))
    more = f", needs {needed}" if needed else ""
    return f"Slack says {error}{more}" + (f": {advice}" if advice else "")


def _person(user: dict[str, Json]) -> Json:
    profile = mapping(user.get("profile"))
    names: dict[str, Json] = {
        key: string(profile.get(key)) for key in ("display_name", "real_name") if profile.get(key)
    }
    return {"id": user.get("id"), "name": user.get("name"), "profile": names}


def _make(settings: SlackSettings, surroundings: Surroundings) -> SlackSource:
    settings.endpoint(surroundings.environ)
    return SlackSource(settings, surroundings)


KIND = SourceKind("slack", SlackSettings, _make)
