"""Which matched patterns explain most: causes before symptoms, callees before callers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.drafting.matching import Match, same
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence

_LEFTOVER = timedelta(minutes=10)
_COMMON = 4
"""A pattern on more components than this is a wave, such as every pod's probe at a roll-out."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A match and how much of the incident it explains."""

    match: Match
    score: float


def rank(matches: tuple[Match, ...], digest: Digest) -> tuple[Ranked, ...]:
    """Order matches by score, most telling first; ties by catalogue order and component."""
    spread = Counter(match.pattern.id for match in matches)
    scored = [(match, _score(match, digest, spread)) for match in matches]
    explained = [
        Ranked(match, score * _explained(match, scored, digest)) for match, score in scored if score > 0
    ]
    return tuple(
        sorted(explained, key=lambda item: (-item.score, item.match.pattern.id, item.match.component))
    )


def relevance(evidence: Evidence, onset: datetime | None) -> float:
    """How much a piece of evidence can tell about this incident, from 0 to 1."""
    attributes = evidence.attributes
    if attributes.get("noise", "no") != "no" or attributes.get("harm") == "good":
        return 0.0
    weight = 1.0
    if attributes.get("leftover") == "yes":
        weight *= 0.25
    if attributes.get("novelty") == "steady":
        weight *= 0.3
    if attributes.get("harm") == "neutral" or attributes.get("type") == "Normal":
        weight *= 0.6
    if evidence.kind not in {"C", "K"} and onset and evidence.end and evidence.end < onset - _LEFTOVER:
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


def _score(match: Match, digest: Digest, spread: Mapping[str, int]) -> float:
    telling = max(item.salience * relevance(item, digest.onset) for item in match.evidence)
    best = max(relevance(item, digest.onset) for item in match.evidence)
    if best == 0:
        return 0.0
    kinds = {item.kind for item in (*match.evidence, *match.also)}
    score = match.pattern.weight * (0.35 * best + 0.65 * telling)
    score *= 1 + 0.1 * (len(kinds) - 1) + 0.05 * min(len(match.also), 3)
    score *= _agreement(match, digest)
    if match.against:
        score *= 0.5
    if spread[match.pattern.id] > _COMMON and suspect_rank(match.component, digest) != 0:
        score *= 0.6
    return score


def _agreement(match: Match, digest: Digest) -> float:
    if not digest.suspects:
        return 1.0
    position = suspect_rank(match.component, digest)
    if position is not None:
        return (1.5, 1.25, 1.1)[position] if position < 3 else 0.95
    cited = {item.id for item in match.evidence}
    return 1.2 if cited & set(digest.suspects[0].evidence) else 0.7


def _explained(match: Match, scored: list[tuple[Match, float]], digest: Digest) -> float:
    """Share of the score that is left after stronger conditions elsewhere have explained it."""
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
