"""CloudWatch Logs: events of the incident's log groups, read forward through the window."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import orjson
from pydantic import Field, model_validator

from tools.endpoint import Endpoint
from tools.formats.documents import string
from tools.http import Document, Json, Service, clock_difference
from tools.sources.aws import SigV4, account, address, refusal
from tools.sources.cloudwatch_groups import FORGOTTEN, Group, group_of, naming
from tools.sources.gathering import Gathering, GivenUp
from tools.sources.paging import Page, Paged, health_of, objects_in, read_all
from tools.sources.settings import HttpSettings
from tools.sources.source import Deadline, Fetched, Health, Scope, SourceKind, Span, Surroundings

_API = "Logs_20140328"
_FILTER, _DESCRIBE = "FilterLogEvents", "DescribeLogGroups"
_ERRORS = (
    "?ERROR ?Error ?error ?FATAL ?fatal ?panic ?Exception ?exception ?CRITICAL ?critical ?timeout ?refused "
    "?killed"
)
"""Filter pattern of which any term may occur in an event."""
_MOST_GROUPS = 500


class CloudwatchSettings(HttpSettings):
    """CloudWatch Logs of one region; credentials come from AWS's own chain."""

    url: str = ""
    """Where it is reached; default: the region's address, or AWS_ENDPOINT_URL_CLOUDWATCH_LOGS."""
    region: str = Field(default="", pattern=r"^[a-z0-9-]*$")
    """Default: the region of the environment or the profile."""
    profile: str = ""
    """Profile of the AWS configuration; default: AWS_PROFILE or `default`."""
    log_groups: tuple[str, ...] = ()
    """Names, or names with `*`; default: groups whose name holds a service's."""
    filter_pattern: str = ""
    """Filter pattern that events must match, in CloudWatch's syntax."""
    page_events: int = Field(default=10_000, ge=1, le=10_000)
    """Events of one answer; CloudWatch gives no more than 10,000 or 1 MB."""
    max_events: int = Field(default=100_000, ge=1)
    """Events of one group; of what comes after them only what looks like an error is asked for."""

    @model_validator(mode="after")
    def _signed(self) -> Self:
        if self.token_env or self.token_keyring or self.password_env or self.user:
            raise ValueError("logs in with AWS credentials; give none of token_env, token_keyring, user")
        return self


@dataclass(frozen=True, slots=True)
class CloudwatchSource:
    """Finds the log groups of the services, then reads each of them."""

    settings: CloudwatchSettings
    endpoint: Endpoint

    def fetch(self, scope: Scope, destination: Path) -> Fetched:
        """Write one file a log group; a window is needed."""
        window = scope.window
        if window is None:
            return Fetched("log events", "failed", (), note="the incident's record has no time to ask about")
        with self._service(scope.deadline) as service:
            gathering = Gathering(scope, destination, service, piecewise=True)
            asking = _Asking(self.settings, service, gathering, window)
            with suppress(GivenUp):
                for group in asking.groups():
                    if group.forgot(window.start):
                        gathering.note(f"{group.kept}; {FORGOTTEN}")
                    asking.events(group.name)
            for denied in asking.denied:
                gathering.note(denied)
            return gathering.result("log events of the window")

    def probe(self, scope: Scope) -> Health:
        """Ask for the groups, how long they keep events, and for one event of the first."""
        with self._service(scope.deadline) as service:
            wanted = next(iter(self.settings.log_groups), next(iter(scope.selector.services), ""))
            document = _call(service, _DESCRIBE, naming(wanted, literal=bool(self.settings.log_groups)))
            health = health_of(document, lambda answer: clock_difference(answer, datetime.now(UTC)))
            if not health.well:
                return _refused(health, document)
            known = [group for group in map(group_of, objects_in(document.value, "logGroups")) if group]
            told = bool(self.settings.log_groups)
            groups = [g for g in known if (g.matches(wanted) if told else g.bears(wanted))]
            if not groups:
                hint = "Correct log_groups, region or services."
                return replace(health, problem=f"no log group {wanted}".rstrip(), suggestion=hint)
            group = min(groups, key=lambda group: group.days or math.inf)
            window = scope.window or Span(datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC))
            found = _call(service, _FILTER, {**_about(group.name, window), "limit": 1})
        if found.value is None and found.answer.outcome == "denied":
            action = f"logs:{_FILTER}"
            return replace(health, missing=(action,), suggestion=f"Allow {action} on {group.name}.")
        if group.forgot(window.start):
            hint = "Use an export (files), or correct the window."
            return replace(health, retention=group.kept, problem=FORGOTTEN, suggestion=hint)
        return replace(health, retention=group.kept)

    def _service(self, deadline: Deadline) -> Service:
        return Service(self.endpoint, left=lambda: deadline.left)


@dataclass(slots=True)
class _Asking:
    """One fetch under way."""

    settings: CloudwatchSettings
    service: Service
    gathering: Gathering
    window: Span
    denied: list[str] = field(default_factory=list[str])
    """Which right is missing for what, once each."""

    def groups(self) -> list[Group]:
        """Name the groups to read: those told, else those whose name bears a service's."""
        found: dict[str, Group] = {}
        for told in self.settings.log_groups:
            matching = [Group(told)]
            if "*" in told:
                matching = [group for group in self._described(told, literal=True) if group.matches(told)]
                if not matching:
                    self.gathering.note(f"no log group is called {told}")
            found |= {group.name: group for group in matching}
        if not self.settings.log_groups:
            services = self.gathering.scope.selector.services
            if not services:
                self.gathering.note("neither log_groups nor services say what to ask about")
            for name in services:
                bearing = [group for group in self._described(name) if group.bears(name)]
                if not bearing:
                    self.gathering.note(f"no log group bears the name of {name}")
                found |= {group.name: group for group in bearing}
        return list(found.values())

    def events(self, group: str) -> None:
        """Read a group's events; where there are too many, the rest of the window is asked for errors."""
        kept: dict[str, dict[str, Json]] = {}
        try:
            rest = self._read(group, self.settings.filter_pattern, self.window, kept)
            if rest is not None and not self.settings.filter_pattern:
                self.gathering.note(f"{group}: after {rest:%Y-%m-%dT%H:%M:%SZ} only what looks like an error")
                self._read(group, _ERRORS, Span(rest, self.window.end), kept)
        finally:
            if kept:
                path = self.gathering.place(group, ".jsonl")
                path.write_bytes(b"".join(map(_line, kept.values())))
                self.gathering.attach(path, f"{_FILTER} {group}", labels=self._labels(group))

    def _described(self, name: str, *, literal: bool = False) -> list[Group]:
        body = {**naming(name, literal=literal), "limit": 50}
        told = f"{_DESCRIBE} {name}"

        def ask(token: str) -> Document:
            return self._told(_DESCRIBE, name, {**body, **({"nextToken": token} if token else {})})

        def understood(value: Json, _: str) -> Page[str]:
            return Page(list(objects_in(value, "logGroups")), _following(value))

        paged = Paged(told, ask, understood, first="", most=_MOST_GROUPS, lookup=True)
        items = read_all(self.gathering, paged)
        return [group for group in map(group_of, items) if group]

    def _read(
        self, group: str, pattern: str, window: Span, kept: dict[str, dict[str, Json]]
    ) -> datetime | None:
        """Read forward; return where reading stopped before the window's end."""
        body = {**_about(group, window), "limit": self.settings.page_events}
        if pattern:
            body["filterPattern"] = pattern
        more, seen = False, 0

        def ask(token: str) -> Document:
            return self._told(_FILTER, group, {**body, **({"nextToken": token} if token else {})})

        def understood(value: Json, _: str) -> Page[str]:
            nonlocal more, seen
            events = objects_in(value, "events")
            kept.update((string(event.get("eventId")) or str(len(kept)), event) for event in events)
            following, seen = _following(value), seen + len(events)
            more = following is not None and seen >= self.settings.max_events
            return Page(list(events), following)

        told = f"{_FILTER} {group}" + (f" {pattern}" if pattern else "")
        paged = Paged(told, ask, understood, first="", most=self.settings.max_events)
        read_all(self.gathering, paged, window=window)
        return max(map(_time, kept.values())) if more and kept else None

    def _told(self, action: str, resource: str, body: Mapping[str, Json]) -> Document:
        document = _call(self.service, action, body)
        if document.answer.outcome == "denied" and not document.answer.final:
            note = f"allow logs:{action} on {resource} ({document.answer.note})"
            if note not in self.denied:
                self.denied.append(note)
            return Document(replace(document.answer, note=note))
        return document

    def _labels(self, group: str) -> dict[str, str]:
        """Say whose the group is: the service that its name bears, else the last part of the name."""
        services = self.gathering.scope.selector.services
        named = next((name for name in services if Group(group).bears(name)), "")
        return {"service": named or group.rstrip("/").rpartition("/")[2], "log_group": group}


def _call(service: Service, action: str, body: Mapping[str, Json]) -> Document:
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"{_API}.{action}"}
    return service.post_json("", dict(body), headers=headers)


def _about(group: str, window: Span) -> dict[str, Json]:
    """Ask for a window; the API counts milliseconds and takes both ends in."""
    start, end = (round(time.timestamp() * 1000) for time in (window.start, window.end))
    return {"logGroupName": group, "startTime": start, "endTime": end}


def _following(value: Json) -> str | None:
    token = value.get("nextToken") if isinstance(value, dict) else None
    return token if isinstance(token, str) and token else None


def _time(event: Mapping[str, Json]) -> datetime:
    stamp = event.get("timestamp")
    return datetime.fromtimestamp((stamp if isinstance(stamp, int) else 0) / 1000, UTC)


def _line(event: Mapping[str, Json]) -> bytes:
    """Write an event under the names that Logs Insights uses, one a line."""
    line = {
        "@timestamp": _time(event).isoformat(timespec="milliseconds"),
        "@logStream": event.get("logStreamName"),
        "@message": string(event.get("message")).rstrip("\n"),
    }
    return orjson.dumps(line) + b"\n"


def _refused(health: Health, document: Document) -> Health:
    answer = document.answer
    if answer.final:
        hint = "Log in (aws sso login), or set profile, AWS_PROFILE or AWS_ACCESS_KEY_ID."
        return replace(health, suggestion=hint)
    if answer.outcome == "denied":
        action = f"logs:{_DESCRIBE}"
        return replace(health, missing=(action,), suggestion=f"Allow {action} to this role.")
    return replace(health, suggestion="Check region, url, proxy and network.")


def _make(settings: CloudwatchSettings, surroundings: Surroundings) -> CloudwatchSource:
    own = account(settings.profile)
    region = settings.region or surroundings.environ.get("AWS_REGION") or own.region()
    if not region:
        raise ValueError("no region: give `region`, or set AWS_REGION")
    environ = surroundings.environ
    told = (settings.url, *map(environ.get, ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "AWS_ENDPOINT_URL")))
    signed = replace(
        settings.endpoint(environ),
        url=next(filter(None, told), address("logs", region)),
        signer=SigV4(own, "logs", region),
        refusal=refusal,
    )
    return CloudwatchSource(settings, signed)


KIND = SourceKind("cloudwatch", CloudwatchSettings, _make)
