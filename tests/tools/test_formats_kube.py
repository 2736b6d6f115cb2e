"""Kubernetes and systemd: tables, descriptions, API objects and events."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tools.formats import read, sniff, workload_of
from tools.formats.records import Clock, KubeEvent, LogRecord, ObjectState, Reading

FIXTURES = Path(__file__).parent.parent / "fixtures" / "formats"
CLOCK = Clock(zone="+08:00", recorded_at=datetime(2025, 12, 5, 7, 31, 56, tzinfo=UTC))


def opened(name: str, **labels: str) -> tuple[list[ObjectState], list[KubeEvent], Reading]:
    reading = read(FIXTURES / name, clock=CLOCK, labels=labels)
    records = list(reading.records)
    objects = [record for record in records if isinstance(record, ObjectState)]
    return objects, [record for record in records if isinstance(record, KubeEvent)], reading


def test_describe_pod_gives_state_and_events() -> None:
    (pod,), events, reading = opened("describe_pod.txt")
    assert reading.sniffed.format == "kubectl-describe"
    assert (pod.kind, pod.name, pod.namespace) == ("Pod", "adservice-64ddc5c766-wgdhb", "boutique")
    assert (pod.line, pod.end_line) == (1, 63)
    assert pod.fields["node"] == "worker-02"
    assert pod.fields["container.server.limits"] == "cpu=300m,memory=300Mi"
    assert pod.fields["container.server.liveness"].startswith("grpc <pod>:9555  delay=5s timeout=1s")
    assert pod.fields["condition.Ready"] == "False"
    assert pod.fields["container.server.env.PORT"] == "9555"
    assert pod.fields["started"] == "2025-12-05T07:29:14+00:00"
    last = events[-1]
    assert (last.type, last.reason, last.object_kind, last.object_name) == (
        "Warning",
        "NodeNotReady",
        "Pod",
        pod.name,
    )
    assert last.last == datetime(2025, 12, 5, 7, 30, 39, tzinfo=UTC)
    assert last.line == 63


def test_describe_crashing_pod_tells_why() -> None:
    (pod,), events, _ = opened("describe_pod_crashing.txt")
    fields = pod.fields
    key = "container.ts-contacts-service"
    assert (fields[f"{key}.state"], fields[f"{key}.reason"]) == ("Waiting", "CrashLoopBackOff")
    assert (fields[f"{key}.last_state"], fields[f"{key}.last_reason"], fields[f"{key}.exit_code"]) == (
        "Terminated",
        "Error",
        "1",
    )
    assert fields[f"{key}.restarts"] == "4"
    assert int(fields["restarts"]) >= 4
    assert (events[-1].reason, events[-1].type, events[-1].count) == ("Unhealthy", "Warning", 16)


def test_describe_node_deployment_endpoints_job() -> None:
    (node,), _, _ = opened("describe_node.txt")
    assert node.kind == "Node"
    assert node.fields["condition.Ready"] == "Unknown"
    assert node.fields["condition.Ready.message"] == "Kubelet stopped posting node status."
    assert "node.kubernetes.io/unreachable:NoExecute" in node.fields["taints"]
    (deployment,), _, _ = opened("describe_deployment.txt")
    assert deployment.kind == "Deployment"
    assert (deployment.fields["desired"], deployment.fields["available"]) == ("1", "0")
    assert deployment.fields["condition.Available.reason"] == "MinimumReplicasUnavailable"
    (endpoints,), _, _ = opened("describe_endpoints.txt")
    assert (endpoints.kind, endpoints.fields["endpoints"]) == ("Endpoints", "<none>")
    (job,), events, _ = opened("describe_job.txt")
    assert (job.kind, job.fields["backoff_limit"], job.fields["pods_failed"]) == ("Job", "1", "2")
    assert events[-1].reason == "BackoffLimitExceeded"


def test_describe_quota_and_config_map(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text(
        "Name:            compute\nNamespace:       shop\nResource         Used  Hard\n--------         "
        "----  ----\n"
        "limits.cpu       4     4\npods             9     10\n\n\n"
        "Name:         app\nNamespace:    shop\nLabels:       <none>\nAnnotations:  "
        "<none>\n\nData\n====\nurl:\n----\nhttp://x\n\n"
        "Events:  <none>\n"
    )
    quota, config = [record for record in read(path).records if isinstance(record, ObjectState)]
    assert (quota.kind, quota.fields) == ("ResourceQuota", {"quota.limits.cpu": "4/4", "quota.pods": "9/10"})
    assert (config.kind, config.fields["data.url"]) == ("ConfigMap", "http://x")


def test_get_pods_table() -> None:
    pods, _, reading = opened("get_pods.txt")
    assert reading.sniffed.format == "kubectl-get"
    assert len(pods) == 11
    stuck = next(pod for pod in pods if pod.name.startswith("currencyservice"))
    assert (stuck.fields["phase"], stuck.fields["reason"], stuck.fields["ready"]) == (
        "ContainerCreating",
        "ContainerCreating",
        "0",
    )
    assert stuck.fields["created"] == "2025-12-05T07:30:04+00:00"
    nodes, _, _ = opened("get_nodes.txt")
    assert [(node.name, node.fields["condition.Ready"]) for node in nodes][2] == ("worker-02", "False")
    assert nodes[0].fields["unschedulable"] == "true"


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        (("NAME   READY   STATUS             RESTARTS      AGE\nweb-0  0/1     CrashLoopBackOff   4 (47s ago)"
         "   9m\n"), "Pod",
         {"restarts": "4", "reason": "CrashLoopBackOff", "last_restart": "2025-12-05T07:31:09+00:00"}),
        ("NAME   READY   UP-TO-DATE   AVAILABLE   AGE\ncart   1/3     3            1           5d\n",
         "Deployment",
         {"ready": "1", "desired": "3", "available": "1", "up_to_date": "3"}),
        (("NAME                 READY   UP-TO-DATE   AVAILABLE   AGE\ndeployment.apps/cart   1/3   3   1   "
         "5d\n"), "Deployment", {"ready": "1"}),
        ("NAME   ENDPOINTS   AGE\ncart               2m\n", "Endpoints", {"endpoints": "<none>"}),
        ("NAME   COMPLETIONS   DURATION   AGE\nload   0/1           5m         5m\n", "Job",
         {"completions": "1", "succeeded": "0"}),
        (("NAME   REFERENCE         TARGETS    MINPODS   MAXPODS   REPLICAS   AGE\ncart   Deployment/cart   "
         "95%/80%    1         3         3          2d\n"),
         "HorizontalPodAutoscaler", {"targets": "95%/80%", "maxpods": "3"}),
    ],
)  # fmt: skip
def test_get_tables(tmp_path: Path, text: str, kind: str, wanted: dict[str, str]) -> None:
    path = tmp_path / "x"
    path.write_text(text)
    (found,) = read(path, clock=CLOCK).records
    assert isinstance(found, ObjectState)
    assert found.kind == kind
    assert found.name in {"cart", "web-0", "load"}
    assert {key: found.fields.get(key) for key in wanted} == wanted


def test_event_tables_with_and_without_header() -> None:
    _, events, _ = opened("events_headless.txt", namespace="boutique")
    assert len(events) == 20
    failed = next(event for event in events if event.reason == "FailedCreate")
    assert (failed.type, failed.object_kind, failed.namespace) == ("Warning", "ReplicaSet", "boutique")
    assert failed.last == datetime(2025, 12, 5, 7, 29, 35, tzinfo=UTC)
    _, events, _ = opened("events.txt")
    back_off = events[-1]
    assert (back_off.reason, back_off.count) == ("BackOff", 280)
    assert back_off.last == datetime(2025, 12, 5, 7, 31, 39, tzinfo=UTC)
    assert back_off.first == datetime(2025, 12, 5, 6, 31, 56, tzinfo=UTC)


def test_ages_stay_undated_without_a_recording_time() -> None:
    reading = read(FIXTURES / "events.txt")
    events = [record for record in reading.records if isinstance(record, KubeEvent)]
    assert [event.last for event in events] == [None] * 5
    assert reading.tally.undated == 5


def test_event_json_of_both_apis(tmp_path: Path) -> None:
    old = {"apiVersion": "v1", "kind": "Event", "metadata": {"namespace": "shop"}, "type": "Warning",
    "reason": "OOMKilling",
           "involvedObject": {"kind": "Node", "name": "n1"}, "message": "killed", "count": 3,
           "firstTimestamp": "2026-03-17T10:00:00Z", "lastTimestamp": "2026-03-17T10:05:00Z"}  # fmt: skip
    new = {"apiVersion": "events.k8s.io/v1", "kind": "Event",
    "metadata": {"creationTimestamp": "2026-03-17T10:00:00Z"},
           "regarding": {"kind": "Pod", "name": "p", "namespace": "shop"}, "note": "failed",
           "reason": "Failed", "type": "Warning",
           "eventTime": "2026-03-17T10:00:00.5Z", "series": {"count": 7,
           "lastObservedTime": "2026-03-17T10:09:00Z"}}  # fmt: skip
    path = tmp_path / "x"
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [old, new]}, indent=2))
    assert sniff(path).signal == "events"
    first, second = [record for record in read(path).records if isinstance(record, KubeEvent)]
    assert (first.count, first.node, first.last) == (3, "n1", datetime(2026, 3, 17, 10, 5, tzinfo=UTC))
    assert first.line > 1
    assert second.line == first.end_line + 1
    assert (second.count, second.object_name, second.message) == (7, "p", "failed")
    assert second.last == datetime(2026, 3, 17, 10, 9, tzinfo=UTC)


def test_deployment_yaml_and_json(tmp_path: Path) -> None:
    (deployment,), _, reading = opened("deployment.yaml")
    assert reading.sniffed.format == "kubernetes-yaml"
    fields = deployment.fields
    assert (fields["dns_policy"], fields["dns_nameservers"]) == ("None", "10.255.3.254")
    assert fields["container.ts-contacts-service.limits"] == "cpu=500m,memory=512Mi"
    assert (fields["desired"], fields["unavailable"]) == ("1", "1")
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "n"},
    "spec": {"nodeName": "w1", "containers": []},
           "status": {"phase": "Running", "containerStatuses": [{"name": "app", "restartCount": 6,
           "ready": False,
           "state": {"waiting": {"reason": "CrashLoopBackOff"}},
           "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}}}]}}  # fmt: skip
    path = tmp_path / "x"
    path.write_text(json.dumps(pod))
    (found,) = read(path).records
    assert isinstance(found, ObjectState)
    assert found.fields["container.app.last_reason"] == "OOMKilled"
    assert found.fields["container.app.exit_code"] == "137"
    assert found.fields["restarts"] == "6"


def test_lineage_gives_events_and_objects() -> None:
    objects, events, reading = opened("lineage.txt")
    assert reading.sniffed.format == "kube-lineage"
    assert [(item.kind, item.name) for item in objects] == [
        ("Pod", "client"),
        ("NetworkPolicy", "default-deny-egress"),
    ]
    assert [event.reason for event in events] == ["Scheduled", "Pulling", "Pulled", "Created", "Started"]
    assert {(event.object_kind, event.object_name) for event in events} == {("Pod", "client")}


def test_systemctl_status() -> None:
    reading = read(FIXTURES / "systemctl_status.txt", clock=CLOCK)
    unit, *journal = list(reading.records)
    assert isinstance(unit, ObjectState)
    assert (unit.kind, unit.name) == ("Unit", "kubelet.service")
    assert unit.fields["node"] == "worker-02"
    assert (unit.fields["phase"], unit.fields["sub_state"]) == ("inactive", "dead")
    assert unit.fields["since"].startswith("Fri 2025-12-05 15:")
    assert journal
    assert all(
        isinstance(record, LogRecord) and record.time and record.node == "worker-02" for record in journal
    )


@pytest.mark.parametrize(
    ("pod", "workload"),
    [
        ("ts-order-service-866bd68c97-xcqfx", "ts-order-service"),
        ("web-0", "web"),
        ("fluentd-x7k2p", "fluentd"),
        ("backup-28374650-abcde", "backup"),
        ("ts-order-service", "ts-order-service"),
        ("redis-cart", "redis-cart"),
        ("worker-02", "worker-02"),
        ("ts-travel2-service", "ts-travel2-service"),
        ("proxy-https", "proxy-https"),
    ],
)
def test_workload_of(pod: str, workload: str) -> None:
    assert workload_of(pod) == workload
