"""Hosted systems as cassettes: query and body matched, no network, every interaction used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from botocore.session import get_session
from botocore.validate import ParamValidator
from vcr.cassette import Cassette
from vcr.config import VCR
from vcr.record_mode import RecordMode
from vcr.request import Request

from tests.tools.misbehaving import TOKEN
from tests.tools.scopes import WINDOW
from tools.formats import read
from tools.formats.records import AlertRecord, ChangeRecord, ChatMessage, LogRecord
from tools.sources import kind_of
from tools.sources.source import Deadline, Fetched, Scope, Selector, Surroundings

KEPT = Path(__file__).parent / "cassettes"
TAPES = sorted(path.stem for path in KEPT.glob("*.yaml"))
ACTION = "x-amz-target"
"""Where AWS's JSON protocol has what others have in the path."""
REQUEST_HEADERS = frozenset({"accept", "content-type", ACTION})
RESPONSE_HEADERS = frozenset({"content-type", "link"})
CASSETTES = VCR(
    record_mode=RecordMode.NONE,
    match_on=("method", "scheme", "host", "port", "path", "query", "body", "action"),
    cassette_library_dir=str(KEPT),
)


def same_action(one: Request, other: Request) -> None:
    assert one.headers.get(ACTION) == other.headers.get(ACTION)


CASSETTES.register_matcher("action", same_action)

pytestmark = pytest.mark.block_network


@pytest.fixture
def tape(request: pytest.FixtureRequest) -> Iterator[Cassette]:
    """Replay the cassette of the test's name; what was not asked for is an error."""
    name = request.node.name.removeprefix("test_").split("_")[0]
    with CASSETTES.use_cassette(f"{name}.yaml") as cassette:
        yield cast("Cassette", cassette)
        assert cassette.all_played, [str(item) for item in cassette.requests]


def fetch(kind: str, folder: Path, *services: str, incident: str = "", **told: object) -> Fetched:
    table = {"kind": kind, "name": kind, **({} if kind == "cloudwatch" else {"token_env": "TOKEN"}), **told}
    offered = kind_of(kind)
    source = offered.make(offered.settings.model_validate(table), Surroundings(Path(), {"TOKEN": TOKEN}))
    fetched = source.fetch(Scope(WINDOW, Selector(services, incident=incident), Deadline(60)), folder)
    assert TOKEN not in repr(fetched)
    assert fetched.outcome == "ok", fetched.note
    return fetched


def records(path: Path, kind: type) -> list[Any]:
    return [item for item in read(path).records if isinstance(item, kind)]


def test_loki(tape: Cassette, tmp_path: Path) -> None:
    fetch("loki", tmp_path, "checkout", url="https://loki.example.org", page_lines=3)
    found = records(tmp_path / "checkout.json", LogRecord)
    assert [item.message for item in found] == [f"pool exhausted {n}" for n in range(5)]
    assert {item.service for item in found} == {"checkout"}
    assert len(tape) == 5


def test_elasticsearch(tape: Cassette, tmp_path: Path) -> None:
    fetch("elasticsearch", tmp_path, "checkout", url="https://search.example.org", page_size=2)
    (path,) = tmp_path.glob("*.jsonl")
    assert [item.message for item in records(path, LogRecord)] == [
        "pool exhausted 1",
        "pool exhausted 2",
        "timeout",
    ]


def test_opensearch(tape: Cassette, tmp_path: Path) -> None:
    """A page ends amid documents of one stamp, which OpenSearch does not tell apart: they are read again."""
    fetch(
        "elasticsearch",
        tmp_path,
        "checkout",
        url="https://opensearch.example.org",
        page_size=3,
        auth="bearer",
    )
    (path,) = tmp_path.glob("*.jsonl")
    assert [item.message for item in records(path, LogRecord)] == ["first", "second", "third"]


def test_pagerduty(tape: Cassette, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.sources.pagerduty._PAGE", 2)
    fetch("pagerduty", tmp_path, "checkout", incident="PABC123")
    assert [(item.author, item.text) for item in records(tmp_path / "log.json", ChatMessage)] == [
        ("checkout", "opened the incident"),
        ("Dana Reyes", "acknowledged the incident"),
        ("Dana Reyes", "Rolled back checkout to v41"),
        ("checkout", "resolved the incident"),
    ]
    alerts = records(tmp_path / "alerts.json", AlertRecord)
    assert [(item.name, item.state, item.labels["severity"]) for item in alerts] == [
        ("Checkout answers with errors", "resolved", "P1"),
        ("CheckoutErrors", "resolved", "critical"),
    ]


def test_slack(tape: Cassette, tmp_path: Path) -> None:
    fetch("slack", tmp_path, channels=["inc-42"])
    found = records(tmp_path / "inc-42" / "2026-03-01.json", ChatMessage)
    assert [(item.author, item.text) for item in found] == [
        ("Dana", "looking into it @Sam"),
        ("Sam", "errors since v42"),
        ("Dana", "all clear"),
    ]


def test_github(tape: Cassette, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.sources.github._PAGE", 2)
    fetched = fetch("github", tmp_path, repositories=["acme/checkout"])
    found = records(tmp_path / "acme-checkout.json", ChangeRecord)
    assert [(f"{item.time:%H:%M}", item.kind, item.title, item.author) for item in found] == [
        ("09:00", "deploy", "Release v42: Faster checkout", "dana-r"),
        ("11:50", "commit", "Pool of ten connections (#41)", "dana-r"),
        ("11:57", "deploy", "Workflow Deploy: v42, success", "dana-r"),
        ("12:01", "deploy", "Deployment of v42 to production: success", "dana-r"),
        ("12:40", "rollback", 'Revert "Pool of ten connections"', "sam-f"),
    ]
    assert "1 workflow runs that deploy nothing by name are left out" in fetched.note


def test_grafana(tape: Cassette, tmp_path: Path) -> None:
    fetch("grafana", tmp_path, url="https://grafana.example.org", tags=["prod"])
    (change,) = records(tmp_path / "changes.json", ChangeRecord)
    assert (change.title, change.service, change.author) == ("checkout v42", "checkout", "dana")
    (alert,) = records(tmp_path / "alerts.json", AlertRecord)
    assert (alert.name, alert.state) == ("CheckoutErrors", "resolved")


def test_cloudwatch(tape: Cassette, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page without events is not the last one."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", TOKEN)
    for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    fetched = fetch("cloudwatch", tmp_path, "checkout", region="eu-central-1", page_events=2)
    found = records(tmp_path / "ecs_shop-checkout.jsonl", LogRecord)
    assert [(f"{item.time:%H:%M:%S}", item.message) for item in found] == [
        ("12:01:01", "pool exhausted 1"),
        ("12:01:02", "pool exhausted 2"),
        ("12:01:30", "timeout after 5 s"),
    ]
    assert [item.labels["service"] for item in fetched.artifacts] == ["checkout"]
    assert [asked.rows for asked in fetched.asked] == [1, 1, 2, 0, 1]


def test_what_cloudwatch_says_is_what_aws_s_own_description_of_it_knows() -> None:
    """botocore brings that description; its validator takes a request with wrong names or types for wrong."""
    described = get_session().get_service_model("logs")
    for item in yaml.safe_load((KEPT / "cloudwatch.yaml").read_text())["interactions"]:
        (target,) = item["request"]["headers"][ACTION]
        prefix, _, action = target.partition(".")
        assert prefix == described.metadata["targetPrefix"]
        operation = described.operation_model(action)
        for shape, text in (
            (operation.input_shape, item["request"]["body"]),
            (operation.output_shape, item["response"]["body"]["string"]),
        ):
            found = ParamValidator().validate(json.loads(text), shape)
            assert not found.has_errors(), found.generate_report()


def test_argocd(tape: Cassette, tmp_path: Path) -> None:
    fetch("argocd", tmp_path, url="https://argocd.example.org", projects=["shop"])
    found = records(tmp_path / "syncs.json", ChangeRecord)
    assert [(f"{item.time:%H:%M}", item.kind, item.author) for item in found] == [
        ("10:00", "deploy", "dana"),
        ("12:01", "deploy", "Argo CD"),
        ("12:30", "deploy", None),
        ("12:40", "rollback", "dana"),
    ]


def test_there_is_one_for_every_hosted_system() -> None:
    logs = {"loki", "elasticsearch", "opensearch", "cloudwatch"}
    assert set(TAPES) == logs | {"pagerduty", "slack", "github", "grafana", "argocd"}


@pytest.mark.parametrize("name", TAPES)
def test_a_cassette_holds_no_header_but_those_allowed(name: str) -> None:
    text = (KEPT / f"{name}.yaml").read_text()
    for item in yaml.safe_load(text)["interactions"]:
        assert {header.lower() for header in item["request"]["headers"]} <= REQUEST_HEADERS
        assert {header.lower() for header in item["response"]["headers"]} <= RESPONSE_HEADERS
    assert TOKEN not in text


def test_a_query_that_differs_is_refused(tmp_path: Path) -> None:
    """Without the patched page size another `per_page` is asked for."""
    with CASSETTES.use_cassette("github.yaml"), pytest.raises(Exception, match="query differs"):
        fetch("github", tmp_path, repositories=["acme/checkout"])


def test_an_action_that_differs_is_refused() -> None:
    def request(action: str) -> Request:
        return Request("POST", "https://logs.example.org/", b"{}", {ACTION: f"Logs_20140328.{action}"})

    same_action(request("FilterLogEvents"), request("FilterLogEvents"))
    with pytest.raises(AssertionError):
        same_action(request("FilterLogEvents"), request("DescribeLogGroups"))


def test_a_body_that_differs_is_refused(tmp_path: Path) -> None:
    with CASSETTES.use_cassette("opensearch.yaml"), pytest.raises(Exception, match="body differs"):
        fetch("elasticsearch", tmp_path, url="https://opensearch.example.org", auth="bearer")
