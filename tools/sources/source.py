"""The contract of every source: asked for a scope, it writes artifacts and says what came back.

A kind of source is three things: a settings model, a class that fetches and probes, and a `SourceKind` that
ties them together and is listed in `tools.sources` or under the entry-point group `pm_agent.sources`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Generic, Literal, Protocol, TypeVar

from tools.formats import log_files, read, sniff
from tools.formats.records import Clock, Sniffed, Tally
from tools.sources.settings import SourceSettings

Outcome = Literal["ok", "empty", "partial", "denied", "failed", "not recorded"]
"""How a request ended. "empty" (asked, nothing there) and "failed" (could not ask) never look alike."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, start before end, both aware and in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Selector:
    """What the incident is about; a source turns it into its own filters where it can."""

    services: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    incident: str = ""
    """The record's id, which may be the id that a pager knows the incident by."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a fetch must be over: a source that sees it pass stops and returns what it has."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    began: float = field(default=-1.0)

    def __post_init__(self) -> None:
        if self.began < 0:
            object.__setattr__(self, "began", self.clock())

    @property
    def left(self) -> float:
        """Seconds that are left, never below zero."""
        return max(0.0, self.seconds - (self.clock() - self.began))

    @property
    def passed(self) -> bool:
        """Whether no time is left."""
        return self.left <= 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One query as it was sent, and what it came to."""

    query: str
    outcome: Outcome
    window: Span | None = None
    rows: int = 0
    bytes: int = 0
    seconds: float = 0.0
    truncated: bool = False
    """Whether a limit cut the answer."""
    note: str = ""
    lookup: bool = False
    """Whether it only served to ask the next query: a list of labels or channels is no evidence."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a source is asked for."""

    window: Span | None
    """None where the incident's record says no time; files need none, most other sources do."""
    selector: Selector
    deadline: Deadline
    ended: list[Asked] = field(default_factory=list[Asked], compare=False)
    """Every query that has ended, which is known even of a source that must be given up."""


@dataclass(frozen=True, slots=True)
class FetchedArtifact:
    """One raw payload as it was written, and how reading it went."""

    path: Path
    query: str
    sniffed: Sniffed
    tally: Tally
    labels: Mapping[str, str]
    clock: Clock
    sha256: str = ""
    """Of the payload, where the source hashed what it wrote; empty where it did not."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one source gave: a row of the ledger, the queries behind it and the artifacts."""

    query: str
    """The whole request in a few words, for the ledger."""
    outcome: Outcome
    artifacts: tuple[FetchedArtifact, ...]
    note: str = ""
    asked: tuple[Asked, ...] = ()
    """Every query that was made, in order; empty where `query` says it all."""


@dataclass(frozen=True, slots=True)
class Health:
    """What doctor says about a source."""

    reachable: bool
    authenticated: bool | None = None
    """None where it could not be told."""
    version: str = ""
    missing: tuple[str, ...] = ()
    """Permissions or interfaces that a fetch would need and does not have."""
    clock_seconds: float | None = None
    """How far the source's clock is ahead of ours."""
    retention: str = ""
    """How far back it remembers, and whether the window asked about is still there."""
    problem: str = ""
    suggestion: str = ""
    """One thing to do next; empty where all is well."""

    @property
    def well(self) -> bool:
        """Whether a fetch can be expected to work."""
        return self.reachable and self.authenticated is not False and not self.missing and not self.problem


class Source(Protocol):
    """A read-only connector."""

    def fetch(self, scope: Scope, destination: Path) -> Fetched:
        """Write what the scope holds into `destination`, which exists and is empty.

        Outcomes are returned, not raised. Stop by yourself when `scope.deadline` has passed.
        """
        ...

    def probe(self, scope: Scope) -> Health:
        """Find out with a few cheap requests whether a fetch of this scope would work."""
        ...


@dataclass(frozen=True, slots=True)
class Responder:
    """Somebody who took part, as the system that holds the record knows them."""

    name: str
    role: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """What a pager or an issue says about an incident; what it does not say is empty."""

    title: str
    start: datetime | None = None
    end: datetime | None = None
    severity: str = ""
    services: tuple[str, ...] = ()
    people: tuple[Responder, ...] = ()
    summary: str = ""


class Recorder(Protocol):
    """A source that also holds incident records."""

    def incident(self, ident: str, deadline: Deadline, window: Span | None = None) -> IncidentRecord:
        """Read a record; raise LookupError where there is none, ValueError where it could not be asked.

        `window` says when it was, for what keeps no ids of incidents.
        """
        ...


def _no_paths() -> frozenset[Path]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a source may know of where it runs."""

    base: Path
    """The incident's folder; relative paths start here."""
    environ: Mapping[str, str]
    """Where secrets come from."""
    excluded: frozenset[Path] = field(default_factory=_no_paths)
    """Files and folders of ours, which are no evidence."""


S = TypeVar("S", bound=SourceSettings)


@dataclass(frozen=True, slots=True)
class SourceKind(Generic[S]):
    """One kind of source: the table in pm-agent.toml that it takes, and how it is made."""

    name: str
    settings: type[S]
    make: Callable[[S, Surroundings], Source]
    """Make the source; raise ValueError where a secret is not set. Opens no connection."""
    local: bool = False
    """Whether it reads this machine only, so that it is asked offline too."""


def examine(path: Path, *, clock: Clock, labels: Mapping[str, str]) -> tuple[Sniffed, Tally]:
    """Sniff a file and read it once, for the tally; raise ValueError for a zone that does not exist."""
    sniffed = sniff(path)
    if sniffed.format in log_files.FORMATS and path.stat().st_size >= log_files.LARGE:
        from tools.formats import surveying  # noqa: PLC0415 - numpy, which large logs alone are worth

        return sniffed, surveying.survey(path, clock, labels)
    reading = read(path, clock=clock, labels=labels, sniffed=sniffed)
    deque(reading.records, maxlen=0)
    return sniffed, reading.tally


def outcome_of(asked: tuple[Asked, ...], artifacts: tuple[FetchedArtifact, ...]) -> Outcome:
    """Sum queries up: partial where some failed and some gave something, else what they all came to."""
    outcomes = {item.outcome for item in asked}
    trouble = outcomes & {"denied", "failed", "partial", "not recorded"}
    if not trouble:
        return "ok" if artifacts else "empty"
    served = {item.outcome for item in asked if not item.lookup} & {"ok", "empty"}
    if artifacts or served:
        return "partial"
    return "denied" if "denied" in trouble else "failed"
