"""Outages as an on-call engineer meets them, by name; each changes an `Outage` and tells what is at fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.planting.outage import Blame, Outage
from benchmarks.planting.outages import capacity, network, releases, storage

OUTAGES: Mapping[str, Callable[[Outage], Blame]] = {
    "bad_deploy": releases.deploy,
    "bad_config_map": releases.config_map,
    "feature_flag": releases.flag,
    "bad_image_tag": releases.image_tag,
    "lock_contention_after_migration": releases.migration,
    "disk_full": storage.disk_full,
    "pool_exhausted": storage.pool,
    "queue_backlog": storage.backlog,
    "cron_overload": capacity.cron,
    "traffic_surge": capacity.surge,
    "memory_leak": capacity.leak,
    "node_memory_pressure": capacity.eviction,
    "retry_storm": capacity.retries,
    "certificate_expired": network.certificate,
    "dns_failure": network.names,
    "partial_network_loss": network.loss,
    "clock_skew": network.clock,
}
