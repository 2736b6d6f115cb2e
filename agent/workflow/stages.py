"""Stages: what the nodes call, as values, so that a test passes its own and nothing is patched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from agent.drafting.drafter import Analysis, Brief, Drafter, Narrative
from agent.drafting.looks import Recording
from agent.investigation import SealedRecording
from agent.schema.bundle import Artifact, Manifest, Request
from agent.schema.digest import Digest
from agent.schema.finding import Finding
from agent.schema.incident import Incident
from agent.schema.postmortem import ActionItem, PostMortem, TimelineRow
from agent.schema.review import Decision
from agent.settings import Settings
from agent.sourcing import Declared
from agent.store import Bundle, IncidentFolder
from agent.workflow.progress import Progress, silent
from tools.redaction.names import Names

Part = tuple[Request, tuple[Artifact, ...]]


class Fetch(Protocol):
    """Fetch one source into a scratch folder; a failure is an outcome of the request."""

    def __call__(
        self, source: Declared, folder: IncidentFolder, settings: Settings, scratch: Path, /
    ) -> Part:
        """Fetch a source for the incident of `folder`."""
        ...


class Seal(Protocol):
    """Write the manifest that vouches for a scratch folder."""

    def __call__(
        self, scratch: Path, incident: Incident, parts: tuple[Part, ...], now: datetime, /
    ) -> Manifest:
        """Hash and list every artifact."""
        ...


class Assemble(Protocol):
    """Put the parts of a draft together."""

    def __call__(
        self,
        brief: Brief,
        timeline: tuple[TimelineRow, ...],
        analysis: Analysis,
        actions: tuple[ActionItem, ...],
        narrative: Narrative,
        *,
        drafter: str,
        now: datetime,
        version: str,
        digest_sha256: str,
    ) -> PostMortem:
        """Make the whole draft."""
        ...


class Check(Protocol):
    """Run every rule over a draft."""

    def __call__(self, draft: PostMortem, digest: Digest | None, *, now: datetime) -> tuple[Finding, ...]:
        """Report what the rules find."""
        ...


class Save(Protocol):
    """Write a draft, its renderings and its findings."""

    def __call__(
        self,
        folder: IncidentFolder,
        draft: PostMortem,
        digest: Digest | None,
        findings: tuple[Finding, ...],
        /,
    ) -> str:
        """Return the version written."""
        ...


class Finalise(Protocol):
    """Write the approved report."""

    def __call__(self, folder: IncidentFolder, decision: Decision, *, now: datetime) -> object:
        """Write it; doing so twice changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Stages:
    """One function for each step that is not wording."""

    fetch: Fetch
    seal: Seal
    digest: Callable[[Bundle, Incident, Names | None], Digest]
    assemble: Assemble
    check: Check
    save: Save
    finalise: Finalise
    edited_by_hand: Callable[[IncidentFolder], bool]
    recording: Callable[[Bundle, Digest, Names | None], Recording] = SealedRecording


@dataclass(frozen=True, slots=True)
class Deps:
    """All that the nodes get from outside."""

    folder: IncidentFolder
    drafter: Drafter
    settings: Settings
    now: Callable[[], datetime]
    stages: Stages
    progress: Progress = silent
