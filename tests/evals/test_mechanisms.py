"""Every kind of fault of the datasets has words; an unknown kind stands for itself."""

from __future__ import annotations

import pytest

from evals.importers.mechanisms import phrases_for, phrases_in, table
from evals.phrases import says_any

CLOUD_OPSBENCH = [
    "namespace_cpu_quota_exceeded",
    "namespace_memory_quota_exceeded",
    "namespace_pod_quota_exceeded",
    "namespace_service_quota_exceeded",
    "namespace_storage_quota_exceeded",
    "missing_service_account",
    "node_cordon_mismatch",
    "node_affinity_mismatch",
    "node_selector_mismatch",
    "pod_anti_affinity_conflict",
    "taint_toleration_mismatch",
    "cpu_capacity_mismatch",
    "memory_capacity_mismatch",
    "node_network_delay",
    "node_network_packet_loss",
    "containerd_unavailable",
    "kubelet_unavailable",
    "kube_proxy_unavailable",
    "kube_scheduler_unavailable",
    "image_registry_dns_failure",
    "incorrect_image_reference",
    "missing_image_pull_secret",
    "pvc_selector_mismatch",
    "pvc_storage_class_mismatch",
    "pvc_access_mode_mismatch",
    "pvc_capacity_mismatch",
    "pv_binding_occupied",
    "volume_mount_permission_denied",
    "oom_killed",
    "liveness_probe_incorrect_protocol",
    "liveness_probe_incorrect_port",
    "liveness_probe_incorrect_timing",
    "readiness_probe_incorrect_protocol",
    "readiness_probe_incorrect_port",
    "service_selector_mismatch",
    "service_port_mapping_mismatch",
    "service_protocol_mismatch",
    "service_env_var_address_mismatch",
    "pod_cpu_overload",
    "pod_network_delay",
    "service_sidecar_port_conflict",
    "service_dns_resolution_failure",
    "mysql_invalid_credentials",
    "mysql_invalid_port",
    "missing_secret_binding",
    "db_connection_exhaustion",
    "db_readonly_mode",
    "gateway_misrouted",
    "deployment_zero_replicas",
]


@pytest.mark.parametrize("label", CLOUD_OPSBENCH)
def test_the_taxonomy_of_cloud_opsbench_is_covered(label: str) -> None:
    assert label in table()


@pytest.mark.parametrize(
    ("label", "told", "not_told"),
    [
        (
            "mysql_invalid_credentials",
            "Access denied for user 'ts'@'10.0.0.1'",
            "Connection refused by tsdb-mysql",
        ),
        ("node_network_packet_loss", "TCP retransmissions on worker-02 rose", "CPU of worker-02 rose"),
        ("pod_network_delay", "The network between the pods became slow", "The latency of the service rose"),
        ("deployment_zero_replicas", "The deployment was scaled to 0 replicas", "1 of 10 replicas was ready"),
        ("kubelet_unavailable", "kubelet.service was inactive (dead)", "the container runtime stopped"),
        ("oom_killed", "The container was OOMKilled (exit code 137)", "The container exited with code 1"),
        ("service_port_mapping_mismatch", "targetPort 8081 has no listener", "the pod was not ready"),
    ],
)
def test_phrases_tell_a_mechanism_from_its_neighbours(label: str, told: str, not_told: str) -> None:
    assert says_any(told, phrases_for(label))
    assert not says_any(not_told, phrases_for(label))


def test_an_unknown_label_stands_for_its_own_words() -> None:
    assert phrases_for("etcd_quorum_loss_fault") == ("etcd quorum loss",)
    assert phrases_for("error") == ("error",)
    assert phrases_for("") == ()


def test_free_text_brings_the_words_of_what_it_speaks_of() -> None:
    found = phrases_in(("point to a network policy named `default-deny-egress`",))
    assert "networkpolicy" in found
    assert "kubelet" not in found
    assert phrases_in(("This must mention the date 2025-08-23",)) == ()
