"""Naming: whose names stand in what a draft is made of, and whose are replaced by roles."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import cast

from agent.schema.base import M
from agent.schema.incident import Incident, Person
from agent.schema.roster import Member, roles
from agent.settings import Settings
from tools.redact import Redactor
from tools.redaction.names import Known, Names

_PROSE = frozenset(
    "text event title question answer action done_when why_open summary note gaps".split()  # noqa: SIM905
)
"""Fields that hold sentences; what names a component, a source or a reviewer is none."""


def hidden_names(incident: Incident, settings: Settings) -> Names | None:
    """Give the names that `people = "roles"` replaces; None where handles are shown or no role is told."""
    if settings.people != "roles":
        return None
    return _names(incident.people, settings.roster, incident.services)


@lru_cache(maxsize=8)
def _names(people: tuple[Person, ...], roster: tuple[Member, ...], services: tuple[str, ...]) -> Names | None:
    known = [Known(role, names) for role, names in roles(people, roster)]
    taken = {part for name in services for part in (name, *name.split("-"))}
    return Names(known, taken) if known else None


def without_names(model: M, names: Names | None, *, salt: str) -> M:
    """Replace names in every sentence of a model; `salt` is the incident's id."""
    if names is None:
        return model
    redactor = Redactor(salt=salt.encode(), names=names)
    return type(model).model_validate(_replaced(model.model_dump(), redactor, prose=False))


def _replaced(value: object, redactor: Redactor, *, prose: bool) -> object:
    if isinstance(value, str):
        return redactor.text(value) if prose else value
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, object]", value)
        return {key: _replaced(item, redactor, prose=key in _PROSE) for key, item in fields.items()}
    if isinstance(value, list | tuple):
        return [_replaced(item, redactor, prose=prose) for item in cast("list[object]", value)]
    return value
