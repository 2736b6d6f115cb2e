"""Whether anything stands out: a lone spike, a bare change and a rare line do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from agent.digest.observation import Observation
from agent.digest.topology import CallGraph

_NEAR = timedelta(minutes=1)
"""How far apart two things may be that happened together; the usual distance of samples."""
_SAME = timedelta(seconds=15)
"""The same for two spikes, of which there are many at some time or other."""
_MANY = 3
"""Services, besides that of a spike, that spike with it by more than chance."""
_CHANCE = 0.01
"""A message as new, or as frequent, as this comes by chance where many are compared."""
_FEW = {"error": 6}
_FEW_OTHERS = 12
"""A message that came less often, with nothing to compare it with, may be of every day."""
_WEAK = 8.0
"""A shift of fewer sigmas comes by chance where hundreds of series are watched."""
_TIMES = 3.0
"""One by this factor does not, whatever spikes a baseline has that widen its sigmas."""
_FAILING = 0.005
"""A share of failures that is there at any time."""
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
    kept = {id(item) for item in lasting if not _weak(item) or _in_company(item, lasting, graph)}
    lasting = [item for item in lasting if id(item) in kept]
    kept |= {id(spike) for spike in spikes if _accompanied(spike, lasting, spikes, graph)}
    return [item for item in told if id(item) in kept]


def _by_chance(item: Observation, watched: frozenset[str]) -> bool:
    """Tell a message that would be there, or as frequent, with nothing wrong."""
    told = item.attributes
    if item.kind != "L" or told.get("exception") or told.get("last_words") or item.severity == "critical":
        return item.kind == "L" and item.service in watched
    if p_value := told.get("p_value"):
        return float(p_value) > _CHANCE
    return item.service in watched or int(told.get("count", _FEW_OTHERS)) < _FEW.get(
        item.severity, _FEW_OTHERS
    )


def _weak(item: Observation) -> bool:
    told = item.attributes
    small = _factor(told) < _TIMES
    return item.kind == "M" and small and float(told.get("sigmas", _WEAK)) < _WEAK


def _factor(told: Mapping[str, str]) -> float:
    """Give by how many times a metric rose; of an availability, the share that fails."""
    if told.get("metric_kind") != "availability" or not {"before", "after"} <= told.keys():
        return float(told.get("ratio", "1").replace(",", ""))
    before, after = float(told["before"]), float(told["after"])
    whole = 100.0 if before > 1 else 1.0
    return (whole - after) / max(whole - before, _FAILING * whole)


def _in_company(item: Observation, lasting: Sequence[Observation], graph: CallGraph) -> bool:
    """Tell whether other trouble of the service, or any beside it in the call graph, goes with a shift."""
    near = _beside(item.service, graph)
    return any(
        other.service in near
        or (other.service == item.service and (other.kind, _kind(other)) != (item.kind, _kind(item)))
        for other in lasting
        if other is not item
    )


def _beside(service: str | None, graph: CallGraph) -> frozenset[str]:
    callers = {caller for caller, callee in graph.edges if callee == service}
    return graph.callees(service or "") | callers


def _kind(item: Observation) -> str:
    return item.attributes.get("metric_kind", "")


def _spike(item: Observation) -> bool:
    return item.kind == "M" and item.attributes.get("change") == "spike"


def _accompanied(
    spike: Observation, lasting: Sequence[Observation], spikes: Sequence[Observation], graph: CallGraph
) -> bool:
    near = {spike.service, *_beside(spike.service, graph)}
    if any(other.service in near and _together(spike, other) for other in lasting):
        return True
    others = [other for other in spikes if other is not spike and _together(spike, other, _SAME)]
    own = any(o.service == spike.service and _kind(o) != _kind(spike) for o in others)
    return own or len({o.service for o in others} - {spike.service}) >= _MANY


def _together(spike: Observation, other: Observation, near: timedelta = _NEAR) -> bool:
    """Tell whether another thing began while a spike lasted, or a little before or after."""
    if spike.start is None or other.start is None:
        return True
    last: datetime = max(spike.start, spike.end or spike.start)
    return spike.start - near <= other.start <= last + near
