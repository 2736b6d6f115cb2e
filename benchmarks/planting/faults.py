"""What single faults do to a cluster: states, events and log lines as Kubernetes and usual servers write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from benchmarks.planting.kube import Cluster, Workload

Apply = Callable[["Scene"], str]
"""Changes a scene; gives the object at fault, such as `app/cart` or `node/node-01`."""


@dataclass(slots=True)
class Scene:
    """One cluster with the workload that a fault is about; what it and its callers log."""

    rng: Random
    cluster: Cluster
    item: Workload
    logs: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    previous: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    units: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def callers_fail(self, reason: str) -> None:
        """Let every caller log that calls to the workload fail."""
        for caller in self.cluster.system.callers(self.item.name):
            for _ in range(self.rng.randrange(3, 9)):
                self.say(caller, f"error calling {self.item.name}: {reason}", level="error")

    def say(self, name: str, text: str, *, level: str = "info", previous: bool = False) -> None:
        """Log one line."""
        (self.previous if previous else self.logs).setdefault(name, []).append(f"{level}|{text}")

    def event(
        self,
        reason: str,
        message: str,
        *,
        ago: int = 20,
        count: int = 1,
        since: int = 0,
        kind: str = "pod",
        type_: str = "Warning",
    ) -> None:
        """Add one event of the workload."""
        name = {
            "pod": self.item.pod,
            "replicaset": self.cluster.set_of(self.item),
            "deployment": self.item.name,
        }[kind]
        self.cluster.event(kind, name, type_, reason, message, ago, count, since)

    def waits(
        self, status: str, message: str = "", *, restarts: int = 0, last: tuple[str, int] | None = None
    ) -> None:
        """Let the pod wait for a reason."""
        item = self.item
        item.status, item.ready, item.available, item.restarts = status, False, 0, restarts
        item.state = f"Waiting\n      Reason:       {status}" + (
            f"\n      Message:      {message}" if message else ""
        )
        if last:
            item.last = f"    Last State:     Terminated\n      Reason:       {last[0]}\n      Exit Code:    {last[1]}\n"

    def crashes(self, code: int, reason: str = "Error", restarts: int = 0) -> None:
        """Let the container crash again and again."""
        restarts = restarts or self.rng.randrange(3, 9)
        self.waits(
            "CrashLoopBackOff",
            f"back-off 1m20s restarting failed container=server pod={self.item.pod}",
            restarts=restarts,
            last=(reason, code),
        )
        self.event(
            "BackOff",
            f"Back-off restarting failed container server in pod {self.item.pod}_{self.cluster.namespace}(7d1)",
            count=6,
            since=160,
        )

    def pending(self, message: str) -> None:
        """Keep the pod from being scheduled."""
        item, cluster = self.item, self.cluster
        cluster.forget(item, "Scheduled", "Pulled", "Started")
        item.status, item.ready, item.available, item.host, item.ip = "Pending", False, 0, "<none>", "<none>"
        item.state = "Waiting"
        self.event("FailedScheduling", message, ago=60)


def _liveness_port(s: Scene) -> str:
    wrong = s.item.port + 1001
    s.item.liveness = f"tcp-socket :{wrong} delay=5s timeout=1s period=5s #success=1 #failure=2"
    s.event(
        "Unhealthy",
        f"Liveness probe failed: dial tcp {s.item.ip}:{wrong}: connect: connection refused",
        count=6,
        since=150,
    )
    s.event(
        "Killing",
        "Container server failed liveness probe, will be restarted",
        count=3,
        since=150,
        type_="Normal",
    )
    s.crashes(137)
    s.callers_fail("connection refused")
    return f"app/{s.item.name}"


def _readiness_port(s: Scene) -> str:
    wrong = s.item.port + 1001
    s.item.readiness = f"http-get http://:{wrong}/healthz delay=5s timeout=1s period=5s #success=1 #failure=2"
    s.item.ready, s.item.available = False, 0
    s.event(
        "Unhealthy",
        f'Readiness probe failed: Get "http://{s.item.ip}:{wrong}/healthz": dial tcp {s.item.ip}:{wrong}: connect: connection refused',
        count=20,
        since=150,
    )
    s.callers_fail("no healthy upstream")
    return f"app/{s.item.name}"


def _liveness_timing(s: Scene) -> str:
    s.item.liveness = f"tcp-socket :{s.item.port} delay=1s timeout=1s period=1s #success=1 #failure=1"
    s.event(
        "Unhealthy",
        f"Liveness probe failed: dial tcp {s.item.ip}:{s.item.port}: connect: connection refused",
        count=4,
        since=90,
    )
    s.event(
        "Killing",
        "Container server failed liveness probe, will be restarted",
        count=4,
        since=90,
        type_="Normal",
    )
    s.crashes(143)
    return f"app/{s.item.name}"


def _oom(s: Scene) -> str:
    s.item.memory = s.rng.choice(("16Mi", "32Mi", "48Mi"))
    s.crashes(137, "OOMKilled")
    s.callers_fail("connection refused")
    return f"app/{s.item.name}"


def _image(s: Scene) -> str:
    s.item.image = s.item.image.rsplit(":", 1)[0] + ":v9.99-missing"
    s.cluster.forget(s.item, "Pulled", "Started")
    said = f'Failed to pull image "{s.item.image}": rpc error: code = NotFound desc = failed to pull and unpack image "{s.item.image}": failed to resolve reference "{s.item.image}": {s.item.image}: not found'
    s.event("Pulling", f'Pulling image "{s.item.image}"', count=4, since=120, type_="Normal")
    s.event("Failed", said, count=4, since=120)
    s.event("Failed", "Error: ErrImagePull", count=4, since=120)
    s.event("BackOff", f'Back-off pulling image "{s.item.image}"', count=7, since=120)
    s.waits("ImagePullBackOff", f'Back-off pulling image "{s.item.image}"')
    return f"app/{s.item.name}"


def _registry_dns(s: Scene) -> str:
    host = "registry.internal.invalid"
    s.item.image = s.item.image.replace("registry.example", host)
    s.cluster.forget(s.item, "Pulled", "Started")
    said = f'Failed to pull image "{s.item.image}": failed to pull and unpack image: failed to resolve reference "{s.item.image}": failed to do request: Head "https://{host}/v2/": dial tcp: lookup {host} on 10.0.0.2:53: no such host'
    s.event("Failed", said, count=4, since=120)
    s.event("Failed", "Error: ErrImagePull", count=4, since=120)
    s.waits("ImagePullBackOff", f'Back-off pulling image "{s.item.image}"')
    return f"app/{s.item.name}"


def _pull_secret(s: Scene) -> str:
    s.cluster.forget(s.item, "Pulled", "Started")
    said = f'Failed to pull image "{s.item.image}": failed to authorize: failed to fetch anonymous token: unexpected status from GET request: 401 Unauthorized'
    s.event("Failed", said, count=4, since=120)
    s.event(
        "FailedToRetrieveImagePullSecret",
        "Unable to retrieve some image pull secrets (registry-login); attempting to pull the image may not succeed.",
        count=9,
        since=120,
    )
    s.waits("ImagePullBackOff", f'Back-off pulling image "{s.item.image}"')
    return f"app/{s.item.name}"


def _secret(s: Scene) -> str:
    s.item.env["DB_PASSWORD"] = f"<set to the key 'password' in secret '{s.item.name}-db'>  Optional: false"
    s.event("Failed", f'Error: secret "{s.item.name}-db" not found', count=12, since=150)
    s.waits("CreateContainerConfigError", f'secret "{s.item.name}-db" not found')
    s.callers_fail("connection refused")
    return f"app/{s.item.name}"


def _config_map(s: Scene) -> str:
    s.event("Failed", f'Error: configmap "{s.item.name}-settings" not found', count=12, since=150)
    s.waits("CreateContainerConfigError", f'configmap "{s.item.name}-settings" not found')
    return f"app/{s.item.name}"


def _no_replica(s: Scene) -> str:
    s.item.replicas = s.item.pods = s.item.available = 0
    s.event(
        "ScalingReplicaSet",
        f"Scaled down replica set {s.cluster.set_of(s.item)} to 0 from 1",
        ago=90,
        kind="deployment",
        type_="Normal",
    )
    s.callers_fail("no endpoints available for service")
    return f"app/{s.item.name}"


def _selector(s: Scene) -> str:
    s.item.selector, s.item.endpoints = f"app={s.item.name}-v2", ""
    s.callers_fail("connect: connection refused")
    return f"app/{s.item.name}"


def _target_port(s: Scene) -> str:
    s.item.target = str(s.item.port + 1)
    s.callers_fail(f"dial tcp 10.68.8.24:{s.item.port}: connect: connection refused")
    return f"app/{s.item.name}"


def _service_protocol(s: Scene) -> str:
    s.item.protocol = "UDP"
    s.callers_fail(f"dial tcp 10.68.8.24:{s.item.port}: i/o timeout")
    return f"app/{s.item.name}"


def _service_port(s: Scene) -> str:
    s.item.listed_port = s.item.port + 11
    s.callers_fail(f"dial tcp 10.68.8.24:{s.item.port}: i/o timeout")
    return f"app/{s.item.name}"


def _address(s: Scene) -> str:
    callers = s.cluster.system.callers(s.item.name)
    caller = s.cluster.items[callers[0]]
    key = f"{s.item.name.replace('-', '_').upper()}_ADDR"
    wrong = f"{s.item.name}-old:{s.item.port}" if s.rng.random() < 0.5 else f"{s.item.name}:{s.item.port + 7}"
    caller.env[key] = wrong
    said = (
        f"lookup {wrong.split(':')[0]}: no such host"
        if "-old" in wrong
        else f"dial tcp: {wrong}: i/o timeout"
    )
    for _ in range(8):
        s.say(caller.name, f"error calling {s.item.name}: {said}", level="error")
    s.item = caller
    return f"app/{caller.name}"


def _dns(s: Scene) -> str:
    s.item.dns = "  DNS Policy:  None\n"
    s.cluster.extra[
        f"kubectl get deployments {s.item.name} -n {s.cluster.namespace} -o yaml"
    ] = f"""apiVersion: apps/v1
kind: Deployment
metadata:
  name: {s.item.name}
  namespace: {s.cluster.namespace}
spec:
  replicas: 1
  template:
    spec:
      containers:
      - image: {s.item.image}
        name: server
      dnsConfig:
        nameservers:
        - 192.0.2.53
      dnsPolicy: None
status:
  replicas: 1
  unavailableReplicas: 1
"""
    for n in range(6):
        s.say(
            s.item.name,
            f"attempt {n}: lookup {s.item.name}-db on 192.0.2.53:53: read udp: i/o timeout",
            level="error",
            previous=n < 3,
        )
    s.crashes(1)
    return f"app/{s.item.name}"


def _db_credentials(s: Scene) -> str:
    for n in range(5):
        s.say(
            s.item.name,
            f"java.sql.SQLException: Access denied for user '{s.item.name}'@'172.20.1.9' (using password: YES)",
            level="error",
            previous=n < 3,
        )
    s.crashes(1)
    s.callers_fail("connection refused")
    return f"app/{s.item.name}"


def _db_port(s: Scene) -> str:
    s.item.env["DB_PORT"] = "3307"
    for n in range(5):
        s.say(
            s.item.name,
            "com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure; java.net.ConnectException: Connection refused (shared-mysql:3307)",
            level="error",
            previous=n < 3,
        )
    s.crashes(1)
    return f"app/{s.item.name}"


def _service_account(s: Scene) -> str:
    s.cluster.forget(s.item, "Scheduled", "Pulled", "Started", "SuccessfulCreate")
    s.item.pods = s.item.available = 0
    said = f'Error creating: pods "{s.cluster.set_of(s.item)}-" is forbidden: error looking up service account {s.cluster.namespace}/{s.item.name}: serviceaccount "{s.item.name}" not found'
    s.event("FailedCreate", said, count=14, since=160, kind="replicaset")
    s.item.conditions = "  ReplicaFailure  True   FailedCreate\n"
    return f"app/{s.item.name}"


def _quota(s: Scene) -> str:
    resource = s.rng.choice(("requests.cpu", "requests.memory", "pods"))
    amount = {
        "requests.cpu": ("100m", "1100m", "1100m"),
        "requests.memory": ("200Mi", "2Gi", "2Gi"),
        "pods": ("1", "10", "10"),
    }[resource]
    s.cluster.forget(s.item, "Scheduled", "Pulled", "Started", "SuccessfulCreate")
    s.item.pods = s.item.available = 0
    said = f'Error creating: pods "{s.cluster.set_of(s.item)}-x2x4z" is forbidden: exceeded quota: team-limits, requested: {resource}={amount[0]}, used: {resource}={amount[1]}, limited: {resource}={amount[2]}'
    s.event("FailedCreate", said, count=11, since=160, kind="replicaset")
    s.cluster.extra[f"kubectl describe resourcequotas -n {s.cluster.namespace}"] = f"""Name:       team-limits
Namespace:  {s.cluster.namespace}
Resource    Used   Hard
--------    ----   ----
{resource}  {amount[1]}  {amount[2]}
"""
    return f"namespace/{s.cluster.namespace}"


def _node_selector(s: Scene) -> str:
    s.item.node_selector = "disktype=nvme"
    s.pending(
        "0/4 nodes are available: 1 node(s) were unschedulable, 3 node(s) didn't match Pod's node affinity/selector. preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling."
    )
    return f"app/{s.item.name}"


def _taint(s: Scene) -> str:
    for host in s.cluster.system.hosts:
        s.cluster.taints[host] = "dedicated=batch:NoSchedule"
    s.pending(
        "0/4 nodes are available: 1 node(s) were unschedulable, 3 node(s) had untolerated taint {dedicated: batch}. preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling."
    )
    return f"app/{s.item.name}"


def _cpu_request(s: Scene) -> str:
    s.item.cpu = s.item.cpu_request = "64"
    s.pending(
        "0/4 nodes are available: 1 node(s) were unschedulable, 3 Insufficient cpu. preemption: 0/4 nodes are available: 1 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod."
    )
    return f"app/{s.item.name}"


def _memory_request(s: Scene) -> str:
    s.item.memory = s.item.memory_request = "512Gi"
    s.pending(
        "0/4 nodes are available: 1 node(s) were unschedulable, 3 Insufficient memory. preemption: 0/4 nodes are available: 1 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod."
    )
    return f"app/{s.item.name}"


def _anti_affinity(s: Scene) -> str:
    s.pending(
        "0/4 nodes are available: 1 node(s) were unschedulable, 3 node(s) didn't match pod anti-affinity rules. preemption: 0/4 nodes are available: 1 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod."
    )
    return f"app/{s.item.name}"


def _cordon(s: Scene) -> str:
    for host in s.cluster.system.hosts:
        s.cluster.unschedulable.add(host)
        s.cluster.taints[host] = "node.kubernetes.io/unschedulable:NoSchedule"
    s.pending(
        "0/4 nodes are available: 4 node(s) were unschedulable. preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling."
    )
    return f"app/{s.item.name}"


def _claim(s: Scene) -> str:
    claim = f"{s.item.name}-pvc"
    why, said = s.rng.choice(
        (
            ("fast-ssd", 'storageclass.storage.k8s.io "fast-ssd" not found'),
            ("standard", "no persistent volumes available for this claim and no storage class is set"),
        )
    )
    s.item.claim = f"\n   data:\n    Type:       PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)\n    ClaimName:  {claim}"
    s.pending(
        "0/4 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling."
    )
    s.cluster.extra[f"kubectl get persistentvolumeclaims -n {s.cluster.namespace}"] = (
        "NAME   STATUS    VOLUME   CAPACITY   ACCESS MODES   STORAGECLASS   AGE\n"
        f"{claim}   Pending                                 {why}   3m\n"
    )
    s.cluster.extra[
        f"kubectl describe persistentvolumeclaims {claim} -n {s.cluster.namespace}"
    ] = f"""Name:          {claim}
Namespace:     {s.cluster.namespace}
StorageClass:  {why}
Status:        Pending
Volume:
Access Modes:
Used By:       {s.item.pod}
Events:
  Type     Reason              Age                 From                         Message
  ----     ------              ----                ----                         -------
  Warning  ProvisioningFailed  5s (x13 over 3m)    persistentvolume-controller  {said}
"""
    return f"app/{s.item.name}"


def _volume_permission(s: Scene) -> str:
    s.item.mounts = "\n      /data from data (rw)"
    for n in range(4):
        s.say(
            s.item.name,
            "mkdir: cannot create directory '/data/db': Permission denied",
            level="error",
            previous=n < 2,
        )
    s.crashes(1)
    return f"app/{s.item.name}"


def _port_conflict(s: Scene) -> str:
    for n in range(4):
        s.say(
            s.item.name,
            f"listen tcp :{s.item.port}: bind: address already in use",
            level="fatal",
            previous=n < 2,
        )
    s.crashes(1)
    s.callers_fail("connection refused")
    return f"app/{s.item.name}"


def _read_only(s: Scene) -> str:
    for _ in range(9):
        s.say(
            s.item.name,
            "ERROR 1290 (HY000): The MySQL server is running with the --read-only option so it cannot execute this statement",
            level="error",
        )
    s.callers_fail("500 Internal Server Error")
    return f"app/{s.item.name}"


def _too_many_connections(s: Scene) -> str:
    for _ in range(12):
        s.say(
            s.item.name,
            'com.mysql.cj.exceptions: Data source rejected establishment of connection, message from server: "Too many connections"',
            level="error",
        )
    s.callers_fail("500 Internal Server Error")
    return f"app/{s.item.name}"


def _kubelet(s: Scene) -> str:
    host = s.item.host
    s.cluster.not_ready[host] = ("Unknown", "NodeStatusUnknown")
    s.cluster.taints[host] = "node.kubernetes.io/unreachable:NoExecute"
    s.cluster.event("node", host, "Normal", "NodeNotReady", f"Node {host} status is now: NodeNotReady", 250)
    for item in s.cluster.items.values():
        if item.host == host:
            s.cluster.event("pod", item.pod, "Warning", "NodeNotReady", "Node is not ready", 248)
    _unit(s, host, "kubelet", "inactive (dead)")
    return f"node/{host}"


def _kube_proxy(s: Scene) -> str:
    host = s.item.host
    _unit(s, host, "kube-proxy", "failed (Result: exit-code)")
    s.callers_fail("dial tcp 10.68.8.24: i/o timeout")
    return f"node/{host}"


def _containerd(s: Scene) -> str:
    host = s.item.host
    s.cluster.not_ready[host] = (
        "False",
        "[container runtime is down, container runtime status check may not have completed yet]",
    )
    s.cluster.event("node", host, "Normal", "NodeNotReady", f"Node {host} status is now: NodeNotReady", 250)
    _unit(s, host, "containerd", "inactive (dead)")
    return f"node/{host}"


def _unit(s: Scene, host: str, broken: str, how: str) -> None:
    for machine in s.cluster.taints:
        for unit in ("kubelet", "kube-proxy", "containerd"):
            sick = machine == host and unit == broken
            state = how if sick else "active (running)"
            s.units[machine, unit] = f"""● {unit}.service - {unit}
     Loaded: loaded (/etc/systemd/system/{unit}.service; enabled; vendor preset: enabled)
     Active: {state} since Fri 2026-02-06 14:11:51 CST; {"4min" if sick else "3 weeks"} ago
   Main PID: 822 {"(code=exited, status=0/SUCCESS)" if sick else f"({unit})"}
"""


def _disk_pressure(s: Scene) -> str:
    host = s.item.host
    s.cluster.event(
        "node",
        host,
        "Warning",
        "EvictionThresholdMet",
        "Attempting to reclaim ephemeral-storage",
        100,
        3,
        200,
    )
    s.cluster.event(
        "node", host, "Normal", "NodeHasDiskPressure", f"Node {host} status is now: NodeHasDiskPressure", 100
    )
    s.event(
        "Evicted",
        "The node was low on resource: ephemeral-storage. Threshold quantity: 10Gi, available: 1Gi. Container server was using 22Gi, request is 0.",
        ago=95,
    )
    s.item.status, s.item.ready, s.item.available = "Evicted", False, 0
    return f"node/{host}"


def _bad_config(s: Scene) -> str:
    for n in range(4):
        s.say(
            s.item.name,
            'panic: environment variable "PAYMENT_TIMEOUT" not set',
            level="fatal",
            previous=n < 2,
        )
    s.crashes(2)
    s.callers_fail("connection refused")
    return f"app/{s.item.name}"


def _rbac(s: Scene) -> str:
    who = f"system:serviceaccount:{s.cluster.namespace}:{s.item.name}"
    for n in range(5):
        s.say(
            s.item.name,
            f'configmaps is forbidden: User "{who}" cannot list resource "configmaps" in API group "" in the namespace "{s.cluster.namespace}"',
            level="error",
            previous=n < 2,
        )
    s.crashes(1)
    return f"app/{s.item.name}"


def _certificate(s: Scene) -> str:
    for _ in range(9):
        s.say(
            s.item.name,
            "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-02-06T10:00:00Z is after 2026-02-05T00:00:00Z",
            level="error",
        )
    return f"app/{s.item.name}"


def _command(s: Scene) -> str:
    said = 'Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/app/servr": stat /app/servr: no such file or directory: unknown'
    s.event("Failed", said, count=5, since=120)
    s.crashes(128, "StartError")
    return f"app/{s.item.name}"


FAULTS: Mapping[str, Apply] = {
    "liveness_probe_incorrect_port": _liveness_port,
    "readiness_probe_incorrect_port": _readiness_port,
    "liveness_probe_incorrect_timing": _liveness_timing,
    "oom_killed": _oom,
    "incorrect_image_reference": _image,
    "image_registry_dns_failure": _registry_dns,
    "missing_image_pull_secret": _pull_secret,
    "missing_secret_binding": _secret,
    "configuration_key": _config_map,
    "deployment_zero_replicas": _no_replica,
    "service_selector_mismatch": _selector,
    "service_port_mapping_mismatch": _target_port,
    "service_protocol_mismatch": _service_protocol,
    "service_listed_port": _service_port,
    "service_env_var_address_mismatch": _address,
    "service_dns_resolution_failure": _dns,
    "mysql_invalid_credentials": _db_credentials,
    "mysql_invalid_port": _db_port,
    "missing_service_account": _service_account,
    "namespace_cpu_quota_exceeded": _quota,
    "node_selector_mismatch": _node_selector,
    "taint_toleration_mismatch": _taint,
    "cpu_capacity_mismatch": _cpu_request,
    "memory_capacity_mismatch": _memory_request,
    "pod_anti_affinity_conflict": _anti_affinity,
    "node_cordon_mismatch": _cordon,
    "pvc_storage_class_mismatch": _claim,
    "volume_mount_permission_denied": _volume_permission,
    "service_sidecar_port_conflict": _port_conflict,
    "db_readonly_mode": _read_only,
    "db_connection_exhaustion": _too_many_connections,
    "kubelet_unavailable": _kubelet,
    "kube_proxy_unavailable": _kube_proxy,
    "containerd_unavailable": _containerd,
    "node_disk_pressure": _disk_pressure,
    "missing_configuration": _bad_config,
    "permission_denied": _rbac,
    "tls_certificate": _certificate,
    "container_command": _command,
}
"""Root cause by the names that datasets use, and what it does."""

SAME_AS: Mapping[str, str] = {
    "service_listed_port": "service_port_mapping_mismatch",
    "missing_configuration": "configuration_key",
    "container_command": "crash_loop",
}
"""Faults whose mechanism is spoken of in the words of another."""
