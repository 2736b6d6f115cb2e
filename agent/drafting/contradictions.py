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
    """Yield every passage that can contradict another, with its place."""
    for place, claim in _sentences(draft):
        yield place, claim.text
    for number, row in enumerate(draft.timeline, 1):
        yield f"timeline.{number}", row.event
    yield "cause.claim", draft.cause.claim.text
    for factor in draft.factors:
        yield f"factors.{factor.id}.claim", factor.claim.text
        for number, why in enumerate(factor.whys, 1):
            yield f"factors.{factor.id}.whys.{number}", why.answer
    for number, item in enumerate(draft.ruled_out, 1):
        yield f"ruled_out.{number}.against", item.against.text


def _sentences(draft: PostMortem) -> Iterator[tuple[str, Claim]]:
    for name in _SECTIONS:
        said: tuple[Claim, ...] = getattr(draft, name)
        for number, claim in enumerate(said, 1):
            if claim.standing != "stated by a person":
                yield f"{name}.{number}", claim
