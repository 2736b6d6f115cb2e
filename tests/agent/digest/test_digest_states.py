"""Object states and events: what is wrong is stated as a fact, once per workload."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent.digest import kubeevents, states
from agent.digest.kubeevents import EventBook
from agent.digest.objects import Inventory
from agent.digest.observation import Observation
from tools.formats.records import KubeEvent, ObjectState

NOW = datetime(2026, 1, 8, 7, 39, 46, tzinfo=UTC)
POD = "adservice-75d5d88689-7djn4"


def state(kind: str, name: str, line: int = 1, **fields: str) -> ObjectState:
    plain = {key.replace("__", "."): value for key, value in fields.items()}
    return ObjectState(line, line + 3, kind, name, "boutique", NOW, plain)


def inventory(*records: tuple[str, ObjectState]) -> Inventory:
    found = Inventory()
    for artifact, record in records:
        found.read(artifact, [record])
    return found


def observed(*records: ObjectState) -> list[Observation]:
    return states.observations(inventory(*((f"{n}.txt", r) for n, r in enumerate(records))), frozenset())


CRASHING = (
    (
        "get.txt",
        state("Pod", POD, ready="0", desired="1", reason="CrashLoopBackOff", restarts="4", node="worker-02"),
    ),
    (
        "describe.txt",
        state(
            "Pod",
            POD,
            container__server__state="Waiting",
            container__server__reason="CrashLoopBackOff",
            container__server__last_reason="Error",
            container__server__exit_code="143",
            container__server__liveness="grpc <pod>:9555 delay=1s timeout=1s period=1s #success=1 #failure=1",
        ),
    ),
)


def pod(**fields: str) -> ObjectState:
    told = {f"container__server__{key}": value for key, value in fields.items()}
    return state("Pod", POD, 1, ready="0", desired="1", restarts="4", **told)


def test_the_last_exit_of_a_container_that_crashes_is_told_with_its_time() -> None:
    (seen,) = observed(
        pod(
            state="Waiting", reason="CrashLoopBackOff", last_state="Terminated", last_reason="Error",
            exit_code="255", last_started="2026-01-08T15:02:30+08:00",
            last_finished="2026-01-08T15:02:32+08:00",
        )
    )  # fmt: skip
    assert seen.statement.endswith("last exit Error with code 255 at 2026-01-08T07:02:32Z")
    assert seen.attributes["exited_at"] == "2026-01-08T07:02:32Z"
    assert seen.attributes["run_started"] == "2026-01-08T07:02:30Z"
    assert seen.start == NOW


def test_a_container_that_is_over_tells_its_own_end_and_not_that_of_the_run_before() -> None:
    (seen,) = observed(
        pod(
            state="Terminated", reason="Error", exit_code="2", finished="2026-01-08T07:20:00Z",
            last_state="Terminated", last_finished="2026-01-08T07:10:00Z",
        )
    )  # fmt: skip
    assert seen.statement.endswith("had terminated (Error, exit code 2) at 2026-01-08T07:20:00Z")
    assert "run_started" not in seen.attributes


@pytest.mark.parametrize(
    "told", ["", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "an hour ago", "2026-01-08T07:02:32"]
)
def test_an_exit_of_no_known_time_is_told_without_one(told: str) -> None:
    (seen,) = observed(
        pod(state="Running", last_state="Terminated", last_reason="OOMKilled", last_finished=told)
    )
    assert seen.statement.endswith("was OOM-killed after 4 restarts")
    assert "exited_at" not in seen.attributes


def test_a_time_that_lost_its_separator_is_read() -> None:
    (seen,) = observed(pod(state="Running", last_reason="OOMKilled", last_finished="2026-01-0807:02:32Z"))
    assert seen.statement.endswith("was OOM-killed after 4 restarts, last at 2026-01-08T07:02:32Z")


def test_get_and_describe_of_one_pod_are_one_observation_that_points_at_both() -> None:
    (seen,) = states.observations(inventory(*CRASHING), frozenset())
    assert seen.service == "adservice"
    assert {p.artifact for p in seen.pointers} == {"get.txt", "describe.txt"}
    assert "CrashLoopBackOff after 4 restarts" in seen.statement
    assert seen.attributes["exit_code"] == "143"
    assert seen.attributes["liveness"].endswith("#failure=1")
    assert seen.attributes["node"] == "worker-02"


def test_the_order_of_artifacts_does_not_change_what_is_said() -> None:
    forward = states.observations(inventory(*CRASHING), frozenset())
    backward = states.observations(inventory(*reversed(CRASHING)), frozenset())
    assert [o.statement for o in forward] == [o.statement for o in backward]


def test_a_healthy_pod_says_nothing() -> None:
    assert observed(state("Pod", "cart-7c5f46fc47-dl2wj", ready="1", desired="1", phase="Running")) == []
    assert observed(state("Pod", "job-x", phase="Succeeded", ready="0", desired="1")) == []


def test_an_oom_kill_in_the_last_state_names_the_limit() -> None:
    (seen,) = observed(
        state(
            "Pod",
            "cart-7c5f46fc47-dl2wj",
            container__server__state="Running",
            container__server__last_reason="OOMKilled",
            container__server__restarts="3",
            container__server__limits="cpu=200m, memory=128Mi",
        )
    )
    assert seen.severity == "critical"
    assert "OOM-killed at its memory limit of 128Mi after 3 restarts" in seen.statement


def test_a_node_that_is_not_ready_and_a_cordoned_control_plane_weigh_differently() -> None:
    seen = observed(
        state("Node", "worker-02", status="NotReady", roles="node"),
        state("Node", "master", status="Ready,SchedulingDisabled", roles="master"),
        state("Node", "worker-03", status="Ready", roles="node"),
    )
    weights = {o.service: (o.role, o.severity) for o in seen}
    assert weights == {"worker-02": ("condition", "critical"), "master": ("context", "info")}


def test_a_unit_that_is_down_counts_against_its_node() -> None:
    (seen,) = observed(
        state("Unit", "kubelet", active="inactive (dead)", node="worker-02", result="exit-code")
    )
    assert (seen.service, seen.component_kind, seen.severity) == ("worker-02", "node", "critical")
    assert "was not running on node worker-02" in seen.statement


def test_replicas_wanted_and_had_quota_dns_and_scale_to_zero() -> None:
    seen = observed(
        state("Deployment", "cart", desired="3", available="1"),
        state("Deployment", "ads", desired="0", available="0"),
        state("Deployment", "contacts", desired="1", available="1", dns_policy="None"),
        state("ResourceQuota", "team", quota__memory="4Gi/4Gi", quota__pods="3/50"),
    )
    texts = sorted(o.statement for o in seen)
    assert texts == [
        "Deployment ads was scaled to 0 replicas",
        "Deployment cart had 1 of 3 wanted replicas available",
        "Deployment contacts was configured with dnsPolicy None",
        "ResourceQuota team of namespace boutique had its memory used up (4Gi of 4Gi)",
    ]


def test_a_full_quota_is_trouble_of_its_namespace_and_what_it_refused_names_that() -> None:
    (full,) = observed(state("ResourceQuota", "team", quota__memory="4Gi/4Gi"))
    assert (full.service, full.component_kind, full.role) == ("boutique", "other", "condition")
    said = 'pods "cart-5c8bf7d4f6-x2x4z" is forbidden: exceeded quota: team, requested: memory=1Gi'
    book = EventBook()
    for name, message in (("cart-5c8bf7d4f6", said), ("ads-5c8bf7d4f6", "service account not found")):
        book.add(
            "e.txt",
            KubeEvent(1, 1, NOW, NOW, "Warning", "FailedCreate", "ReplicaSet", name, message, 1, "shop"),
        )
    refused, failed = sorted(
        kubeevents.observations(book, NOW, frozenset(), frozenset()), key=lambda o: o.role, reverse=True
    )
    assert (refused.service, refused.role, refused.blames) == ("cart", "symptom", ("shop",))
    assert (failed.service, failed.role, failed.blames) == ("ads", "condition", ())


def test_a_service_whose_selector_matches_no_pod_is_a_condition() -> None:
    seen = observed(
        state(
            "Pod",
            "cart-7c5f46fc47-dl2wj",
            ready="1",
            desired="1",
            phase="Running",
            labels="app=cart,tier=web",
        ),
        state("Pod", "ads-7c5f46fc47-dl2wj", ready="1", desired="1", phase="Running", labels="app=ads"),
        state("Service", "cart", selector="app=cart", endpoints="10.0.0.1:80"),
        state("Service", "ads", selector="app=adz", endpoints="<none>"),
    )
    assert [(o.service, o.attributes["reason"]) for o in seen] == [("ads", "SelectorMismatch")]


def test_the_liveness_probe_that_is_much_stricter_than_its_siblings_is_named() -> None:
    usual = "grpc <pod>:7000 delay=15s timeout=1s period=10s #success=1 #failure=3"
    strict = "grpc <pod>:9555 delay=1s timeout=1s period=1s #success=1 #failure=1"
    seen = observed(
        *(state("Deployment", f"svc-{n}", container__server__liveness=usual) for n in "abcde"),
        state("Deployment", "adservice", container__server__liveness=strict),
    )
    (odd,) = seen
    assert odd.service == "adservice"
    assert odd.attributes["reason"] == "StrictProbe"
    assert "2 s after its start" in odd.statement


def event(reason: str, name: str = POD, ago: float = 60, kind: str = "Warning", count: int = 1) -> KubeEvent:
    time = NOW - timedelta(seconds=ago)
    return KubeEvent(5, 5, time, time, kind, reason, "Pod", name, f"{reason} of {name} happened", count)


def test_one_event_in_two_artifacts_counts_once_and_two_pods_of_one_workload_fold() -> None:
    book = EventBook()
    book.read(
        "events.txt", [event("BackOff", count=4), event("BackOff", "adservice-75d5d88689-aaaaa", count=2)]
    )
    book.read("describe.txt", [event("BackOff", count=4)])
    (seen,) = kubeevents.observations(book, None, frozenset(), frozenset())
    assert seen.attributes["count"] == "6"
    assert seen.service == "adservice"


def test_a_leftover_of_earlier_trouble_ranks_low() -> None:
    book = EventBook()
    book.read("events.txt", [event("FailedScheduling", ago=7200), event("BackOff", ago=30)])
    seen = {o.attributes["reason"]: o for o in kubeevents.observations(book, NOW, frozenset(), frozenset())}
    assert seen["FailedScheduling"].role == "context"
    assert seen["FailedScheduling"].attributes["leftover"] == "yes"
    assert seen["BackOff"].role == "symptom"


def test_failed_start_probes_of_a_pod_that_is_well_tell_little() -> None:
    book = EventBook()
    book.read("events.txt", [event("Unhealthy", "cart-7c5f46fc47-dl2wj")])
    (seen,) = kubeevents.observations(book, NOW, frozenset({"cart"}), frozenset())
    assert (seen.role, seen.severity) == ("context", "info")


def test_the_same_unit_on_two_nodes_is_two_units() -> None:
    seen = observed(
        state("Unit", "kubelet.service", phase="failed", sub_state="dead", node="worker-02"),
        state("Unit", "kubelet.service", line=9, phase="active", sub_state="running", node="worker-03"),
    )
    assert [o.service for o in seen] == ["worker-02"]


def test_a_network_policy_that_is_days_old_explains_nothing_new() -> None:
    old, fresh = (
        state("NetworkPolicy", name, created=(NOW - timedelta(hours=hours)).isoformat(), selector="<none>")
        for name, hours in (("default-deny-egress", 48), ("deny-all", 0.5))
    )
    roles = {o.service: o.role for o in observed(old, fresh)}
    assert roles == {"default-deny-egress": "context", "deny-all": "condition"}


def test_a_node_answers_for_pods_that_it_evicted_and_a_pod_for_what_it_used_itself() -> None:
    evicted = state("Pod", POD, status="Evicted", node="node-02/10.0.0.2", ready="0", desired="1")
    (found,) = observed(evicted)
    assert (found.role, found.blames) == ("symptom", ("node-02",))
    assert (
        states.healthy(inventory(("pods.txt", evicted), ("nodes.txt", state("Node", "node-02"))))
        == frozenset()
    )
    message = "Pod ephemeral local storage usage exceeds the total limit of containers 1Gi."
    own = state("Pod", POD, status="Evicted", node="node-02", ready="0", desired="1", message=message)
    (found,) = observed(own)
    assert (found.role, found.blames) == ("condition", ())


@pytest.mark.parametrize(
    ("said", "role"),
    [
        ("Memory cgroup out of memory: Killed process 912 (java) total-vm:4172644kB", "symptom"),
        ("Out of memory: Killed process 912 (java) total-vm:4172644kB", "condition"),
    ],
)
def test_a_kill_at_a_containers_own_limit_is_no_condition_of_its_node(said: str, role: str) -> None:
    book = EventBook()
    book.add("e.txt", KubeEvent(1, 1, NOW, NOW, "Warning", "OOMKilling", "Node", "node-02", said, 3))
    (seen,) = kubeevents.observations(book, NOW, frozenset(), frozenset())
    assert (seen.service, seen.role, seen.severity) == ("node-02", role, "error")


def test_a_condition_after_a_stated_start_counts_though_all_is_well_by_now() -> None:
    book = EventBook()
    book.read("events.txt", [event("OOMKilling", "node-02")])
    well, last = frozenset({"node-02"}), book.latest()
    assert last is not None
    (over,) = kubeevents.observations(book, last, well, frozenset())
    (counts,) = kubeevents.observations(book, last, well, frozenset(), stated=last - timedelta(minutes=1))
    (before,) = kubeevents.observations(book, last, well, frozenset(), stated=last + timedelta(minutes=1))
    assert (over.role, counts.role, before.role) == ("context", "condition", "context")
