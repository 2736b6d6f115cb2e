"""Importers write what an engineer would have on disk, and nothing of the answer."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from agent.errors import UserError
from agent.schema.bundle import Manifest
from agent.store import open_bundle, read_incident, sha256_file
from evals.expectation import Expectation, read_expectation
from evals.importers import CONVERTERS, import_case
from evals.importers.__main__ import main

UPSTREAM = Path(__file__).parents[1] / "fixtures" / "upstream"
SOURCES = [(path.parent.name, path) for path in sorted(UPSTREAM.glob("*/*")) if path.is_dir()]
TELLING = (
    "root_cause",
    "fault_taxonomy",
    "source_case",
    "injected_change",
    "known_cause",
    "inner_service_label",
)
IDS = [f"{dataset}-{path.name}" for dataset, path in SOURCES]


class Imported:
    """One imported case."""

    def __init__(self, dataset: str, name: str, destination: Path) -> None:
        self.folder = import_case(dataset, UPSTREAM / dataset / name, destination)
        self.evidence = self.folder / "bundle" / "evidence"

    @property
    def expected(self) -> Expectation:
        return read_expectation(self.folder / "expect.yaml")

    @property
    def manifest(self) -> Manifest:
        return open_bundle(self.evidence).manifest

    def text(self, artifact: str) -> str:
        return (self.evidence / artifact).read_text()


@pytest.mark.parametrize(("dataset", "source"), SOURCES, ids=IDS)
def test_a_case_is_sealed_and_complete(dataset: str, source: Path, tmp_path: Path) -> None:
    folder = import_case(dataset, source, tmp_path)
    evidence = folder / "bundle" / "evidence"
    manifest = open_bundle(evidence).manifest
    assert manifest.incident == folder.name == read_incident(folder / "bundle" / "incident.yaml").id
    listed = {artifact.path: artifact for artifact in manifest.artifacts}
    written = {p.relative_to(evidence).as_posix() for p in evidence.rglob("*") if p.is_file()}
    assert written == {*listed, "manifest.json"}
    assert all(sha256_file(evidence / path) == artifact.sha256 for path, artifact in listed.items())
    requested = [path for request in manifest.requests for path in request.artifacts]
    assert sorted(requested) == sorted(listed)
    expected = read_expectation(folder / "expect.yaml")
    assert expected.id == folder.name
    assert expected.signals
    assert expected.cause.graded or expected.should_abstain or expected.must_state
    assert expected.licence in {"MIT", "Apache-2.0", "CC-BY-4.0"}
    assert "Source: https://github.com/" in (folder / "NOTICE").read_text()


@pytest.mark.parametrize(("dataset", "source"), SOURCES, ids=IDS)
def test_importing_again_gives_the_same_bytes(dataset: str, source: Path, tmp_path: Path) -> None:
    first, second = (import_case(dataset, source, tmp_path / name) for name in ("a", "b"))
    files = sorted(p.relative_to(first) for p in first.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(second) for p in second.rglob("*") if p.is_file())
    assert all((first / file).read_bytes() == (second / file).read_bytes() for file in files)


@pytest.mark.parametrize(("dataset", "source"), SOURCES, ids=IDS)
def test_the_answer_stays_outside(dataset: str, source: Path, tmp_path: Path) -> None:
    folder = import_case(dataset, source, tmp_path)
    truth = yaml.safe_load((source / "ground_truth.yaml").read_text())
    secrets = [source.name, "ground_truth"]
    secrets += [truth[key] for key in TELLING if isinstance(truth.get(key), str)]
    secrets += [text for text in truth.get("expected_output", []) if len(text) > 30]
    readable = {p: p.read_text(errors="replace") for p in (folder / "bundle").rglob("*") if p.is_file()}
    upstream = "".join(
        p.read_text(errors="replace") for p in source.iterdir() if p.name != "ground_truth.yaml"
    )
    for secret in secrets:
        # a word such as the fixture folder's name may stand in the recording itself
        if secret not in upstream:
            assert not [p for p, text in readable.items() if secret in text], secret
    assert source.name not in folder.name


def test_neutral_ids_depend_on_the_folder_name_only(tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere" / "quiet"
    shutil.copytree(UPSTREAM / "cloud-opsbench" / "quiet", moved)
    one = import_case("cloud-opsbench", UPSTREAM / "cloud-opsbench" / "quiet", tmp_path / "a").name
    assert one == import_case("cloud-opsbench", moved, tmp_path / "b").name
    other = moved.rename(moved.with_name("bo-i99"))
    assert import_case("cloud-opsbench", other, tmp_path / "c").name != one
    assert re.fullmatch(r"boutique-[0-9a-f]{6}", one)


def test_cloud_opsbench_alerts_become_alertmanager_alerts(tmp_path: Path) -> None:
    case = Imported("cloud-opsbench", "breaches", tmp_path)
    alerts = json.loads(case.text("alertmanager/alerts.json"))
    assert len(alerts) == 5
    node = next(alert for alert in alerts if alert["labels"].get("node") == "worker-02")
    assert node["labels"]["alertname"] == "NETWORK_QUALITY_DEGRADED"
    assert (node["startsAt"], node["endsAt"]) == ("2025-12-26T04:32:28Z", "2025-12-26T04:34:23Z")
    assert node["status"] == "resolved"
    assert node["annotations"]["summary"] == (
        "TCP Retransmission: Normal=0.00retrans -> Current=6.67retrans (New Spike)"
    )
    assert node["annotations"]["description"].startswith("NETWORK_QUALITY_DEGRADED [TCP Retransmission] | ")


def test_cloud_opsbench_keeps_commands_clocks_and_units(tmp_path: Path) -> None:
    case = Imported("cloud-opsbench", "breaches", tmp_path)
    by_path = {artifact.path: artifact for artifact in case.manifest.artifacts}
    pods = by_path["kubectl/get-pods-n-boutique-o-wide.txt"]
    assert pods.query == "kubectl get pods -n boutique -o wide"
    assert pods.assume_zone == "+08:00"
    assert pods.recorded_at is not None
    assert pods.recorded_at.isoformat().startswith("2025-12-26T04:35:52")
    unit = case.text("systemd/worker-02-kubelet.txt")
    assert unit.startswith("● kubelet.service")
    assert by_path["systemd/worker-02-kubelet.txt"].labels["node"] == "worker-02"


def test_cloud_opsbench_error_samples_are_real_lines(tmp_path: Path) -> None:
    case = Imported("cloud-opsbench", "breaches", tmp_path)
    lines = case.text("logs/frontend.errors.log").splitlines()
    upstream = (UPSTREAM / "cloud-opsbench" / "breaches" / "error_logs_summary.json").read_text()
    samples = [
        pattern["sample"]
        for value in json.loads(upstream).values()
        if value
        for pattern in json.loads(value)["patterns"]
    ]
    assert sorted(samples) == lines
    note = next(r.note for r in case.manifest.requests if r.source == "logs" and r.artifacts)
    assert "frontend.errors.log: " in note
    assert "200 errors in 19362 lines" in note


def test_cloud_opsbench_failing_requests_get_no_made_up_time(tmp_path: Path) -> None:
    case = Imported("cloud-opsbench", "failing-clients", tmp_path)
    lines = [json.loads(line) for line in case.text("clients/client-errors.jsonl").splitlines()]
    assert [line["occurrences"] for line in lines] == [90, 8]
    assert lines[1]["service"] == "ts-preserve-service"
    assert "service" not in lines[0]
    assert "500 Server Error" in lines[1]["msg"]
    assert not [key for line in lines for key in line if "time" in key]
    assert not (case.evidence / "alertmanager").exists()


def test_cloud_opsbench_previous_logs_are_labelled_or_listed_as_absent(tmp_path: Path) -> None:
    case = Imported("cloud-opsbench", "failing-clients", tmp_path)
    labels = {artifact.path: dict(artifact.labels) for artifact in case.manifest.artifacts}
    assert labels["logs/ts-food-service.previous.log"] == {"service": "ts-food-service", "previous": "true"}
    assert "logs/ts-auth-service.previous.log" not in labels
    absent = [request for request in case.manifest.requests if request.outcome == "empty"]
    assert any("previous instances do not exist" in request.note for request in absent)


def test_cloud_opsbench_without_alerts_says_so(tmp_path: Path) -> None:
    case = Imported("cloud-opsbench", "quiet", tmp_path)
    (request,) = [request for request in case.manifest.requests if request.source == "alertmanager"]
    assert (request.outcome, request.artifacts) == ("empty", ())
    assert "adservice" in next(
        r.note for r in case.manifest.requests if r.source == "logs" and not r.artifacts
    )


@pytest.mark.parametrize(
    ("name", "component", "phrase", "unknowable"),
    [
        ("breaches", "worker-02", "packet loss", ()),
        ("failing-clients", "ts-food-service", "access denied", ("end",)),
        ("quiet", "adservice", "liveness", ("end",)),
    ],
)
def test_cloud_opsbench_causes(
    name: str, component: str, phrase: str, unknowable: tuple[str, ...], tmp_path: Path
) -> None:
    expected = Imported("cloud-opsbench", name, tmp_path).expected
    assert component in expected.cause.component
    assert phrase in expected.cause.phrases
    assert expected.unknowable == unknowable
    assert not expected.should_abstain


def test_holmesgpt_negative_control_expects_no_incident(tmp_path: Path) -> None:
    case = Imported("holmesgpt", "watchdog", tmp_path)
    assert (case.expected.should_abstain, case.expected.verdict) == (True, "no incident")
    assert not case.expected.cause.graded
    (alert,) = json.loads(case.text("alertmanager/alerts.json"))
    assert alert["labels"] == {
        "alertname": "Watchdog",
        "prometheus": "default/robusta-kube-prometheus-st-prometheus",
        "severity": "none",
    }
    assert (alert["startsAt"], alert["status"]["state"]) == ("2024-11-29T06:15:32.57Z", "active")


def test_holmesgpt_answers_lose_their_head_and_keep_their_command(tmp_path: Path) -> None:
    case = Imported("holmesgpt", "job", tmp_path)
    by_path = {artifact.path: artifact for artifact in case.manifest.artifacts}
    assert by_path["kubectl/describe-job-java-api-checker.txt"].query == (
        "kubectl describe job java-api-checker -n default"
    )
    log = case.text("logs/java-api-checker-2lhkn.log")
    assert log.startswith("Java Network Exception:")
    assert "schema_version" not in log
    absent = [request for request in case.manifest.requests if request.outcome == "empty"]
    assert any("previous terminated container" in request.note for request in absent)


def test_holmesgpt_recording_time_comes_from_the_recording(tmp_path: Path) -> None:
    described = Imported("holmesgpt", "job", tmp_path).manifest.artifacts[0].recorded_at
    assert described is not None
    assert described.isoformat() == "2025-05-29T10:57:59+00:00"
    stated = Imported("holmesgpt", "finding", tmp_path).manifest.artifacts[0].recorded_at
    assert stated is not None
    assert stated.isoformat() == "2025-09-08T13:07:43+00:00"
    assert Imported("holmesgpt", "watchdog", tmp_path).manifest.artifacts[0].recorded_at is None


def test_holmesgpt_finding_without_raw_alert_becomes_one(tmp_path: Path) -> None:
    case = Imported("holmesgpt", "finding", tmp_path)
    (alert,) = json.loads(case.text("alertmanager/alerts.json"))
    assert alert["labels"]["alertname"] == "CPUThrottlingHigh"
    assert alert["labels"]["container"] == "stress"
    assert alert["startsAt"] == "2025-08-19T08:46:46.16Z"
    assert "endsAt" not in alert
    log = case.text("logs/frontend-service.log")
    assert log == "exec /usr/local/bin/stress: exec format error\n" * 2
    notes = {request.note for request in case.manifest.requests if not request.artifacts}
    assert {"A list of metric names, not kept.", "The answer was empty."} <= notes


def test_holmesgpt_causes_come_from_the_expected_sentences(tmp_path: Path) -> None:
    job = Imported("holmesgpt", "job", tmp_path).expected
    assert job.cause.component == ("java-api-checker", "prod-db:3333", "prod-db")
    assert "backoff limit" in job.cause.phrases
    lookup = Imported("holmesgpt", "lookup", tmp_path).expected
    assert lookup.cause.component == ("default-deny-egress",)
    finding = Imported("holmesgpt", "finding", tmp_path).expected
    assert not finding.cause.graded
    assert [re.search(pattern, "on 2025-08-23") is not None for pattern in finding.must_state[0].any] == [
        True
    ]


def test_nezha_has_a_window_and_no_start(tmp_path: Path) -> None:
    case = Imported("nezha", "contention", tmp_path)
    incident = read_incident(case.folder / "bundle" / "incident.yaml")
    assert incident.start is None
    assert incident.window is not None
    assert "ts-verification-code-service" in case.expected.cause.component
    dated = case.expected.must_state[-1]
    assert re.search(dated.any[0], "2023-01-29T14:24:09Z CPU rose")
    assert not re.search(dated.any[0], "2023-01-29T14:12:09Z CPU rose")


def test_petshop_starts_with_the_symptom(tmp_path: Path) -> None:
    case = Imported("petshop", "slow", tmp_path)
    incident = read_incident(case.folder / "bundle" / "incident.yaml")
    assert incident.start is not None
    assert incident.start.isoformat() == "2023-04-19T06:38:43+00:00"
    assert "lambdastatusupdater" in case.expected.cause.component
    assert "sleep" not in (case.folder / "expect.yaml").read_text()


def test_nab_must_abstain(tmp_path: Path) -> None:
    expected = Imported("nab", "one", tmp_path).expected
    assert (expected.should_abstain, expected.verdict) == (True, "not established")
    assert len(expected.must_state) == 3
    assert re.search(expected.must_state[1].any[0], "2014-03-18T23:05:00Z the series rose")


@pytest.mark.parametrize("dataset", sorted(CONVERTERS))
def test_a_folder_of_something_else_is_refused_by_name(dataset: str, tmp_path: Path) -> None:
    (tmp_path / "some").mkdir()
    with pytest.raises(UserError, match=rf"not an incident of {dataset}: \S+ is missing"):
        import_case(dataset, tmp_path / "some", tmp_path / "cases")
    assert not (tmp_path / "cases").exists()


def test_broken_input_names_the_file(tmp_path: Path) -> None:
    source = tmp_path / "broken"
    shutil.copytree(UPSTREAM / "cloud-opsbench" / "quiet", source)
    (source / "k8s_states.json").write_text('{"kubectl get pods": ["not", "text"]}')
    with pytest.raises(UserError, match=r"k8s_states\.json is not as cloud-opsbench writes it"):
        import_case("cloud-opsbench", source, tmp_path / "cases")
    (source / "k8s_states.json").write_text('{"kubectl get po')
    with pytest.raises(UserError, match=r"k8s_states\.json"):
        import_case("cloud-opsbench", source, tmp_path / "cases")
    assert list(tmp_path.glob("cases/*")) == []


def test_an_existing_case_is_not_overwritten(tmp_path: Path) -> None:
    folder = import_case("nab", UPSTREAM / "nab" / "one", tmp_path)
    (folder / "expect.yaml").write_text("mine")
    with pytest.raises(UserError, match="exists"):
        import_case("nab", UPSTREAM / "nab" / "one", tmp_path)
    assert (folder / "expect.yaml").read_text() == "mine"


def test_the_command_prints_the_folder_and_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["nab", str(UPSTREAM / "nab" / "one"), str(tmp_path)]) == 0
    assert Path(capsys.readouterr().out.strip()).parent == tmp_path
    assert main(["nab", str(UPSTREAM / "petshop" / "slow"), str(tmp_path)]) == 2
    assert "not as nab writes it" in capsys.readouterr().err
    assert main(["nab", str(tmp_path / "nowhere"), str(tmp_path)]) == 3


def test_the_module_runs_as_a_program(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "evals.importers", "holmesgpt", str(UPSTREAM / "holmesgpt" / "watchdog")]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=True)
    assert (Path(done.stdout.strip()) / "expect.yaml").is_file()


def test_big_artifacts_can_be_compressed(tmp_path: Path) -> None:
    source = UPSTREAM / "nab" / "one"
    folder = import_case("nab", source, tmp_path, gzip_over=1000)
    packed = folder / "bundle" / "evidence" / "metrics" / "metrics.csv.gz"
    assert gzip.decompress(packed.read_bytes()) == (source / "metrics.csv").read_bytes()
    (artifact,) = open_bundle(folder / "bundle" / "evidence").manifest.artifacts
    assert (artifact.path, artifact.sha256) == ("metrics/metrics.csv.gz", sha256_file(packed))
    other = import_case("nab", source, tmp_path / "plain", gzip_over=10_000_000)
    assert (other / "bundle" / "evidence" / "metrics" / "metrics.csv").is_file()


@pytest.mark.parametrize("text", ["{}", "clean", '"clean"', '{"status": "clean", "alerts": []}'])
def test_cloud_opsbench_knows_every_form_of_no_alert(text: str, tmp_path: Path) -> None:
    source = tmp_path / "calm"
    shutil.copytree(UPSTREAM / "cloud-opsbench" / "quiet", source)
    (source / "alert.json").write_text(text)
    folder = import_case("cloud-opsbench", source, tmp_path / "cases")
    assert not (folder / "bundle" / "evidence" / "alertmanager").exists()


def test_cloud_opsbench_keys_are_read_or_refused(tmp_path: Path) -> None:
    source = tmp_path / "odd"
    shutil.copytree(UPSTREAM / "cloud-opsbench" / "breaches", source)
    (source / "node_service_status.json").write_text('{"CheckNodeServiceStatus:{\\"node\\": \\"w\\"}": "x"}')
    with pytest.raises(UserError, match="names no node_name"):
        import_case("cloud-opsbench", source, tmp_path / "cases")
