"""From pod names to the workloads that own them."""

from __future__ import annotations

import re

_SAFE = "bcdfghjklmnpqrstvwxz2456789"
"""Kubernetes builds random suffixes from these, so that they form no words."""
_OWNED = re.compile(rf"^(?P<name>.+)-(?:[{_SAFE}]{{6,10}}|\d{{8,10}})-[a-z0-9]{{5}}$")
_REPLICA_SET = re.compile(rf"-(?:[0-9a-f]{{8,10}}|[{_SAFE}]{{6,10}})$")
_RANDOM = re.compile(rf"^(?P<name>.+)-(?P<suffix>[{_SAFE}]{{5}})$")
_ORDINAL = re.compile(r"^(?P<name>.*[a-z][a-z0-9.-]*)-(?:0|[1-9]\d{0,2})$")
_WORDS = frozenset({"https", "httpd", "pgsql", "mssql", "dhcpd", "grpcs", "nfsv4", "sshfs"})
"""Words that the random alphabet can spell."""


def deployment_of(replica_set: str) -> str:
    """Name the deployment of a replica set, which ends with a hash of the pod template."""
    return _REPLICA_SET.sub("", replica_set)


def workload_of(pod: str) -> str:
    """Name the workload of a pod by the suffixes of ReplicaSets, StatefulSets, DaemonSets and Jobs."""
    if match := _OWNED.match(pod):
        return match["name"]
    if (match := _RANDOM.match(pod)) and match["suffix"] not in _WORDS:
        return match["name"]
    if match := _ORDINAL.match(pod):
        return match["name"]
    return pod
