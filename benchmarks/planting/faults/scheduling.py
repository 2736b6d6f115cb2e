"""What keeps a pod from being created or placed on a node."""

from __future__ import annotations

from benchmarks.planting.scene import Scene


def service_account(s: Scene) -> str:
    """Run under a service account that does not exist."""
    s.cluster.forget(s.item, "Scheduled", "Pulled", "Started", "SuccessfulCreate")
    s.item.pods = s.item.available = 0
    said = f'Error creating: pods "{s.cluster.set_of(s.item)}-" is forbidden: error looking up service account {s.cluster.namespace}/{s.item.name}: serviceaccount "{s.item.name}" not found'
    s.event("FailedCreate", said, count=14, since=160, kind="replicaset")
    s.item.conditions = "  ReplicaFailure  True   FailedCreate\n"
    return f"app/{s.item.name}"


def quota(s: Scene) -> str:
    """Use up the quota of the namespace; the namespace is at fault."""
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


def node_selector(s: Scene) -> str:
    """Ask for a label that no node has."""
    s.item.node_selector = "disktype=nvme"
    s.pending(
        "0/4 nodes are available: 1 node(s) were unschedulable, 3 node(s) didn't match Pod's node affinity/selector. preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling."
    )
    return f"app/{s.item.name}"


def taint(s: Scene) -> str:
    """Taint every node."""
    for host in s.cluster.system.hosts:
        s.cluster.taints[host] = "dedicated=batch:NoSchedule"
    s.pending(
        "0/4 nodes are available: 1 node(s) were unschedulable, 3 node(s) had untolerated taint {dedicated: batch}. preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling."
    )
    return f"app/{s.item.name}"


def cpu_request(s: Scene) -> str:
    """Ask for more CPU than a node has."""
    s.item.cpu = s.item.cpu_request = "64"
    s.pending(
        "0/4 nodes are available: 1 node(s) were unschedulable, 3 Insufficient cpu. preemption: 0/4 nodes are available: 1 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod."
    )
    return f"app/{s.item.name}"


def memory_request(s: Scene) -> str:
    """Ask for more memory than a node has."""
    s.item.memory = s.item.memory_request = "512Gi"
    s.pending(
        "0/4 nodes are available: 1 node(s) were unschedulable, 3 Insufficient memory. preemption: 0/4 nodes are available: 1 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod."
    )
    return f"app/{s.item.name}"


def anti_affinity(s: Scene) -> str:
    """Keep away from pods that are on every node."""
    s.pending(
        "0/4 nodes are available: 1 node(s) were unschedulable, 3 node(s) didn't match pod anti-affinity rules. preemption: 0/4 nodes are available: 1 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod."
    )
    return f"app/{s.item.name}"


def cordon(s: Scene) -> str:
    """Cordon every node."""
    for host in s.cluster.system.hosts:
        s.cluster.unschedulable.add(host)
        s.cluster.taints[host] = "node.kubernetes.io/unschedulable:NoSchedule"
    s.pending(
        "0/4 nodes are available: 4 node(s) were unschedulable. preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling."
    )
    return f"app/{s.item.name}"


def claim(s: Scene) -> str:
    """Claim a volume of a class that provides none."""
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
