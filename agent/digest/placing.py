"""Where slowness sits: on a whole node, or in one pod of a node that loses packets.

The front of the trouble are the components that became slow by more than what they call can explain; whoever
else is slow waits for them. Where the front lies on one node, the node explains more than each of its pods;
where a node loses packets and one pod alone is slow, the pod explains more than the node.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from agent.digest.extents import Extents
from agent.digest.objects import Inventory
from agent.digest.observation import Observation
from agent.digest.topology import CallGraph
from agent.digest.wording import plural
from agent.schema.evidence import Pointer

_FRONT = 3
_PAIR = 2
"""A front this small tells of a node only where all of it is there and most of the node is slow."""
_MOST = 0.6
_ONE_NODE = 0.75
"""Share of the front that one node must hold."""
_HEARD = 0.3
"""A component whose callees together became slower by this share of its own slowing waits for them."""
_STRAY = 0.15
"""One that slowed by less than this share of the worst of the front is not of it."""
_LARGE = 0.6
"""A node with this share of all components holds most of any front."""
_HALF = 0.5
_BUSIER = 1.5
"""A node that uses less than this many times its usual is not busy."""
_EXPLAINED = 0.4
_UNMEASURED = Extents()


@dataclass(frozen=True, slots=True)
class Layout:
    """Which node each workload runs on, who calls whom, and how much slower each became."""

    nodes: Mapping[str, frozenset[str]]
    graph: CallGraph
    extents: Extents = _UNMEASURED

    @classmethod
    def of(cls, inventory: Inventory, graph: CallGraph, extents: Extents) -> Layout:
        """Read it off the recorded pods."""
        placed = inventory.pods_by_node()
        nodes = {node: frozenset(pod.workload for pod in pods) for node, pods in placed.items()}
        return cls(nodes, graph, extents)

    def front(self, slow: Set[str]) -> set[str]:
        """Select whom nothing that they call explains, by how much slower both became where that is known."""
        found = {name for name in slow if not self._waits(name, slow)}
        worst = max((self.extents.slower.get(name, 0.0) for name in found), default=0.0)
        return {name for name in found if self.extents.slower.get(name, worst) >= _STRAY * worst}

    def _waits(self, name: str, slow: Set[str]) -> bool:
        if not self.extents.slower.get(name):
            return bool(self.graph.below(name) & slow)
        return self.extents.heard(name, self.graph) >= _HEARD * self.extents.slower[name]

    def unmeasured_below(self, name: str) -> set[str]:
        """Find callees, direct or through others, whose latency nobody measured."""
        return set(self.graph.below(name)) - self.extents.slower.keys() if self.extents.slower else set()


def placed(found: Sequence[Observation], layout: Layout) -> list[Observation]:
    """Add what the layout tells, and lower what it explains."""
    slow = _slow(found)
    front = layout.front(slow.keys())
    added = _whole_node(found, layout, slow, front) or _one_pod(found, layout, slow, front)
    if added is None:
        return list(found)
    explained = _lossy(found, layout) if added.attributes["change"] == "lossy-pod" else front
    return [_explained(item) if _told_by(item, explained) else item for item in found] + [added]


def _slow(found: Sequence[Observation]) -> dict[str, Observation]:
    """Map each component whose latency rose and stayed up to its most surprising observation."""
    slow: dict[str, Observation] = {}
    for item in sorted(found, key=lambda o: (-o.surprise, o.key)):
        told = item.attributes
        lasts = item.kind == "M" and told.get("change") in {"shift", "ramp"} and told.get("harm") == "bad"
        if lasts and told.get("metric_kind") == "latency" and item.service and told.get("over") != "yes":
            slow.setdefault(item.service, item)
    return slow


def _whole_node(
    found: Sequence[Observation], layout: Layout, slow: Mapping[str, Observation], front: set[str]
) -> Observation | None:
    total = sum(len(members) for members in layout.nodes.values())
    for node, members in sorted(layout.nodes.items()):
        here = front & members
        if len(members) > _LARGE * total or not _holds(members, layout, slow, front) or _busy(found, node):
            continue
        text = (
            f"{plural(len(here), 'workload')} of {len(front)} that became slow without a slow callee "
            f"ran on {node}: {', '.join(sorted(here)[:6])}"
        )
        return _observe(node, text, [slow[name] for name in sorted(here)], "co-located", node=True)
    return None


def _holds(members: frozenset[str], layout: Layout, slow: Mapping[str, Observation], front: set[str]) -> bool:
    """Tell whether enough of the front is among these, and enough of these slow.

    Who waits for one of these that nobody measured counts with them. A pair counts only where no callee that
    nobody measured can explain both.
    """
    here = front & members
    with_them = here | {name for name in front if layout.unmeasured_below(name) & members}
    measured = members & layout.extents.slower.keys() or members
    share = len(measured & slow.keys()) / len(measured)
    if len(here) >= _FRONT:
        return len(with_them) >= _ONE_NODE * len(front) and share >= _HALF
    shared = set[str].intersection(*(layout.unmeasured_below(name) for name in here)) if here else set[str]()
    return len(here) == _PAIR and with_them == front and share >= _MOST and not shared


def _busy(found: Sequence[Observation], node: str) -> bool:
    """Tell whether a node was short of its own resources for longer than a moment."""
    return any(
        item.service == node
        and item.attributes.get("metric_kind") in {"cpu", "memory"}
        and item.attributes.get("change") in {"shift", "ramp"}
        and item.severity != "info"
        and float(item.attributes.get("ratio", "inf")) >= _BUSIER
        for item in found
    )


def _one_pod(
    found: Sequence[Observation], layout: Layout, slow: Mapping[str, Observation], front: set[str]
) -> Observation | None:
    lossy = _lossy(found, layout)
    for node in sorted(lossy):
        members = layout.nodes[node]
        here = front & members
        if len(here) != 1 or len(front) > 1 or len(members) < _FRONT:
            continue
        name = next(iter(here))
        text = (
            f"Of {plural(len(members), 'workload')} on {node}, which retransmitted packets, {name} alone "
            f"became slow without a slow callee, so that the packet loss is that of its own network"
        )
        return _observe(name, text, [slow[name]], "lossy-pod", node=False)
    return None


def _lossy(found: Sequence[Observation], layout: Layout) -> set[str]:
    """Name the nodes on which more packets were sent again."""
    return {
        item.service
        for item in found
        if item.service
        and item.service in layout.nodes
        and item.attributes.get("metric_kind") == "network"
        and item.attributes.get("harm") == "bad"
    }


def _told_by(item: Observation, names: set[str]) -> bool:
    return item.service in names and item.kind in {"M", "A"}


def _explained(item: Observation) -> Observation:
    return replace(item, surprise=_EXPLAINED * item.surprise, role="symptom")


def _observe(name: str, text: str, members: Sequence[Observation], change: str, *, node: bool) -> Observation:
    places: list[Pointer] = [member.pointers[0] for member in members if member.pointers]
    starts = [member.start for member in members if member.start]
    kind = "network"
    return Observation(
        kind="M",
        statement=text,
        pointers=tuple(places[:6]),
        service=name,
        start=min(starts, default=None),
        severity="error",
        attributes={
            "change": change,
            "metric": "latency",
            "metric_kind": kind,
            "direction": "up",
            "harm": "bad",
            "members": ", ".join(sorted(member.service or "" for member in members)),
            **({"node": name} if node else {}),
        },
        surprise=0.95,
        role="resource",
        component_kind="node" if node else "service",
    )
