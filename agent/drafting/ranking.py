"""Which matched patterns explain most: causes before symptoms, callees before callers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.drafting.matching import Match, same, text_of
from agent.drafting.tiers import tier
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence

_LEFTOVER = timedelta(minutes=10)
_SEVERITY = {"critical": 1.0, "error": 1.0, "warning": 0.9, "info": 0.8}
_FEW_LINES = 3
_REASONLESS = frozenset({"crash-loop", "abrupt-exit", "service-without-endpoints"})
"""States that say that a container exits, and not why."""
_SILENCED = 0.6
"""What a silence that covered an alert tells of the incident."""
_COMMON = 4
"""A pattern on more components than this is a wave, such as every pod's probe at a roll-out."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A match and how much of the incident it explains."""

    match: Match
    score: float


def rank(matches: tuple[Match, ...], digest: Digest) -> tuple[Ranked, ...]:
    """Order matches as the digest ranks what they are about; of suspects that are about alike, by score.

    So a draft and its digest never rank two components against each other. Ties go by pattern and component.
    """
    spread = Counter(match.pattern.id for match in matches)
    scored = [(match, _score(match, digest, spread)) for match in matches]
    explained = [
        Ranked(match, score * _explained(match, scored, digest)) for match, score in scored if score > 0
    ]
    return tuple(
        sorted(
            explained,
            key=lambda item: (
                tier(item.match, digest),
                -item.score,
                item.match.pattern.id,
                item.match.component,
            ),
        )
    )


def relevance(evidence: Evidence, onset: datetime | None) -> float:
    """How much a piece of evidence can tell about this incident, from 0 to 1."""
    attributes = evidence.attributes
    noise = attributes.get("noise", "no")
    if noise == "silence" and "covered" in attributes:
        return _SILENCED
    if noise not in {"no", "informational"} or attributes.get("harm") == "good":
        return 0.0
    weight = 1.0 if noise == "no" else 0.5
    if attributes.get("leftover") == "yes":
        weight *= 0.25
    if attributes.get("over") == "yes" or attributes.get("passing") == "yes":
        weight *= 0.15
    if evidence.severity == "info" and attributes.get("source") == "state":
        weight *= 0.25
    if attributes.get("novelty") == "steady" or attributes.get("chance") == "yes":
        weight *= 0.3
    if attributes.get("harm") == "neutral" or attributes.get("type") == "Normal":
        weight *= 0.6
    if evidence.kind not in {"C", "K", "M"} and onset and evidence.end and evidence.end < onset - _LEFTOVER:
        weight *= 0.3
    return weight


def suspect_rank(component: str, digest: Digest) -> int | None:
    """Position of a component among the digest's suspects, from 0; None where it is not one."""
    return next(
        (index for index, suspect in enumerate(digest.suspects) if same(suspect.component, component)), None
    )


def callees(component: str, digest: Digest) -> set[str]:
    """Everything that a component calls, directly or through others, in lower case."""
    calls: dict[str, set[str]] = {}
    for edge in digest.topology:
        calls.setdefault(edge.caller.casefold(), set()).add(edge.callee.casefold())
    found: set[str] = set()
    frontier = {component.casefold()}
    while frontier:
        frontier = {callee for name in frontier for callee in calls.get(name, ())} - found
        found |= frontier
    return found - {component.casefold()}


def touched(item: Evidence, component: str | None, digest: Digest) -> bool:
    """Whether the evidence is about the component, names it, or comes from something that calls it."""
    if component is None:
        return False
    calls = bool(item.service) and component.casefold() in callees(str(item.service), digest)
    return calls or component in text_of(item)


def _score(match: Match, digest: Digest, spread: Mapping[str, int]) -> float:
    telling = max(item.salience * relevance(item, digest.onset) for item in match.evidence)
    best = max(relevance(item, digest.onset) for item in match.evidence)
    if best == 0:
        return 0.0
    kinds = {item.kind for item in (*match.evidence, *match.also)}
    score = match.pattern.weight * (0.35 * best + 0.65 * telling)
    score *= 1 + 0.1 * (len(kinds) - 1) + 0.05 * min(len(match.also), 3)
    score *= _SEVERITY[match.evidence[0].severity] * _agreement(match, digest)
    if not _corroborated(match, digest):
        score *= 0.5
    if match.pattern.proof == "symptom" and passing(match):
        score *= 0.4
    if match.against:
        score *= 0.0 if match.pattern.strict else 0.75
    if spread[match.pattern.id] > _COMMON and suspect_rank(match.component, digest) != 0:
        score *= 0.6
    return score


def passing(match: Match) -> bool:
    """Whether a few log lines are all there is, as every healthy system has them."""
    return few_lines(match.evidence) and not match.also


def few_lines(evidence: tuple[Evidence, ...]) -> bool:
    """Whether evidence is nothing but a handful of log lines."""
    counts = [int(item.attributes.get("count", "1")) for item in evidence]
    return all(item.kind == "L" for item in evidence) and sum(counts) <= _FEW_LINES


def _agreement(match: Match, digest: Digest) -> float:
    """How far the ranking of suspects points the same way; what a suspect saw counts almost alike."""
    if not digest.suspects:
        return 1.0
    seen_by = {match.evidence[0].service, *(item.attributes.get("node") for item in match.evidence[:1])}
    return max(
        0.7,
        _suspicion(match.component, digest),
        *(0.85 * _suspicion(name, digest) for name in seen_by if name),
    )


def _suspicion(component: str, digest: Digest) -> float:
    position = suspect_rank(component, digest)
    if position is None:
        return 0.0
    top = digest.suspects[0].score or 1.0
    return 0.75 + 0.75 * min(1.0, digest.suspects[position].score / top)


def _corroborated(match: Match, digest: Digest) -> bool:
    """Whether anything that happened speaks for a standing state; a state alone may be old and harmless."""
    if any(item.attributes.get("source") != "state" for item in match.evidence) or match.also:
        return True
    said = " ".join(text_of(item) for item in match.evidence)
    if re.search(r"\ball pods\b", said):
        return True
    name = match.component.casefold()
    for item in digest.evidence:
        if item.severity == "info" or item.attributes.get("source") == "state":
            continue
        if (item.service and item.service in said) or name in text_of(item).casefold():
            return True
    return all(
        item.attributes.get("source") == "state" for item in digest.evidence if item.severity != "info"
    )


def _told_at_exit(match: Match) -> bool:
    """Whether it rests on what a container complained of before it exited."""
    return match.pattern.id not in _REASONLESS and any(
        item.attributes.get("last_words") == "yes" for item in match.evidence
    )


def _explained(match: Match, scored: list[tuple[Match, float]], digest: Digest) -> float:
    """Share of the score that is left after stronger conditions elsewhere have explained it."""
    for other, score in scored:
        same_place = same(other.component, match.component) and score > 0
        if same_place and match.pattern.id in other.pattern.explains:
            return 0.6
        if same_place and match.pattern.id in _REASONLESS and _told_at_exit(other):
            return 0.6
    if match.pattern.proof == "hard":
        return 1.0
    below = callees(match.component, digest)
    nodes = {item.attributes.get("node", "").casefold() for item in match.evidence} - {""}
    for other, score in scored:
        if other is match or other.pattern.proof == "symptom" or score <= 0:
            continue
        stronger = other.pattern.weight > match.pattern.weight
        here = same(other.component, match.component) and stronger
        beneath = other.component.casefold() in below and other.pattern.weight >= match.pattern.weight
        under = other.component.casefold() in nodes and stronger
        reread = stronger and other.evidence[0] is match.evidence[0]
        if (here and match.pattern.proof == "symptom") or beneath or under or reread:
            return 0.55
    return 1.0
