"""Time between a call and its arrival: which component has a slow way to all that it speaks with.

A client span lasts longer than the server span below it by the time on the way, both ways; clocks do not
matter. Delay at one component slows every connection of it, in and out, and no other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from agent.digest.observation import Observation
from agent.digest.traces import Call, millis
from agent.digest.wording import plural
from agent.schema.evidence import Pointer

_LEAST_CALLS = 3
_LEAST_SECONDS = 0.01
_BEFORE = 60.0
"""Seconds of spans before the onset that show what is usual; the onset itself is known to the minute."""
_TIMES = 4.0
"""A way this many times as long as before, or as elsewhere where there is no before, is slow."""
_SHARE = 0.6
"""Share of a component's connections that must be slow for the component to be why."""

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Way:
    """The time on the way of one connection, in seconds."""

    edge: Edge
    usual: float
    now: float
    calls: tuple[Call, ...]
    """Those after the split, the slowest first."""

    @property
    def slow(self) -> bool:
        """Whether it takes far longer than usual."""
        return self.now >= max(_TIMES * self.usual, self.usual + _LEAST_SECONDS)


def ways(calls: Sequence[Call], split: float) -> list[Way]:
    """Compare each connection before and after; where too little came before, with the median of all."""
    by_edge: dict[Edge, list[Call]] = {}
    for call in calls:
        if call.waits_for is not None:
            by_edge.setdefault((call.service, call.waits_for), []).append(call)
    after = {edge: [c for c in members if c.start >= split] for edge, members in by_edge.items()}
    after = {edge: members for edge, members in after.items() if len(members) >= _LEAST_CALLS}
    if not after:
        return []
    compared = split - min(call.start for call in calls) >= _BEFORE
    typical = median(median(c.way for c in members) for members in after.values())
    found: list[Way] = []
    for edge in sorted(after):
        before = [c.way for c in by_edge[edge] if c.start < split]
        usual = median(before) if compared and len(before) >= _LEAST_CALLS else 2 * typical
        ordered = sorted(after[edge], key=lambda c: (-c.way, c.artifact, c.line))
        found.append(Way(edge, usual, median(c.way for c in ordered), tuple(ordered)))
    return found


def observations(calls: Sequence[Call], onset: datetime | None) -> list[Observation]:
    """Name the fewest components whose connections are the slow ones; nothing where most connections are."""
    if not calls:
        return []
    first, last = min(c.start for c in calls), max(c.start for c in calls)
    split = onset.timestamp() if onset and onset.timestamp() < last else first
    found = ways(calls, split)
    slow = {way.edge: way for way in found if way.slow}
    if not slow or len(slow) > max(2, 0.7 * len(found)):
        return []
    told: list[Observation] = []
    while slow and len(told) < 3:
        name = _busiest(slow, found)
        if name is None:
            break
        mine = [way for edge, way in slow.items() if name in edge]
        told.append(_observe(name, mine, found, split))
        slow = {edge: way for edge, way in slow.items() if name not in edge}
    return told


def _busiest(slow: Mapping[Edge, Way], found: Sequence[Way]) -> str | None:
    """Choose the component with most slow connections for what it has; of equals the one that is called."""
    best: tuple[float, int, int, str] | None = None
    for name in sorted({name for edge in slow for name in edge}):
        mine = [way for way in found if name in way.edge]
        bad = [way for way in mine if way.edge in slow]
        share = len(bad) / len(mine)
        if share >= _SHARE:
            called = sum(way.edge[1] == name for way in bad)
            best = max(best or (0.0, 0, 0, ""), (round(share * len(bad), 6), called, -len(mine), name))
    return best[3] if best else None


def _observe(name: str, mine: Sequence[Way], found: Sequence[Way], split: float) -> Observation:
    lead = max(mine, key=lambda way: (way.now, way.edge))
    all_mine = sum(name in way.edge for way in found)
    usual, now = median(way.usual for way in mine), median(way.now for way in mine)
    text = (
        f"Calls to and from {name} spent {millis(now)} on the way (median), against {millis(usual)} "
        f"usually, on {len(mine)} of its {plural(all_mine, 'connection')}"
    )
    shown = [call for way in mine for call in way.calls[:2]][:5]
    starts = [call.start for way in mine for call in way.calls if call.way >= way.now / 2]
    attributes = {
        "change": "transit",
        "callee": name,
        "caller": ", ".join(sorted({way.edge[0] for way in mine} - {name})[:5]),
        "before": millis(usual),
        "after": millis(now),
        "operation": lead.calls[0].operation,
        "count": str(sum(len(way.calls) for way in mine)),
    }
    return Observation(
        kind="T",
        statement=text,
        pointers=tuple(Pointer(artifact=c.artifact, lines=(c.line, c.line)) for c in shown),
        service=name,
        start=datetime.fromtimestamp(min(starts, default=split), UTC),
        severity="error",
        attributes={key: value for key, value in attributes.items() if value},
        surprise=0.95,
        role="resource",
    )
