"""Every sentence of a structured draft with its place, its evidence and its standing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from agent.checks.quotation import without_quotations
from agent.schema.finding import Finding, Level
from agent.schema.postmortem import ActionItem, Claim, Factor, PostMortem, SectionName

Context = Literal[
    "summary", "impact", "detection", "timeline", "factor", "response", "lesson", "action", "other"
]
_SECTIONS: tuple[tuple[SectionName, Context], ...] = (
    ("summary", "summary"),
    ("impact", "impact"),
    ("detection", "detection"),
    ("response", "response"),
    ("went_well", "lesson"),
    ("went_badly", "lesson"),
    ("lucky", "lesson"),
    ("lessons", "lesson"),
    ("prevention", "lesson"),
)


@dataclass(frozen=True)
class Place:
    """One text of the draft; `grounded`: its numbers and names must occur in what it cites."""

    section: str
    context: Context
    text: str
    evidence: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    grounded: bool = False
    standing: str = ""
    """Standing of the claim; "" for texts that are no claims."""
    own: tuple[str, ...] = ()
    """What this very text must be carried by, where `evidence` also lends it the citations of its claim.

    Empty for a title and for a link of a why-chain that is marked assumed.
    """

    @cached_property
    def bare(self) -> str:
        """The text without its quotations."""
        return without_quotations(self.text)


def read_places(draft: PostMortem) -> Iterator[Place]:
    """Yield every text in the order of the report."""
    for name, context in _SECTIONS[:3]:
        yield from _claims(draft, name, context)
    for number, row in enumerate(draft.timeline, 1):
        grounded = row.standing != "stated by a person"
        yield Place(f"timeline.{number}", "timeline", row.event, row.evidence, (), grounded, row.standing)
    yield _claim("cause.claim", "factor", draft.cause.claim)
    for factor in draft.factors:
        yield from _factor(factor)
    for name, context in _SECTIONS[3:]:
        yield from _claims(draft, name, context)
    for action in draft.actions:
        yield from _action(action)
    for number, hypothesis in enumerate(draft.ruled_out, 1):
        yield Place(f"ruled_out.{number}.text", "factor", hypothesis.text)
        yield _claim(f"ruled_out.{number}.against", "factor", hypothesis.against)
    for question in draft.open_questions:
        yield Place(f"open_questions.{question.id}", "other", question.question)


def _claims(draft: PostMortem, name: SectionName, context: Context) -> Iterator[Place]:
    claims: tuple[Claim, ...] = getattr(draft, name)
    for number, claim in enumerate(claims, 1):
        yield _claim(f"{name}.{number}", context, claim)


def _claim(section: str, context: Context, claim: Claim) -> Place:
    grounded = claim.standing != "stated by a person"
    return Place(section, context, claim.text, claim.evidence, claim.facts, grounded, claim.standing)


def _factor(factor: Factor) -> Iterator[Place]:
    claim, base = factor.claim, f"factors.{factor.id}"
    grounded = claim.standing != "stated by a person"
    yield Place(f"{base}.title", "factor", factor.title, claim.evidence, claim.facts, grounded)
    yield _claim(f"{base}.claim", "factor", claim)
    for number, why in enumerate(factor.whys, 1):
        cited = tuple(dict.fromkeys((*why.evidence, *claim.evidence)))
        yield Place(
            f"{base}.whys.{number}",
            "factor",
            why.answer,
            cited,
            claim.facts,
            why.basis != "open",
            own=why.evidence if why.basis == "evidenced" else (),
        )
        yield Place(f"{base}.whys.{number}", "factor", why.question)


def _action(action: ActionItem) -> Iterator[Place]:
    yield Place(f"actions.{action.id}.action", "action", action.action)
    yield Place(f"actions.{action.id}.done_when", "action", action.done_when)


def finding_at(  # noqa: PLR0917 - every caller reads in this order
    place: Place, rule: str, level: Level, words: str, message: str, suggestion: str
) -> Finding:
    """Report a rule at a place."""
    return Finding(
        rule=rule, level=level, message=message, suggestion=suggestion, text=words, section=place.section
    )
