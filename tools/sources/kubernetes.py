"""Kubernetes, by kubectl or by the API over HTTP: objects and events as they are now, logs of the window."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, Self

import orjson
from pydantic import Field, model_validator

from tools.formats.documents import listing, mapping, string
from tools.formats.records import Clock
from tools.http import Answer, Document, Json, Service, clock_difference
from tools.sources import kube_logs
from tools.sources.gathering import Gathering, GivenUp
from tools.sources.kube_api import KubeApi
from tools.sources.kube_resources import (
    CONFIG_MAPS,
    EVENTS,
    PODS,
    RESOURCES,
    ContainerLog,
    Resource,
    belongs,
    config_changes,
    logs_of,
    slim,
    touches,
    unsteady,
)
from tools.sources.kubectl import Kubectl
from tools.sources.settings import ConfigPath, HttpSettings
from tools.sources.source import Fetched, Health, Scope, SourceKind, Span, Surroundings

Cluster = Kubectl | KubeApi
_EVENTS_KEPT = timedelta(hours=1)
"""How long an API server keeps events unless told otherwise (--event-ttl)."""
_AT_ONCE = 4


class KubernetesSettings(HttpSettings):
    """A cluster; everything that is needed to log in stands in the kubeconfig, or in the fields for HTTP."""

    url: str = ""
    """Address of the API server, for `via = "api"`."""
    via: Literal["kubectl", "api"] = "kubectl"
    kubectl: str = "kubectl"
    """The program, by name or by path."""
    context: str = ""
    """Context of the kubeconfig; default: the current one."""
    kubeconfig: ConfigPath | None = None
    """Default: KUBECONFIG, else ~/.kube/config."""
    selector: str = ""
    """Label selector that narrows pods and workloads, such as `app=checkout`."""
    logs: bool = True
    max_pods: int = Field(default=40, ge=0)
    """Pods whose logs are read, those that restarted or are not ready first."""

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.via == "api" and not self.url:
            raise ValueError('via = "api" needs url, the address of the API server')
        if self.via == "api" and (self.context or self.kubeconfig):
            raise ValueError('context and kubeconfig are read by kubectl; leave them out, or via = "api"')
        if self.via == "kubectl" and self.url:
            raise ValueError('url is for via = "api"; kubectl finds the cluster by its kubeconfig')
        return self


@dataclass(frozen=True, slots=True)
class KubernetesSource:
    """Asks for pods, events, workloads and what stands around them, then for logs."""

    settings: KubernetesSettings
    surroundings: Surroundings

    def fetch(self, scope: Scope, destination: Path) -> Fetched:
        """List object by object, then read logs side by side; each refusal is a row of its own."""
        summary = "pods, events, workloads, configuration and logs"
        if scope.window is None:
            return Fetched(summary, "failed", (), "the record has no time; tell --since and --until")
        with self._cluster(scope) as cluster:
            gathering = Gathering(scope, destination, cluster, piecewise=True)
            run = _Run(self.settings, cluster, gathering, scope, scope.window, destination)
            with suppress(GivenUp):
                run.everything()
            run.remarks()
            return gathering.result(summary)

    def probe(self, scope: Scope) -> Health:
        """Ask for the version and for one object of each kind, and for a line of one log."""
        with self._cluster(scope) as cluster:
            version = cluster.version()
            answer = version.answer
            if not isinstance(version.value, dict):
                return self._unwell(answer)
            missing = tuple(self._missing(cluster, scope))
        window = scope.window
        past = window is not None and window.end < datetime.now(UTC) - _EVENTS_KEPT
        kept = "keeps events about an hour, logs of present pods"
        return Health(
            reachable=True,
            authenticated=True,
            version=string(version.value.get("gitVersion")),
            missing=missing,
            clock_seconds=clock_difference(answer, datetime.now(UTC)),
            retention=f"{kept}{'; the window ended before that' if past else ''}",
            suggestion=f"Allow `list` of {_plurals(missing)} to this account." if missing else "",
        )

    def _missing(self, cluster: Cluster, scope: Scope) -> Iterator[str]:
        namespaces = scope.selector.namespaces or ("",)
        every = (PODS, *RESOURCES)
        asked = [(resource, name) for resource in every for name in _places(resource, namespaces)]

        def look(item: tuple[Resource, str]) -> Answer:
            return cluster.first(*item).answer

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = list(pool.map(look, asked))
        for (resource, namespace), answer in zip(asked, found, strict=True):
            if answer.outcome in {"denied", "failed"} and answer.status != 404:
                yield _where(resource, namespace)

    def _unwell(self, answer: Answer) -> Health:
        kubectl = self.settings.via == "kubectl"
        if answer.outcome == "denied":
            hint = "Log in again, or check the kubeconfig's user." if kubectl else "Check token_env."
            return Health(reachable=True, authenticated=False, problem=answer.note, suggestion=hint)
        hint = "Try `kubectl version`: check context, kubeconfig and network." if kubectl else "Check url."
        problem = answer.note or "the answer is no version of a Kubernetes"
        return Health(reachable=answer.status is not None, problem=problem, suggestion=hint)

    @contextmanager
    def _cluster(self, scope: Scope) -> Generator[Cluster]:
        told = self.settings
        if told.via == "api":
            endpoint = told.endpoint(self.surroundings.environ)
            with Service(endpoint, left=lambda: scope.deadline.left) as service:
                yield KubeApi(service)
            return
        options = [f"--context={told.context}"] if told.context else []
        options += [f"--kubeconfig={told.kubeconfig}"] if told.kubeconfig else []
        program = shutil.which(told.kubectl, path=self.surroundings.environ.get("PATH")) or told.kubectl
        yield Kubectl(
            program,
            tuple(options),
            self.surroundings.environ,
            left=lambda: scope.deadline.left,
            bytes=told.max_bytes,
        )


@dataclass(frozen=True, slots=True)
class _Run:
    """One fetch: the settings, the cluster and what was gathered so far."""

    settings: KubernetesSettings
    cluster: Cluster
    gathering: Gathering
    scope: Scope
    window: Span
    destination: Path
    denied: list[str] = field(default_factory=list[str])
    """Kinds of objects, and logs, that we may not read."""

    def everything(self) -> None:
        namespaces = self.scope.selector.namespaces or ("",)
        pods = [mapping(pod) for name in namespaces for pod in self._objects(PODS, name)]
        for resource in RESOURCES:
            for name in _places(resource, namespaces):
                self._objects(resource, name)
        if self.settings.logs:
            self._logs(pods)

    def remarks(self) -> None:
        """Say what a cluster cannot tell, and which kinds of objects we may not see."""
        if self.denied:
            self.gathering.note(f"not allowed: {', '.join(dict.fromkeys(self.denied))}")
        self.gathering.note("objects are as they are now, not as they were")
        age = datetime.now(UTC) - self.window.start
        if age > _EVENTS_KEPT:
            hours = age.total_seconds() / 3600
            ago = f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"
            self.gathering.note(
                f"the window began {ago} ago; a cluster keeps events about an hour"
                " and logs only of present pods, their current and previous container"
            )

    def _objects(self, resource: Resource, namespace: str) -> list[Json]:
        """List a resource into a file, and return what was listed."""
        selector = self.settings.selector if resource.selected else ""
        told = self.cluster.told_list(resource, namespace, selector)
        document = self.cluster.listed(resource, namespace, selector)
        answer = _judged(document, resource)
        if answer.status == 404 and resource is not PODS:
            answer = replace(answer, outcome="empty", note=f"this cluster has no {resource.full}")
        if answer.outcome == "denied":
            self.denied.append(_where(resource, namespace))
        items: list[Json] = [slim(resource, item) for item in listing(mapping(document.value).get("items"))]
        if resource is EVENTS:
            items = self._within(items)
        if not items or answer.outcome not in {"ok", "partial"}:
            self.gathering.record(told, answer)
            return []
        path = self.gathering.place(f"{resource.plural}{f'-{namespace}' if namespace else ''}")
        body = {"apiVersion": "v1", "kind": "List", "items": items}
        path.write_bytes(orjson.dumps(body, option=orjson.OPT_INDENT_2))
        clock = Clock(recorded_at=datetime.now(UTC))
        self.gathering.keep(path, told, answer, clock=clock)
        if resource is CONFIG_MAPS and (changes := config_changes(items, self.window)):
            derived = self.gathering.place(f"config-changes{f'-{namespace}' if namespace else ''}")
            derived.write_bytes(orjson.dumps(changes, option=orjson.OPT_INDENT_2))
            self.gathering.keep(derived, told, Answer("ok"), told=f"{told} (managedFields)")
        return items

    def _within(self, events: list[Json]) -> list[Json]:
        """Leave out events that were over before the window, or began after it."""
        kept = [event for event in events if touches(mapping(event), self.window)]
        if len(kept) < len(events):
            self.gathering.note(f"{len(events) - len(kept)} events lie outside the window and are left out")
        return kept

    def _logs(self, pods: list[dict[str, Json]]) -> None:
        services = self.scope.selector.services
        own = [pod for pod in pods if belongs(pod, services)] if services else pods
        if services and pods and not own:
            self.gathering.note(f"no pod bears the name of {', '.join(services)}; read the logs of all")
        chosen = sorted(own or pods, key=lambda pod: not unsteady(pod))
        if len(chosen) > self.settings.max_pods:
            left = len(chosen) - self.settings.max_pods
            self.gathering.note(
                f"logs of {left} further pods were not read; raise max_pods or narrow selector"
            )
        since = kube_logs.since(self.window)
        logs = [log for pod in chosen[: self.settings.max_pods] for log in logs_of(pod, since)]
        pool = ThreadPoolExecutor(_AT_ONCE)
        try:
            raws = (self.destination / f".{number}.raw" for number in range(len(logs)))
            for log, (answer, raw) in zip(logs, pool.map(self._read, logs, raws), strict=True):
                self._keep(log, answer, raw)
        finally:
            pool.shutdown(cancel_futures=True)
            for rest in self.destination.glob(".*.raw*"):
                rest.unlink()

    def _read(self, log: ContainerLog, raw: Path) -> tuple[Answer, Path]:
        return self.cluster.log(log, raw), raw

    def _keep(self, log: ContainerLog, answer: Answer, raw: Path) -> None:
        told, kept = self.cluster.told_log(log), 0
        if answer.outcome == "denied":
            self.denied.append(f"logs in {log.namespace}")
        path = self.gathering.place(log.name, ".log")
        if raw.exists():
            answer, kept = kube_logs.cut(raw, path, self.window, answer)
            raw.unlink()
        if kept:
            self.gathering.keep(path, told, answer, window=self.window, labels=log.labels)
        else:
            self.gathering.record(told, answer, window=self.window)


def _judged(document: Document, resource: Resource) -> Answer:
    """Return the answer, failed where its body is not the list that its status promises."""
    answer, value = document.answer, mapping(document.value)
    if answer.outcome != "ok" or isinstance(value.get("items"), list):
        return answer
    said = string(value.get("message"))
    note = f"the answer is no list of {resource.plural}{f': {said}' if said else ''}"
    return replace(answer, outcome="failed", note=note[:300])


def _places(resource: Resource, namespaces: tuple[str, ...]) -> tuple[str, ...]:
    return namespaces if resource.namespaced else ("",)


def _where(resource: Resource, namespace: str) -> str:
    inside = namespace or ("all namespaces" if resource.namespaced else "")
    return f"{resource.full} in {inside}" if inside else resource.full


def _plurals(missing: tuple[str, ...]) -> str:
    return ", ".join(dict.fromkeys(text.split(" ")[0] for text in missing))


def _make(settings: KubernetesSettings, surroundings: Surroundings) -> KubernetesSource:
    if settings.via == "api":
        settings.endpoint(surroundings.environ)
    return KubernetesSource(settings, surroundings)


KIND = SourceKind("kubernetes", KubernetesSettings, _make)
