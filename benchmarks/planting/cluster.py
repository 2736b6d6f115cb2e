"""Cloud-OpsBench-like snapshots of a cluster with one fault: kubectl outputs, logs, units, topology; leftovers beside."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random

import yaml

from benchmarks.planting import kubectl
from benchmarks.planting.faults import FAULTS, SAME_AS
from benchmarks.planting.kube import Cluster, pod_name
from benchmarks.planting.performance import tree
from benchmarks.planting.scene import Scene
from benchmarks.planting.system import grow, victim

_CHATTER = (
    "request complete path=/items",
    "cache refreshed",
    "handled call",
    "GET /healthz 200",
    "listing items",
)


def plant(seed: int, *, healthy: bool = False) -> dict[str, bytes]:
    """Make the files of one incident; seeds go round the faults."""
    rng = Random(f"cluster{seed}")
    name = list(FAULTS)[seed % len(FAULTS)]
    system = grow(rng, rng.randrange(8, 20), suffix=rng.choice(("service", "-service")), hosts=3)
    now = datetime(2026, 2, 6) + timedelta(seconds=rng.randrange(86400 * 60))  # noqa: DTZ001 - the dataset writes local times
    cluster = Cluster(rng, system, "boutique", now)
    root = victim(rng, system, busiest=False)
    scene = Scene(rng, cluster, cluster.items[root])
    place = "none" if healthy else FAULTS[name](scene)
    _leftovers(scene)
    described = {
        "id": f"planted-{seed}",
        "namespace": "boutique",
        "query": rng.choice(
            ("Service Availability Disruption.", "Partial Service Unreachability.", "Service abnormal.")
        ),
        "collection_timestamp": now.isoformat(),
    }
    truth = {
        "source_case": f"planted/cluster/{seed}",
        "fault_object": place,
        "root_cause": SAME_AS.get(name, name),
    }
    files: dict[str, object] = {
        "incident.json": described,
        "alert.json": _alerts(scene),
        "k8s_states.json": kubectl.states(cluster, described=sorted(cluster.items)),
        "logs.json": _logs(scene),
        "service_dependencies.json": tree(system),
    }
    if scene.units:
        files["node_service_status.json"] = {
            f"CheckNodeServiceStatus:{json.dumps({'node_name': host, 'service_name': unit})}": f"Service: {unit}\nNode: {host}\nStatus: {status}"
            for (host, unit), status in scene.units.items()
        }
    told = {file: json.dumps(content, ensure_ascii=False).encode() for file, content in files.items()}
    return told | {"ground_truth.yaml": yaml.safe_dump(truth).encode()}


def _leftovers(scene: Scene) -> None:
    """Add what an earlier experiment on the same cluster left among the events, about pods that are gone."""
    rng, cluster = scene.rng, scene.cluster
    for name in rng.sample(sorted(cluster.items), 2):
        pod = pod_name(rng, name)
        ago = cluster.age + rng.randrange(60, 600) if cluster.age < 3000 else rng.randrange(2400, 3400)
        reason, message = rng.choice(
            (
                (
                    "Unhealthy",
                    "Readiness probe failed: dial tcp 172.20.1.9:8080: connect: connection refused",
                ),
                ("BackOff", f"Back-off restarting failed container server in pod {pod}_boutique(77)"),
                ("FailedScheduling", "0/4 nodes are available: 4 Insufficient cpu."),
            )
        )
        cluster.event("pod", pod, "Warning", reason, message, ago)


def _alerts(scene: Scene) -> dict[str, object] | str:
    failing = [name for name, lines in scene.logs.items() if name != scene.item.name and lines]
    if not failing or scene.rng.random() < 0.5:
        return "clean"
    alert = {
        "request_method": "GET", "business_action": "browse", "entry_service": scene.cluster.system.entry,
        "url": "/items", "occurrences": 17, "raw_error": "status 500",
    }  # fmt: skip
    return {"status": "has_anomalies", "alert_count": 1, "alerts": [alert]}


def _logs(scene: Scene) -> dict[str, str]:
    rng, cluster = scene.rng, scene.cluster
    told: dict[str, str] = {}
    span = min(cluster.age, 900)
    for name, item in cluster.items.items():
        runs = item.ready or item.state == "Running"
        noise = (
            [f"info|{rng.choice(_CHATTER)} id={rng.randrange(10**6)}" for _ in range(rng.randrange(15, 60))]
            if runs and item.pods
            else []
        )
        text = _stamped(rng, cluster.now, span, noise, spread=1.0) + _stamped(
            rng, cluster.now, span, scene.logs.get(name, []), spread=0.25
        )
        told[name] = "\n".join(sorted(text))
        if name in scene.previous:
            told[f"{name}.previous"] = "\n".join(
                sorted(_stamped(rng, cluster.now, span, scene.previous[name], spread=0.4))
            )
    return told


def _stamped(rng: Random, now: datetime, span: int, lines: list[str], *, spread: float) -> list[str]:
    found: list[str] = []
    for line in lines:
        level, _, text = line.partition("|")
        at = now - timedelta(seconds=rng.uniform(5, max(10, span * spread)))
        inner = (at - timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        body = json.dumps({"message": text, "severity": level, "timestamp": inner})
        found.append(f"{at.strftime('%Y-%m-%dT%H:%M:%S.%f')}000+08:00 {body}")
    return found
