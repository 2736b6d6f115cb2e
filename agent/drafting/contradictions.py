"""Passages of a draft that cannot both be so, as a model found them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

from agent.drafting.drafter import Contradiction
from agent.schema.finding import Finding
from agent.schema.postmortem import Claim, PostMortem, SectionName

_SECTIONS: tuple[SectionName, ...] = get_args(SectionName)


def as_findings(draft: PostMortem, found: Iterable[Contradiction]) -> tuple[Finding, ...]:
    """Report what a model found, as long as both passages still stand as they were."""
    standing = {text for _, text in passages(draft)}
    return tuple(
        Finding(
            rule="C06",
            level="warning",
            message=f'contradicts {item.other_place} ("{item.other_text}"): {item.why}',
            suggestion="Keep what the evidence carries, and ask about the other.",
            text=item.text,
            section=item.place,
        )
        for item in found
        if {item.text, item.other_text} <= standing
    )


def passages(draft: PostMortem) -> Iterator[tuple[str, str]]:
    """Yield every claim that can contradict another, with its place.

    Rows of the timeline are left out: their times and values come from code, which checks what repeats them.
    """
    for place, claim in _sentences(draft):
        yield place, claim.text
    yield "cause.claim", draft.cause.claim.text
    for factor in draft.factors:
        yield f"factors.{factor.id}.claim", factor.claim.text
    for number, item in enumerate(draft.ruled_out, 1):
        yield f"ruled_out.{number}.against", item.against.text


def _sentences(draft: PostMortem) -> Iterator[tuple[str, Claim]]:
    for name in _SECTIONS:
        said: tuple[Claim, ...] = getattr(draft, name)
        for number, claim in enumerate(said, 1):
            if claim.standing != "stated by a person":
                yield f"{name}.{number}", claim
