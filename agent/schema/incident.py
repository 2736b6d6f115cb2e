"""The incident record: what a person or a pager says about the incident before any evidence is read."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from agent.schema.base import Model, UtcTime, to_second

IncidentId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
"""Also the name of the incident's folder: letters, digits, dot, underscore, hyphen."""


class Window(Model):
    """A stretch of time, start before end."""

    start: UtcTime
    end: UtcTime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"window is reversed or empty: start {self.start} is not before end {self.end}")
        return self


class Person(Model):
    """Somebody who took part, by handle; prose speaks of the role."""

    handle: str = Field(min_length=1)
    name: str | None = None
    role: str | None = None
    """Role in this incident, such as "incident commander" or "on-call, payments"."""


class SourceSpec(Model):
    """One source as incident.yaml or pm-agent.toml declares it.

    Beside kind and name it carries whatever its kind takes; the kind checks that before anything is fetched.
    """

    model_config = ConfigDict(extra="allow")

    kind: str = Field(default="files", min_length=1)
    name: str = Field(
        default_factory=lambda told: told.get("kind", ""), pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
    )
    """Names the folder below evidence/ that receives the artifacts; default: the kind."""

    @property
    def told(self) -> dict[str, object]:
        """Everything that was written, to be checked by the kind's settings model."""
        return {**(self.model_extra or {}), "kind": self.kind, "name": self.name}


class Incident(Model):
    """One incident as incident.yaml holds it. Times are UTC; what is unknown is left out, never guessed."""

    id: IncidentId
    title: str = Field(min_length=1)
    severity: str | None = None
    """As the organisation writes it, such as SEV2 or P1."""
    start: UtcTime | None = None
    end: UtcTime | None = None
    window: Window | None = None
    """Evidence to look at. Default: from an hour before start to half an hour after end."""
    services: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    """Where its services run; sources ask only about these."""
    people: tuple[Person, ...] = ()
    summary: str | None = None
    """What was reported when the incident was opened, in the reporter's words."""
    sources: tuple[SourceSpec, ...] = ()

    @model_validator(mode="after")
    def _start_before_end(self) -> Self:
        if self.start and self.end and self.end < self.start:
            raise ValueError(f"end {to_second(self.end)} is before start {to_second(self.start)}")
        return self
