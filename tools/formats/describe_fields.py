"""What matters in a described object, under the names of ObjectState.fields."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.formats.outline import Node
from tools.formats.tables import read_table

_SIGNS: tuple[tuple[str, frozenset[str]], ...] = (
    ("Node", frozenset({"Capacity", "Allocatable"})),
    ("Deployment", frozenset({"StrategyType"})),
    ("CronJob", frozenset({"Schedule", "Concurrency Policy"})),
    ("Job", frozenset({"Parallelism", "Completions"})),
    ("DaemonSet", frozenset({"Desired Number of Nodes Scheduled"})),
    ("StatefulSet", frozenset({"Update Strategy", "Replicas"})),
    ("ReplicaSet", frozenset({"Replicas", "Pods Status"})),
    ("HorizontalPodAutoscaler", frozenset({"Reference", "Min replicas"})),
    ("Pod", frozenset({"Containers", "Node"})),
    ("Endpoints", frozenset({"Subsets"})),
    ("EndpointSlice", frozenset({"AddressType"})),
    ("PersistentVolumeClaim", frozenset({"Access Modes", "Used By"})),
    ("PersistentVolumeClaim", frozenset({"Access Modes", "Volume"})),
    ("PersistentVolume", frozenset({"Reclaim Policy", "Access Modes"})),
    ("StorageClass", frozenset({"Provisioner"})),
    ("Ingress", frozenset({"Rules", "Default backend"})),
    ("Ingress", frozenset({"Rules", "Ingress Class"})),
    ("Service", frozenset({"Session Affinity"})),
    ("Service", frozenset({"Type", "IP", "Selector"})),
    ("ServiceAccount", frozenset({"Mountable secrets"})),
    ("NetworkPolicy", frozenset({"Spec", "Created on"})),
    ("Secret", frozenset({"Type", "Data"})),
    ("ConfigMap", frozenset({"Data"})),
    ("PodDisruptionBudget", frozenset({"Allowed disruptions"})),
    ("RoleBinding", frozenset({"Role", "Subjects"})),
    ("Role", frozenset({"PolicyRule"})),
)
_PLAIN = (
    ("phase", ("Status",)), ("reason", ("Reason",)), ("message", ("Message",)), ("created",
     ("CreationTimestamp", "Created on")),
    ("started", ("Start Time",)), ("ip", ("IP",)), ("owner", ("Controlled By",)), ("priority", ("Priority",)),
    ("service_account", ("Service Account",)), ("qos", ("QoS Class",)), ("dns_policy", ("DNS Policy",
     "DNSPolicy")),
    ("selector", ("Selector",)), ("type", ("Type",)), ("port", ("Port",)), ("target_port", ("TargetPort",)),
    ("endpoints", ("Endpoints",)), ("completions", ("Completions",)), ("parallelism", ("Parallelism",)),
    ("backoff_limit", ("Backoff Limit",)), ("pods", ("Pods Status", "Pods Statuses")), ("suspend",
     ("Suspend",)),
    ("unschedulable", ("Unschedulable",)), ("storage_class", ("StorageClass",)), ("volume", ("Volume",)),
    ("capacity", ("Capacity",)), ("used_by", ("Used By",)), ("new_replica_set", ("NewReplicaSet",)),
    ("old_replica_sets", ("OldReplicaSets",)), ("strategy", ("StrategyType", "Update Strategy")),
    ("min_replicas", ("Min replicas",)), ("max_replicas", ("Max replicas",)), ("reference", ("Reference",)),
    ("schedule", ("Schedule",)), ("node_selector", ("Node-Selectors",)), ("completed", ("Completed At",)),
)  # fmt: skip
_CONTAINER = (
    ("image", "Image"), ("ports", "Port"), ("restarts", "Restart Count"), ("ready", "Ready"),
    ("liveness", "Liveness"), ("readiness", "Readiness"), ("startup", "Startup"),
)  # fmt: skip
_REPLICAS = re.compile(r"(\d+) (desired|updated|total|available|unavailable|current|ready)")
_STATUSES = re.compile(r"(\d+) (\w+)")


def kind_of(top: Node) -> str:
    """Tell the kind, which `describe` does not print, by the keys that only one kind has."""
    keys = {child.key for child in top.children}
    if "Resource" not in keys and any(
        line.split()[:3] == ["Resource", "Used", "Hard"] for line in _loose(top)
    ):
        return "ResourceQuota"
    if any(line.strip() == "====" for line in _loose(top)):
        return "Secret" if "Type" in keys else "ConfigMap"
    return next((kind for kind, signs in _SIGNS if signs <= keys), "")


def fields_of(top: Node, kind: str) -> dict[str, str]:
    """Flatten one described object, less its containers and events."""
    fields = {name: text for name, keys in _PLAIN if (text := top.text(*keys))}
    if kind == "Node":
        fields.pop("capacity", None)
    if node := top.text("Node"):
        fields["node"] = node.split("/", 1)[0]
    for name, key in (("labels", "Labels"), ("taints", "Taints"), ("tolerations", "Tolerations")):
        if (entry := top.find(key)) and entry.more():
            fields[name] = ",".join(entry.more())
    if revision := re.search(
        r"deployment\.kubernetes\.io/revision: (\d+)", " ".join(_under(top, "Annotations"))
    ):
        fields["revision"] = revision[1]
    fields |= dict(_replicas(top)) | dict(_conditions(top)) | dict(_dns(top)) | dict(_amounts(top))
    if kind == "Endpoints":
        fields |= _subsets(top)
    if kind == "Service" and "endpoints" not in fields:
        fields["endpoints"] = "<none>"
    if kind == "Ingress":
        fields |= _rules(top)
    if kind == "NetworkPolicy":
        fields |= _policy(top)
    if kind == "ResourceQuota":
        fields |= dict(_quota(top))
    return fields


def container_fields(top: Node) -> dict[str, str]:
    """Flatten the containers of a pod or of a pod template."""
    template = top.find("Pod Template")
    fields: dict[str, str] = {}
    restarts = ready = wanted = 0
    for section in ("Containers", "Init Containers"):
        group = top.find(section) or (template and template.find(section))
        for container in group.children if group else ():
            found = dict(_container(container))
            fields |= found
            key = f"container.{container.key}"
            if f"{key}.restarts" in found:
                restarts += int(found[f"{key}.restarts"])
            if section == "Containers" and f"{key}.ready" in found:
                wanted += 1
                ready += found[f"{key}.ready"] == "True"
            if section == "Containers" and f"{key}.image" in found:
                fields.setdefault("image", found[f"{key}.image"])
    if template is not None:
        fields |= {name: text for name, text in dict(_dns(template)).items() if text}
    if wanted:
        fields |= {"restarts": str(restarts), "ready": str(ready), "desired": str(wanted)}
    return fields


def _container(node: Node) -> Iterator[tuple[str, str]]:
    key = f"container.{node.key}"
    for name, title in _CONTAINER:
        if text := node.text(title):
            yield f"{key}.{name}", text
    yield from _container_states(node, key)
    for name, title in (("limits", "Limits"), ("requests", "Requests")):
        if entry := node.find(title):
            yield f"{key}.{name}", ",".join(f"{child.key}={child.value}" for child in entry.children)
    for name in ("Command", "Args"):
        if (entry := node.find(name)) and entry.more():
            yield f"{key}.{name.lower()}", " ".join(entry.more())
    for child in node.below("Environment"):
        yield f"{key}.env.{child.key}", child.value
    for child in node.below("Environment Variables from"):
        name, _, kind = child.key.partition("  ")
        yield f"{key}.env_from.{name}", kind.split()[0].lower() if kind.strip() else child.value


def _container_states(node: Node, key: str) -> Iterator[tuple[str, str]]:
    for prefix, title in (("", "State"), ("last_", "Last State")):
        state = node.find(title)
        if state is None:
            continue
        yield f"{key}.{prefix}state", state.value
        for name in ("reason", "message", "started", "finished", "signal"):
            if text := state.text(name.capitalize()):
                yield f"{key}.{prefix}{name}", text
        if text := state.text("Exit Code"):
            yield f"{key}.exit_code", text


def _replicas(top: Node) -> Iterator[tuple[str, str]]:
    if text := top.text("Replicas"):
        found = {word: number for number, word in _REPLICAS.findall(text)}
        yield from found.items()
        if "available" in found:
            yield "ready", found["available"]
        if text.isdigit():
            yield "desired", text
    for number, word in _STATUSES.findall(top.text("Pods Statuses", "Pods Status")):
        yield f"pods_{word.lower()}", number
    if text := top.text("Desired Number of Nodes Scheduled"):
        yield "desired", text
        yield "available", top.text("Number of Nodes Scheduled with Available Pods")


def _conditions(top: Node) -> Iterator[tuple[str, str]]:
    node = top.find("Conditions")
    if node is None or len(node.lines) < 2:
        return
    (line, header), *rows = node.lines
    table = read_table(header, line, [row for row in rows if row[1].strip(" -")])
    for _, cells in table.rows:
        key = f"condition.{cells.get('Type', '')}"
        yield key, cells.get("Status", "")
        for name, title in (("reason", "Reason"), ("message", "Message"), ("since", "LastTransitionTime")):
            if text := cells.get(title):
                yield f"{key}.{name}", text


def _dns(top: Node) -> Iterator[tuple[str, str]]:
    for node in (top, top.find("DNS Config", "DNSConfig")):
        if node is not None and (servers := node.find("Nameservers", "DNS Nameservers")):
            yield "dns_nameservers", ",".join(servers.more())
    if policy := top.text("DNS Policy", "DNSPolicy"):
        yield "dns_policy", policy


def _amounts(top: Node) -> Iterator[tuple[str, str]]:
    for name in ("Capacity", "Allocatable"):
        if node := top.find(name):
            for child in node.children:
                yield f"{name.lower()}.{child.key}", child.value


def _subsets(top: Node) -> dict[str, str]:
    node = top.find("Subsets")
    ready = ",".join(child.value for child in node.children if child.key == "Addresses") if node else ""
    not_ready = (
        ",".join(child.value for child in node.children if child.key == "NotReadyAddresses") if node else ""
    )
    return {"endpoints": ready or "<none>", "endpoints_not_ready": not_ready or "<none>"}


def _rules(top: Node) -> dict[str, str]:
    """Flatten an ingress: `host path backend`, one a route; describe says in the backend what it lacks."""
    node = top.find("Rules")
    routes: list[str] = []
    host = ""
    for _, text in node.lines if node else ():
        words = text.split(maxsplit=1)
        if text.strip().startswith(("Host ", "----")) or not words:
            continue
        if words[0].startswith("/") or len(words) > 1:
            routes.append(" ".join(f"{host} {text}".split()))
        else:
            host = words[0]
    found = {
        "rules": "; ".join(routes),
        "ingress_class": top.text("Ingress Class"),
        "default_backend": top.text("Default backend"),
        "address": top.text("Address"),
        "tls": "; ".join(_under(top, "TLS")),
    }
    return {key: text for key, text in found.items() if text and text != "<default>"}


def _policy(top: Node) -> dict[str, str]:
    node = top.find("Spec")
    lines = [text.strip() for _, text in node.lines] if node else []
    fields = {"spec": "; ".join(lines)}
    for line in lines:
        key, _, value = line.partition(":")
        if key in {"PodSelector", "Policy Types"}:
            fields["selector" if key == "PodSelector" else "policy_types"] = value.strip()
    return fields


def _quota(top: Node) -> Iterator[tuple[str, str]]:
    for text in _loose(top):
        words = text.split()
        if len(words) == 3 and words[0] not in {"Resource", "--------"}:
            yield f"quota.{words[0]}", f"{words[1]}/{words[2]}"


def _loose(top: Node) -> list[str]:
    return [text for _, text in top.loose]


def _under(top: Node, key: str) -> tuple[str, ...]:
    entry = top.find(key)
    return entry.more() if entry else ()
