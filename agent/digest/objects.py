"""Object states, merged over the artifacts that show one object: `get` says what, `describe` says why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from agent.schema.evidence import Pointer
from tools.formats import deployment_of, workload_of
from tools.formats.records import ObjectState

_CONTAINER = re.compile(
    r"^container\.(?P<name>.+?)\.(?P<rest>state|reason|message|last_\w+|started|finished|exit_code|limits.*|requests.*"
    r"|liveness|readiness|startup|image|restarts|ready|env\..+|command|args|ports?)$"
)


def owner_of(kind: str, name: str) -> str:
    """Name the workload that owns an object: pods and replica sets lose their suffixes."""
    if kind == "ReplicaSet":
        return deployment_of(name)
    return workload_of(name) if kind == "Pod" else name


@dataclass(slots=True)
class KubeObject:
    """One object and everything that was recorded of it."""

    kind: str
    name: str
    namespace: str | None
    fields: dict[str, str] = field(default_factory=dict[str, str])
    recorded_at: datetime | None = None
    places: list[Pointer] = field(default_factory=list[Pointer])

    def get(self, *names: str) -> str:
        """First of several fields that is there; empty where none is."""
        return next((value for name in names if (value := self.fields.get(name))), "")

    def number(self, *names: str) -> int | None:
        """Read the leading whole number of a field."""
        match = re.match(r"\s*(\d+)", self.get(*names))
        return int(match.group(1)) if match else None

    @property
    def workload(self) -> str:
        """The workload that owns it; for other kinds its own name."""
        return owner_of(self.kind, self.name)

    def containers(self) -> dict[str, dict[str, str]]:
        """Fields by container."""
        found: dict[str, dict[str, str]] = {}
        for key, value in self.fields.items():
            if match := _CONTAINER.match(key):
                found.setdefault(match.group("name"), {})[match.group("rest")] = value
        return found

    def conditions(self) -> dict[str, str]:
        """Status by condition type."""
        return {
            key.removeprefix("condition."): value
            for key, value in self.fields.items()
            if key.startswith("condition.") and key.count(".") == 1
        }


@dataclass(slots=True)
class Inventory:
    """Collects object states."""

    objects: dict[tuple[str, str, str], KubeObject] = field(
        default_factory=dict[tuple[str, str, str], KubeObject]
    )

    def read(self, artifact: str, records: Iterable[ObjectState]) -> None:
        """Add every state of one artifact."""
        for record in records:
            self.add(artifact, record)

    def add(self, artifact: str, record: ObjectState) -> None:
        """Merge one state; the later recording wins, an empty value never does."""
        key = (record.kind, record.namespace or "", record.name)
        if record.kind == "Unit":  # every node has its own kubelet
            key = (record.kind, record.fields.get("node", ""), record.name)
        elif record.namespace is None:
            key = next((k for k in sorted(self.objects) if k[0] == record.kind and k[2] == record.name), key)
        elif (bare := (record.kind, "", record.name)) in self.objects:
            self.objects[key] = self.objects.pop(bare)
            self.objects[key].namespace = record.namespace
        thing = self.objects.get(key)
        if thing is None:
            thing = self.objects[key] = KubeObject(record.kind, record.name, record.namespace)
        later = thing.recorded_at is None or (
            record.recorded_at is not None and record.recorded_at >= thing.recorded_at
        )
        for name, value in record.fields.items():
            if value and (later or name not in thing.fields):
                thing.fields[name] = value
        if later:
            thing.recorded_at = record.recorded_at
        if len(thing.places) < 6:
            thing.places.append(Pointer(artifact=artifact, lines=(record.line, record.end_line)))

    def of(self, kind: str) -> list[KubeObject]:
        """Objects of one kind, by namespace and name."""
        return [self.objects[key] for key in sorted(self.objects) if key[0] == kind]

    def namespace(self) -> str:
        """Name the namespace of all pods, where there is only one; else empty."""
        found = {pod.namespace or "" for pod in self.of("Pod")}
        return found.pop() if len(found) == 1 else ""

    def nodes(self) -> frozenset[str]:
        """Names of nodes, from node objects and from where pods run."""
        names = {thing.name for thing in self.of("Node")}
        names |= {
            node for pod in self.of("Pod") if (node := pod.get("node").split("/")[0]) not in {"", "<none>"}
        }
        return frozenset(names)

    def pods_by_node(self) -> dict[str, list[KubeObject]]:
        """Pods by the node that they run on."""
        found: dict[str, list[KubeObject]] = {}
        for pod in self.of("Pod"):
            node = pod.get("node").split("/")[0]
            if node and node != "<none>":
                found.setdefault(node, []).append(pod)
        return found
