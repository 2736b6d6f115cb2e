"""Where in a draft's factors the labelled cause stands."""

from __future__ import annotations

from collections.abc import Callable

from agent.schema.base import Model
from agent.schema.postmortem import Factor, PostMortem
from evals.expectation import ExpectedCause
from evals.phrases import names_any, says_any


class CauseGrade(Model):
    """Ranks are 1-based; None where no factor fits or there is nothing to compare with."""

    cause_rank: int | None
    """First factor that names the component and, where the label tells one, the mechanism."""
    component_rank: int | None
    """First factor that names the component, whatever it says of it."""


def grade(draft: PostMortem, expected: ExpectedCause) -> CauseGrade:
    """Rank the labelled cause among the factors, those that the cause rests on first."""
    if not expected.graded or draft.cause.verdict == "no incident":
        return CauseGrade(cause_rank=None, component_rank=None)
    factors = ranked(draft)
    return CauseGrade(
        cause_rank=_first(factors, lambda text: _names(text, expected) and _explains(text, expected)),
        component_rank=_first(factors, lambda text: _names(text, expected)),
    )


def ranked(draft: PostMortem) -> tuple[Factor, ...]:
    """Order the factors: first those that the cause rests on, as it lists them, then the others."""
    by_id = {factor.id: factor for factor in draft.factors}
    first = [by_id[name] for name in dict.fromkeys(draft.cause.factors) if name in by_id]
    return (*first, *(factor for factor in draft.factors if factor not in first))


def _first(factors: tuple[Factor, ...], fits: Callable[[str], bool]) -> int | None:
    return next((rank for rank, factor in enumerate(factors, 1) if fits(_text(factor))), None)


def _text(factor: Factor) -> str:
    return "\n".join((factor.title, factor.claim.text, factor.component or ""))


def _names(text: str, expected: ExpectedCause) -> bool:
    return not expected.component or names_any(text, expected.component)


def _explains(text: str, expected: ExpectedCause) -> bool:
    return not expected.phrases or says_any(text, expected.phrases)
