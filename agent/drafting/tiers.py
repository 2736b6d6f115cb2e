"""Which components the digest suspects about alike; factors are ordered by these before anything else."""

from __future__ import annotations

from collections.abc import Sequence

from agent.drafting.matching import Match, same
from agent.schema.digest import Digest

TIE = 1.25
"""Suspects whose score is within this factor of the best of their tier are not told apart by the digest."""


def tier(match: Match, digest: Digest) -> int:
    """Give the tier of the best suspect that a match is about or was seen by, from 0; the last for none."""
    seen = match.evidence[0]
    names = (match.component, seen.service, seen.attributes.get("node"))
    levels = _levels([suspect.score for suspect in digest.suspects])
    return next(
        (
            level
            for suspect, level in zip(digest.suspects, levels, strict=True)
            if any(same(suspect.component, name) for name in names)
        ),
        len(levels),
    )


def _levels(scores: Sequence[float]) -> list[int]:
    """Assign tiers to scores in falling order."""
    levels: list[int] = []
    best = 0.0
    for score in scores:
        new = score * TIE < best or not levels
        best = score if new else best
        levels.append((levels[-1] if levels else -1) + new)
    return levels
