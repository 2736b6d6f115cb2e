"""What is wrong with a pod, read off its recorded state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agent.digest.objects import KubeObject
from agent.digest.observation import Role, one_line
from agent.digest.runs import Run
from agent.digest.wording import instant, plural
from agent.schema.evidence import Severity

_IMAGE = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"}
_CONFIG = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError"}
_USUAL_DNS = {"", "ClusterFirst", "ClusterFirstWithHostNet", "Default"}


def _no_attributes() -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong with one object; `text` follows the object's name in a sentence."""

    reason: str
    text: str
    severity: Severity
    surprise: float
    role: Role
    attributes: Mapping[str, str] = field(default_factory=_no_attributes)
    blames: tuple[str, ...] = ()


def troubles(pod: KubeObject) -> Iterator[Trouble]:
    """Name everything that a pod's state says is wrong, most telling first."""
    found = False
    for name, container in pod.containers().items():
        for item in _container(name, container, pod):
            found = True
            yield item
    if not found:
        yield from _phase(pod)
    yield from _probe_ports(pod)
    yield from _dns(pod)


def _container(name: str, fields: Mapping[str, str], pod: KubeObject) -> Iterator[Trouble]:
    reason = fields.get("reason", "")
    last = fields.get("last_reason", "")
    code = fields.get("last_exit_code") or fields.get("exit_code", "")
    restarts = fields.get("restarts") or pod.get("restarts")
    attributes = _attributes(fields, pod)
    when = _when(fields)
    if "OOMKilled" in {reason, last}:
        limit = _memory(fields)
        bound = f" at its memory limit of {limit}" if limit else ""
        yield Trouble(
            "OOMKilled",
            f"container {name} was OOM-killed{bound}{_restarts(restarts)}{', last' + when if when else ''}",
            "critical",
            0.95,
            "condition",
            attributes,
        )
        return
    if reason == "CrashLoopBackOff":
        why = f", last exit {last or 'unknown'}" + (f" with code {code}" if code else "") + when
        yield Trouble(
            "CrashLoopBackOff",
            f"container {name} was in CrashLoopBackOff{_restarts(restarts)}{why}",
            "critical",
            0.9,
            "condition",
            attributes,
        )
        return
    if reason in _IMAGE:
        image = fields.get("image") or pod.get("image")
        yield Trouble(
            reason,
            f"container {name} could not pull its image {image} ({reason})",
            "critical",
            0.95,
            "condition",
            attributes,
        )
    elif reason in _CONFIG:
        detail = one_line(fields.get("message", ""))
        yield Trouble(
            reason,
            f"container {name} could not be created ({reason}{': ' + detail if detail else ''})",
            "critical",
            0.95,
            "condition",
            attributes,
        )
    elif reason and fields.get("state", "").lower().startswith("terminated") and reason != "Completed":
        yield Trouble(
            reason,
            f"container {name} had terminated ({reason}, exit code {code or 'unknown'}){when}",
            "error",
            0.75,
            "condition",
            attributes,
        )
    elif last and last != "Completed" and (pod.number("restarts") or 0) >= 3 and not _ready(pod):
        yield Trouble(
            last,
            f"container {name} had terminated ({last}, exit code {code or 'unknown'}){when}"
            f"{_restarts(restarts)}",
            "error",
            0.6,
            "condition",
            attributes,
        )


def _when(fields: Mapping[str, str]) -> str:
    finished = Run.of(fields).finished
    return f" at {instant(finished)}" if finished else ""


def _restarts(text: str) -> str:
    match = re.match(r"\d+", text)
    return f" after {plural(int(match.group()), 'restart')}" if match and int(match.group()) else ""


def _memory(fields: Mapping[str, str]) -> str:
    text = fields.get("limits.memory") or fields.get("limits", "")
    match = re.search(r"(?:memory[=: ]+)?(\d+(?:\.\d+)?[KMGT]i?)\b", text)
    return match.group(1) if match else ""


def _attributes(fields: Mapping[str, str], pod: KubeObject) -> dict[str, str]:
    run = Run.of(fields)
    names = {
        "exit_code": fields.get("last_exit_code") or fields.get("exit_code", ""),
        "exited_at": instant(run.finished) if run.finished else "",
        "run_started": instant(run.started) if run.started else "",
        "last_reason": fields.get("last_reason", ""),
        "limits": fields.get("limits", ""),
        "requests": fields.get("requests", ""),
        "liveness": fields.get("liveness", ""),
        "readiness": fields.get("readiness", ""),
        "image": fields.get("image") or pod.get("image"),
        "restarts": fields.get("restarts") or pod.get("restarts"),
    }
    return {key: value for key, value in names.items() if value}


def _phase(pod: KubeObject) -> Iterator[Trouble]:
    phase = pod.get("reason") or pod.get("status") or pod.get("phase")
    scheduled = pod.get("condition.PodScheduled")
    why = pod.get("condition.PodScheduled.message", "condition.PodScheduled.reason", "message")
    if phase in _IMAGE:
        yield Trouble(phase, f"could not pull its image ({phase})", "critical", 0.95, "condition")
    elif phase == "Evicted" and "exceed" not in pod.get("message"):
        node = pod.get("node").split("/")[0]
        where = f" from node {node}" if node not in {"", "<none>"} else ""
        yield Trouble(
            phase, f"was evicted{where}", "critical", 0.7, "symptom", blames=(node,) if where else ()
        )
    elif (
        phase
        in {"CrashLoopBackOff", "Error", "OOMKilled", "Evicted", "Init:Error", "Init:CrashLoopBackOff"}
        | _CONFIG
    ):
        yield Trouble(
            phase, f"was in state {phase}{_restarts(pod.get('restarts'))}", "critical", 0.85, "condition"
        )
    elif phase in {"Pending", "Init:0/1", "PodInitializing", "ContainerCreating"} and scheduled == "False":
        detail = f": {one_line(why)}" if why else ""
        yield Trouble("Unschedulable", f"could not be scheduled{detail}", "error", 0.85, "condition")
    elif phase in {"Pending", "ContainerCreating"} and not _ready(pod):
        where = pod.get("node").split("/")[0]
        yield Trouble(
            phase,
            f"was still {phase}" + (f" on node {where}" if where and where != "<none>" else ""),
            "error",
            0.6,
            "symptom",
        )
    elif phase in {"Running", "Unknown", "Terminating", "NodeLost"} and not _ready(pod):
        yield Trouble(
            "NotReady",
            f"was {phase} but not ready ({_containers(pod)})",
            "error",
            0.55,
            "symptom",
            _probe(pod),
        )


def _containers(pod: KubeObject) -> str:
    ready, desired = pod.number("ready"), pod.number("desired")
    return "condition Ready False" if desired is None else f"{ready or 0} of {plural(desired, 'container')}"


def _probe(pod: KubeObject) -> dict[str, str]:
    for fields in pod.containers().values():
        if fields.get("readiness") or fields.get("liveness"):
            return _attributes(fields, pod)
    return {}


_PROBED = re.compile(r":(\d{2,5})\b")
_MESH_PORTS = {"15020", "15021"}
"""Istio rewrites probes to its agent, which asks the container on its behalf."""


def _probe_ports(pod: KubeObject) -> Iterator[Trouble]:
    """Find a probe of a container in trouble that asks a port which no container of the pod declares."""
    declared = {
        port for fields in pod.containers().values() for port in re.findall(r"\d+", fields.get("ports", ""))
    }
    if not declared or (_ready(pod) and not pod.number("restarts")):
        return
    for name, fields in pod.containers().items():
        for kind in ("liveness", "readiness", "startup"):
            probe = fields.get(kind, "")
            match = _PROBED.search(probe)
            if match is None or match.group(1) in declared | _MESH_PORTS:
                continue
            ports = ", ".join(sorted(declared))
            yield Trouble(
                "ProbePort",
                f"had a {kind} probe of container {name} on port {match.group(1)}, which differs from the "
                f"declared port {ports}",
                "critical",
                0.95,
                "condition",
                {kind: probe},
            )


def _ready(pod: KubeObject) -> bool:
    ready, desired = pod.number("ready"), pod.number("desired")
    if ready is not None and desired:
        return ready >= desired
    return pod.get("condition.Ready", "ready").lower() not in {"false", "unknown"}


def well(pod: KubeObject) -> bool:
    """Whether a pod runs, or ran to its end, without any trouble."""
    done = pod.get("reason", "status", "phase") in {"Succeeded", "Completed"}
    return done or (_ready(pod) and next(troubles(pod), None) is None)


def _dns(pod: KubeObject) -> Iterator[Trouble]:
    policy = pod.get("dns_policy")
    if policy in _USUAL_DNS:
        return
    servers = pod.get("dns_nameservers")
    detail = f" with nameservers {servers}" if servers else ""
    yield Trouble(
        "DNSPolicy",
        f"ran with dnsPolicy {policy}{detail}, so it did not use the cluster's DNS",
        "error",
        0.9,
        "condition",
        {"dns_policy": policy},
    )
