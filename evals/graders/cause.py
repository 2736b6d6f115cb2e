"""Where in a draft's factors the labelled cause stands."""

from __future__ import annotations

from collections.abc import Sequence

from agent.schema.base import Model
from agent.schema.postmortem import Factor, PostMortem
from evals.expectation import ExpectedCause
from evals.phrases import names_any, says_any


class CauseGrade(Model):
    """Ranks are 1-based; None where no factor fits or there is nothing to compare with."""

    cause_rank: int | None
    """First factor that names the component and, where the label tells one, the mechanism.

    What the sentence that states the cause says of the mechanism counts with the first factor.
    """
    component_rank: int | None
    """First factor that names the component, whatever it says of it."""


def grade(draft: PostMortem, expected: ExpectedCause) -> CauseGrade:
    """Rank the labelled cause among the factors, those that the cause rests on first."""
    if not expected.graded or draft.cause.verdict == "no incident":
        return CauseGrade(cause_rank=None, component_rank=None)
    texts = [_text(factor) for factor in ranked(draft)]
    stated = draft.cause.claim.text if draft.cause.factors else ""
    told = [f"{text}\n{stated}" if rank == 0 else text for rank, text in enumerate(texts)]
    fits = [
        _names(text, expected) and _explains(more, expected) for text, more in zip(texts, told, strict=True)
    ]
    return CauseGrade(
        cause_rank=_first(fits), component_rank=_first([_names(text, expected) for text in texts])
    )


def ranked(draft: PostMortem) -> tuple[Factor, ...]:
    """Order the factors: first those that the cause rests on, as it lists them, then the others."""
    by_id = {factor.id: factor for factor in draft.factors}
    first = [by_id[name] for name in dict.fromkeys(draft.cause.factors) if name in by_id]
    return (*first, *(factor for factor in draft.factors if factor not in first))


def _first(fits: Sequence[bool]) -> int | None:
    return next((rank for rank, fit in enumerate(fits, 1) if fit), None)


def _text(factor: Factor) -> str:
    return "\n".join((factor.title, factor.claim.text, factor.component or ""))


def _names(text: str, expected: ExpectedCause) -> bool:
    return not expected.component or names_any(text, expected.component)


def _explains(text: str, expected: ExpectedCause) -> bool:
    return not expected.phrases or says_any(text, expected.phrases)
