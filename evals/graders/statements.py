"""What a draft states, and whether the things that it must and must not state are among it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.schema.base import Model, format_utc
from agent.schema.postmortem import Claim, PostMortem
from evals.expectation import Statement

_SECTIONS = (
    "summary",
    "impact",
    "detection",
    "response",
    "went_well",
    "went_badly",
    "lucky",
    "lessons",
    "prevention",
)


class Recall(Model):
    """How many of the things looked for were found."""

    hit: int
    of: int
    missed: tuple[str, ...] = ()


def stated(draft: PostMortem) -> tuple[str, ...]:
    """List everything that the draft asserts, one text a claim, row, factor or evidenced answer.

    Open questions, assumptions and hypotheses ruled out assert nothing of what happened, and do not count.
    """
    return tuple(_stated(draft))


def must_state(draft: PostMortem, wanted: tuple[Statement, ...]) -> Recall:
    """Count the wanted things that some statement of the draft says."""
    texts = stated(draft)
    missed = tuple(item.say for item in wanted if not _said(texts, item))
    return Recall(hit=len(wanted) - len(missed), of=len(wanted), missed=missed)


def must_not_state(draft: PostMortem, unwanted: tuple[Statement, ...]) -> tuple[str, ...]:
    """List the unwanted things that the draft says, each with the sentence that says it."""
    texts = stated(draft)
    return tuple(f"{item.say}: {text}" for item in unwanted if (text := _said(texts, item)) is not None)


def _said(texts: tuple[str, ...], item: Statement) -> str | None:
    patterns = [re.compile(pattern, re.IGNORECASE | re.DOTALL) for pattern in item.any]
    return next((text for text in texts if any(pattern.search(text) for pattern in patterns)), None)


def _stated(draft: PostMortem) -> Iterator[str]:
    for section in _SECTIONS:
        claims: tuple[Claim, ...] = getattr(draft, section)
        yield from (claim.text for claim in claims)
    yield draft.cause.claim.text
    for row in draft.timeline:
        yield f"{format_utc(row.time)} {row.event}"
    for factor in draft.factors:
        yield f"{factor.title}. {factor.claim.text}"
        yield from (why.answer for why in factor.whys if why.basis == "evidenced")
