"""What keeps callers from reaching a workload: its service, their addresses, name resolution."""

from __future__ import annotations

from benchmarks.planting.scene import Scene


def no_replica(s: Scene) -> str:
    """Scale the deployment to none."""
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


def selector(s: Scene) -> str:
    """Select pods that do not exist."""
    s.item.selector, s.item.endpoints = f"app={s.item.name}-v2", ""
    s.callers_fail("connect: connection refused")
    return f"app/{s.item.name}"


def target_port(s: Scene) -> str:
    """Send traffic to a port that nothing listens on."""
    s.item.target = str(s.item.port + 1)
    s.callers_fail(f"dial tcp 10.68.8.24:{s.item.port}: connect: connection refused")
    return f"app/{s.item.name}"


def service_protocol(s: Scene) -> str:
    """Offer the service by UDP."""
    s.item.protocol = "UDP"
    s.callers_fail(f"dial tcp 10.68.8.24:{s.item.port}: i/o timeout")
    return f"app/{s.item.name}"


def service_port(s: Scene) -> str:
    """Offer the service on another port."""
    s.item.listed_port = s.item.port + 11
    s.callers_fail(f"dial tcp 10.68.8.24:{s.item.port}: i/o timeout")
    return f"app/{s.item.name}"


def address(s: Scene) -> str:
    """Give a caller a wrong address; the caller is at fault."""
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


def dns(s: Scene) -> str:
    """Resolve names by a server that is not there."""
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
