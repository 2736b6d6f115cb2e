"""The CloudWatch Logs source: which groups, every event once, signed, what a misbehaving one gives."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from pydantic import ValidationError

from tests.tools.conversation import Asked, Conversation, Refusal, answering
from tests.tools.misbehaving import FAULTS, SECONDS, TOKEN, Fault, inside_200, put_through
from tests.tools.scopes import WINDOW, scope
from tools.formats import read
from tools.formats.records import LogRecord
from tools.sources.cloudwatch import KIND
from tools.sources.source import Fetched, Source, Span, Surroundings

START = int(WINDOW.start.timestamp()) * 1000
KEY = "planted/key+4711"
GROUP = "/ecs/shop-checkout"
ACTION = "x-amz-target"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    told = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": KEY, "AWS_SESSION_TOKEN": TOKEN}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))


def source(url: str, **told: object) -> Source:
    table = {"kind": "cloudwatch", "name": "c", "url": url, "region": "eu-central-1", **told}
    return KIND.make(KIND.settings.model_validate(table), Surroundings(Path(), {}))


class Logs:
    """Answers as the API reference says: both ends in, at most `limit` events, a token for the rest."""

    def __init__(self, events: dict[str, list[tuple[int, str]]], days: int | None = None) -> None:
        self.events, self.days = events, days

    def __call__(self, asked: Asked) -> object:
        assert asked.headers["content-type"] == "application/x-amz-json-1.1"
        assert isinstance(asked.body, dict)
        match asked.headers[ACTION]:
            case "Logs_20140328.DescribeLogGroups":
                return self.groups(asked.body)
            case "Logs_20140328.FilterLogEvents":
                return self.filtered(asked.body)
            case _:
                raise KeyError(asked.path)

    def groups(self, body: dict[str, str]) -> object:
        prefix, word = body.get("logGroupNamePrefix", ""), body.get("logGroupNamePattern", "")
        assert not (prefix and word)
        names = sorted(name for name in self.events if name.startswith(prefix) and word in name)
        at = int(body.get("nextToken", "0"))
        kept = {"retentionInDays": self.days} if self.days else {}
        page: dict[str, object] = {
            "logGroups": [{"logGroupName": name, **kept} for name in names[at : at + 2]]
        }
        return {**page, "nextToken": str(at + 2)} if at + 2 < len(names) else page

    def filtered(self, body: dict[str, object]) -> object:
        group, pattern = str(body["logGroupName"]), str(body.get("filterPattern", ""))
        if group not in self.events:
            return error("ResourceNotFoundException", "The specified log group does not exist.")
        first, last, limit = (int(str(body[key])) for key in ("startTime", "endTime", "limit"))
        terms = [term.removeprefix("?") for term in pattern.split()]
        fits = [
            {"logStreamName": "s", "timestamp": START + at, "message": text, "eventId": f"{at}-{number}"}
            for number, (at, text) in enumerate(self.events[group])
            if first <= START + at <= last and (not terms or any(term in text for term in terms))
        ]
        at = int(str(body.get("nextToken", "0")))
        page: dict[str, object] = {"events": fits[at : at + limit], "searchedLogStreams": []}
        return {**page, "nextToken": str(at + limit)} if at + limit < len(fits) else page


def error(name: str, message: str = "", status: int = 400) -> Refusal:
    return Refusal(status, {"__type": name, "message": message})


def fetch(
    logs: Logs, folder: Path, *services: str, window: Span = WINDOW, **told: object
) -> tuple[Fetched, Conversation]:
    with answering(logs) as talk:
        return source(talk.url, **told).fetch(scope(*services, window=window), folder), talk


def records(folder: Path) -> list[LogRecord]:
    paths = sorted(folder.glob("*.jsonl"))
    return [record for path in paths for record in read(path).records if isinstance(record, LogRecord)]


def test_every_event_of_every_page_comes_once_and_in_order(tmp_path: Path) -> None:
    events = [(n // 3, f"line {n}") for n in range(20)]
    fetched, talk = fetch(Logs({GROUP: events}), tmp_path, log_groups=[GROUP], page_events=4)
    assert [record.message for record in records(tmp_path)] == [text for _, text in events]
    assert (fetched.outcome, [asked.rows for asked in fetched.asked]) == ("ok", [4] * 5)
    assert [asked.body["nextToken"] for asked in talk.asked[1:]] == ["4", "8", "12", "16"]  # pyright: ignore
    assert talk.asked[0].body == {
        "logGroupName": GROUP, "startTime": START, "endTime": START + 3_600_000, "limit": 4,
    }  # fmt: skip


def test_an_event_s_own_time_level_and_service_are_read(tmp_path: Path) -> None:
    inner = {"level": "error", "msg": "pool exhausted", "pod": "checkout-5d9c8d7f6b-x2kqz"}
    fetch(Logs({GROUP: [(1500, orjson.dumps(inner).decode())]}), tmp_path, "checkout")
    (record,) = records(tmp_path)
    assert record.time == WINDOW.start + timedelta(milliseconds=1500)
    assert (record.service, record.level, record.message) == ("checkout", "error", "pool exhausted")


def test_groups_are_found_by_a_service_s_whole_name_page_by_page(tmp_path: Path) -> None:
    names = ["/aws/lambda/checkout", "/ecs/checkouts", "/ecs/prod/checkout/web", GROUP, "/ecs/cart"]
    fetched, talk = fetch(Logs({name: [(1, name)] for name in names}), tmp_path, "checkout", "absent")
    assert {record.message for record in records(tmp_path)} == {names[0], names[2], GROUP}
    assert "no log group bears the name of absent" in fetched.note
    assert talk.asked[0].body == {"limit": 50, "logGroupNamePattern": "checkout"}


def test_a_star_names_groups_and_one_that_names_none_is_said(tmp_path: Path) -> None:
    logs = Logs({"/ecs/cart": [(1, "a")], "/ecs/cart-db": [(1, "b")], "/rds/cart": [(1, "c")]})
    fetched, talk = fetch(logs, tmp_path, log_groups=["/ecs/*", "/eks/*"])
    assert {record.message for record in records(tmp_path)} == {"a", "b"}
    assert "no log group is called /eks/*" in fetched.note
    assert talk.asked[0].body == {"limit": 50, "logGroupNamePrefix": "/ecs/"}


def test_without_groups_and_services_nothing_is_asked(tmp_path: Path) -> None:
    fetched, talk = fetch(Logs({GROUP: [(1, "a")]}), tmp_path)
    assert (fetched.outcome, talk.asked) == ("empty", [])
    assert "neither log_groups nor services" in fetched.note


def test_beyond_the_limit_only_errors_are_asked_for(tmp_path: Path) -> None:
    events = [(n, f"line {n}") for n in range(20)] + [(30, "error: pool exhausted")]
    fetched, talk = fetch(Logs({GROUP: events}), tmp_path, log_groups=[GROUP], page_events=4, max_events=8)
    messages = [record.message for record in records(tmp_path)]
    assert messages == [*(f"line {n}" for n in range(8)), "error: pool exhausted"]
    assert fetched.outcome == "partial"
    assert "only what looks like an error" in fetched.note
    assert "?error" in str(talk.asked[-1].body)


def test_an_empty_answer_of_a_group_that_forgot_the_window_says_so(tmp_path: Path) -> None:
    fetched, _ = fetch(Logs({GROUP: []}, days=7), tmp_path, "checkout")
    assert fetched.outcome == "empty"
    assert f"{GROUP} keeps 7 d; the window began before what the group still keeps" in fetched.note


def test_a_pattern_of_the_team_is_sent(tmp_path: Path) -> None:
    logs = Logs({GROUP: [(1, "payment declined"), (2, "ok")]})
    fetch(logs, tmp_path, log_groups=[GROUP], filter_pattern="declined")
    assert [record.message for record in records(tmp_path)] == ["payment declined"]


def test_a_refusal_names_the_action_and_other_groups_are_read(tmp_path: Path) -> None:
    logs = Logs({GROUP: [(1, "a")]})

    def answer(asked: Asked) -> object:
        if "/ecs/secret" in str(asked.body):
            return error(
                "AccessDeniedException", "User: u is not authorized to perform: logs:FilterLogEvents"
            )
        return logs(asked)

    with answering(answer) as talk:
        fetched = source(talk.url, log_groups=["/ecs/secret", "/ecs/gone", GROUP]).fetch(scope(), tmp_path)
    assert fetched.outcome == "partial"
    assert "allow logs:FilterLogEvents on /ecs/secret (HTTP 400 AccessDeniedException" in fetched.note
    assert "ResourceNotFoundException: The specified log group does not exist" in fetched.note
    assert [asked.outcome for asked in fetched.asked] == ["denied", "failed", "ok"]
    assert [record.message for record in records(tmp_path)] == ["a"]


def test_throttling_is_waited_out(tmp_path: Path) -> None:
    logs, asked = Logs({GROUP: [(1, "a")]}), 0

    def answer(request: Asked) -> object:
        nonlocal asked
        asked += 1
        return error("ThrottlingException", "Rate exceeded") if asked == 1 else logs(request)

    with answering(answer) as talk:
        fetched = source(talk.url, log_groups=[GROUP]).fetch(scope(), tmp_path)
    assert (fetched.outcome, fetched.note, asked) == ("ok", "", 2)


@pytest.mark.parametrize(
    "name", ["com.amazon.coral.service#UnrecognizedClientException", "ExpiredTokenException"]
)
def test_credentials_that_aws_does_not_accept_end_it_at_once(name: str, tmp_path: Path) -> None:
    told = f"The Canonical String should have been x-amz-security-token:{TOKEN} {KEY}"
    with answering(lambda _: error(name, told)) as talk:
        fetched = source(talk.url, log_groups=[GROUP, "/ecs/cart"]).fetch(scope(), tmp_path)
        health = source(talk.url, log_groups=[GROUP]).probe(scope())
    assert (fetched.outcome, len(talk.asked)) == ("denied", 2)
    assert "AWS does not accept the credentials" in fetched.note
    assert (health.authenticated, "aws sso login" in health.suggestion) == (False, True)
    assert TOKEN not in repr((fetched, health))
    assert KEY not in repr((fetched, health))


def test_no_credentials_are_said_and_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    with answering(Logs({})) as talk:
        fetched = source(talk.url, log_groups=[GROUP]).fetch(scope(), tmp_path)
    assert (fetched.outcome, talk.asked) == ("denied", [])
    assert "no AWS credentials: none in the environment" in fetched.note


def test_the_signature_is_that_of_the_specification(tmp_path: Path) -> None:
    """Recompute it by the steps of "Create a signed AWS API request" from what the server received."""
    _, talk = fetch(Logs({GROUP: []}), tmp_path, log_groups=[GROUP])
    headers = talk.asked[0].headers
    found = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/(\S+), SignedHeaders=(\S+), Signature=(\w+)",
        headers["authorization"],
    )
    assert found
    credential, signed, signature = found.groups()
    assert signed == "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"
    body = hashlib.sha256(orjson.dumps(talk.asked[0].body)).hexdigest()
    lines = "".join(f"{name}:{headers[name]}\n" for name in signed.split(";"))
    canonical = f"POST\n/\n\n{lines}\n{signed}\n{body}"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{headers['x-amz-date']}\n{credential}\n{hashed}"
    key = f"AWS4{KEY}".encode()
    for part in credential.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    assert hmac.digest(key, text.encode(), "sha256").hex() == signature
    assert credential.split("/")[1:] == ["eu-central-1", "logs", "aws4_request"]


def test_region_and_address_are_those_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    def address(environ: dict[str, str], **told: object) -> str:
        table = {"kind": "cloudwatch", "name": "c", **told}
        return KIND.make(KIND.settings.model_validate(table), Surroundings(Path(), environ)).endpoint.url  # pyright: ignore

    assert address({}, region="eu-west-3") == "https://logs.eu-west-3.amazonaws.com"
    assert address({"AWS_REGION": "cn-north-1"}) == "https://logs.cn-north-1.amazonaws.com.cn"
    assert address({"AWS_ENDPOINT_URL": "http://x:1"}, region="eu-west-3") == "http://x:1"
    with pytest.raises(ValueError, match="give `region`, or set AWS_REGION"):
        address({})
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-2")
    assert address({}) == "https://logs.us-east-2.amazonaws.com"
    with pytest.raises(ValueError, match="no profile 'prod'"):
        address({}, region="eu-west-3", profile="prod")
    with pytest.raises(ValidationError, match="logs in with AWS credentials"):
        address({}, token_env="TOKEN")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "botocore.session", None)
    with pytest.raises(ValueError, match=r"pip install 'pm-agent\[cloudwatch\]'"):
        source("http://127.0.0.1:1")


def test_probe_holds_retention_against_the_window() -> None:
    now = datetime.now(UTC)
    late = Span(now - timedelta(hours=1), now)
    with answering(Logs({GROUP: [], "/ecs/cart": []}, days=7)) as talk:
        there = source(talk.url, log_groups=[GROUP]).probe(scope(window=late))
        gone = source(talk.url).probe(scope("checkout", window=Span(now - timedelta(days=9), now)))
        none = source(talk.url).probe(scope("payments"))
    assert (there.well, there.retention) == (True, f"{GROUP} keeps 7 d")
    assert (gone.well, gone.retention) == (False, f"{GROUP} keeps 7 d")
    assert "window began before" in gone.problem
    assert (none.well, none.problem) == (False, "no log group payments")
    with answering(Logs({GROUP: []})) as talk:
        assert "keeps events for ever" in source(talk.url, log_groups=[GROUP]).probe(scope()).retention


@pytest.mark.parametrize("action", ["DescribeLogGroups", "FilterLogEvents"])
def test_probe_names_the_missing_action(action: str) -> None:
    logs = Logs({GROUP: []})

    def answer(asked: Asked) -> object:
        return error("AccessDeniedException", "no") if asked.headers[ACTION].endswith(action) else logs(asked)

    with answering(answer) as talk:
        health = source(talk.url, log_groups=[GROUP]).probe(scope())
    assert (health.well, health.missing) == (False, (f"logs:{action}",))
    assert f"Allow logs:{action}" in health.suggestion


GOOD = b'{"events":[]}'
REFUSAL = inside_200(
    b'{"__type":"InternalFailure","message":"try later"}', "no JSON list of events: try later"
)


@pytest.mark.parametrize("fault", [*FAULTS, REFUSAL], ids=lambda fault: fault.name)
def test_a_server_that_misbehaves_is_a_row(fault: Fault, tmp_path: Path) -> None:
    trial = put_through(fault, lambda url: source(url, log_groups=[GROUP], max_bytes=200_000), GOOD, tmp_path)
    assert trial.fetched.outcome in fault.outcomes
    assert re.search(fault.says, trial.fetched.note) or "no JSON list" in trial.fetched.note
    assert TOKEN not in repr(trial.fetched)
    assert trial.seconds < SECONDS + 2
    if fault.asked_once:
        assert trial.requests == 1
