"""Kubernetes events, folded by reason and workload."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.digest.masking import template
from agent.digest.objects import owner_of
from agent.digest.observation import ComponentKind, Observation, Role, one_line, quoted
from agent.digest.wording import plural
from agent.schema.evidence import Pointer, Severity
from tools.formats.records import KubeEvent

LEFTOVER = timedelta(hours=1)
"""An event that ended this long before the onset belongs to earlier trouble."""


@dataclass(frozen=True, slots=True)
class Weight:
    """How much an event of one reason tells."""

    role: Role
    severity: Severity
    surprise: float


_WEIGHTS: Mapping[str, Weight] = {
    "FailedScheduling": Weight("condition", "error", 0.8),
    "FailedMount": Weight("condition", "error", 0.75),
    "FailedAttachVolume": Weight("condition", "error", 0.75),
    "FailedBinding": Weight("condition", "error", 0.75),
    "ProvisioningFailed": Weight("condition", "error", 0.75),
    "FailedCreate": Weight("condition", "error", 0.85),
    "BackoffLimitExceeded": Weight("condition", "error", 0.9),
    "DeadlineExceeded": Weight("condition", "error", 0.85),
    "NodeNotReady": Weight("condition", "error", 0.9),
    "NodeHasDiskPressure": Weight("condition", "error", 0.85),
    "NodeHasInsufficientMemory": Weight("condition", "error", 0.85),
    "EvictionThresholdMet": Weight("condition", "error", 0.8),
    "OOMKilling": Weight("condition", "error", 0.9),
    "SystemOOM": Weight("condition", "error", 0.9),
    "Evicted": Weight("condition", "error", 0.8),
    "ErrImagePull": Weight("condition", "error", 0.85),
    "ImagePullBackOff": Weight("condition", "error", 0.85),
    "InspectFailed": Weight("condition", "error", 0.85),
    "FailedCreatePodSandBox": Weight("condition", "error", 0.75),
    "FailedKillPod": Weight("symptom", "warning", 0.4),
    "Failed": Weight("condition", "error", 0.75),
    "BackOff": Weight("symptom", "error", 0.7),
    "Unhealthy": Weight("symptom", "warning", 0.5),
    "FailedPreStopHook": Weight("symptom", "warning", 0.3),
    "FailedPostStartHook": Weight("condition", "error", 0.7),
    "DNSConfigForming": Weight("context", "info", 0.05),
    "InvalidDiskCapacity": Weight("context", "info", 0.05),
    "PolicyViolation": Weight("context", "info", 0.1),
}
_NORMAL: Mapping[str, Weight] = {
    "NodeNotReady": Weight("condition", "error", 0.9),
    "NodeNotSchedulable": Weight("condition", "warning", 0.7),
    "TaintManagerEviction": Weight("symptom", "warning", 0.5),
    "Preempted": Weight("condition", "warning", 0.6),
    "Killing": Weight("context", "info", 0.15),
    "RegisteredNode": Weight("context", "info", 0.02),
    "NodeReady": Weight("context", "info", 0.2),
    "Rebooted": Weight("condition", "error", 0.8),
    "NodeHasDiskPressure": Weight("condition", "error", 0.85),
    "NodeHasInsufficientMemory": Weight("condition", "error", 0.85),
    "NodeHasInsufficientPID": Weight("condition", "error", 0.85),
}
_FOR_THE_NODE = re.compile(r"the node (was|had) (low on|condition)", re.IGNORECASE)
"""How the kubelet says that it evicted a pod for the node's sake, not for what the pod used."""
_IN_A_CONTAINER = "memory cgroup out of memory"
"""How the kernel says that a container reached its own limit, not the node the end of its memory."""
_QUOTA = re.compile(r"exceeded quota: [\w.-]+")
"""How a namespace refuses an object that its quota has no room for."""
_REFUSED = Weight("symptom", "error", 0.85)
_SUFFERED = Weight("symptom", "error", 0.6)
_OTHER_WARNING = Weight("symptom", "warning", 0.4)


@dataclass(slots=True)
class EventFold:
    """All events of one reason about one workload with one kind of message."""

    sample: KubeEvent
    workload: str
    count: int = 0
    first: datetime | None = None
    last: datetime | None = None
    objects: set[str] = field(default_factory=set[str])
    places: list[Pointer] = field(default_factory=list[Pointer])
    seen: set[tuple[str, ...]] = field(default_factory=set[tuple[str, ...]])

    @property
    def latest(self) -> datetime | None:
        """Last time it was seen."""
        return self.last or self.first


@dataclass(slots=True)
class EventBook:
    """Collects events; one that several artifacts show counts once."""

    folds: dict[tuple[str, ...], EventFold] = field(default_factory=dict[tuple[str, ...], EventFold])

    def read(self, artifact: str, records: Iterable[KubeEvent]) -> None:
        """Add every event of one artifact."""
        for record in records:
            self.add(artifact, record)

    def add(self, artifact: str, record: KubeEvent) -> None:
        """Add one event."""
        workload = owner_of(record.object_kind, record.object_name)
        shape = template(re.sub(re.escape(record.object_name), "<*>", record.message))[:80]
        key = (record.type, record.reason, record.object_kind, record.namespace or "", workload, shape)
        fold = self.folds.get(key)
        if fold is None:
            fold = self.folds[key] = EventFold(record, workload)
        identity = (record.object_name, record.message, _minute(record.last), str(record.count))
        if identity not in fold.seen:
            fold.seen.add(identity)
            fold.count += max(1, record.count)
        fold.objects.add(record.object_name)
        if len(fold.places) < 6:
            fold.places.append(Pointer(artifact=artifact, lines=(record.line, record.end_line)))
        for time in (record.first, record.last):
            if time is not None:
                fold.first = time if fold.first is None else min(fold.first, time)
                fold.last = time if fold.last is None else max(fold.last, time)

    def latest(self) -> datetime | None:
        """Last time that any event was seen."""
        times = [fold.latest for fold in self.folds.values() if fold.latest]
        return max(times) if times else None


def _minute(time: datetime | None) -> str:
    """Round a time, as one event read from a table and from describe differs by the rounding of its age."""
    return "" if time is None else str(int(time.timestamp() // 300))


def weight_of(fold: EventFold) -> Weight | None:
    """How much a fold tells; None for ordinary life."""
    if fold.sample.type == "Warning":
        if fold.sample.reason == "Evicted" and _FOR_THE_NODE.search(fold.sample.message):
            return _SUFFERED
        if fold.sample.reason == "FailedCreate" and _QUOTA.search(fold.sample.message):
            return _REFUSED
        if fold.sample.reason == "OOMKilling" and _IN_A_CONTAINER in fold.sample.message.lower():
            return _SUFFERED
        if fold.sample.reason == "Failed" and "error: " in fold.sample.message.lower():
            return Weight("condition", "error", 0.85)
        return _WEIGHTS.get(fold.sample.reason, _OTHER_WARNING)
    return _NORMAL.get(fold.sample.reason)


def observations(
    book: EventBook,
    onset: datetime | None,
    healthy: frozenset[str],
    gone: frozenset[str],
    *,
    filled: frozenset[str] = frozenset(),
    namespace: str = "",
    stated: datetime | None = None,
) -> list[Observation]:
    """Say each fold in one line.

    `healthy` are workloads and nodes whose recorded state is well: what happened to them is over. `gone` are
    workloads that no recorded state shows any more, `filled` those that have every pod they want.
    `namespace` is that of events that do not say theirs. A condition that came after a `stated` start belongs
    to the incident though all is well by now, as states are mostly recorded afterwards.
    """
    reference = onset or book.latest()
    found: list[Observation] = []
    for key in sorted(book.folds):
        fold = book.folds[key]
        weight = weight_of(fold)
        if weight is None:
            continue
        leftover = bool(reference and fold.latest and fold.latest < reference - LEFTOVER)
        since = stated and fold.latest and fold.latest >= stated and weight.role == "condition"
        over = (fold.workload in healthy and not since) or _made_good(book, fold, filled)
        if leftover or (fold.workload in gone and fold.sample.object_kind == "Pod"):
            weight = Weight("context", "info", min(0.1, weight.surprise))
        elif over:
            weight = Weight("context", "info", min(0.2, weight.surprise))
        found.append(_observe(fold, weight, namespace=namespace, leftover=leftover, over=over))
    return found


def _made_good(book: EventBook, fold: EventFold, filled: frozenset[str]) -> bool:
    """Tell a failed creation that a later attempt made good."""
    if fold.sample.reason != "FailedCreate" or fold.last is None:
        return False
    if fold.workload in filled:
        return True
    return any(
        other.sample.reason == "SuccessfulCreate" and other.last is not None and other.last >= fold.last
        for other in book.folds.values()
        if other.workload == fold.workload and other.sample.object_kind == fold.sample.object_kind
    )


def _observe(fold: EventFold, weight: Weight, *, namespace: str, leftover: bool, over: bool) -> Observation:
    sample = fold.sample
    component_kind: ComponentKind = {"Node": "node", "Job": "job"}.get(sample.object_kind, "service")  # type: ignore[assignment]
    who = fold.workload if sample.object_kind in {"Pod", "ReplicaSet", "Deployment"} else sample.object_name
    what = f"{sample.object_kind} {who}" if sample.object_kind not in {"Pod", "ReplicaSet"} else who
    many = f" ({plural(fold.count, 'time')})" if fold.count > 1 else ""
    text = f"{what} had event {sample.reason}{many}: {one_line(sample.message, 200)}"
    where = sample.namespace or ("" if sample.object_kind == "Node" else namespace)
    attributes = {
        "source": "event",
        "reason": sample.reason,
        "object_kind": sample.object_kind,
        "object": ", ".join(sorted(fold.objects)[:5]),
        "namespace": where,
        "node": sample.node or "",
        "message": quoted(sample.message),
        "count": str(fold.count),
        "type": sample.type,
        "leftover": "yes" if leftover else "",
        "over": "yes" if over else "",
    }
    return Observation(
        kind="K",
        statement=text,
        pointers=tuple(fold.places),
        service=who,
        start=fold.first or fold.last,
        end=fold.last,
        severity=weight.severity,
        quote=quoted(sample.message),
        attributes={name: value for name, value in attributes.items() if value},
        surprise=weight.surprise,
        role=weight.role,
        component_kind=component_kind,
        blames=(where,) if where and _QUOTA.search(sample.message) else (),
    )
