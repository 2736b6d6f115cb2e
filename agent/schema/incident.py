"""The incident record: what a person or a pager says about the incident before any evidence is read."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from agent.schema.base import Model, UtcTime

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


class FileSource(Model):
    """Evidence that already lies on disk."""

    kind: Literal["files"] = "files"
    name: str = Field(default="files", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """Names the folder below evidence/ that receives the artifacts."""
    paths: tuple[str, ...] = Field(min_length=1)
    """Files, folders or globs (`**` allowed), relative to incident.yaml's folder."""
    assume_zone: str | None = None
    """Zone of time stamps that carry none: "UTC", "+08:00" or an IANA name. Without it they count as UTC
    and the coverage ledger says so."""
    recorded_at: UtcTime | None = None
    """When the files were recorded; resolves relative ages such as kubectl's "5m"."""


SourceSpec = FileSource
"""Every kind of source that incident.yaml may name; a discriminated union once there are more."""


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
    people: tuple[Person, ...] = ()
    summary: str | None = None
    """What was reported when the incident was opened, in the reporter's words."""
    sources: tuple[SourceSpec, ...] = ()

    @model_validator(mode="after")
    def _start_before_end(self) -> Self:
        if self.start and self.end and self.end < self.start:
            raise ValueError(f"end {self.end} is before start {self.start}")
        return self
