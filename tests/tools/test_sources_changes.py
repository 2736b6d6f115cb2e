"""The Grafana and Argo CD sources; answers are written from their public API documentation."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.tools.conversation import answering
from tests.tools.misbehaving import FAULTS, SECONDS, TOKEN, Fault, inside_200, put_through
from tests.tools.scopes import WINDOW, scope
from tools.formats import read
from tools.formats.records import AlertRecord, ChangeRecord, ChatMessage
from tools.sources import kind_of
from tools.sources.source import Source, Surroundings


def source(kind: str, url: str, **told: object) -> Source:
    table = {"kind": kind, "name": kind, "url": url, "token_env": "TOKEN", **told}
    offered = kind_of(kind)
    return offered.make(offered.settings.model_validate(table), Surroundings(Path(), {"TOKEN": TOKEN}))


def millis(minute: int) -> int:
    return round((WINDOW.start.timestamp() + 60 * minute) * 1000)


def annotation(minute: int, text: str, *tags: str, **more: object) -> dict[str, object]:
    return {
        "id": minute,
        "time": millis(minute),
        "timeEnd": millis(minute),
        "text": text,
        "tags": tags,
        **more,
    }


def test_grafana_annotations_by_what_they_mark(tmp_path: Path) -> None:
    firing = {"alertId": 3, "alertName": "CheckoutErrors", "newState": "Alerting", "prevState": "Normal"}
    reply = [
        annotation(1, "checkout v42", "deploy", "service:checkout", login="dana"),
        annotation(2, "back to v41", "rollback", login="dana"),
        annotation(3, "load test begins", "loadtest", login="", userName="sam"),
        {**annotation(4, ""), **firing, "timeEnd": millis(20)},
        {**annotation(20, ""), **firing, "newState": "Normal"},
    ]
    with answering(lambda _: reply) as talk:
        fetched = source("grafana", talk.url, tags=("prod",)).fetch(scope(), tmp_path)
    assert fetched.outcome == "ok"
    asked = talk.asked[0].query
    assert (asked["from"], asked["to"], asked["tags"]) == (str(millis(-24 * 60)), str(millis(60)), "prod")
    changes = [item for item in read(tmp_path / "changes.json").records if isinstance(item, ChangeRecord)]
    assert [(item.kind, item.title, item.service, item.author) for item in changes] == [
        ("deploy", "checkout v42", "checkout", "dana"),
        ("rollback", "back to v41", None, "dana"),
    ]
    (alert,) = read(tmp_path / "alerts.json").records
    assert isinstance(alert, AlertRecord)
    assert (alert.name, alert.state, alert.ends_at) == (
        "CheckoutErrors",
        "resolved",
        datetime(2026, 3, 1, 12, 20, tzinfo=UTC),
    )
    (message,) = read(tmp_path / "messages.json").records
    assert isinstance(message, ChatMessage)
    assert (message.author, message.text) == ("sam", "load test begins")


def test_grafana_at_its_limit_says_so(tmp_path: Path) -> None:
    reply = [annotation(n, f"note {n}") for n in range(3)]
    with answering(lambda _: reply) as talk:
        fetched = source("grafana", talk.url, limit=3).fetch(scope(), tmp_path)
    assert (fetched.outcome, len(talk.asked)) == ("partial", 1)
    assert "there are more" in fetched.note


def entry(ident: int, revision: str, at: str, **by: object) -> dict[str, object]:
    place = {
        "repoURL": "https://git.example.org/acme/deploy.git",
        "path": "checkout",
        "targetRevision": "HEAD",
    }
    return {
        "id": ident,
        "revision": revision,
        "deployedAt": f"2026-03-01T{at}Z",
        "source": place,
        "initiatedBy": by,
    }


def test_argo_cd_syncs_and_a_failed_one(tmp_path: Path) -> None:
    history = [
        entry(1, "a" * 40, "10:00:00", username="dana"),
        entry(2, "b" * 40, "12:01:00", automated=True),
        entry(3, "a" * 40, "12:40:00", username="dana"),
        entry(4, "c" * 40, "15:00:00", username="dana"),
    ]
    failed = {
        "phase": "Failed",
        "finishedAt": "2026-03-01T12:30:00Z",
        "message": "one or more objects failed",
    }
    item = {"metadata": {"name": "checkout"}, "status": {"history": history, "operationState": failed}}
    with answering(lambda _: {"items": [item]}) as talk:
        fetched = source("argocd", talk.url, projects=("shop",)).fetch(scope(), tmp_path)
    assert fetched.outcome == "ok"
    assert talk.asked[0].query == {"projects": "shop"}
    found = [item for item in read(tmp_path / "syncs.json").records if isinstance(item, ChangeRecord)]
    assert [(f"{item.time:%H:%M}", item.kind, item.author) for item in found] == [
        ("10:00", "deploy", "dana"),
        ("12:01", "deploy", "Argo CD"),
        ("12:30", "deploy", None),
        ("12:40", "rollback", "dana"),
    ]
    assert found[1].title == "Argo CD synced checkout to bbbbbbbbbbbb from deploy/checkout"
    assert {item.service for item in found} == {"checkout"}


def test_argo_cd_without_applications_is_empty(tmp_path: Path) -> None:
    with answering(lambda _: {"metadata": {}, "items": None}) as talk:
        assert source("argocd", talk.url).fetch(scope(), tmp_path).outcome == "empty"
        assert source("argocd", talk.url).probe(scope()).well


REFUSALS = {
    "grafana": (
        b"[]          ",
        inside_200(b'{"message":"Unauthorized"}', "no JSON list of items: Unauthorized"),
    ),
    "argocd": (
        b'{"items":[]}',
        inside_200(
            b'{"error":"permission denied","code":7}', "no JSON list of applications: permission denied"
        ),
    ),
}
CASES = [(kind, good, fault) for kind, (good, own) in REFUSALS.items() for fault in (*FAULTS, own)]


@pytest.mark.parametrize(
    ("kind", "good", "fault"), CASES, ids=lambda value: getattr(value, "name", str(value))
)
def test_a_server_that_misbehaves_is_a_row(kind: str, good: bytes, fault: Fault, tmp_path: Path) -> None:
    trial = put_through(fault, lambda url: source(kind, url, max_bytes=200_000), good, tmp_path)
    assert trial.fetched.outcome in fault.outcomes
    assert re.search(fault.says, trial.fetched.note)
    assert TOKEN not in repr(trial.fetched)
    assert trial.seconds < SECONDS + 2
    if fault.asked_once:
        assert trial.requests == 1
