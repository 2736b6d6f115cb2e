"""A sealed bundle: every artifact of one collection and the manifest that vouches for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from agent.schema.base import Model, UtcTime
from agent.schema.incident import Window

Signal = Literal[
    "logs",
    "metrics",
    "alerts",
    "rules",
    "events",
    "objects",
    "topology",
    "traces",
    "changes",
    "chat",
    "unknown",
]
"""What an artifact tells about, decided by its content."""

Outcome = Literal["ok", "empty", "partial", "denied", "failed", "not recorded"]
"""How a request ended. "empty" (asked, nothing there) and "failed" (could not ask) never look alike."""


class Artifact(Model):
    """One raw payload as it was fetched, and how much of it could be read."""

    path: str
    """Relative to the snapshot folder, with forward slashes: `<source>/<name>`."""
    source: str
    signal: Signal
    format: str
    """Name of the format as tools.formats knows it, such as `kubectl-logs`."""
    query: str
    """What was asked of the source: a glob match, a PromQL query, a kubectl command."""
    outcome: Outcome = "ok"
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    rows: int = Field(default=0, ge=0)
    """Records read; for metrics the number of samples."""
    undated: int = Field(default=0, ge=0)
    """Rows without a readable time; they are kept beside their neighbour's time."""
    malformed: int = Field(default=0, ge=0)
    """Rows that could not be read at all."""
    first_bad_line: int | None = None
    """1-based line of the first malformed row."""
    first_time: UtcTime | None = None
    last_time: UtcTime | None = None
    assume_zone: str | None = None
    recorded_at: UtcTime | None = None
    labels: Mapping[str, str] = Field(default_factory=dict)
    """What the request or file name says of the whole artifact: service, pod, container, namespace,
    previous ("true" for the log of a crashed instance)."""
    note: str = ""


class Query(Model):
    """One query as it was sent, and what it came to."""

    query: str
    outcome: Outcome
    window: Window | None = None
    rows: int = Field(default=0, ge=0)
    bytes: int = Field(default=0, ge=0)
    seconds: float = Field(default=0, ge=0)
    truncated: bool = False
    """Whether a limit cut the answer."""
    note: str = ""


class Request(Model):
    """One row of the ledger: a source was asked for something, and this came back."""

    source: str
    query: str
    window: Window | None = None
    outcome: Outcome
    artifacts: tuple[str, ...] = ()
    rows: int = Field(default=0, ge=0)
    bytes: int = Field(default=0, ge=0)
    seconds: float = Field(default=0, ge=0)
    note: str = ""
    """What went wrong or was left out, with counts and the first offending line."""
    truncated: bool = False
    """Whether a limit cut something."""
    queries: tuple[Query, ...] = ()
    """Every query behind the row, in order; empty where `query` says it all."""


class Manifest(Model):
    """Vouches for one snapshot: never rewritten after it is sealed."""

    version: Literal[1] = 1
    incident: str
    sealed_at: UtcTime
    window: Window | None = None
    requests: tuple[Request, ...]
    artifacts: tuple[Artifact, ...]


class RawTreatment(Model):
    """What was done with a snapshot's artifacts after the digest; the manifest with their hashes stays."""

    treatment: Literal["dropped", "encrypted"]
    at: UtcTime
    recipients: tuple[str, ...] = ()
    """Public age keys that it was encrypted for."""
