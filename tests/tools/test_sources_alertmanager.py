"""The Alertmanager source: what it asks a real server, and what it makes of one that misbehaves."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import httpx
import pytest

from tests.tools.conversation import answering
from tests.tools.misbehaving import FAULTS, SECONDS, TOKEN, Fault, inside_200, put_through
from tests.tools.scopes import scope
from tests.tools.servers import alertmanager
from tools.formats import read
from tools.formats.records import AlertRecord, Silence
from tools.sources.alertmanager import KIND, NO_HISTORY
from tools.sources.source import Deadline, Recorder, Source, Span, Surroundings

INCIDENTS = Path(__file__).parents[2] / "evals" / "incidents"
RECORDED = INCIDENTS / "cluster-faf5d1" / "bundle" / "evidence" / "alertmanager" / "alerts.json"
LEGAL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
"""Label names that this Alertmanager takes; the recorded ones with dots came from elsewhere."""


def source(url: str, **settings: object) -> Source:
    told = {"kind": "alertmanager", "name": "a", "url": url, "token_env": "TOKEN", **settings}
    return KIND.make(KIND.settings.model_validate(told), Surroundings(Path(), {"TOKEN": TOKEN}))


def post(url: str, path: str, body: object) -> None:
    answer = httpx.post(f"{url}{path}", json=body, trust_env=False)
    assert answer.is_success, answer.text


def legal(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value and LEGAL.fullmatch(name)}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    now = datetime.now(UTC)
    with alertmanager(tmp_path_factory.mktemp("alertmanager")) as address:
        until = (now + timedelta(hours=1)).isoformat()
        matcher = {"name": "alertname", "value": "Silenced", "isRegex": False, "isEqual": True}
        silence = {"matchers": [matcher], "startsAt": now.isoformat(), "endsAt": until}
        post(address, "/api/v2/silences", {**silence, "createdBy": "dana", "comment": "deploy"})
        recorded = httpx.Response(200, content=RECORDED.read_bytes()).json()
        alerts: list[dict[str, object]] = [
            {
                "labels": legal(one["labels"]),
                "annotations": legal(one["annotations"]),
                "startsAt": one["startsAt"],
                "endsAt": until,
            }
            for one in recorded
        ]
        silenced = {"alertname": "Silenced", "namespace": "shop"}
        alerts.append({"labels": silenced, "startsAt": now.isoformat(), "endsAt": until})
        post(address, "/api/v2/alerts", alerts)
        yield address


def alerts_in(path: Path) -> dict[str, AlertRecord]:
    return {one.name: one for one in read(path).records if isinstance(one, AlertRecord)}


def silences_in(path: Path) -> list[Silence]:
    return [one for one in read(path).records if isinstance(one, Silence)]


def now_scope() -> Span:
    now = datetime.now(UTC)
    return Span(now - timedelta(hours=1), now + timedelta(minutes=5))


def test_a_recorded_alert_is_as_in_its_file_and_a_silenced_one_is_there(url: str, tmp_path: Path) -> None:
    fetched = source(url).fetch(scope(window=now_scope()), tmp_path)
    assert fetched.outcome == "ok"
    assert NO_HISTORY in fetched.note
    (silence,) = silences_in(tmp_path / "silences.json")
    assert (str(silence.matchers[0]), silence.author, silence.comment) == (
        "alertname=Silenced",
        "dana",
        "deploy",
    )
    found, (recorded,) = alerts_in(tmp_path / "alerts.json"), alerts_in(RECORDED).values()
    live = found[recorded.name]
    assert (live.starts_at, live.ends_at, live.state) == (recorded.starts_at, None, "firing")
    assert live.labels == legal(recorded.labels)
    assert live.annotations == legal(recorded.annotations)
    assert found["Silenced"].state == "silenced"


def test_namespaces_keep_alerts_that_have_none(url: str, tmp_path: Path) -> None:
    source(url).fetch(scope(namespaces=("shop",), window=now_scope()), tmp_path)
    assert set(alerts_in(tmp_path / "alerts.json")) == {"Silenced"}


def test_a_silence_that_ended_before_the_window_is_not_told(url: str, tmp_path: Path) -> None:
    fetched = source(url).fetch(scope(), tmp_path)
    assert [item.path.name for item in fetched.artifacts] == ["alerts.json"]


def test_an_alert_that_began_after_the_window_is_left_out_and_counted(url: str, tmp_path: Path) -> None:
    fetched = source(url).fetch(scope(), tmp_path)
    assert "1 alerts began after the window" in fetched.note
    assert set(alerts_in(tmp_path / "alerts.json")) == set(alerts_in(RECORDED))


def test_probe_of_a_real_server(url: str) -> None:
    health = source(url).probe(scope())
    assert (health.well, health.authenticated, health.retention) == (
        True,
        True,
        "no history: only what fires now",
    )
    assert health.version.startswith("0.")


def test_an_alert_that_fires_now_is_a_record() -> None:
    def alert(number: int, at: str, service: str) -> dict[str, object]:
        labels = {"alertname": "CheckoutErrors", "severity": "critical", "service": service}
        told = {"summary": "Checkout answers with errors"}
        return {"labels": labels, "annotations": told, "startsAt": at, "fingerprint": f"f{number}"}

    reply = [alert(1, "2026-03-01T12:10:00Z", "cart"), alert(2, "2026-03-01T12:04:00Z", "checkout")]
    with answering(lambda _: reply) as talk:
        recorder = cast("Recorder", source(talk.url))
        by_name = recorder.incident("CheckoutErrors", Deadline(20))
        by_print = recorder.incident("f1", Deadline(20))
        with pytest.raises(LookupError, match="fires now"):
            recorder.incident("Other", Deadline(20))
    assert (by_name.title, by_name.severity) == ("Checkout answers with errors", "critical")
    assert by_name.start == datetime(2026, 3, 1, 12, 4, tzinfo=UTC)
    assert (by_name.services, by_print.services) == (("cart", "checkout"), ("cart",))


REFUSAL = inside_200(b'{"status":"error","error":"no backend"}', "no JSON list of alerts")


@pytest.mark.parametrize("fault", [*FAULTS, REFUSAL], ids=lambda fault: fault.name)
def test_a_server_that_misbehaves_is_a_row(fault: Fault, tmp_path: Path) -> None:
    make: Callable[[str], Source] = lambda url: source(url, max_bytes=200_000)  # noqa: E731
    trial = put_through(fault, make, b"[]          ", tmp_path)
    assert trial.fetched.outcome in fault.outcomes
    assert re.search(fault.says, trial.fetched.note) or "no JSON list" in trial.fetched.note
    assert TOKEN not in repr(trial.fetched)
    assert trial.seconds < SECONDS + 2
    if fault.asked_once:
        assert trial.requests == 1
