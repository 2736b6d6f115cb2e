"""What a model may ask of the recording: read-only looks with typed arguments, and what comes back.

The docstrings here are what the model reads about each tool.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

from pydantic import BeforeValidator, Field

from agent.schema.base import Model, UtcTime
from agent.schema.evidence import Evidence, EvidenceId

Moment = Annotated[UtcTime | None, BeforeValidator(lambda value: value or None)]
"""RFC 3339 with a zone, such as 2024-05-01T10:00:00Z; null or empty is no limit."""
Words = Annotated[str, Field(max_length=200)]


class _Look(Model):
    start: Moment = None
    """Earliest time, RFC 3339 with Z; leave out for no limit."""
    end: Moment = None
    """Latest time."""


class SearchLogs(_Look):
    """Search log lines by words or by the form of a known pattern, counted by service and form."""

    text: Words = ""
    """Words that the line holds as they are, in any case."""
    like: EvidenceId | None = None
    """An L id: lines of the same form, in every service."""
    service: Words = ""
    level: Literal["", "fatal", "error", "warning", "info", "debug"] = ""


class LinesAround(Model):
    """Read what was logged around a moment, in order of time."""

    time: UtcTime
    """The moment, RFC 3339 with Z."""
    seconds: Annotated[float, Field(gt=0, le=600)] = 10.0
    """How far to look to each side."""
    service: Words = ""
    """Leave out for all services."""
    level: Literal["", "fatal", "error", "warning", "info", "debug"] = ""


class FindSeries(_Look):
    """Find metric series by words, with statistics; without words list what there is."""

    metric: Words = ""
    service: Words = ""
    labels: Words = ""
    """Words that the labels hold, such as pod=checkout."""


class CompareWindows(Model):
    """Compare the series of a metric in two windows: mean and peak of each, and their ratio."""

    metric: Words
    service: Words = ""
    first_start: UtcTime
    first_end: UtcTime
    second_start: UtcTime
    second_end: UtcTime


class ListAlerts(_Look):
    """List alert episodes."""

    text: Words = ""
    """Words of name, labels or summary."""


class ListChanges(_Look):
    """List deploys, configuration changes, scalings and commits."""

    text: Words = ""


class SearchChat(_Look):
    """Search what people wrote."""

    text: Words = ""


class SearchKubernetes(_Look):
    """Search Kubernetes events and recorded objects: limits, probes, settings, conditions."""

    text: Words
    """Words of a name, a message, a field or its value."""
    kind: Words = ""
    """Such as Pod, Deployment, Service, Node, ConfigMap, NetworkPolicy; `Event` for events only."""


class ListCalls(Model):
    """List which services call a service and which it calls."""

    service: Words


Look = (
    SearchLogs
    | LinesAround
    | FindSeries
    | CompareWindows
    | ListAlerts
    | ListChanges
    | SearchChat
    | SearchKubernetes
    | ListCalls
)
LOOKS: Mapping[str, type[Look]] = {
    "search_logs": SearchLogs,
    "lines_around": LinesAround,
    "find_series": FindSeries,
    "compare_windows": CompareWindows,
    "list_alerts": ListAlerts,
    "list_changes": ListChanges,
    "search_chat": SearchChat,
    "search_kubernetes": SearchKubernetes,
    "list_calls": ListCalls,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a look found."""

    lines: tuple[str, ...]
    """Foreign text, one entry a line; not fenced yet."""
    cut: str = ""
    """What was left out, in words with counts; empty where nothing was."""
    not_recorded: str = ""
    """What the recording does not hold at all, such as "chat"; empty where the look could be answered."""
    empty: str = ""
    """What was searched without a match, as a sentence; empty where something matched."""


class Recording(Protocol):
    """The sealed bundle, as looks see it."""

    @property
    def found(self) -> tuple[Evidence, ...]:
        """Evidence that the looks have minted so far."""
        ...

    def missing(self) -> tuple[Evidence, ...]:
        """Mint what the recording lacks whatever is looked for, so that it can be cited."""
        ...

    def answer(self, look: Look) -> Answer:
        """Answer one look, an empty one by evidence that says so; raise ToolRefused where it cannot be."""
        ...
