"""Object states -> observations: one per workload, node or unit and kind of trouble."""

from __future__ import annotations

from collections.abc import Iterable

from agent.digest import conditions, pods, policies, routing, siblings
from agent.digest.objects import Inventory, KubeObject
from agent.digest.observation import ComponentKind, Observation, quoted
from agent.digest.pods import Trouble
from agent.digest.wording import plural

_KINDS: dict[str, ComponentKind] = {
    "Node": "node",
    "Job": "job",
    "NetworkPolicy": "network",
    "ResourceQuota": "other",
    "Unit": "node",
}


def healthy(inventory: Inventory) -> frozenset[str]:
    """Workloads and nodes that were recorded and show no trouble."""
    well: dict[str, bool] = {}
    for pod in inventory.of("Pod"):
        well[pod.workload] = well.get(pod.workload, True) and pods.well(pod)
    for node in inventory.of("Node"):
        well[node.name] = not any(item.severity == "critical" for item in conditions.troubles(node))
    for node, members in inventory.pods_by_node().items():
        if any(pod.get("reason", "status", "phase") == "Evicted" for pod in members):
            well[node] = False  # its pressure is over because pods had to leave
    return frozenset(name for name, fine in well.items() if fine)


def filled(inventory: Inventory) -> frozenset[str]:
    """Workloads that have every pod they want, in whatever state: creating them is no trouble any more."""
    have: dict[str, int] = {}
    for pod in inventory.of("Pod"):
        have[pod.workload] = have.get(pod.workload, 0) + 1
    wanted = {
        thing.name: desired
        for kind in ("Deployment", "StatefulSet", "DaemonSet")
        for thing in inventory.of(kind)
        if (desired := thing.number("desired")) is not None
    }
    return frozenset(name for name, count in have.items() if count >= wanted.get(name, 1))


def gone(inventory: Inventory, named: Iterable[str]) -> frozenset[str]:
    """Workloads that events name and that no recorded state shows; empty where no pods were recorded."""
    present = {thing.workload for thing in inventory.objects.values()}
    return frozenset(set(named) - present) if inventory.of("Pod") else frozenset()


def observations(inventory: Inventory, workloads: frozenset[str], complaints: str = "") -> list[Observation]:
    """Say what is wrong with each object, once per workload; `complaints` is what errors of the logs say."""
    folded: dict[tuple[str, str, str], list[tuple[KubeObject, Trouble]]] = {}
    for thing, trouble in _all(inventory, workloads, complaints):
        owner = f"{thing.get('node')}/{thing.name}" if thing.kind == "Unit" else thing.workload
        folded.setdefault((thing.kind, owner, trouble.reason), []).append((thing, trouble))
    return [_observe(folded[key]) for key in sorted(folded)]


def _all(
    inventory: Inventory, workloads: frozenset[str], complaints: str
) -> Iterable[tuple[KubeObject, Trouble]]:
    for pod in inventory.of("Pod"):
        yield from ((pod, trouble) for trouble in pods.troubles(pod))
    for key in sorted(inventory.objects):
        thing = inventory.objects[key]
        yield from ((thing, trouble) for trouble in conditions.troubles(thing))
    yield from routing.services(inventory)
    yield from routing.addresses(inventory, complaints)
    yield from policies.policies(inventory, workloads)
    yield from siblings.troubles(inventory)


def _component(thing: KubeObject) -> str:
    """Name what is in trouble: the node of a unit, the namespace that a quota bounds, else the workload."""
    if thing.kind == "Unit":
        return thing.get("node") or thing.workload
    return (thing.namespace or thing.workload) if thing.kind == "ResourceQuota" else thing.workload


def _observe(members: list[tuple[KubeObject, Trouble]]) -> Observation:
    thing, trouble = members[0]
    node = thing.get("node").split("/")[0] if thing.kind == "Pod" else ""
    who = thing.workload
    subject = who if thing.kind == "Pod" else f"{thing.kind} {who}"
    names = sorted({member.name for member, _ in members})
    many = f" ({plural(len(names), 'pod')})" if thing.kind == "Pod" and len(names) > 1 else ""
    places = [place for member, _ in members[:6] for place in member.places[:4]]
    component = _component(thing)
    text = f"{subject} {trouble.text}{many}"
    attributes = {
        "source": "state",
        "reason": trouble.reason,
        "object_kind": thing.kind,
        "object": ", ".join(names[:5]),
        "namespace": thing.namespace or "",
        "node": node,
        "message": quoted(trouble.text),
        "count": str(len(names)),
        "phase": thing.get("phase", "status"),
        "conditions": ", ".join(f"{name}={value}" for name, value in sorted(thing.conditions().items())),
        "ready": thing.get("ready"),
        **trouble.attributes,
    }
    return Observation(
        kind="K",
        statement=text,
        pointers=tuple(places[:8]),
        service=component,
        start=thing.recorded_at,
        end=None,
        severity=trouble.severity,
        quote=quoted(f"{thing.kind} {thing.name}: {trouble.reason}"),
        attributes={name: value for name, value in attributes.items() if value},
        surprise=trouble.surprise,
        role=trouble.role,
        component_kind=_KINDS.get(thing.kind, "service"),
        blames=trouble.blames,
    )
