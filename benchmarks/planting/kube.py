"""A made-up cluster: healthy by itself, until a fault changes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from benchmarks.planting.system import System, token


@dataclass(slots=True)
class Event:
    """One event of one object, or one that repeats."""

    kind: str
    name: str
    type: str
    reason: str
    message: str
    ago: int
    """Seconds from the last time to the recording."""
    count: int = 1
    since: int = 0
    """Seconds from the first time to the recording; 0 where it came once."""


@dataclass(slots=True)
class Workload:
    """One deployment with one pod, and its service."""

    name: str
    pod: str
    host: str
    ip: str
    port: int
    image: str
    status: str = "Running"
    ready: bool = True
    restarts: int = 0
    state: str = "Running"
    last: str = ""
    """Lines of "Last State", indented by six."""
    replicas: int = 1
    pods: int = 1
    available: int = 1
    env: dict[str, str] = field(default_factory=dict[str, str])
    cpu: str = "200m"
    memory: str = "300Mi"
    cpu_request: str = "100m"
    memory_request: str = "200Mi"
    liveness: str = ""
    readiness: str = ""
    selector: str = ""
    target: str = ""
    protocol: str = "TCP"
    listed_port: int = 0
    endpoints: str | None = None
    node_selector: str = "<none>"
    mounts: str = ""
    claim: str = ""
    dns: str = ""
    conditions: str = ""


class Cluster:
    """Workloads, nodes and events."""

    def __init__(self, rng: Random, system: System, namespace: str, now: datetime, *, age: int = 0) -> None:
        """`now` is the local time of the recording; `age` is how long the workloads have been there."""
        self.rng, self.system, self.namespace, self.now = rng, system, namespace, now
        self.age = age or rng.choice((180, 900, 7200, 86400))
        self.events: list[Event] = []
        self.taints = dict.fromkeys(("master", *system.hosts), "<none>")
        self.unschedulable: set[str] = set()
        self.not_ready: dict[str, tuple[str, str]] = {}
        self.extra: dict[str, str] = {}
        self.items: dict[str, Workload] = {}
        for index, node in enumerate(system.nodes.values()):
            port = rng.choice((3550, 5050, 7000, 7070, 8080, 9090, 50051))
            item = Workload(
                node.name,
                node.pod,
                node.host,
                f"172.20.{index % 3 + 1}.{40 + index}",
                port,
                f"registry.example/{namespace}/{node.name}:v1.{rng.randrange(9)}.0",
            )
            item.liveness = f"tcp-socket :{port} delay=15s timeout=1s period=10s #success=1 #failure=3"
            item.readiness = f"tcp-socket :{port} delay=5s timeout=1s period=10s #success=1 #failure=3"
            item.env = {
                "PORT": str(port),
                **{f"{c.replace('-', '_').upper()}_ADDR": f"{c}:0" for c in node.calls},
            }
            self.items[node.name] = item
        for item in self.items.values():
            for key in list(item.env):
                if key.endswith("_ADDR"):
                    callee = item.env[key].split(":", 1)[0]
                    item.env[key] = f"{callee}:{self.items[callee].port}"
        for item in self.items.values():
            self._created(item)

    def _created(self, item: Workload) -> None:
        if self.age > 3600:
            return
        say = self.event
        say(
            "deployment",
            item.name,
            "Normal",
            "ScalingReplicaSet",
            f"Scaled up replica set {self.set_of(item)} to 1",
            self.age,
        )
        say(
            "replicaset",
            self.set_of(item),
            "Normal",
            "SuccessfulCreate",
            f"Created pod: {item.pod}",
            self.age,
        )
        say(
            "pod",
            item.pod,
            "Normal",
            "Scheduled",
            f"Successfully assigned {self.namespace}/{item.pod} to {item.host}",
            self.age,
        )
        say(
            "pod",
            item.pod,
            "Normal",
            "Pulled",
            f'Container image "{item.image}" already present on machine',
            self.age - 1,
        )
        say("pod", item.pod, "Normal", "Started", "Started container server", self.age - 2)

    def set_of(self, item: Workload) -> str:
        """Name of the replica set of a workload."""
        return item.pod.rpartition("-")[0]

    def event(
        self,
        kind: str,
        name: str,
        type_: str,
        reason: str,
        message: str,
        ago: int,
        count: int = 1,
        since: int = 0,
    ) -> None:
        """Add one event."""
        self.events.append(Event(kind, name, type_, reason, message, max(1, ago), count, since))

    def forget(self, item: Workload, *reasons: str) -> None:
        """Take away what a workload said of itself, as where its pod never ran."""
        names = {item.name, item.pod, self.set_of(item)}
        self.events = [e for e in self.events if e.name not in names or e.reason not in reasons]

    def addresses(self, item: Workload) -> str:
        """Give what the endpoints of a workload's service list; empty where nothing is ready."""
        if item.endpoints is not None:
            return item.endpoints
        return f"{item.ip}:{item.target or item.port}" if item.available and item.pods else ""


def pod_name(rng: Random, workload: str) -> str:
    """Make a pod name of a deployment."""
    return f"{workload}-{token(rng, 9)}-{token(rng, 5)}"
