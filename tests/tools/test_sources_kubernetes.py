"""The Kubernetes source, by the real kubectl and by HTTP, against a stand-in API server that we own."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.kube_server import Object, State, cluster, kubeconfig
from tests.tools.misbehaving import FAULTS, SECONDS, TOKEN, Fault, Handler, inside_200, put_through
from tests.tools.scopes import WINDOW, scope
from tests.tools.servers import binary
from tools.formats import read
from tools.formats.records import ChangeRecord, KubeEvent, LogRecord, ObjectState
from tools.http import Answer
from tools.sources import kube_logs
from tools.sources.kubectl import refusal
from tools.sources.kubernetes import KIND
from tools.sources.source import Fetched, Source, Surroundings

POD = "checkout-7c9d8b5f6d-x2x4z"
Make = Callable[[str], Source]


def stamp(seconds: float) -> str:
    """Write a time so many seconds after the window's start as the kubelet does, in nanoseconds."""
    return (WINDOW.start + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z"


def pod(name: str, app: str, *, restarts: int = 0, namespace: str = "shop") -> Object:
    before = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}} if restarts else {}
    status = {"name": "app", "ready": not restarts, "restartCount": restarts, "lastState": before}
    return {
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {"app": app},
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "planted-applied"},
        },
        "spec": {"containers": [{"name": "app", "image": f"{app}:1"}, {"name": "late", "image": "late:1"}]},
        "status": {
            "phase": "Running",
            "containerStatuses": [
                {**status, "state": {"running": {"startedAt": stamp(0)}}},
                {"name": "late", "ready": not restarts, "restartCount": 0, "state": {"waiting": {}}},
            ],
        },
    }


def event(name: str, seconds: float, reason: str = "BackOff") -> Object:
    at = stamp(seconds)[:19] + "Z"
    return {
        "metadata": {"name": name, "namespace": "shop", "creationTimestamp": at},
        "involvedObject": {"kind": "Pod", "name": POD, "namespace": "shop"},
        "type": "Warning",
        "reason": reason,
        "message": "Back-off restarting failed container",
        "firstTimestamp": at,
        "lastTimestamp": at,
        "count": 1,
    }


def shop() -> State:
    """A checkout that was killed once and a cart that is well."""
    config = {
        "metadata": {
            "name": "checkout",
            "namespace": "shop",
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "planted-applied"},
            "managedFields": [{"manager": "helm", "operation": "Update", "time": stamp(60)[:19] + "Z"}],
        },
        "data": {"DATABASE_URL": "planted-config-value"},
    }
    return State(
        objects={
            "pods": [pod("cart-6b5d9c7c48-abcde", "cart"), pod(POD, "checkout", restarts=1)],
            "events": [event("a", -7200), event("b", 1800), event("c", 7200)],
            "deployments": [{"metadata": {"name": "checkout", "namespace": "shop"}, "spec": {"replicas": 1}}],
            "configmaps": [config],
            "secrets": [{"metadata": {"name": "s", "namespace": "shop"}, "data": {"k": "planted-secret"}}],
            "nodes": [{"metadata": {"name": "node-1"}, "status": {"capacity": {"cpu": "4"}}}],
        },
        logs={
            (POD, "app", False): [
                f"{stamp(-0.5)} before the window, in its first second",
                f"{stamp(0)} level=info msg=started",
                f"{stamp(1800)} level=error msg=refused",
                f"{stamp(3600)} level=error msg=last",
                f"{stamp(3600.000001)} after the window",
            ],
            (POD, "app", True): [f"{stamp(600)} level=fatal msg=killed"],
            ("cart-6b5d9c7c48-abcde", "app", False): [f"{stamp(5)} level=info msg=fine"],
        },
        token=TOKEN,
    )


def by_api(url: str, **settings: object) -> Source:
    told = {"kind": "kubernetes", "name": "k", "via": "api", "url": url, "token_env": "TOKEN", **settings}
    return KIND.make(KIND.settings.model_validate(told), Surroundings(Path(), {"TOKEN": TOKEN}))


def by_kubectl(url: str, *, home: Path, **settings: object) -> Source:
    binary("kubectl")
    home.mkdir(exist_ok=True)
    (home / "config").write_text(kubeconfig(url, TOKEN))
    told = {
        "kind": "kubernetes",
        "name": "k",
        "kubeconfig": home / "config",
        "context": "stand-in",
        **settings,
    }
    environ = {"PATH": os.environ["PATH"], "HOME": str(home)}
    return KIND.make(KIND.settings.model_validate(told), Surroundings(home, environ))


@pytest.fixture(params=["api", "kubectl"])
def ways(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Source]:
    """Reach the stand-in both ways."""
    return by_api if request.param == "api" else partial(by_kubectl, home=tmp_path / "home")


def fetch(source: Source, folder: Path, *services: str, namespaces: tuple[str, ...] = ("shop",)) -> Fetched:
    folder.mkdir()
    return source.fetch(scope(*services, namespaces=namespaces, seconds=60), folder)


def records(fetched: Fetched) -> Iterator[object]:
    for item in fetched.artifacts:
        yield from read(item.path, clock=item.clock, labels=item.labels, sniffed=item.sniffed).records


def test_objects_events_and_logs_of_the_window(ways: Callable[..., Source], tmp_path: Path) -> None:
    with cluster(shop()) as url:
        fetched = fetch(ways(url), tmp_path / "out", "checkout")
    assert fetched.outcome == "ok", fetched.note
    found = list(records(fetched))
    logs = [record for record in found if isinstance(record, LogRecord)]
    assert [(r.message, r.service, r.pod, r.container) for r in logs] == [
        (message, "checkout", POD, "app") for message in ("started", "refused", "last", "killed")
    ]
    assert logs[1].time == WINDOW.start + timedelta(seconds=1800)
    assert [e.reason for e in found if isinstance(e, KubeEvent)] == ["BackOff"]
    objects = {(o.kind, o.name) for o in found if isinstance(o, ObjectState)}
    assert objects == {
        ("Pod", "cart-6b5d9c7c48-abcde"), ("Pod", POD), ("Deployment", "checkout"),
        ("ConfigMap", "checkout"), ("Node", "node-1"),
    }  # fmt: skip
    assert "2 events lie outside the window" in fetched.note
    assert "a cluster keeps events about an hour" in fetched.note
    assert {item.labels.get("previous") for item in fetched.artifacts if item.path.suffix == ".log"} == {
        None,
        "true",
    }
    assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]


def test_no_secret_and_no_data_of_a_config_map_is_kept(ways: Callable[..., Source], tmp_path: Path) -> None:
    state = shop()
    with cluster(state) as url:
        fetched = fetch(ways(url), tmp_path / "out", "checkout")
    written = b"".join(item.path.read_bytes() for item in fetched.artifacts)
    assert b"planted" not in written
    assert b"helm" in written
    assert not [path for path in state.asked if "secrets" in path.removesuffix("?limit=1")]


def test_a_config_map_changed_within_the_window_is_a_change(
    ways: Callable[..., Source], tmp_path: Path
) -> None:
    state = shop()
    fields = state.objects["configmaps"][0]["metadata"]["managedFields"]
    fields.append({"manager": "kubectl-edit", "operation": "Update", "time": stamp(-60)[:19] + "Z"})
    with cluster(state) as url:
        fetched = fetch(ways(url, logs=False), tmp_path / "out", "checkout")
    (change,) = (record for record in records(fetched) if isinstance(record, ChangeRecord))
    assert (change.kind, change.title, change.service, change.author) == (
        "config",
        "config map checkout changed",
        "checkout",
        "helm",
    )
    assert change.time == WINDOW.start + timedelta(seconds=60)


def test_each_refusal_is_a_row_and_the_rest_still_comes(ways: Callable[..., Source], tmp_path: Path) -> None:
    state = shop()
    state.denied = {"pods", "nodes", "resourcequotas"}
    with cluster(state) as url:
        fetched = fetch(ways(url), tmp_path / "out", "checkout")
    assert fetched.outcome == "partial"
    denied = [asked for asked in fetched.asked if asked.outcome == "denied"]
    assert len(denied) == 3
    assert [name for name in ("pods", "nodes", "resourcequotas") if any(name in d.query for d in denied)] == [
        "pods",
        "nodes",
        "resourcequotas",
    ]
    assert "not allowed: pods in shop, nodes, resourcequotas in shop" in fetched.note
    assert any(isinstance(record, KubeEvent) for record in records(fetched))
    assert 'nodes is forbidden: User "system:serviceaccount:ops:reader"' in denied[1].note
    assert "{" not in denied[1].note
    assert "User" not in fetched.note


def test_logs_that_may_not_be_read_are_named(ways: Callable[..., Source], tmp_path: Path) -> None:
    state = shop()
    state.denied = {"pods/log"}
    with cluster(state) as url:
        fetched = fetch(ways(url), tmp_path / "out", "checkout")
    assert "not allowed: logs in shop" in fetched.note
    assert (fetched.outcome, len(fetched.artifacts)) == ("partial", 6)


def test_selector_and_namespaces_narrow_what_is_asked(ways: Callable[..., Source], tmp_path: Path) -> None:
    state = shop()
    state.objects["pods"].append(pod("checkout-7c9d8b5f6d-other", "checkout", namespace="elsewhere"))
    with cluster(state) as url:
        fetched = fetch(ways(url, selector="app=checkout"), tmp_path / "out")
    pods = [r.name for r in records(fetched) if isinstance(r, ObjectState) and r.kind == "Pod"]
    assert pods == [POD]
    assert any("app=checkout" in a.query for a in fetched.asked)


def test_every_namespace_where_none_is_named(ways: Callable[..., Source], tmp_path: Path) -> None:
    state = shop()
    state.objects["pods"].append(pod("mail-7c9d8b5f6d-b4c5d", "mail", namespace="elsewhere"))
    with cluster(state) as url:
        fetched = fetch(ways(url, logs=False), tmp_path / "out", namespaces=())
    pods = [r.namespace for r in records(fetched) if isinstance(r, ObjectState) and r.kind == "Pod"]
    assert pods == ["shop", "shop", "elsewhere"]


def test_pages_are_read_to_the_end(ways: Callable[..., Source], tmp_path: Path) -> None:
    state = shop()
    state.page = 3
    state.objects["pods"] = [pod(f"cart-6b5d9c7c48-{n:05d}", "cart") for n in range(8)]
    with cluster(state) as url:
        fetched = fetch(ways(url, logs=False), tmp_path / "out")
    assert sum(isinstance(r, ObjectState) and r.kind == "Pod" for r in records(fetched)) == 8


def test_a_log_is_cut_by_bytes_and_says_so(ways: Callable[..., Source], tmp_path: Path) -> None:
    state = shop()
    line = "level=info msg=" + "x" * 100
    state.logs[POD, "app", False] = [f"{stamp(n)} {line}" for n in range(1000)]
    state.logs[POD, "app", True] = [f"{stamp(7200 + n)} {line}" for n in range(1000)]
    with cluster(state) as url:
        fetched = fetch(ways(url, max_bytes=20_000), tmp_path / "out", "checkout")
    rows = {asked.query: asked for asked in fetched.asked if "since" in asked.query.lower()}
    (current,) = (row for query, row in rows.items() if "previous" not in query)
    (previous,) = (row for query, row in rows.items() if "previous" in query)
    assert (current.outcome, current.truncated) == ("partial", True)
    assert "the log goes on" in current.note
    assert 100 < current.rows < 200
    assert (previous.outcome, previous.truncated, previous.rows) == ("empty", False, 0)


def test_pods_beyond_the_limit_are_counted_and_the_unsteady_come_first(tmp_path: Path) -> None:
    with cluster(shop()) as url:
        fetched = fetch(by_api(url, max_pods=1), tmp_path / "out")
    assert "logs of 1 further pods were not read" in fetched.note
    assert {r.service for r in records(fetched) if isinstance(r, LogRecord)} == {"checkout"}


def test_a_later_page_that_fails_leaves_the_first_ones(tmp_path: Path) -> None:
    page = orjson.dumps({"metadata": {"continue": "2"}, "items": [pod(POD, "checkout")]})

    def answer(handler: Handler) -> None:
        if "/pods" not in handler.path:
            handler.reply(200, b'{"items":[]}')
        elif "continue" in handler.path:
            handler.reply(403, b"{}")
        else:
            handler.reply(200, page)

    fault = Fault("second page", answer, frozenset({"partial"}), "after 1 objects")
    trial = put_through(fault, lambda url: by_api(url, logs=False), b"", tmp_path)
    assert trial.fetched.outcome == "partial"
    assert "after 1 objects" in trial.fetched.note


@pytest.mark.parametrize(
    "fault",
    [*FAULTS, inside_200(b'{"kind":"Status","status":"Failure","message":"etcd is gone"}', "etcd is gone")],
    ids=lambda fault: fault.name,
)
def test_every_fault_becomes_an_outcome(fault: Fault, tmp_path: Path) -> None:
    trial = put_through(fault, by_api, b'{"kind":"PodList","items":[]}', tmp_path)
    assert trial.fetched.outcome in fault.outcomes | {"partial" if "then good" not in fault.name else "empty"}
    assert fault.says == "" or any(re.search(fault.says, asked.note) for asked in trial.fetched.asked)
    assert TOKEN not in repr(trial.fetched)
    assert trial.seconds < SECONDS * 3


def test_kubectl_that_is_missing_or_points_nowhere(tmp_path: Path) -> None:
    source = by_kubectl("http://127.0.0.1:1", home=tmp_path / "home", kubectl="kubectl-that-is-not-there")
    fetched = fetch(source, tmp_path / "a", "checkout")
    assert (fetched.outcome, len(fetched.asked)) == ("failed", 1)
    assert "cannot be run" in fetched.note
    fetched = fetch(
        by_kubectl("http://127.0.0.1:1", home=tmp_path / "home", context="nowhere"), tmp_path / "b"
    )
    assert (fetched.outcome, len(fetched.asked)) == ("failed", 1)
    assert "refused" in fetched.note
    fetched = fetch(
        by_kubectl("http://127.0.0.1:1", home=tmp_path / "home", context="unknown"), tmp_path / "c"
    )
    assert fetched.outcome == "failed"
    assert "context" in fetched.note


def test_kubectl_that_hangs_is_stopped(tmp_path: Path) -> None:
    slow = tmp_path / "kubectl"
    slow.write_text("#!/bin/sh\nsleep 60 &\nsleep 60\n")
    slow.chmod(0o755)
    settings = KIND.settings.model_validate({"kind": "kubernetes", "name": "k", "kubectl": str(slow)})
    source = KIND.make(settings, Surroundings(tmp_path, dict(os.environ)))
    began = time.monotonic()
    fetched = source.fetch(scope("checkout", seconds=1), tmp_path)
    assert time.monotonic() - began < 10
    assert fetched.outcome == "failed"
    assert "took longer" in fetched.note


def test_logged_out(ways: Callable[..., Source], tmp_path: Path) -> None:
    state = shop()
    state.locked = True
    with cluster(state) as url:
        fetched = fetch(ways(url), tmp_path / "out", "checkout")
        health = ways(url).probe(scope("checkout", namespaces=("shop",)))
    assert (fetched.outcome, len(fetched.asked)) == ("denied", 1)
    assert re.search("HTTP 401|must be logged in", fetched.note)
    assert (health.reachable, health.authenticated) == (True, False)
    assert health.suggestion


def test_probe_names_version_and_missing_rights(ways: Callable[..., Source]) -> None:
    state = shop()
    state.denied = {"nodes", "events"}
    with cluster(state) as url:
        health = ways(url).probe(scope("checkout", namespaces=("shop",), seconds=60))
    assert (health.reachable, health.authenticated, health.version) == (True, True, "v1.32.4")
    assert health.missing == ("events in shop", "nodes")
    assert health.suggestion == "Allow `list` of events, nodes to this account."
    assert "the window ended before that" in health.retention


@pytest.mark.parametrize(
    ("said", "outcome", "status"),
    [
        ('Error from server (Forbidden): nodes is forbidden: User "x" cannot list', "denied", 403),
        ("error: You must be logged in to the server (Unauthorized)", "denied", 401),
        ('error: the server doesn\'t have a resource type "horizontalpodautoscalers"', "failed", 404),
        ("Error from server (InternalError): etcd", "failed", 500),
        ("The connection to the server 127.0.0.1:1 was refused - did you", "failed", None),
        ('error: context "x" does not exist', "failed", None),
    ],
)
def test_what_kubectl_complains_of(said: str, outcome: str, status: int | None) -> None:
    answer = refusal(said)
    assert (answer.outcome, answer.status, answer.note) == (outcome, status, said)


@given(st.lists(st.floats(-100, 3800), max_size=30).map(sorted))
def test_exactly_the_lines_of_the_window_stay(
    tmp_path_factory: pytest.TempPathFactory, times: list[float]
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    raw, target = folder / "raw", folder / "log"
    raw.write_text("".join(f"[pod/a/b] {stamp(at)} {n}\n" for n, at in enumerate(times)))
    answer, kept = kube_logs.cut(raw, target, WINDOW, Answer("ok", 200))
    inside = [n for n, at in enumerate(times) if WINDOW.start <= moment(at) <= WINDOW.end]
    shown = target.read_text().splitlines() if target.exists() else []
    assert [int(line.rsplit(" ", 1)[1]) for line in shown] == inside
    assert (kept, answer.outcome) == (len(inside), "ok" if inside else "empty")


def moment(seconds: float) -> datetime:
    return datetime.fromisoformat(stamp(seconds)).astimezone(UTC)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"via": "api"}, "needs url"),
        ({"via": "api", "url": "http://x", "context": "a"}, "read by kubectl"),
        ({"url": "http://x"}, "is for via"),
    ],
)
def test_settings_that_contradict_each_other(settings: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        KIND.settings.model_validate({"kind": "kubernetes", "name": "k", **settings})


pytestmark = pytest.mark.timeout(120)
