"""Whether a draft says more than its evidence: citations of nothing, and facts that nothing carries."""

from __future__ import annotations

from collections.abc import Iterator

from agent.schema.digest import Digest
from agent.schema.finding import Finding
from agent.schema.postmortem import Claim, PostMortem

INVENTED = frozenset({"G02", "G03", "G04", "G05", "G07", "G09", "G10"})
"""Grounding rules for numbers, times, names, rows, reversals, quotations and actors that no evidence has.

G01 is counted as a citation of nothing; G06 and G08 are about certainty and choice of citation, and state
nothing that is not so.
"""


def invented(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """List facts that the cited evidence does not hold, as the grounding checks see them."""
    return tuple(
        f"{finding.rule} {finding.section}: {finding.text or finding.message}"
        for finding in findings
        if finding.rule in INVENTED
    )


def hallucinated(draft: PostMortem, digest: Digest) -> tuple[str, ...]:
    """List every citation of evidence that the digest does not hold, once a place."""
    known = {item.id for item in digest.evidence}
    return tuple(f"{place}: {cited}" for place, cited in _citations(draft) if cited not in known)


def _citations(draft: PostMortem) -> Iterator[tuple[str, str]]:
    for place, ids in _cited(draft):
        yield from ((place, cited) for cited in ids)


def _cited(draft: PostMortem) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, value in draft:
        if isinstance(value, tuple):
            for number, item in enumerate(value, 1):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - a model's iterator is untyped
                if isinstance(item, Claim):
                    yield f"{name}.{number}", item.evidence
    yield "cause", draft.cause.claim.evidence
    for number, row in enumerate(draft.timeline, 1):
        yield f"timeline.{number}", row.evidence
    for factor in draft.factors:
        yield f"factors.{factor.id}", factor.claim.evidence
        for number, why in enumerate(factor.whys, 1):
            yield f"factors.{factor.id}.why.{number}", why.evidence
    for question in draft.open_questions:
        yield f"open_questions.{question.id}", question.evidence
    for number, hypothesis in enumerate(draft.ruled_out, 1):
        yield f"ruled_out.{number}", (*hypothesis.against.evidence, *hypothesis.evidence_for)
