"""The verdict on the cause: established, probable, not established, or no incident at all."""

from __future__ import annotations

from agent.drafting.catalogue import Pattern, circumstances, load
from agent.drafting.circumstances import trouble
from agent.drafting.matching import same
from agent.drafting.ranking import Ranked, passing
from agent.drafting.telling import told
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence
from agent.schema.postmortem import Cause, Claim, Factor

_RIVAL = 0.8
"""A second component this close to the first keeps the cause from being established."""


def quiet(digest: Digest) -> bool:
    """Whether nothing but always-firing, informational or old alerts and harmless lines was recorded."""
    moved = any(item.kind == "M" and item.attributes.get("change") != "flat" for item in digest.evidence)
    silent = _ended_before(digest)
    return bool(digest.evidence) and not digest.suspects and not trouble(digest) and not moved and not silent


def _ended_before(digest: Digest) -> bool:
    """Whether the recording ends before the onset, so that it can tell nothing of the time since."""
    end = next((fact.time for fact in digest.facts if fact.name == "recording_end"), None)
    return digest.onset is not None and end is not None and end < digest.onset


def lone_series(digest: Digest) -> Evidence | None:
    """Give the most telling change where one series is all there is; a series alone tells no cause."""
    harmful = trouble(digest)
    kinds = {item.kind for item in digest.evidence}
    series = {(item.service, item.attributes.get("metric")) for item in digest.evidence if item.kind == "M"}
    alone = kinds <= {"M", "A"} and "M" in kinds and len(series) == 1 and not digest.topology
    shown = harmful or digest.evidence
    return next((item for item in shown if item.kind == "M"), None) if alone else None


def verdict(digest: Digest, factors: tuple[Factor, ...], candidates: tuple[Ranked, ...]) -> Cause:
    """Judge how far the evidence carries the first factor as the cause."""
    if quiet(digest):
        return _no_incident(digest)
    immediate = tuple(factor for factor in factors if factor.layer != "systemic")
    if not immediate or lone_series(digest) is not None:
        return not_established(digest)
    first = immediate[0]
    if first.pattern == "suspect" and not _compared(digest, first):
        return not_established(digest)
    pattern = next((item for item in load() if item.id == first.pattern), None)
    if pattern is not None and _weak(pattern, first, candidates):
        return not_established(digest)
    if pattern is not None and _carries(pattern, candidates):
        return _cause("established", first, immediate)
    return _cause("probable", first, immediate)


def _compared(digest: Digest, factor: Factor) -> bool:
    """Whether anything shows that it differed: log lines without a baseline only show that they are there."""
    cited = [item for item in digest.evidence if item.id in factor.claim.evidence]
    return any(item.kind != "L" or "novelty" in item.attributes for item in cited)


def not_established(digest: Digest) -> Cause:
    """Say that the evidence does not carry a cause, and what shows most."""
    shown = trouble(digest) or digest.evidence
    if not shown:
        claim = Claim(
            text="The recorded evidence does not establish a cause.",
            facts=("first_symptom",),
            standing="inferred",
        )
        return Cause(verdict="not established", claim=claim)
    first = shown[0]
    seen = told(first)
    text = f"The recorded evidence does not establish a cause; what stands out most is this: {seen}."
    claim = Claim(text=text, evidence=(first.id,), standing="inferred")
    return Cause(verdict="not established", claim=claim)


def _no_incident(digest: Digest) -> Cause:
    alerts = [item for item in digest.evidence if item.kind == "A" and "alertname" in item.attributes]
    first = (alerts or list(digest.evidence))[0]
    reason = {
        "always-firing": "an alert that is meant to fire all the time",
        "informational": "an alert that informs and asks for no action",
        "old": "an alert that was firing long before",
    }.get(first.attributes.get("noise", ""), "nothing abnormal")
    text = f"The recorded evidence shows no incident: it holds {reason} ({told(first)})."
    return Cause(verdict="no incident", claim=Claim(text=text, evidence=(first.id,), standing="inferred"))


def _carries(pattern: Pattern, candidates: tuple[Ranked, ...]) -> bool:
    """Whether a hard state explains the rest and no other component is as strong."""
    if pattern.proof != "hard" or not candidates or candidates[0].match.pattern.id != pattern.id:
        return False
    top = candidates[0]
    rivals = [
        item
        for item in candidates[1:]
        if item.match.pattern.proof == "hard" and not same(item.match.component, top.match.component)
    ]
    return not pattern.inferred and all(item.score < _RIVAL * top.score for item in rivals)


def _weak(pattern: Pattern, first: Factor, candidates: tuple[Ranked, ...]) -> bool:
    """Whether the first factor is a symptom that rests on a few passing log lines."""
    found = (item.match for item in candidates if item.match.pattern.id == pattern.id)
    match = next((match for match in found if same(match.component, first.component)), None)
    return pattern.proof == "symptom" and match is not None and passing(match)


def _cause(kind: str, first: Factor, immediate: tuple[Factor, ...]) -> Cause:
    lead = "The cause is established" if kind == "established" else "The most likely cause is this"
    text = (
        f"{lead}: {first.title[:1].lower()}{first.title[1:]}." if _plain(first) else f"{lead}: {first.title}."
    )
    return Cause.model_validate(
        {
            "verdict": kind,
            "claim": {
                "text": text,
                "evidence": first.claim.evidence,
                "facts": first.claim.facts,
                "standing": "supported" if kind == "established" else "inferred",
            },
            "factors": tuple(factor.id for factor in immediate if _explains(factor)),
        }
    )


def _explains(factor: Factor) -> bool:
    """Whether it is a condition that something shows, not what merely stood around it."""
    return factor.pattern == "suspect" or factor.pattern not in circumstances()


def _plain(factor: Factor) -> bool:
    """Whether the title begins with a common word that a sentence may go on with."""
    word = factor.title.split(" ", 1)[0]
    return word.istitle() and (factor.component or "").casefold() != word.casefold()
