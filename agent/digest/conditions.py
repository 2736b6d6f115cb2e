"""What is wrong with workloads, nodes, jobs, services, quotas, volumes and units, by their recorded state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from agent.digest.objects import KubeObject
from agent.digest.observation import one_line
from agent.digest.pods import Trouble
from agent.digest.wording import plural

NOTHING = frozenset({"", "<none>", "none", "[]", "<unset>"})
"""How Kubernetes prints that a field has no value."""


def _workload(thing: KubeObject) -> Iterator[Trouble]:
    desired, _, available = _replicas(thing)
    if desired == 0:
        yield Trouble("ScaledToZero", "was scaled to 0 replicas", "error", 0.8, "condition", {"desired": "0"})
    elif desired and available is not None and available < desired:
        yield Trouble(
            "ReplicasUnavailable",
            f"had {available} of {plural(desired, 'wanted replica')} available",
            "error",
            0.6,
            "symptom",
            {"desired": str(desired), "available": str(available)},
        )
    for name, status in thing.conditions().items():
        detail = thing.get(f"condition.{name}.message", f"condition.{name}.reason")
        if name == "ReplicaFailure" and status == "True":
            yield Trouble(
                "ReplicaFailure",
                f"could not create pods: {one_line(detail, 200)}",
                "critical",
                0.95,
                "condition",
            )
        if name == "Progressing" and status == "False":
            yield Trouble(
                "ProgressDeadlineExceeded",
                f"did not finish its rollout ({one_line(detail)})",
                "error",
                0.7,
                "condition",
            )
    policy = thing.get("dns_policy")
    if policy not in {"", "ClusterFirst", "ClusterFirstWithHostNet", "Default"}:
        yield Trouble(
            "DNSPolicy",
            f"was configured with dnsPolicy {policy}",
            "error",
            0.85,
            "condition",
            {"dns_policy": policy},
        )


def _replicas(thing: KubeObject) -> tuple[int | None, int | None, int | None]:
    desired, have, available = thing.number("desired"), thing.number("ready"), thing.number("available")
    return desired, have, available if available is not None else have


_BAD_WHEN_TRUE = {
    "MemoryPressure": "memory pressure",
    "DiskPressure": "disk pressure",
    "PIDPressure": "process-id pressure",
    "NetworkUnavailable": "its network unavailable",
    "KernelDeadlock": "a kernel deadlock",
    "ReadonlyFilesystem": "a read-only file system",
}


def _node(thing: KubeObject) -> Iterator[Trouble]:
    status = thing.get("status", "phase")
    ready = thing.get("condition.Ready")
    if "NotReady" in status or ready in {"False", "Unknown"}:
        why = thing.get("condition.Ready.message", "condition.Ready.reason")
        yield Trouble(
            "NodeNotReady",
            f"was not ready{': ' + one_line(why) if why else ''}",
            "critical",
            1.0,
            "condition",
        )
    for name, words in _BAD_WHEN_TRUE.items():
        if thing.get(f"condition.{name}") == "True":
            why = thing.get(f"condition.{name}.message")
            yield Trouble(
                name, f"reported {words}{': ' + one_line(why) if why else ''}", "critical", 0.95, "condition"
            )
    taints = thing.get("taints")
    control = "control-plane" in taints or re.search(r"control-plane|master", thing.get("roles"))
    cordoned = (
        "SchedulingDisabled" in status
        or "unschedulable" in taints
        or thing.get("unschedulable").lower() == "true"
    )
    unready = re.search(r"not-ready|unreachable", taints)
    if cordoned and not unready:
        yield Trouble(
            "Cordoned",
            "was cordoned (scheduling disabled)",
            "info" if control else "warning",
            0.1 if control else 0.7,
            "context" if control else "condition",
            {"taints": taints} if taints else {},
        )
    elif taints.lower() not in NOTHING and not control and not unready and not re.search(r"pressure", taints):
        yield Trouble(
            "Tainted",
            f"carried the taint {one_line(taints)}",
            "warning",
            0.65,
            "condition",
            {"taints": taints},
        )


def _job(thing: KubeObject) -> Iterator[Trouble]:
    limit, failed = thing.get("backoff_limit"), thing.number("failed", "pods_failed")
    if thing.get("condition.Failed") == "True" or thing.get("status") == "Failed":
        why = thing.get("condition.Failed.message", "condition.Failed.reason")
        reason = thing.get("condition.Failed.reason") or "JobFailed"
        yield Trouble(reason, f"failed{': ' + one_line(why) if why else ''}", "critical", 0.95, "condition")
    elif failed:
        bound = f" (backoff limit {limit})" if limit else ""
        yield Trouble(
            "JobPodsFailed", f"had {plural(failed, 'failed pod')}{bound}", "error", 0.8, "condition"
        )


def _volume_claim(thing: KubeObject) -> Iterator[Trouble]:
    phase = thing.get("status", "phase")
    if phase and phase not in {"Bound", "Available", "Released"}:
        wanted = thing.get("storage_class", "storageclass")
        yield Trouble(
            "VolumeNotBound",
            f"was {phase}{' (storage class ' + wanted + ')' if wanted not in NOTHING else ''}",
            "error",
            0.8,
            "condition",
        )


_QUANTITY = {
    "m": 1e-3,
    "k": 1e3,
    "Ki": 2**10,
    "M": 1e6,
    "Mi": 2**20,
    "G": 1e9,
    "Gi": 2**30,
    "T": 1e12,
    "Ti": 2**40,
}


def quantity(text: str) -> float | None:
    """Read a Kubernetes quantity such as 250m or 512Mi; None where it is none."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(m|k|Ki|M|Mi|G|Gi|T|Ti)?", text.strip())
    return float(match.group(1)) * _QUANTITY.get(match.group(2) or "", 1.0) if match else None


def _quota(thing: KubeObject) -> Iterator[Trouble]:
    for key, value in thing.fields.items():
        if not key.startswith("quota."):
            continue
        used, _, hard = value.replace(" of ", "/").partition("/")
        have, most = quantity(used), quantity(hard)
        if have is not None and most is not None and have >= most >= 0:
            name = key.removeprefix("quota.")
            yield Trouble(
                "QuotaReached",
                f"{_of_namespace(thing)}had its {name} used up ({used.strip()} of {hard.strip()})",
                "error",
                0.85,
                "condition",
            )


def _of_namespace(thing: KubeObject) -> str:
    return f"of namespace {thing.namespace} " if thing.namespace else ""


def _unit(thing: KubeObject) -> Iterator[Trouble]:
    state = thing.get("active", "phase", "state")
    if state and not re.match(r"active|running|activating", state):
        result = thing.get("result") or thing.get("sub_state")
        node = thing.get("node")
        where = f" on node {node}" if node else ""
        since = thing.get("since")
        extra = "".join([f", result {result}" if result else "", f", since {since}" if since else ""])
        yield Trouble(
            "UnitDown",
            f"was not running{where} ({state}{extra})",
            "critical",
            1.0,
            "condition",
            {"node": node} if node else {},
        )


_INSPECTORS: Mapping[str, Callable[[KubeObject], Iterator[Trouble]]] = {
    "Deployment": _workload,
    "StatefulSet": _workload,
    "DaemonSet": _workload,
    "Node": _node,
    "Job": _job,
    "PersistentVolumeClaim": _volume_claim,
    "ResourceQuota": _quota,
    "Unit": _unit,
}


def troubles(thing: KubeObject) -> list[Trouble]:
    """Name everything that an object's state says is wrong."""
    inspect = _INSPECTORS.get(thing.kind)
    return list(inspect(thing)) if inspect else []
