"""The failure-pattern catalogue: general operations knowledge as data, checked when it is loaded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError, model_validator

from agent.errors import UserError
from agent.schema.base import Model
from agent.schema.evidence import EvidenceKind
from agent.schema.postmortem import ActionKind, Category, Layer, Priority, Strength

Proof = Literal["hard", "indicative", "symptom"]
"""hard: the evidence is the condition itself. indicative: it points at the condition. symptom: it shows that
something else is wrong."""

Templates = Annotated[
    tuple[str, ...],
    Field(min_length=1),
    BeforeValidator(lambda value: (value,) if isinstance(value, str) else value),
]
"""Most specific first; the first whose values are all known is used. A lone text stands for a list of one."""

E = TypeVar("E")
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class Condition(Model):
    """What one piece of evidence must show; every field that is given has to hold."""

    kinds: tuple[EvidenceKind, ...] = ()
    where: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """Attribute and the values it may have, compared without case."""
    text: str = ""
    """Regular expression over statement, quote and `key=value` lines of the attributes; case is ignored."""
    present: tuple[str, ...] = ()
    """Attributes that must have a value."""
    unless: str = ""
    """Regular expression that must not match the same text."""

    @model_validator(mode="after")
    def _compiles(self) -> Self:
        for expression in (self.text, self.unless):
            re.compile(expression)
        if not (self.where or self.text):
            raise ValueError("a condition needs `where` or `text`")
        return self


class WhyTemplate(Model):
    """One link of a why-chain: answered where evidence matches, otherwise asked."""

    question: str
    when: tuple[Condition, ...] = ()
    settle: str
    """What would answer it, where the evidence does not."""


class ActionTemplate(Model):
    """One deliverable that removes, contains or shows the condition."""

    kind: ActionKind
    strength: Strength
    priority: Priority
    action: Templates
    done_when: Templates
    owner: str | None = None
    """Who does it, where it is not the owner of the condition."""


class Example(Model):
    """One made-up piece of evidence; the tests build it and look at the outcome."""

    kind: EvidenceKind
    text: str
    attributes: Mapping[str, str] = Field(default_factory=dict)


class Examples(Model):
    """At least one that the pattern recognises and one that it leaves alone."""

    hit: tuple[Example, ...] = Field(min_length=1)
    miss: tuple[Example, ...] = Field(min_length=1)


class Entry(Model):
    """A condition of an incident: how to say it and what to do about it."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Templates
    layer: Layer
    category: Category
    claim: Templates
    inferred: bool = False
    """Whether the claim goes beyond what the cited evidence says."""
    owner: str | None = None
    """Who owns such conditions, where it is not the component's own team."""
    actions: tuple[ActionTemplate, ...] = Field(min_length=1)


class Pattern(Entry):
    """One known way in which systems fail, and the evidence that shows it."""

    proof: Proof
    weight: float = Field(gt=0, le=1)
    """How much it explains: the condition itself near 1, a symptom near 0.3."""
    component: tuple[str, ...] = ("service", "object")
    """Where the component's name comes from, first that is known: service, a key of the attributes, or a
    named group of the expression."""
    match: tuple[Condition, ...] = Field(min_length=1)
    explains: tuple[str, ...] = ()
    """Patterns that follow from this one on the same component."""
    also: tuple[Condition, ...] = ()
    against: tuple[Condition, ...] = ()
    strict: bool = False
    """Whether evidence against it rules it out; otherwise it only weakens it."""
    whys: tuple[WhyTemplate, ...] = ()
    sources: tuple[str, ...] = Field(min_length=1)
    examples: Examples


_PATTERNS = TypeAdapter(tuple[Pattern, ...])
_ENTRIES = TypeAdapter(tuple[Entry, ...])


@cache
def load() -> tuple[Pattern, ...]:
    """Read every catalogue file in order of its name; raise UserError naming the file and the field."""
    folder = files("agent.drafting").joinpath("catalogue")
    found: list[Pattern] = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yaml"):
            found.extend(read(entry.read_text(encoding="utf-8"), where=entry.name))
    doubled = {pattern.id for pattern in found if sum(other.id == pattern.id for other in found) > 1}
    if doubled:
        raise UserError(f"failure-pattern ids are used twice: {', '.join(sorted(doubled))}")
    return tuple(found)


@cache
def circumstances() -> dict[str, Entry]:
    """Conditions that timing and object states show rather than a pattern, by id."""
    file = files("agent.drafting").joinpath("circumstances.yaml")
    return {entry.id: entry for entry in _parse(_ENTRIES, file.read_text(encoding="utf-8"), where=file.name)}


def entry(name: str | None) -> Entry | None:
    """Look up a pattern or circumstance by id."""
    found = next((pattern for pattern in load() if pattern.id == name), None)
    return found or circumstances().get(name or "")


def read(text: str, *, where: str) -> tuple[Pattern, ...]:
    """Parse one catalogue file; `where` names it in errors."""
    return _parse(_PATTERNS, text, where=where)


def _parse(adapter: TypeAdapter[E], text: str, *, where: str) -> E:
    import yaml  # noqa: PLC0415 - only a draft needs it

    try:
        loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
        return adapter.validate_python(yaml.load(text, Loader=loader))  # noqa: S506 - both loaders are safe
    except (ValidationError, yaml.YAMLError) as error:
        raise UserError(
            f"failure-pattern catalogue {where} is not valid: {error}",
            hint="Compare the entry with its neighbours; agent.drafting.catalogue.Pattern has the fields.",
        ) from error
