"""How much each observation tells: surprise, severity, role, earliness, breadth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from agent.digest.observation import Observation, Role
from agent.schema.evidence import EvidenceKind, Severity

MOST = 150
_EXACT = timedelta(minutes=1)
"""How exactly a start is told: what is nearer to it is not earlier than what is a little further away."""
_MOST_OF: dict[EvidenceKind, int] = {"L": 60, "M": 45, "A": 25, "K": 40, "C": 15, "H": 30, "T": 20}
_SEVERITY: dict[Severity, float] = {"critical": 1.0, "error": 0.75, "warning": 0.45, "info": 0.1}
_ROLE: dict[Role, float] = {
    "condition": 1.0,
    "resource": 0.7,
    "change": 0.7,
    "symptom": 0.5,
    "context": 0.1,
    "noise": 0.0,
}


def salience(item: Observation, onset: datetime | None, company: int) -> float:
    """Score one observation from 0 to 1; `company` is how many others are about the same component."""
    if item.role == "noise":
        return 0.02
    score = 0.42 * item.surprise + 0.2 * _SEVERITY[item.severity] + 0.2 * _ROLE[item.role]
    score += 0.1 * _earliness(item, onset) + 0.08 * min(1.0, company / 5)
    if item.role == "context":
        score *= 0.5
    return round(min(1.0, score), 4)


def _earliness(item: Observation, onset: datetime | None) -> float:
    if onset is None or item.start is None:
        return 0.5
    distance = max(abs(item.start - onset) - _EXACT, timedelta(0))
    if distance > timedelta(hours=1):
        return 0.1
    return 1.0 - 0.7 * (distance / timedelta(hours=1)) ** 0.5


def rank(found: Sequence[Observation], onset: datetime | None) -> list[tuple[Observation, float]]:
    """Score everything and keep what fits a reader's patience, most telling first."""
    about = Counter(item.service for item in found if item.service and item.role not in {"context", "noise"})
    scored = sorted(
        ((item, salience(item, onset, about[item.service] - 1 if item.service else 0)) for item in found),
        key=lambda entry: (-entry[1], entry[0].key),
    )
    kept: list[tuple[Observation, float]] = []
    counts: Counter[str] = Counter()
    for item, score in scored:
        if counts[item.kind] < _MOST_OF[item.kind] and len(kept) < MOST:
            counts[item.kind] += 1
            kept.append((item, score))
    return kept
