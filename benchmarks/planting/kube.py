"""A made-up cluster, printed as kubectl prints it: healthy by itself, until a fault changes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
    """Workloads, nodes and events; prints them."""

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

    def states(self, *, described: list[str]) -> dict[str, str]:
        """Print it all: command -> output; only some workloads are described one by one."""
        suffix = f"-n {self.namespace}"
        told = {
            f"kubectl get pods {suffix} -o wide": self._pods(),
            f"kubectl get services {suffix}": self._services(),
            f"kubectl get deployments {suffix}": self._deployments(),
            f"kubectl get replicasets {suffix}": self._sets(),
            f"kubectl get endpoints {suffix}": self._endpoints(),
            "kubectl get nodes -o wide": self._nodes(),
        }
        for name in described:
            item = self.items[name]
            if item.pods:
                told[f"kubectl describe pods {item.pod} {suffix}"] = self.describe_pod(item)
            told[f"kubectl describe deployments {name} {suffix}"] = self._describe_deployment(item)
            told[f"kubectl describe services {name} {suffix}"] = self._describe_service(item)
            told[f"kubectl describe endpoints {name} {suffix}"] = self._describe_endpoints(item)
        for host in self.taints:
            told[f"kubectl describe nodes {host}"] = self.describe_node(host)
        told |= self.extra
        told[f"kubectl get events {suffix} --sort-by='.lastTimestamp' | tail -n 50"] = self.listed_events()
        return told

    def _pods(self) -> str:
        rows = [
            ("NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE", "NOMINATED NODE", "READINESS GATES")
        ]
        for item in self.items.values():
            if item.pods:
                again = f"{item.restarts} ({_age(40)} ago)" if item.restarts else "0"
                rows.append(
                    (
                        item.pod,
                        "1/1" if item.ready else "0/1",
                        item.status,
                        again,
                        _age(self.age),
                        item.ip,
                        item.host,
                        "<none>",
                        "<none>",
                    )
                )
        return _columns(rows)

    def _services(self) -> str:
        rows = [("NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE")]
        rows += [
            (
                i.name,
                "ClusterIP",
                f"10.68.{n}.9",
                "<none>",
                f"{i.listed_port or i.port}/{i.protocol}",
                _age(self.age),
            )
            for n, i in enumerate(self.items.values())
        ]
        return _columns(rows)

    def _deployments(self) -> str:
        rows = [("NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE")]
        rows += [
            (i.name, f"{i.available}/{i.replicas}", str(i.pods), str(i.available), _age(self.age))
            for i in self.items.values()
        ]
        return _columns(rows)

    def _sets(self) -> str:
        rows = [("NAME", "DESIRED", "CURRENT", "READY", "AGE")]
        rows += [
            (self.set_of(i), str(i.replicas), str(i.pods), str(i.available), _age(self.age))
            for i in self.items.values()
        ]
        return _columns(rows)

    def _endpoints(self) -> str:
        return _columns(
            [
                ("NAME", "ENDPOINTS", "AGE"),
                *((i.name, self._addresses(i) or "<none>", _age(self.age)) for i in self.items.values()),
            ]
        )

    def _addresses(self, item: Workload) -> str:
        if item.endpoints is not None:
            return item.endpoints
        return f"{item.ip}:{item.target or item.port}" if item.available and item.pods else ""

    def _nodes(self) -> str:
        rows = [("NAME", "STATUS", "ROLES", "AGE", "VERSION", "INTERNAL-IP", "CONTAINER-RUNTIME")]
        for index, host in enumerate(self.taints):
            status = "NotReady" if host in self.not_ready else "Ready"
            status += ",SchedulingDisabled" if host in self.unschedulable or host == "master" else ""
            rows.append(
                (
                    host,
                    status,
                    "master" if host == "master" else "node",
                    "149d",
                    "v1.31.2",
                    f"192.168.0.{10 + index}",
                    "containerd://1.7.23",
                )
            )
        return _columns(rows)

    def describe_pod(self, item: Workload) -> str:
        """Print one pod."""
        start = (self.now - timedelta(seconds=self.age)).strftime("%a, %d %b %Y %H:%M:%S +0800")
        env = "\n".join(f"      {key}:  {value}" for key, value in item.env.items())
        scheduled = item.host != "<none>"
        return f"""Name:             {item.pod}
Namespace:        {self.namespace}
Priority:         0
Service Account:  {item.name}
Node:             {item.host + "/192.168.0.11" if scheduled else "<none>"}
{f"Start Time:       {start}" if scheduled else ""}
Labels:           app={item.name}
Annotations:      <none>
Status:           {"Pending" if item.status in {"Pending", "ContainerCreating", "ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError"} else "Running"}
IP:               {item.ip}
Controlled By:    ReplicaSet/{self.set_of(item)}
Containers:
  server:
    Image:          {item.image}
    Port:           {item.port}/TCP
    State:          {item.state}
{item.last}    Ready:          {item.ready}
    Restart Count:  {item.restarts}
    Limits:
      cpu:     {item.cpu}
      memory:  {item.memory}
    Requests:
      cpu:      {item.cpu_request}
      memory:   {item.memory_request}
    Liveness:   {item.liveness}
    Readiness:  {item.readiness}
    Environment:
{env}
    Mounts:{item.mounts or " <none>"}
Conditions:
  Type              Status
  Initialized       True
  Ready             {item.ready}
  ContainersReady   {item.ready}
  PodScheduled      {scheduled}
Volumes:{item.claim or " <none>"}
QoS Class:                   Burstable
Node-Selectors:              {item.node_selector}
Tolerations:                 node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
Events:{self._events_of(item.pod)}
""".replace("\n\n", "\n")

    def _describe_deployment(self, item: Workload) -> str:
        env = "\n".join(f"      {key}:  {value}" for key, value in item.env.items())
        return f"""Name:                   {item.name}
Namespace:              {self.namespace}
Selector:               app={item.name}
Replicas:               {item.replicas} desired | {item.pods} updated | {item.pods} total | {item.available} available | {max(0, item.replicas - item.available)} unavailable
StrategyType:           RollingUpdate
Pod Template:
  Labels:           app={item.name}
  Service Account:  {item.name}
  Containers:
   server:
    Image:      {item.image}
    Port:       {item.port}/TCP
    Limits:
      cpu:     {item.cpu}
      memory:  {item.memory}
    Requests:
      cpu:      {item.cpu_request}
      memory:   {item.memory_request}
    Liveness:   {item.liveness}
    Readiness:  {item.readiness}
    Environment:
{env}
    Mounts:{item.mounts or " <none>"}
  Volumes:{item.claim or " <none>"}
  Node-Selectors:  {item.node_selector}
{item.dns}Conditions:
  Type           Status  Reason
  ----           ------  ------
  Available      {item.available >= item.replicas}   {"MinimumReplicasAvailable" if item.available >= item.replicas else "MinimumReplicasUnavailable"}
{item.conditions}OldReplicaSets:  <none>
NewReplicaSet:   {self.set_of(item)} ({item.pods}/{item.replicas} replicas created)
Events:{self._events_of(item.name)}
"""

    def _describe_service(self, item: Workload) -> str:
        return f"""Name:                     {item.name}
Namespace:                {self.namespace}
Labels:                   app={item.name}
Annotations:              <none>
Selector:                 {item.selector or f"app={item.name}"}
Type:                     ClusterIP
IP:                       10.68.8.24
Port:                     main  {item.listed_port or item.port}/{item.protocol}
TargetPort:               {item.target or item.port}/{item.protocol}
Endpoints:                {self._addresses(item) or "<none>"}
Session Affinity:         None
Events:                   <none>
"""

    def _describe_endpoints(self, item: Workload) -> str:
        ready = self._addresses(item)
        waiting = (
            item.ip
            if item.pods and not item.available and item.endpoints is None and item.ip != "<none>"
            else ""
        )
        return (
            f"""Name:         {item.name}
Namespace:    {self.namespace}
Labels:       app={item.name}
Annotations:  <none>
Subsets:{"" if ready or waiting else "  <none>"}
"""
            + (
                f"""  Addresses:          {ready.split(":")[0] or "<none>"}
  NotReadyAddresses:  {waiting or "<none>"}
  Ports:
    Name  Port  Protocol
    ----  ----  --------
    main  {item.target or item.port}  {item.protocol}

"""
                if ready or waiting
                else ""
            )
            + "Events:  <none>\n"
        )

    def describe_node(self, host: str) -> str:
        """Print one node."""
        status, reason = self.not_ready.get(host, ("True", "KubeletReady"))
        beat = (self.now - timedelta(seconds=300 if host in self.not_ready else 20)).strftime(
            "%a, %d %b %Y %H:%M:%S +0800"
        )
        moved = (self.now - timedelta(seconds=250 if host in self.not_ready else 9_000_000)).strftime(
            "%a, %d %b %Y %H:%M:%S +0800"
        )
        unwell = status == "Unknown"
        state = "Unknown" if unwell else "False"
        rows = "\n".join(
            f"  {kind:<16} {state:<7} {beat}   {moved}   {reason if unwell else said:<28} {'Kubelet stopped posting node status.' if unwell else 'kubelet is fine'}"
            for kind, said in (
                ("MemoryPressure", "KubeletHasSufficientMemory"),
                ("DiskPressure", "KubeletHasNoDiskPressure"),
                ("PIDPressure", "KubeletHasSufficientPID"),
            )
        )
        message = (
            "Kubelet stopped posting node status."
            if unwell
            else "kubelet is posting ready status"
            if status == "True"
            else reason
        )
        return f"""Name:               {host}
Roles:              {"master" if host == "master" else "node"}
Labels:             kubernetes.io/hostname={host}
                    kubernetes.io/os=linux
CreationTimestamp:  Mon, 11 Aug 2025 15:49:09 +0800
Taints:             {self.taints[host] if host != "master" else "node.kubernetes.io/unschedulable:NoSchedule"}
Unschedulable:      {str(host in self.unschedulable or host == "master").lower()}
Conditions:
  Type             Status  LastHeartbeatTime                 LastTransitionTime                Reason                       Message
  ----             ------  -----------------                 ------------------                ------                       -------
{rows}
  Ready            {status:<7} {beat}   {moved}   {"NodeStatusUnknown" if unwell else "KubeletNotReady" if status == "False" else "KubeletReady":<28} {message}
Addresses:
  InternalIP:  192.168.0.11
Capacity:
  cpu:     8
  memory:  15978548Ki
  pods:    110
Allocatable:
  cpu:     8
  memory:  15671348Ki
  pods:    110
Allocated resources:
  Resource  Requests     Limits
  --------  --------     ------
  cpu       1850m (23%)  4 (50%)
  memory    2Gi (13%)    4Gi (27%)
Events:{self._events_of(host)}
"""

    def _events_of(self, name: str) -> str:
        found = [event for event in self.events if event.name == name]
        if not found:
            return "              <none>"
        rows = [("Type", "Reason", "Age", "From", "Message"), ("----", "------", "----", "----", "-------")]
        for event in found:
            age = (
                f"{_age(event.ago)} (x{event.count} over {_age(event.since)})"
                if event.count > 1
                else _age(event.ago)
            )
            rows.append((event.type, event.reason, age, "kubelet", event.message))
        return "\n" + "".join(f"  {line}\n" for line in _columns(rows).splitlines()).rstrip("\n")

    def listed_events(self, *names: str) -> str:
        """Print events as `kubectl get events` does, oldest first; only of some objects where names are given."""
        found = [event for event in self.events if not names or event.name in names]
        rows = [("LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE")]
        rows += [
            (_age(e.ago), e.type, e.reason, f"{e.kind}/{e.name}", e.message)
            for e in sorted(found, key=lambda e: -e.ago)
        ]
        return _columns(rows)


def pod_name(rng: Random, workload: str) -> str:
    """Make a pod name of a deployment."""
    return f"{workload}-{token(rng, 9)}-{token(rng, 5)}"


def _age(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds}s"
    if seconds < 600:
        return f"{seconds // 60}m{seconds % 60}s" if seconds % 60 else f"{seconds // 60}m"
    if seconds < 10800:
        return f"{seconds // 60}m"
    return f"{seconds // 3600}h" if seconds < 172800 else f"{seconds // 86400}d"


def _columns(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[n]) for row in rows) + 3 for n in range(len(rows[0]))]
    return "".join(
        "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n"
        for row in rows
    )
