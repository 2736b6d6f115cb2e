"""Whether anything stands out: a lone spike, a bare change and a rare line do not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from agent.digest.observation import Observation
from agent.digest.topology import CallGraph

_NEAR = timedelta(minutes=1)
"""How far apart two things may be that happened together; the usual distance of samples."""
_MANY = 3
"""Services, besides that of a spike, that spike with it by more than chance."""
_CHANCE = 0.01
"""A message as new, or as frequent, as this comes by chance where many are compared."""
_FEW = 3
"""An error that came less often, with nothing to compare it with, may be of every day."""
_TELLING = frozenset({"condition", "resource", "symptom"})


def prominent(found: Sequence[Observation], graph: CallGraph, watched: frozenset[str]) -> list[Observation]:
    """Select what can stand out by itself.

    A change stands out by what follows it; a spike by what happens with it: another trouble of the same
    service or one beside it in the call graph, or spikes of several others; a message by its number.
    `watched` are services whose metrics were recorded while nothing was found to begin: what they logged all
    the time is usual.
    """
    told = [item for item in found if item.role in _TELLING]
    lasting = [item for item in told if not _spike(item) and not _by_chance(item, watched)]
    spikes = [item for item in told if _spike(item)]
    kept = {id(item) for item in lasting}
    kept |= {id(spike) for spike in spikes if _accompanied(spike, lasting, spikes, graph)}
    return [item for item in told if id(item) in kept]


def _by_chance(item: Observation, watched: frozenset[str]) -> bool:
    """Tell a message that would be there, or as frequent, with nothing wrong."""
    told = item.attributes
    if item.kind != "L" or told.get("exception") or told.get("last_words") or item.severity == "critical":
        return item.kind == "L" and item.service in watched
    if p_value := told.get("p_value"):
        return float(p_value) > _CHANCE
    return item.service in watched or int(told.get("count", "1")) < _FEW


def _spike(item: Observation) -> bool:
    return item.kind == "M" and item.attributes.get("change") == "spike"


def _accompanied(
    spike: Observation, lasting: Sequence[Observation], spikes: Sequence[Observation], graph: CallGraph
) -> bool:
    callers = {caller for caller, callee in graph.edges if callee == spike.service}
    near = {spike.service, *callers, *graph.callees(spike.service or "")}
    if any(other.service in near and _together(spike, other) for other in lasting):
        return True
    kind = spike.attributes.get("metric_kind")
    others = [other for other in spikes if other is not spike and _together(spike, other)]
    own = any(o.service == spike.service and o.attributes.get("metric_kind") != kind for o in others)
    return own or len({o.service for o in others} - {spike.service}) >= _MANY


def _together(spike: Observation, other: Observation) -> bool:
    """Tell whether another thing began while a spike lasted, or a little before or after."""
    if spike.start is None or other.start is None:
        return True
    last: datetime = max(spike.start, spike.end or spike.start)
    return spike.start - _NEAR <= other.start <= last + _NEAR
