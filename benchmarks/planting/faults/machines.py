"""What goes wrong with a node."""

from __future__ import annotations

from benchmarks.planting.scene import Scene


def kubelet(s: Scene) -> str:
    """Stop the kubelet of the node."""
    host = s.item.host
    s.cluster.not_ready[host] = ("Unknown", "NodeStatusUnknown")
    s.cluster.taints[host] = "node.kubernetes.io/unreachable:NoExecute"
    s.cluster.event("node", host, "Normal", "NodeNotReady", f"Node {host} status is now: NodeNotReady", 250)
    for item in s.cluster.items.values():
        if item.host == host:
            s.cluster.event("pod", item.pod, "Warning", "NodeNotReady", "Node is not ready", 248)
    _unit(s, host, "kubelet", "inactive (dead)")
    return f"node/{host}"


def kube_proxy(s: Scene) -> str:
    """Stop the kube-proxy of the node."""
    host = s.item.host
    _unit(s, host, "kube-proxy", "failed (Result: exit-code)")
    s.callers_fail("dial tcp 10.68.8.24: i/o timeout")
    return f"node/{host}"


def containerd(s: Scene) -> str:
    """Stop the container runtime of the node."""
    host = s.item.host
    s.cluster.not_ready[host] = (
        "False",
        "[container runtime is down, container runtime status check may not have completed yet]",
    )
    s.cluster.event("node", host, "Normal", "NodeNotReady", f"Node {host} status is now: NodeNotReady", 250)
    _unit(s, host, "containerd", "inactive (dead)")
    return f"node/{host}"


def disk_pressure(s: Scene) -> str:
    """Fill the disk of the node."""
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
