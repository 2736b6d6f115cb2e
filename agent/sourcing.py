"""Sources of an incident: what incident.yaml and pm-agent.toml declare, checked, ready to ask."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agent.errors import UserError
from agent.schema.base import describe_problems
from agent.schema.incident import Incident, SourceSpec, Window
from agent.settings import FILE_NAME, Settings
from agent.store import IncidentFolder
from tools.sources import kind_of, known_kinds
from tools.sources.settings import SourceSettings
from tools.sources.source import Deadline, Scope, Selector, Source, SourceKind, Span, Surroundings


@dataclass(frozen=True, slots=True)
class Declared:
    """A source and the file that declares it."""

    spec: SourceSpec
    file: Path


def declared(incident: Incident, file: Path, settings: Settings) -> tuple[Declared, ...]:
    """List the incident's sources, then the settings' whose names it does not use.

    Raise UserError for a name that one file uses twice, an unknown kind, or a wrong field.
    """
    config = settings.config_file or Path(FILE_NAME)
    own = [Declared(spec, file) for spec in incident.sources]
    named = {spec.name for spec in incident.sources}
    shared = [Declared(spec, config) for spec in settings.sources]
    _refuse_twins(own)
    _refuse_twins(shared)
    found = (*own, *(source for source in shared if source.spec.name not in named))
    for source in found:
        checked(source)
    return found


def checked(source: Declared) -> tuple[SourceKind[Any], SourceSettings]:
    """Validate a source against its kind; raise UserError naming file, source and field."""
    spec = source.spec
    try:
        kind = kind_of(spec.kind)
    except LookupError:
        raise UserError(
            f"{source.file}: source {spec.name!r} is of kind {spec.kind!r}, which nobody offers.",
            hint=f"Kinds: {', '.join(known_kinds())}.",
        ) from None
    try:
        return kind, kind.settings.model_validate(spec.told, context={"folder": source.file.parent})
    except ValidationError as error:
        raise UserError(describe_problems(error, f"{source.file}: source {spec.name!r}")) from error


def is_live(source: Declared) -> bool:
    """Whether a source is asked over the network."""
    return not checked(source)[0].local


def opened(source: Declared, surroundings: Surroundings) -> Source:
    """Make the source; raise ValueError where a secret that it names is not set."""
    kind, settings = checked(source)
    return kind.make(settings, surroundings)


def scope_of(source: Declared, incident: Incident, window: Window | None, seconds: float) -> Scope:
    """Say what a source is asked for: its own services and namespaces, else the incident's."""
    _, settings = checked(source)
    return Scope(
        window=Span(window.start, window.end) if window else None,
        selector=Selector(
            services=settings.services or incident.services,
            namespaces=settings.namespaces or incident.namespaces,
            incident=incident.id,
        ),
        deadline=Deadline(seconds),
    )


def seconds_of(source: Declared, settings: Settings) -> float:
    """Seconds that a source may take: its own timeout, else the settings'."""
    return checked(source)[1].timeout or settings.source_timeout


def surroundings_of(
    folder: IncidentFolder, excluded: frozenset[Path], environ: Mapping[str, str] = os.environ
) -> Surroundings:
    """Say where a source of this incident runs."""
    return Surroundings(base=folder.path, environ=environ, excluded=excluded)


def _refuse_twins(sources: list[Declared]) -> None:
    names = [source.spec.name for source in sources]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UserError(
            f"{sources[0].file}: two sources are called {', '.join(twice)}.",
            hint="Give each source a `name` of its own; it names its folder in the snapshot.",
        )
