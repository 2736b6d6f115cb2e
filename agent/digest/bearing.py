"""How far an observation bears on the incident: chance, what was over, last words, the complaint."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from agent.digest.objects import Inventory
from agent.digest.observation import Observation

_BEFORE = timedelta(minutes=2)
"""What ended longer than this before the onset is no part of the incident."""
_RESOURCES = frozenset({"cpu", "memory", "throttling", "network", "disk"})
_COMPLAINTS: dict[str, re.Pattern[str]] = {
    "latency": re.compile(r"latenc|slow|response time|timed? ?out", re.IGNORECASE),
    "availability": re.compile(r"availab|unreach|error|fail|5xx", re.IGNORECASE),
    "errors": re.compile(r"availab|unreach|error|fail|5xx", re.IGNORECASE),
}
_TIMES, _SIGMAS = 5.0, 10.0
_MOMENT = timedelta(seconds=90)
"""A load of a shorter time is a moment's."""
_UNFELT = 0.02
"""Throttling below this, as a share of time or seconds a second, slows nothing down."""
_ASIDE = 0.6
"""Weight of a symptom of another kind than the one complained of."""
_CRASHED = frozenset({"CrashLoopBackOff", "Error", "RunContainerError", "StartError", "ContainerCannotRun"})
_COMPARABLE = timedelta(minutes=2)
"""Less than this of logs before the onset does not show what is usual."""
_UNCOMPARED = 0.5
_LIKELY = 0.25
"""A message is no news where a message as rare would be missing before this often."""
_SAID = 0.75
"""Surprise of an error that a container writes before it exits, whether or not it wrote it before."""


def complained(text: str) -> frozenset[str]:
    """Read off the title and summary of an incident which kinds of metric were complained of."""
    return frozenset(kind for kind, pattern in _COMPLAINTS.items() if pattern.search(text))


def beside(kind: str, complaint: frozenset[str]) -> float:
    """Weigh a kind of metric: less for a symptom of another kind than those complained of."""
    return _ASIDE if complaint and kind in _COMPLAINTS and kind not in complaint else 1.0


def crashing(inventory: Inventory) -> frozenset[str]:
    """Name the workloads whose containers kept exiting when their state was recorded."""
    found: set[str] = set()
    for pod in inventory.of("Pod"):
        told = {
            v for k, v in pod.fields.items() if k.endswith(("reason", "status", "phase")) and "last_" not in k
        }
        if told & _CRASHED:
            found.add(pod.workload)
    return frozenset(found)


def weighed(
    found: Sequence[Observation],
    onset: datetime | None,
    crashed: frozenset[str],
    logged_since: datetime | None,
    complaint: frozenset[str] = frozenset(),
) -> list[Observation]:
    """Weigh all observations anew; each stays, with its surprise lowered or raised.

    `crashed` are the workloads whose containers keep exiting; `logged_since` is the first time of the logs,
    `complaint` the kinds of metric that the incident's record complains of.
    """
    largest = _largest(found)
    lasting = any(_lasting(item) for item in found)
    short = onset is None or logged_since is None or onset - logged_since < _COMPARABLE
    weighed: list[Observation] = []
    for item in found:
        if item.kind == "M":
            weighed.append(_metric(item, onset, largest, complaint, lasting=lasting))
        elif item.kind == "L" and item.service in crashed:
            weighed.append(_last_words(item))
        elif item.kind == "L":
            weighed.append(_by_chance(_uncompared(item) if short else item))
        else:
            weighed.append(item)
    return weighed


def _metric(
    item: Observation,
    onset: datetime | None,
    largest: dict[str, float],
    complaint: frozenset[str],
    *,
    lasting: bool,
) -> Observation:
    if onset and item.end and item.end < onset - _BEFORE:
        attributes = {**item.attributes, "over": "yes"}
        return replace(
            item, surprise=0.2 * item.surprise, role="context", severity="info", attributes=attributes
        )
    if lasting and item.attributes.get("change") == "spike" and not _seized(item, onset):
        item = replace(item, role="context", severity="info")
    kind = item.attributes.get("metric_kind", "")
    if kind == "throttling" and 0 < _peak(item) < _UNFELT:
        item = _passing(item)
    factor = beside(kind, complaint)
    if (
        item.attributes.get("metric_kind") in _RESOURCES
        and "before" in item.attributes
        and (size := _size(item)) is not None
    ):
        most = largest.get(item.attributes["metric"], size)
        factor *= min(1.0, 0.4 + 0.6 * (size / most) ** 0.5) if most > 0 else 1.0
    return replace(item, surprise=factor * item.surprise) if factor < 1 else item


def _seized(item: Observation, onset: datetime | None) -> bool:
    """Tell a resource that went to many times its usual as the incident began, for longer than a moment.

    A load that is over by the end of the recording may have begun what lasts.
    """
    told = item.attributes
    if onset is None or item.start is None or item.end is None or told.get("metric_kind") not in _RESOURCES:
        return False
    far = float(told.get("ratio", "inf")) >= _TIMES and float(told.get("sigmas", "0")) >= _SIGMAS
    return (
        far
        and told.get("harm") == "bad"
        and abs(item.start - onset) <= _BEFORE
        and item.end - item.start >= _MOMENT
    )


def _passing(item: Observation) -> Observation:
    """Set aside a move too small to be felt."""
    return replace(item, role="context", severity="info", attributes={**item.attributes, "passing": "yes"})


def _peak(item: Observation) -> float:
    try:
        return float(item.attributes.get("peak", "0"))
    except ValueError:
        return 0.0


def _last_words(item: Observation) -> Observation:
    """Lift what a crashing container complained of: it says so at every start, so nothing is new about it."""
    if item.severity not in {"critical", "error"}:
        return item
    attributes = {key: value for key, value in item.attributes.items() if key != "novelty"}
    role = "symptom" if item.role == "context" else item.role
    return replace(
        item, surprise=max(item.surprise, _SAID), role=role, attributes={**attributes, "last_words": "yes"}
    )


def _uncompared(item: Observation) -> Observation:
    """Take "steady" from an error where too little was recorded before the onset to know what is steady."""
    if item.attributes.get("novelty") != "steady" or item.severity not in {"critical", "error"}:
        return item
    attributes = {key: value for key, value in item.attributes.items() if key != "novelty"}
    role = "symptom" if item.role == "context" else item.role
    return replace(item, surprise=max(item.surprise, _UNCOMPARED), role=role, attributes=attributes)


def _by_chance(item: Observation) -> Observation:
    """Lower what is "new" only because the stretch before was short, and what came once, uncompared."""
    told, novelty = item.attributes.get("p_value"), item.attributes.get("novelty", "")
    least = 0.7 if item.attributes.get("exception") else 0.4
    if novelty == "new" and told is not None:
        p = float(told)
        weight = min(1.0, -math.log10(max(p, 1e-9)) / 2)
        lowered = replace(item, surprise=(least + (1 - least) * weight) * item.surprise)
        if p < _LIKELY or item.attributes.get("exception") or item.severity == "critical":
            return lowered
        return replace(lowered, role="context", attributes={**item.attributes, "chance": "yes"})
    if not novelty and item.severity != "info":
        count = int(item.attributes.get("count", "1"))
        weight = min(1.0, math.log10(max(1, count)) / 2)
        return replace(item, surprise=(least + (1 - least) * weight) * item.surprise)
    return item


def _lasting(item: Observation) -> bool:
    return (
        item.kind == "M"
        and item.attributes.get("harm") == "bad"
        and item.attributes.get("change") in {"shift", "ramp"}
        and item.surprise >= 0.4
    )


def _largest(found: Iterable[Observation]) -> dict[str, float]:
    """Largest move of each metric of a resource, over all services."""
    most: dict[str, float] = {}
    for item in found:
        size = _size(item)
        if size is not None and item.attributes.get("harm") == "bad":
            metric = item.attributes["metric"]
            most[metric] = max(most.get(metric, 0.0), size)
    return most


def _size(item: Observation) -> float | None:
    """How far a metric went, in its own unit; None where the attributes do not tell."""
    told = [item.attributes.get(key, "") for key in ("before", "peak")]
    try:
        before, peak = (float(value.replace(",", "")) for value in told)
    except ValueError:
        return None
    return abs(peak - before) if "metric" in item.attributes else None
