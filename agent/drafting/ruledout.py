"""Explanations that were considered and that recorded evidence speaks against."""

from __future__ import annotations

from agent.drafting.matching import about, same
from agent.drafting.phrasing import fill
from agent.drafting.ranking import Ranked
from agent.drafting.telling import told
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence
from agent.schema.postmortem import Claim, Factor, Hypothesis

MOST_HYPOTHESES = 3
_RESOURCE = {"cpu": "CPU saturation", "memory": "Memory exhaustion", "disk": "A full disk"}


def ruled_out(
    digest: Digest, factors: tuple[Factor, ...], candidates: tuple[Ranked, ...]
) -> tuple[Hypothesis, ...]:
    """Collect them from patterns with evidence against, flat resources and changes that came too late."""
    if not factors:
        return ()
    found = [*_contradicted(factors, candidates), *_flat(digest, factors[0]), *_too_late(digest, factors[0])]
    return tuple(found[:MOST_HYPOTHESES])


def _contradicted(factors: tuple[Factor, ...], candidates: tuple[Ranked, ...]) -> list[Hypothesis]:
    chosen = {(factor.pattern, (factor.component or "").casefold()) for factor in factors}
    found: list[Hypothesis] = []
    for item in candidates:
        match = item.match
        if not match.against or (match.pattern.id, match.component.casefold()) in chosen:
            continue
        against = match.against[0]
        found.append(
            Hypothesis(
                text=fill(match.pattern.title, match.values),
                against=_against(against, f"This points elsewhere: {told(against)}."),
                evidence_for=tuple(evidence.id for evidence in match.evidence[:2]),
            )
        )
    return found


def _flat(digest: Digest, first: Factor) -> list[Hypothesis]:
    found: list[Hypothesis] = []
    for item in digest.evidence:
        kind = item.attributes.get("metric_kind", "")
        steady = item.kind == "M" and item.attributes.get("change") == "flat"
        if steady and kind in _RESOURCE and first.component and about(item, first.component):
            text = f"{_RESOURCE[kind]} of {first.component}"
            found.append(Hypothesis(text=text, against=_against(item, f"{told(item)}.")))
    return found


def _too_late(digest: Digest, first: Factor) -> list[Hypothesis]:
    if digest.onset is None:
        return []
    return [
        Hypothesis(
            text=f"A later change of {item.service} started the incident",
            against=_against(item, f"The first symptom was there before this change: {told(item)}."),
        )
        for item in digest.evidence
        if item.kind == "C"
        and item.start
        and item.start > digest.onset
        and same(item.service, first.component)
    ][:1]


def _against(item: Evidence, text: str) -> Claim:
    return Claim(text=text, evidence=(item.id,), standing="inferred")
