"""What single faults do to a cluster: states, events and log lines as Kubernetes and usual servers write them."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.planting.faults import containers, databases, images, machines, reaching, scheduling
from benchmarks.planting.scene import Apply

FAULTS: Mapping[str, Apply] = {
    "liveness_probe_incorrect_port": containers.liveness_port,
    "readiness_probe_incorrect_port": containers.readiness_port,
    "liveness_probe_incorrect_timing": containers.liveness_timing,
    "oom_killed": containers.oom,
    "incorrect_image_reference": images.image,
    "image_registry_dns_failure": images.registry_dns,
    "missing_image_pull_secret": images.pull_secret,
    "missing_secret_binding": containers.secret,
    "configuration_key": containers.config_map,
    "deployment_zero_replicas": reaching.no_replica,
    "service_selector_mismatch": reaching.selector,
    "service_port_mapping_mismatch": reaching.target_port,
    "service_protocol_mismatch": reaching.service_protocol,
    "service_listed_port": reaching.service_port,
    "service_env_var_address_mismatch": reaching.address,
    "service_dns_resolution_failure": reaching.dns,
    "mysql_invalid_credentials": databases.db_credentials,
    "mysql_invalid_port": databases.db_port,
    "missing_service_account": scheduling.service_account,
    "namespace_cpu_quota_exceeded": scheduling.quota,
    "node_selector_mismatch": scheduling.node_selector,
    "taint_toleration_mismatch": scheduling.taint,
    "cpu_capacity_mismatch": scheduling.cpu_request,
    "memory_capacity_mismatch": scheduling.memory_request,
    "pod_anti_affinity_conflict": scheduling.anti_affinity,
    "node_cordon_mismatch": scheduling.cordon,
    "pvc_storage_class_mismatch": scheduling.claim,
    "volume_mount_permission_denied": containers.volume_permission,
    "service_sidecar_port_conflict": containers.port_conflict,
    "db_readonly_mode": databases.read_only,
    "db_connection_exhaustion": databases.too_many_connections,
    "kubelet_unavailable": machines.kubelet,
    "kube_proxy_unavailable": machines.kube_proxy,
    "containerd_unavailable": machines.containerd,
    "node_disk_pressure": machines.disk_pressure,
    "missing_configuration": containers.bad_config,
    "permission_denied": containers.rbac,
    "tls_certificate": containers.certificate,
    "container_command": containers.command,
}
"""Root cause by the names that datasets use, and what it does."""

SAME_AS: Mapping[str, str] = {
    "service_listed_port": "service_port_mapping_mismatch",
    "missing_configuration": "configuration_key",
    "container_command": "crash_loop",
}
"""Faults whose mechanism is spoken of in the words of another."""
