"""HolmesGPT-like investigations: an alert and a few recorded tool answers about one broken workload."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random

import yaml

from benchmarks.planting import describing, kubectl
from benchmarks.planting.faults import FAULTS
from benchmarks.planting.kube import Cluster
from benchmarks.planting.scene import Scene
from benchmarks.planting.system import grow, victim

_TOLD = {
    "liveness_probe_incorrect_port": "`{name}` restarts because its liveness probe fails",
    "readiness_probe_incorrect_port": "the readiness probe of `{name}` fails",
    "oom_killed": "`{name}` is OOMKilled, its memory limit is too low",
    "incorrect_image_reference": "`{name}` cannot pull its image: image not found",
    "image_registry_dns_failure": "`{name}` cannot pull its image, image pull fails",
    "missing_secret_binding": "`{name}` fails because a secret is missing configuration",
    "configuration_key": "`{name}` fails because a configmap is missing",
    "mysql_invalid_credentials": "`{name}` logs in with wrong credentials, access is denied: permission",
    "mysql_invalid_port": "`{name}` has connection refused by its database",
    "node_selector_mismatch": "`{name}` is pending, no node matches its node selector",
    "taint_toleration_mismatch": "`{name}` is pending because of a taint",
    "cpu_capacity_mismatch": "`{name}` is pending with insufficient cpu",
    "pvc_storage_class_mismatch": "`{name}` is pending, its volume claim is unbound",
    "volume_mount_permission_denied": "`{name}` has permission denied on its volume",
    "permission_denied": "`{name}` is forbidden to list configmaps (rbac permission)",
    "missing_configuration": "`{name}` crashes on a missing configuration, an environment variable",
    "container_command": "`{name}` cannot start its container, crash loop",
    "tls_certificate": "`{name}` sees an expired certificate",
}


def plant(seed: int) -> dict[str, bytes]:
    """Make the files of one incident; seeds go round the faults that one workload can have alone."""
    rng = Random(f"workload{seed}")
    fault = list(_TOLD)[seed % len(_TOLD)]
    system = grow(rng, 6, suffix="", hosts=2)
    now = datetime(2025, 5, 1) + timedelta(seconds=rng.randrange(86400 * 60))  # noqa: DTZ001 - kubectl prints local times
    cluster = Cluster(rng, system, "default", now, age=rng.choice((600, 1800, 9000)))
    scene = Scene(rng, cluster, cluster.items[victim(rng, system)])
    FAULTS[fault](scene)
    item = scene.item
    answers = {
        "kubectl_describe": (f"kubectl describe pod {item.pod} -n default", {"kind": "pod", "name": item.pod, "namespace": "default"}, describing.pod(cluster, item)),
        "kubectl_events": (f"kubectl events --for pod/{item.pod} -n default", {"namespace": "default", "pod_name": item.pod, "resource_type": "pod"}, kubectl.events(cluster, item.pod)),
        "kubectl_get_by_kind_in_namespace": ("kubectl get -o wide pod -n default", {"kind": "pod", "namespace": "default"}, kubectl.states(cluster, described=[])["kubectl get pods -n default -o wide"]),
    }  # fmt: skip
    if lines := scene.logs.get(item.name):
        answers["fetch_pod_logs"] = (
            f"kubectl logs {item.pod} -n default",
            {"pod_name": item.pod, "namespace": "default"},
            _plain(lines),
        )
    if lines := scene.previous.get(item.name):
        answers["kubectl_previous_logs"] = (
            f"kubectl logs {item.pod} -n default --previous",
            {"pod_name": item.pod, "namespace": "default"},
            _plain(lines),
        )
    kept = {
        tool: answer for tool, answer in answers.items() if tool == "kubectl_describe" or rng.random() < 0.85
    }
    files = {f"{tool}.txt": _answer(tool, *answer) for tool, answer in kept.items()}
    title = rng.choice((f"Pod {item.pod} is not healthy", f"KubePodNotReady: {item.pod}"))
    files["issue_data.json"] = json.dumps({
        "title": title, "aggregation_key": "KubePodNotReady", "priority": "HIGH", "subject_type": "pod",
        "subject_name": item.pod, "subject_namespace": "default", "starts_at": (now - timedelta(hours=2, seconds=120)).isoformat() + "+00:00",
        "labels": {"pod": item.pod},
    }).encode()  # fmt: skip
    files["ground_truth.yaml"] = yaml.safe_dump(
        {"expected_output": [_TOLD[fault].format(name=item.name)]}
    ).encode()
    return files


def _plain(lines: list[str]) -> str:
    return "".join(f"{level.upper()} {text}\n" for level, _, text in (line.partition("|") for line in lines))


def _answer(tool: str, invocation: str, params: dict[str, str], body: str) -> bytes:
    head = {"toolset_name": "kubernetes", "tool_name": tool, "match_params": params}
    status = {
        "schema_version": "robusta:v1.0.0",
        "status": "success",
        "invocation": invocation,
        "params": params,
    }
    return f"{json.dumps(head)}\n{json.dumps(status)}\n{body}".encode()
