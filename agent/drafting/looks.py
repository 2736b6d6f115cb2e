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

Moment = Annotated[UtcTime | None, BeforeValidator(lambda value: None if value == "" else value)]
"""RFC 3339 with a zone, such as 2024-05-01T10:00:00Z; null or empty is no limit."""
Words = Annotated[str, Field(max_length=200)]
Level = Literal["", "fatal", "error", "warning", "info", "debug"]


class _Look(Model):
    start: Moment = None
    """Earliest time, RFC 3339 with Z; leave out for no limit."""
    end: Moment = None
    """Latest time."""


class SearchLogs(_Look):
    """Search log lines by words or by the form of a known pattern, counted by service and form.

    Of many forms the gravest are told, those that speak of a failure, the loudest, then the rarest.
    """

    text: Words = ""
    """Words that the line holds as they are, in any case."""
    like: EvidenceId | None = None
    """An L id: lines of the same form, in every service."""
    service: Words = ""
    level: Level = ""
    """This level or a graver one. A line that states no level has none, even where it tells of an error."""


class LinesAround(Model):
    """Read what was logged around a moment, in order of time."""

    time: UtcTime
    """The moment, RFC 3339 with Z."""
    seconds: Annotated[float, Field(gt=0, le=600)] = 10.0
    """How far to look to each side."""
    service: Words = ""
    """Leave out for all services."""
    level: Level = ""
    """This level or a graver one; a line that states none is left out."""


class FindSeries(_Look):
    """Find metric series by words, with statistics; without words list what there is.

    Those come first whose mean differs most between the window and the rest of the recording; where no window
    is given, between before and after the onset.
    """

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
    """Words of a name, a message, a field or its value; object and field together give the whole value."""
    kind: Words = ""
    """Such as Pod, Deployment, Service, Node, ConfigMap, NetworkPolicy; `Event` for events only."""


class ListCalls(Model):
    """List which services call a service and which it calls, with an id to cite."""

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
class Line:
    """One thing that a look found."""

    text: str
    """Foreign text, not fenced yet; it begins with the id where there is one."""
    id: str = ""
    """The evidence that it stands for."""
    rank: float = 0.0
    """How ordinary it is: where not all lines fit, those of the highest rank are left out."""
    name: str = ""
    """What it is about in a few words, told where the line itself is left out."""
    whole: bool = False
    """It was asked for by name, so that it is told at length."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a look found."""

    lines: tuple[Line, ...]
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

    def standing(self) -> tuple[Evidence, ...]:
        """Mint what holds whatever is looked for, to be cited: what is lacking, who calls the suspects."""
        ...

    def answer(self, look: Look) -> Answer:
        """Answer one look, an empty one by evidence that says so; raise ToolRefused where it cannot be."""
        ...
