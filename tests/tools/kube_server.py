"""A stand-in for a Kubernetes API server: lists, logs, refusals by RBAC, paging; read-only, on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Object = dict[str, Any]

_GROUPS = {
    "apps/v1": {
        "deployments": "Deployment", "replicasets": "ReplicaSet",
        "statefulsets": "StatefulSet", "daemonsets": "DaemonSet",
    },
    "batch/v1": {"jobs": "Job"},
    "networking.k8s.io/v1": {"networkpolicies": "NetworkPolicy"},
    "autoscaling/v2": {"horizontalpodautoscalers": "HorizontalPodAutoscaler"},
}  # fmt: skip
_CORE = {
    "pods": "Pod", "events": "Event", "nodes": "Node", "configmaps": "ConfigMap", "secrets": "Secret",
    "services": "Service", "endpoints": "Endpoints", "resourcequotas": "ResourceQuota",
}  # fmt: skip


@dataclass
class State:
    """What the cluster holds, and how it behaves."""

    objects: dict[str, list[Object]] = field(default_factory=dict[str, list[Object]])
    """By plural."""
    logs: dict[tuple[str, str, bool], list[str]] = field(
        default_factory=dict[tuple[str, str, bool], list[str]]
    )
    """Lines with the kubelet's time in front, by pod, container and whether of the previous instance."""
    denied: set[str] = field(default_factory=set[str])
    """Plurals, or `pods/log`, that RBAC refuses."""
    token: str = "the-token"
    """What a client has to send if it sends one; kubectl sends none without TLS."""
    locked: bool = False
    """Whether nobody is let in."""
    page: int = 500
    asked: list[str] = field(default_factory=list[str])


class _Handler(BaseHTTPRequestHandler):
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride] - the only server it serves for
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        state = self.server.state
        with self.server.lock:
            state.asked.append(self.path)
        split = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(split.query).items()}
        parts = split.path.strip("/").split("/")
        given = f"Bearer {state.token}"
        if state.locked or self.headers.get("Authorization", given) != given:
            self._status(401, "Unauthorized", "Unauthorized")
        elif parts == ["version"]:
            self._json({"major": "1", "minor": "32", "gitVersion": "v1.32.4"})
        elif parts in (["api"], ["apis"]) or parts in (["api", "v1"], *([*_under(g)] for g in _GROUPS)):
            self._json(_discovery(parts))
        elif parts[-1] == "log":
            self._log(parts[-2], query)
        else:
            self._list(parts, query)

    def _list(self, parts: list[str], query: Mapping[str, str]) -> None:
        state = self.server.state
        rest = parts[2:] if parts[0] == "api" else parts[3:]
        namespace = rest[1] if rest[0] == "namespaces" and len(rest) > 2 else ""
        rest = rest[2:] if namespace else rest
        plural = rest[0]
        if plural in state.denied:
            where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
            user = 'User "system:serviceaccount:ops:reader"'
            self._status(
                403, "Forbidden", f'{plural} is forbidden: {user} cannot list resource "{plural}" {where}'
            )
            return
        items = [item for item in state.objects.get(plural, []) if _fits(item, namespace, query)]
        if len(rest) > 1:
            found = [item for item in items if item["metadata"]["name"] == rest[1]]
            group = "v1" if parts[0] == "api" else "/".join(parts[1:3])
            kinds = _CORE if parts[0] == "api" else _GROUPS[group]
            self._json({**found[0], "kind": kinds[plural], "apiVersion": group}) if found else self._status(
                404, "NotFound", f'{plural} "{rest[1]}" not found'
            )
            return
        group = "v1" if parts[0] == "api" else "/".join(parts[1:3])
        kind = (_CORE if parts[0] == "api" else _GROUPS[group])[plural]
        begin = int(query.get("continue") or 0)
        end = begin + min(state.page, int(query.get("limit") or state.page))
        meta = {"resourceVersion": "1", **({"continue": str(end)} if end < len(items) else {})}
        self._json({"kind": f"{kind}List", "apiVersion": group, "metadata": meta, "items": items[begin:end]})

    def _log(self, pod: str, query: Mapping[str, str]) -> None:
        state = self.server.state
        container, previous = query.get("container", ""), query.get("previous") == "true"
        if "pods/log" in state.denied:
            self._status(403, "Forbidden", f'pods "{pod}" is forbidden: cannot get resource "pods/log"')
            return
        if (lines := state.logs.get((pod, container, previous))) is None:
            old = "previous terminated container" if previous else "container"
            self._status(400, "BadRequest", f'{old} "{container}" in pod "{pod}" not found')
            return
        since = query.get("sinceTime")
        first = datetime.fromisoformat(since).replace(microsecond=0) if since else None
        kept = [
            line for line in lines if first is None or datetime.fromisoformat(line.split(" ")[0]) >= first
        ]
        shown = kept if query.get("timestamps") == "true" else [line.split(" ", 1)[1] for line in kept]
        body = "".join(f"{line}\n" for line in shown).encode()
        self._reply(200, body[: int(query.get("limitBytes") or len(body))], "text/plain")

    def _status(self, code: int, reason: str, message: str) -> None:
        status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code}
        self._json({**status, "reason": reason, "message": message}, code)

    def _json(self, value: Object, code: int = 200) -> None:
        self._reply(code, json.dumps(value).encode(), "application/json")

    def _reply(self, code: int, body: bytes, kind: str) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, state: State) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.state, self.lock = state, threading.Lock()


@contextmanager
def cluster(state: State) -> Generator[str]:
    """Serve the state; yield the server's address."""
    server = _Server(state)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def kubeconfig(url: str, token: str = "the-token", *, contexts: tuple[str, ...] = ("stand-in",)) -> str:
    """Write a kubeconfig whose current context points nowhere and whose named ones point at the address."""
    named = [{"name": name, "context": {"cluster": "here", "user": "reader"}} for name in contexts]
    nowhere = {"name": "nowhere", "context": {"cluster": "gone", "user": "reader"}}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "nowhere",
            "contexts": [*named, nowhere],
            "clusters": [
                {"name": "here", "cluster": {"server": url}},
                {"name": "gone", "cluster": {"server": "http://127.0.0.1:1"}},
            ],
            "users": [{"name": "reader", "user": {"token": token}}],
        }
    )


def _fits(item: Object, namespace: str, query: Mapping[str, str]) -> bool:
    meta = item["metadata"]
    if namespace and meta.get("namespace") != namespace:
        return False
    wanted = dict(part.split("=", 1) for part in query.get("labelSelector", "").split(",") if part)
    labels = meta.get("labels", {})
    return all(labels.get(key) == value for key, value in wanted.items())


def _under(group: str) -> list[str]:
    return ["apis", *group.split("/")]


def _discovery(parts: list[str]) -> Object:
    if parts == ["api"]:
        return {"kind": "APIVersions", "versions": ["v1"]}
    if parts == ["apis"]:
        groups = [
            {"name": name, "versions": [version], "preferredVersion": version}
            for name, version in (
                (g.split("/")[0], {"groupVersion": g, "version": g.split("/")[1]}) for g in _GROUPS
            )
        ]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
    group = "v1" if parts[0] == "api" else "/".join(parts[1:])
    kinds = _CORE if group == "v1" else _GROUPS[group]
    resources: list[Object] = [
        {"name": plural, "kind": kind, "namespaced": plural != "nodes", "verbs": ["list", "get"]}
        for plural, kind in kinds.items()
    ]
    if group == "v1":
        resources.append({"name": "pods/log", "kind": "Pod", "namespaced": True, "verbs": ["get"]})
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group, "resources": resources}
