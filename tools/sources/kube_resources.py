"""What is asked of a cluster: kinds of objects, and logs of containers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from tools.formats.documents import listing, mapping, string
from tools.formats.workloads import workload_of
from tools.http import Json
from tools.sources.source import Span

_OWNERS = ("app.kubernetes.io/name", "app", "app.kubernetes.io/instance", "k8s-app", "name", "service")
"""Labels by which teams name a pod's service."""
_CONTROLLERS = frozenset({"kube-controller-manager", "kubelet"})
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of object."""

    plural: str
    kind: str
    group: str = ""
    """API group; empty for the core group."""
    version: str = "v1"
    namespaced: bool = True
    selected: bool = False
    """Whether the settings' label selector narrows it: workloads and pods, not what stands around them."""

    @property
    def full(self) -> str:
        """Name that is not ambiguous, such as `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def api_version(self) -> str:
        """Version as objects carry it, such as `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str) -> str:
        """Path of its list below the API server's address; every namespace where none is given."""
        root = f"apis/{self.group}/{self.version}" if self.group else f"api/{self.version}"
        inner = f"/namespaces/{quote(namespace, safe='')}" if namespace and self.namespaced else ""
        return f"{root}{inner}/{self.plural}"


PODS = Resource("pods", "Pod", selected=True)
EVENTS = Resource("events", "Event")
CONFIG_MAPS = Resource("configmaps", "ConfigMap")
RESOURCES = (
    EVENTS,
    Resource("deployments", "Deployment", "apps", selected=True),
    Resource("replicasets", "ReplicaSet", "apps", selected=True),
    Resource("statefulsets", "StatefulSet", "apps", selected=True),
    Resource("daemonsets", "DaemonSet", "apps", selected=True),
    Resource("jobs", "Job", "batch", selected=True),
    Resource("nodes", "Node", namespaced=False),
    CONFIG_MAPS,
    Resource("services", "Service"),
    Resource("endpoints", "Endpoints"),
    Resource("networkpolicies", "NetworkPolicy", "networking.k8s.io"),
    Resource("resourcequotas", "ResourceQuota"),
    Resource("horizontalpodautoscalers", "HorizontalPodAutoscaler", "autoscaling", "v2"),
)
"""Asked after the pods, in this order. Secrets are never asked for."""


@dataclass(frozen=True, slots=True)
class ContainerLog:
    """One log to read."""

    namespace: str
    pod: str
    container: str
    since: str
    """RFC 3339, whole seconds: the API takes no more."""
    previous: bool = False

    @property
    def labels(self) -> dict[str, str]:
        """What the request says of every line."""
        labels = {
            "service": workload_of(self.pod),
            "pod": self.pod,
            "container": self.container,
            "namespace": self.namespace,
        }
        return labels | ({"previous": "true"} if self.previous else {})

    @property
    def name(self) -> str:
        """Stem of its file."""
        return f"logs-{self.namespace}-{self.pod}-{self.container}{'-previous' if self.previous else ''}"


def logs_of(pod: Mapping[str, Json], since: str) -> Iterator[ContainerLog]:
    """Name the logs that a pod has: of every container that started, and of the instance before it."""
    meta, status = mapping(pod.get("metadata")), mapping(pod.get("status"))
    name, namespace = string(meta.get("name")), string(meta.get("namespace"))
    for key in ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"):
        for value in listing(status.get(key)):
            container = mapping(value)
            title = string(container.get("name"))
            state, before = mapping(container.get("state")), mapping(container.get("lastState"))
            if "running" in state or "terminated" in state:
                yield ContainerLog(namespace, name, title, since)
            if "terminated" in before:
                yield ContainerLog(namespace, name, title, since, previous=True)


def belongs(pod: Mapping[str, Json], services: tuple[str, ...]) -> bool:
    """Whether a pod is one of these services' by the labels that name it or by its own name."""
    meta = mapping(pod.get("metadata"))
    labels = mapping(meta.get("labels"))
    names = {string(labels.get(key)) for key in _OWNERS} | {workload_of(string(meta.get("name")))}
    return bool(names & set(services))


def unsteady(pod: Mapping[str, Json]) -> bool:
    """Whether a container of the pod restarted or is not ready: its logs are read first."""
    statuses = [mapping(value) for value in listing(mapping(pod.get("status")).get("containerStatuses"))]
    return any(not status.get("ready") or status.get("restartCount") for status in statuses)


def slim(resource: Resource, value: Json) -> dict[str, Json]:
    """Make an object fit to keep: it says its kind, and a config map keeps who changed it and no data.

    What kubectl last applied is left out everywhere: it repeats the object, a config map's data included.
    """
    item = dict(mapping(value))
    meta = dict(mapping(item.get("metadata")))
    annotations = {k: v for k, v in mapping(meta.get("annotations")).items() if k != _LAST_APPLIED}
    managers = meta.pop("managedFields", None)
    meta["annotations"] = annotations
    if resource is CONFIG_MAPS:
        changes: list[Json] = [
            {key: mapping(entry).get(key) for key in ("manager", "operation", "time")}
            for entry in listing(managers)
        ]
        kept = ("name", "namespace", "creationTimestamp", "resourceVersion", "labels", "ownerReferences")
        item, meta = {}, {key: meta[key] for key in kept if key in meta}
        meta["managedFields"] = changes
    return {**item, "apiVersion": resource.api_version, "kind": resource.kind, "metadata": meta}


def config_changes(config_maps: Iterable[Json], window: Span) -> list[Json]:
    """List who last changed which config map within a window, as change records, oldest first.

    The API server keeps one time for each manager of an object (`managedFields`): the last one.
    """
    found: list[tuple[datetime, Json]] = []
    for meta in (mapping(mapping(item).get("metadata")) for item in config_maps):
        labels, name = mapping(meta.get("labels")), string(meta.get("name"))
        for entry in map(mapping, listing(meta.get("managedFields"))):
            manager, time = string(entry.get("manager")), _time(entry.get("time"))
            if time is None or not window.start <= time <= window.end or manager in _CONTROLLERS:
                continue
            service = next((string(labels[key]) for key in _OWNERS if key in labels), "")
            record: Json = {
                "time": string(entry.get("time")),
                "kind": "config",
                "title": f"config map {name} changed",
                "service": service or name,
                "author": manager,
                "ref": string(meta.get("resourceVersion")),
            }
            found.append((time, record))
    return [record for _, record in sorted(found, key=lambda pair: pair[0])]


def touches(event: Mapping[str, Json], window: Span) -> bool:
    """Whether an event was seen within a window; one without a readable time is kept."""
    series, meta = mapping(event.get("series")), mapping(event.get("metadata"))
    once = _time(event.get("eventTime")) or _time(meta.get("creationTimestamp"))
    first = _time(event.get("firstTimestamp")) or _time(event.get("deprecatedFirstTimestamp")) or once
    last = (
        _time(series.get("lastObservedTime"))
        or _time(event.get("lastTimestamp"))
        or _time(event.get("deprecatedLastTimestamp"))
        or first
    )
    if first is None or last is None:
        return True
    return first <= window.end and last >= window.start


def _time(value: Json) -> datetime | None:
    try:
        return datetime.fromisoformat(value).astimezone(UTC) if isinstance(value, str) else None
    except ValueError:
        return None
