"""Spikes of several series at one time, beside what lasts, -> one observation with members."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agent.digest.observation import Observation
from agent.digest.wording import listed

_MEMBERS = 50
_STRONG = 0.6
"""A spike that surprises as much is told by itself whatever went with it."""


def folded(found: Sequence[Observation]) -> list[Observation]:
    """Tell background spikes that overlap in time as one; one that tells something stays by itself."""
    quiet = [(item, item.start, item.end) for item in found if item.start and item.end and _background(item)]
    bins: list[list[tuple[Observation, datetime, datetime]]] = []
    for item, start, end in sorted(
        ((i, s, e) for i, s, e in quiet if s and e), key=lambda t: (t[1], t[0].key)
    ):
        if bins and start <= bins[-1][0][2]:  # overlaps the one that opened the group
            bins[-1].append((item, start, end))
        else:
            bins.append([(item, start, end)])
    groups = [[item for item, _, _ in group] for group in bins if len(group) > 1]
    gone = {id(item) for group in groups for item in group}
    return [item for item in found if id(item) not in gone] + [_together(group) for group in groups]


def _background(item: Observation) -> bool:
    spike = item.kind == "M" and item.attributes.get("change") == "spike"
    return spike and item.role == "context" and item.surprise < _STRONG


def _together(items: Sequence[Observation]) -> Observation:
    lead = max(items, key=lambda item: (item.surprise, item.key))
    names = sorted({item.service for item in items if item.service})
    series = sorted({f"{item.service or ''} {item.attributes['metric']}".strip() for item in items})
    ends = [item.end for item in items if item.end]
    starts = [item.start for item in items if item.start]
    more = f" and {len(series) - _MEMBERS} more" if len(series) > _MEMBERS else ""
    attributes = {
        "metric": lead.attributes["metric"],
        "members": ", ".join(series[:_MEMBERS]) + more,
        "metric_kind": lead.attributes.get("metric_kind", ""),
        "change": "spike",
        "harm": "bad" if any(item.attributes.get("harm") == "bad" for item in items) else "neutral",
        "sigmas": lead.attributes.get("sigmas", ""),
    }
    whose = f" of {listed(names)}" if names else ""
    return Observation(
        kind="M",
        statement=f"{len(series)} series{whose} spiked together; most of all, {lead.statement}",
        pointers=tuple(place for item in (lead, *items) for place in item.pointers[:1])[:6],
        service=names[0] if len(names) == 1 else None,
        start=min(starts),
        end=max(ends),
        attributes={name: value for name, value in attributes.items() if value},
        surprise=lead.surprise,
        role="context",
        component_kind=lead.component_kind if len(names) == 1 else "other",
    )
