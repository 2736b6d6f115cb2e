"""Events of many workloads at one time, such as those of a roll-out, -> one observation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from agent.digest import waves
from agent.digest.observation import Observation
from agent.digest.wording import listed, plural

_MANY = 3
_OF_WORKLOADS = frozenset({"Pod", "ReplicaSet", "Deployment"})
_MEMBERS = 50


def folded(found: Sequence[Observation]) -> list[Observation]:
    """Tell background events of more than three workloads of a namespace within minutes as one.

    Background is what tells nothing about the incident: what is over, or ordinary life.
    """
    quiet = [(item, time) for item in found if _background(item) and (time := item.end or item.start)]
    told: list[Observation] = []
    gone: set[int] = set()
    for namespace in sorted({item.attributes.get("namespace", "") for item, _ in quiet}):
        members = [pair for pair in quiet if pair[0].attributes.get("namespace", "") == namespace]
        for wave in waves.of(members, lambda pair: pair[1]):
            items = sorted((item for item, _ in wave), key=lambda item: item.key)
            if len({item.service for item in items}) > _MANY:
                told.append(_together(items))
                gone.update(id(item) for item in items)
    return [item for item in found if id(item) not in gone] + told


def _background(item: Observation) -> bool:
    told = item.attributes
    return item.role == "context" and told.get("source") == "event" and told["object_kind"] in _OF_WORKLOADS


def _together(items: Sequence[Observation]) -> Observation:
    names = sorted({item.service for item in items if item.service})
    reasons: Counter[str] = Counter()
    for item in items:
        reasons[item.attributes["reason"]] += int(item.attributes["count"])
    said = [f"{reason} ({plural(count, 'time')})" for reason, count in sorted(reasons.items())]
    starts: list[datetime] = [item.start for item in items if item.start]
    ends: list[datetime] = [item.end for item in items if item.end]
    lead = max(items, key=lambda item: (item.surprise, item.key))
    more = f" and {len(names) - _MEMBERS} more" if len(names) > _MEMBERS else ""
    attributes = {
        "source": "event",
        "reason": ", ".join(sorted(reasons)),
        "object_kind": "Pod",
        "namespace": lead.attributes.get("namespace", ""),
        "message": lead.attributes.get("message", ""),
        "count": str(reasons.total()),
        "members": ", ".join(names[:_MEMBERS]) + more,
        "over": "yes" if all(item.attributes.get("over") for item in items) else "",
        "leftover": "yes" if all(item.attributes.get("leftover") for item in items) else "",
    }
    return Observation(
        kind="K",
        statement=f"{len(names)} workloads had events {listed(said)} within minutes: {listed(names)}",
        pointers=tuple(place for item in items[:8] for place in item.pointers[:1]),
        start=min(starts, default=None),
        end=max(ends, default=None),
        quote=lead.quote,
        attributes={name: value for name, value in attributes.items() if value},
        surprise=lead.surprise,
        role="context",
        component_kind="other",
    )
