"""What a good draft of one recorded incident must and must not say; kept where no drafter reads it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, Field

from agent.errors import NotFound, UserError
from agent.schema.base import Model, parse
from agent.schema.bundle import Signal
from agent.schema.incident import IncidentId


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
"""A regular expression, searched without regard to case."""


class ExpectedCause(Model):
    """The labelled cause: where it sat, and words that people use for what happened there."""

    component: tuple[str, ...] = ()
    """Names of the component, any of which counts; empty where the label names none."""
    phrases: tuple[str, ...] = ()
    """Each phrase counts when all its words begin words of one sentence; any phrase will do. Empty: the
    component is enough."""
    label: str = ""
    """The upstream label, such as `pod_network_delay`."""

    @property
    def graded(self) -> bool:
        """Whether there is anything to compare a draft with."""
        return bool(self.component or self.phrases)


class Statement(Model):
    """One thing to look for in everything that a draft states."""

    say: str
    """What it is about, for people."""
    any: tuple[Pattern, ...] = Field(min_length=1)
    """One sentence or row of the draft must match one of these."""


class Expectation(Model):
    """One expect.yaml."""

    id: IncidentId
    title: str
    system: str
    signals: tuple[Signal, ...]
    licence: str
    cause: ExpectedCause = ExpectedCause()
    must_state: tuple[Statement, ...] = ()
    must_not_state: tuple[Statement, ...] = ()
    unknowable: tuple[str, ...] = ()
    """What this evidence cannot tell. `start` and `end` are graded: the header must leave them out; the rest
    informs readers."""
    should_abstain: bool = False
    """The evidence carries no cause, so the verdict must be one of the abstaining ones."""
    verdict: Literal["not established", "no incident"] | None = None
    """The verdict that is right where only one is; None where any abstaining verdict, or a cause, may be."""


def read_expectation(file: Path) -> Expectation:
    """Read expect.yaml; raise UserError naming the file and what is wrong in it."""
    try:
        data: object = yaml.safe_load(file.read_bytes())
    except FileNotFoundError:
        raise NotFound(
            f"{file} does not exist.", hint="`python -m evals.importers` writes one beside each bundle."
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{file} is not readable YAML: {error}") from error
    return parse(Expectation, data, where=str(file))


def dump_expectation(expectation: Expectation) -> str:
    """Write an expectation as YAML, fields in their order, defaults left out."""
    data = expectation.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)
