"""A cluster as kubectl lists it."""

from __future__ import annotations

from benchmarks.planting import describing
from benchmarks.planting.kube import Cluster
from benchmarks.planting.printing import age, columns


def states(cluster: Cluster, *, described: list[str]) -> dict[str, str]:
    """Print it all: command -> output; only some workloads are described one by one."""
    suffix = f"-n {cluster.namespace}"
    told = {
        f"kubectl get pods {suffix} -o wide": _pods(cluster),
        f"kubectl get services {suffix}": _services(cluster),
        f"kubectl get deployments {suffix}": _deployments(cluster),
        f"kubectl get replicasets {suffix}": _sets(cluster),
        f"kubectl get endpoints {suffix}": _endpoints(cluster),
        "kubectl get nodes -o wide": _nodes(cluster),
    }
    for name in described:
        item = cluster.items[name]
        if item.pods:
            told[f"kubectl describe pods {item.pod} {suffix}"] = describing.pod(cluster, item)
        told[f"kubectl describe deployments {name} {suffix}"] = describing.deployment(cluster, item)
        told[f"kubectl describe services {name} {suffix}"] = describing.service(cluster, item)
        told[f"kubectl describe endpoints {name} {suffix}"] = describing.endpoints(cluster, item)
    for host in cluster.taints:
        told[f"kubectl describe nodes {host}"] = describing.node(cluster, host)
    told |= cluster.extra
    told[f"kubectl get events {suffix} --sort-by='.lastTimestamp' | tail -n 50"] = events(cluster)
    return told


def _pods(cluster: Cluster) -> str:
    rows = [("NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE", "NOMINATED NODE", "READINESS GATES")]
    for item in cluster.items.values():
        if item.pods:
            again = f"{item.restarts} ({age(40)} ago)" if item.restarts else "0"
            rows.append(
                (
                    item.pod,
                    "1/1" if item.ready else "0/1",
                    item.status,
                    again,
                    age(cluster.age),
                    item.ip,
                    item.host,
                    "<none>",
                    "<none>",
                )
            )
    return columns(rows)


def _services(cluster: Cluster) -> str:
    rows = [("NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE")]
    rows += [
        (
            i.name,
            "ClusterIP",
            f"10.68.{n}.9",
            "<none>",
            f"{i.listed_port or i.port}/{i.protocol}",
            age(cluster.age),
        )
        for n, i in enumerate(cluster.items.values())
    ]
    return columns(rows)


def _deployments(cluster: Cluster) -> str:
    rows = [("NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE")]
    rows += [
        (i.name, f"{i.available}/{i.replicas}", str(i.pods), str(i.available), age(cluster.age))
        for i in cluster.items.values()
    ]
    return columns(rows)


def _sets(cluster: Cluster) -> str:
    rows = [("NAME", "DESIRED", "CURRENT", "READY", "AGE")]
    rows += [
        (cluster.set_of(i), str(i.replicas), str(i.pods), str(i.available), age(cluster.age))
        for i in cluster.items.values()
    ]
    return columns(rows)


def _endpoints(cluster: Cluster) -> str:
    return columns(
        [
            ("NAME", "ENDPOINTS", "AGE"),
            *((i.name, cluster.addresses(i) or "<none>", age(cluster.age)) for i in cluster.items.values()),
        ]
    )


def _nodes(cluster: Cluster) -> str:
    rows = [("NAME", "STATUS", "ROLES", "AGE", "VERSION", "INTERNAL-IP", "CONTAINER-RUNTIME")]
    for index, host in enumerate(cluster.taints):
        status = "NotReady" if host in cluster.not_ready else "Ready"
        status += ",SchedulingDisabled" if host in cluster.unschedulable or host == "master" else ""
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
    return columns(rows)


def events(cluster: Cluster, *names: str) -> str:
    """Print events as `kubectl get events` does, oldest first; only of some objects where names are given."""
    found = [event for event in cluster.events if not names or event.name in names]
    rows = [("LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE")]
    rows += [
        (age(e.ago), e.type, e.reason, f"{e.kind}/{e.name}", e.message)
        for e in sorted(found, key=lambda e: -e.ago)
    ]
    return columns(rows)
