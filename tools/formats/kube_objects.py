"""Kubernetes API objects (`kubectl get -o json|yaml`) as flat object states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tools.formats.documents import listing, mapping, string, strings
from tools.formats.logs_json import Json, text_of
from tools.formats.records import ObjectState
from tools.formats.stamps import Stamps

_PROBE_NUMBERS = (
    ("delay", "initialDelaySeconds"), ("timeout", "timeoutSeconds"), ("period", "periodSeconds"),
    ("success", "successThreshold"), ("failure", "failureThreshold"),
)  # fmt: skip


def is_object(value: Json) -> bool:
    """Say whether a value is an API object with a kind and a name, or a List."""
    item = mapping(value)
    kind = item.get("kind")
    named = "metadata" in item or "items" in item
    return isinstance(kind, str) and named and ("apiVersion" in item or "spec" in item or "status" in item)


def object_of(value: Json, line: int, end_line: int, stamps: Stamps) -> ObjectState:
    """Flatten what matters of one API object."""
    item = mapping(value)
    meta, spec, status = mapping(item.get("metadata")), mapping(item.get("spec")), mapping(item.get("status"))
    kind = string(item.get("kind"))
    fields: dict[str, str] = {}
    _put(fields, "created", meta.get("creationTimestamp"))
    _put(fields, "deleted", meta.get("deletionTimestamp"))
    _put(fields, "revision", mapping(meta.get("annotations")).get("deployment.kubernetes.io/revision"))
    _put(fields, "labels", _pairs(meta.get("labels")))
    fields |= _status(status) | _spec(spec, kind) | dict(_conditions(status))
    template = mapping(mapping(spec.get("template")).get("spec"))
    fields |= _pod_spec(template or (spec if kind == "Pod" else {}))
    fields |= dict(_container_states(status))
    for key, value_ in mapping(item.get("data")).items() if kind == "ConfigMap" else ():
        fields[f"data.{key}"] = text_of(value_)
    if kind == "Endpoints":
        fields["endpoints"] = _endpoints(item)
    return ObjectState(
        line=line,
        end_line=end_line,
        kind=kind,
        name=string(meta.get("name")),
        namespace=string(meta.get("namespace")) or None,
        recorded_at=stamps.recorded_at,
        fields={key: text for key, text in fields.items() if text},
    )


def _status(status: dict[str, Json]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for ours, theirs in (
        ("phase", "phase"), ("reason", "reason"), ("message", "message"), ("ready", "readyReplicas"),
        ("available", "availableReplicas"), ("unavailable", "unavailableReplicas"), ("replicas", "replicas"),
        ("updated", "updatedReplicas"), ("ready", "numberReady"), ("desired", "desiredNumberScheduled"),
        ("available", "numberAvailable"), ("active", "active"), ("succeeded", "succeeded"), ("failed",
         "failed"),
        ("current_replicas", "currentReplicas"), ("desired", "desiredReplicas"), ("ip", "podIP"),
        ("started", "startTime"), ("completed", "completionTime"),
    ):  # fmt: skip
        _put(fields, ours, status.get(theirs))
    for resource, hard in mapping(status.get("hard")).items():
        fields[f"quota.{resource}"] = (
            f"{string(mapping(status.get('used')).get(resource)) or '0'}/{string(hard)}"
        )
    for key in ("capacity", "allocatable"):
        for resource, amount in mapping(status.get(key)).items():
            fields[f"{key}.{resource}"] = string(amount)
    return fields


def _spec(spec: dict[str, Json], kind: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for ours, theirs in (
        ("desired", "replicas"), ("node", "nodeName"), ("type", "type"), ("cluster_ip", "clusterIP"),
        ("min_replicas", "minReplicas"), ("max_replicas", "maxReplicas"), ("backoff_limit", "backoffLimit"),
        ("completions", "completions"), ("parallelism", "parallelism"), ("storage_class", "storageClassName"),
        ("volume", "volumeName"), ("unschedulable", "unschedulable"), ("schedule", "schedule"),
        ("paused", "paused"), ("suspend", "suspend"),
    ):  # fmt: skip
        _put(fields, ours, spec.get(theirs))
    selector = mapping(spec.get("selector"))
    _put(fields, "selector", _pairs(selector.get("matchLabels") or (selector if kind == "Service" else None)))
    if kind == "NetworkPolicy":
        fields["selector"] = _pairs(mapping(spec.get("podSelector")).get("matchLabels")) or "<all pods>"
        fields["policy_types"] = ",".join(string(part) for part in listing(spec.get("policyTypes")))
        for direction in ("ingress", "egress"):
            if direction in spec:
                fields[direction] = text_of(spec[direction])
    ports = [mapping(port) for port in listing(spec.get("ports"))]
    fields["ports"] = ",".join(f"{string(p.get('port'))}->{string(p.get('targetPort'))}" for p in ports)
    taints = [mapping(taint) for taint in listing(spec.get("taints"))]
    fields["taints"] = ",".join(f"{string(t.get('key'))}:{string(t.get('effect'))}" for t in taints)
    return fields


def _pod_spec(spec: dict[str, Json]) -> dict[str, str]:
    fields: dict[str, str] = {}
    _put(fields, "dns_policy", spec.get("dnsPolicy"))
    _put(fields, "service_account", spec.get("serviceAccountName"))
    _put(fields, "restart_policy", spec.get("restartPolicy"))
    _put(fields, "node_selector", _pairs(spec.get("nodeSelector")))
    servers = listing(mapping(spec.get("dnsConfig")).get("nameservers"))
    fields["dns_nameservers"] = ",".join(string(server) for server in servers)
    for value in (*listing(spec.get("containers")), *listing(spec.get("initContainers"))):
        container = mapping(value)
        key = f"container.{string(container.get('name'))}"
        _put(fields, f"{key}.image", container.get("image"))
        fields.setdefault("image", string(container.get("image")))
        _put(fields, f"{key}.image_pull_policy", container.get("imagePullPolicy"))
        _put(fields, f"{key}.command", _words(container.get("command"), container.get("args")))
        resources = mapping(container.get("resources"))
        for part in ("limits", "requests"):
            _put(fields, f"{key}.{part}", _pairs(resources.get(part)))
        for part in ("liveness", "readiness", "startup"):
            _put(fields, f"{key}.{part}", _probe(mapping(container.get(f"{part}Probe"))))
        ports = ",".join(
            string(mapping(port).get("containerPort")) for port in listing(container.get("ports"))
        )
        _put(fields, f"{key}.ports", ports)
        for entry in map(mapping, listing(container.get("env"))):
            fields[f"{key}.env.{string(entry.get('name'))}"] = string(entry.get("value")) or _source(entry)
        for entry in map(mapping, listing(container.get("envFrom"))):
            for source, target in entry.items():
                fields[f"{key}.env_from.{string(mapping(target).get('name'))}"] = source.removesuffix("Ref")
    return fields


def _container_states(status: dict[str, Json]) -> Iterator[tuple[str, str]]:
    restarts = 0
    statuses = [*listing(status.get("containerStatuses")), *listing(status.get("initContainerStatuses"))]
    for value in statuses:
        container = mapping(value)
        key = f"container.{string(container.get('name'))}"
        count = container.get("restartCount")
        restarts += count if isinstance(count, int) else 0
        yield f"{key}.restarts", string(count)
        yield f"{key}.ready", string(container.get("ready")).capitalize()
        for prefix, part in (("", "state"), ("last_", "lastState")):
            for state, detail in mapping(container.get(part)).items():
                yield f"{key}.{prefix}state", state.capitalize()
                for ours, theirs in (("reason", "reason"), ("message", "message"), ("exit_code", "exitCode"),
                                     ("started", "startedAt"), ("finished", "finishedAt"), ("signal",
                                      "signal")):  # fmt: skip
                    name = f"{key}.exit_code" if ours == "exit_code" else f"{key}.{prefix}{ours}"
                    yield name, string(mapping(detail).get(theirs))
    if statuses:
        yield "restarts", str(restarts)
        yield (
            "ready",
            str(sum(bool(mapping(value).get("ready")) for value in listing(status.get("containerStatuses")))),
        )
        yield "desired", str(len(listing(status.get("containerStatuses"))))


def _conditions(status: dict[str, Json]) -> Iterator[tuple[str, str]]:
    for value in listing(status.get("conditions")):
        condition = strings(value)
        key = f"condition.{condition.get('type', '')}"
        yield key, condition.get("status", "")
        yield f"{key}.reason", condition.get("reason", "")
        yield f"{key}.message", condition.get("message", "")
        yield f"{key}.since", condition.get("lastTransitionTime", "")


def _endpoints(item: Mapping[str, Json]) -> str:
    found: list[str] = []
    for value in listing(item.get("subsets")):
        subset = mapping(value)
        ports = [string(mapping(port).get("port")) for port in listing(subset.get("ports"))]
        for address in listing(subset.get("addresses")):
            found += [f"{string(mapping(address).get('ip'))}:{port}" for port in ports or [""]]
    return ",".join(found) or "<none>"


def _probe(probe: dict[str, Json]) -> str:
    if not probe:
        return ""
    action = next((key for key in ("httpGet", "tcpSocket", "exec", "grpc") if key in probe), "")
    detail = mapping(probe.get(action))
    target = _words(detail.get("command")) or f"{string(detail.get('port'))}{string(detail.get('path'))}"
    numbers = " ".join(
        f"{ours}={string(probe[theirs])}" for ours, theirs in _PROBE_NUMBERS if probe.get(theirs) is not None
    )
    return f"{action} {target} {numbers}".strip()


def _source(entry: dict[str, Json]) -> str:
    for kind, value in mapping(entry.get("valueFrom")).items():
        source = mapping(value)
        parts = (kind.removesuffix("Ref"), string(source.get("name")), string(source.get("key")))
        return f"<{' '.join(part for part in (*parts, string(source.get('fieldPath'))) if part)}>"
    return ""


def _words(*parts: Json) -> str:
    return " ".join(string(word) for part in parts for word in listing(part))


def _pairs(value: Json) -> str:
    return ",".join(f"{key}={string(item)}" for key, item in mapping(value).items())


def _put(fields: dict[str, str], key: str, value: Json) -> None:
    if (text := string(value)) != "":
        fields[key] = text
