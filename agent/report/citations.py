"""Every citation of a draft and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.report.sections import PROSE
from agent.schema.digest import Digest, Fact, FactName
from agent.schema.evidence import Evidence
from agent.schema.postmortem import PostMortem


@dataclass(frozen=True, slots=True)
class Citation:
    """What one statement of the draft cites."""

    where: str
    """Place in the structured draft, such as `factors.F2.claim` or `summary.1`."""
    text: str
    evidence: tuple[str, ...]
    facts: tuple[FactName, ...] = ()


def citations(draft: PostMortem) -> tuple[Citation, ...]:
    """List every statement with what it cites, in the order of the report."""
    return tuple(_statements(draft))


def cited_evidence(draft: PostMortem, digest: Digest | None) -> tuple[Evidence, ...]:
    """Look up the evidence that the draft cites, ordered by kind as the appendix shows it."""
    if digest is None:
        return ()
    wanted = {item for citation in citations(draft) for item in citation.evidence}
    wanted |= {item for fact in cited_facts(draft, digest) for item in fact.evidence}
    return tuple(sorted((item for item in digest.evidence if item.id in wanted), key=_by_id))


def cited_facts(draft: PostMortem, digest: Digest | None) -> tuple[Fact, ...]:
    """Look up the facts that the draft cites, in the digest's order."""
    if digest is None:
        return ()
    wanted = {name for citation in citations(draft) for name in citation.facts}
    return tuple(fact for fact in digest.facts if fact.name in wanted)


def _by_id(item: Evidence) -> tuple[int, int]:
    return "AKLMTCHN".index(item.kind), int(item.id[1:])


def _statements(draft: PostMortem) -> Iterator[Citation]:
    for section in PROSE:
        for number, claim in enumerate(getattr(draft, section), 1):
            yield Citation(f"{section}.{number}", claim.text, claim.evidence, claim.facts)
    for number, row in enumerate(draft.timeline, 1):
        yield Citation(f"timeline.{number}", row.event, row.evidence)
    cause = draft.cause.claim
    yield Citation("cause.claim", cause.text, cause.evidence, cause.facts)
    for number, idea in enumerate(draft.ruled_out, 1):
        yield Citation(f"ruled_out.{number}", idea.text, idea.evidence_for)
        against = idea.against
        yield Citation(f"ruled_out.{number}.against", against.text, against.evidence, against.facts)
    for factor in draft.factors:
        claim = factor.claim
        yield Citation(f"factors.{factor.id}.claim", claim.text, claim.evidence, claim.facts)
        for number, why in enumerate(factor.whys, 1):
            yield Citation(f"factors.{factor.id}.whys.{number}", why.answer, why.evidence)
    for question in draft.open_questions:
        yield Citation(f"open_questions.{question.id}", question.question, question.evidence)
