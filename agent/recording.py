"""Recording: the incident's record, taken from the pager or tracker where the organisation keeps it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from agent.bounding import TimedOut, bounded
from agent.errors import ExitCode, NotFound, UserError
from agent.schema.base import parse
from agent.schema.incident import Incident, SourceSpec, Window
from agent.settings import FILE_NAME, Settings
from agent.sourcing import Declared, opened, seconds_of
from agent.store import Home, IncidentFolder
from tools.sources.source import Deadline, IncidentRecord, Recorder, Span, Surroundings


def record(
    ident: str,
    home: Home,
    settings: Settings,
    environ: Mapping[str, str] = os.environ,
    *,
    window: Window | None = None,
) -> IncidentFolder:
    """Ask the provider of `[incidents]` and write incident.yaml from its answer.

    `window` says when it was, for a provider that knows alerts and no incidents. Raise NotFound where the
    provider knows no such incident, UserError where it could not be asked.
    """
    source = provider_of(settings)
    where = f"{source.spec.kind} (`[incidents]` of {source.file})"
    try:
        ready = opened(source, Surroundings(home.path, environ))
        if not hasattr(ready, "incident"):
            raise UserError(
                f"{where} keeps no incident records.",
                hint='Give as provider "pagerduty", "github", "prometheus" or "alertmanager".',
            )
        span = Span(window.start, window.end) if window else None
        recorder, seconds = cast("Recorder", ready), seconds_of(source, settings)
        found = bounded(lambda: recorder.incident(ident, Deadline(seconds), span), seconds)
    except LookupError as error:
        raise NotFound(
            f"No incident {ident!r}, neither here nor in {where}: {error.args[0]}.",
            hint="Correct the id; `pm-agent status` lists yours, `pm-agent new` makes one by hand.",
        ) from None
    except TimedOut:
        raise _unasked(where, f"no answer within {seconds_of(source, settings):g} s") from None
    except ValueError as error:
        raise _unasked(where, str(error)) from None
    return home.create(incident_from(ident, found, settings))


def provider_of(settings: Settings) -> Declared:
    """Say which source holds the records; raise UserError where none is declared."""
    told, file = settings.incidents, settings.config_file or Path(FILE_NAME)
    if told is None:
        raise UserError(
            f"{file} names no provider of incidents.", hint='Add [incidents] provider = "pagerduty".'
        )
    extra = dict(told.model_extra or {})
    shared = next((spec for spec in settings.sources if told.provider in {spec.name, spec.kind}), None)
    if shared is not None:
        return Declared(SourceSpec.model_validate({**shared.told, **extra}), file)
    return Declared(SourceSpec.model_validate({**extra, "kind": told.provider}), file)


def incident_from(ident: str, found: IncidentRecord, settings: Settings) -> Incident:
    """Write down what the provider says; what it does not say is left out."""
    roster = settings.roster
    people: list[dict[str, str]] = []
    for person in found.people:
        known = next((one for one in roster if one.answers_to(person.name, person.email)), None)
        told = {"handle": known.handle if known else person.name, "name": known.name if known else ""}
        role = (known.role if known else None) or person.role
        people.append({key: text for key, text in {**told, "role": role}.items() if text})
    data: dict[str, object] = {
        "id": ident,
        "title": found.title or ident,
        "severity": found.severity or None,
        "start": found.start,
        "end": found.end,
        "services": found.services,
        "people": people,
        "summary": found.summary or None,
    }
    given = {key: value for key, value in data.items() if value}
    return parse(Incident, given, where=f"the record of {ident}")


def _unasked(where: str, why: str) -> UserError:
    return UserError(
        f"{where} could not be asked for the record: {why}.",
        hint="`pm-agent doctor` says what it needs; `pm-agent new` makes an incident without it.",
        exit_code=ExitCode.NO_EVIDENCE,
    )
