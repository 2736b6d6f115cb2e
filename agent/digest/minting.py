"""Observations -> evidence with ids that are the same for the same bundle."""

from __future__ import annotations

from collections.abc import Sequence

from agent.digest.observation import Observation
from agent.schema.evidence import Evidence, EvidenceKind


def mint(ranked: Sequence[tuple[Observation, float]]) -> tuple[Evidence, ...]:
    """Give each observation an id by kind and rank; what it says settles ties, never the order of files."""
    counters: dict[EvidenceKind, int] = {}
    minted: list[Evidence] = []
    for item, salience in sorted(ranked, key=lambda entry: (-entry[1], entry[0].key)):
        number = counters[item.kind] = counters.get(item.kind, 0) + 1
        minted.append(
            Evidence(
                id=f"{item.kind}{number}",
                kind=item.kind,
                service=item.service,
                start=item.start,
                end=item.end
                if item.end is None or item.start is None or item.end >= item.start
                else item.start,
                severity=item.severity,
                statement=item.statement,
                quote=item.quote,
                attributes=dict(item.attributes),
                salience=salience,
                pointers=item.pointers,
            )
        )
    return tuple(minted)
