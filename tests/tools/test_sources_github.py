"""The GitHub source; answers are written from the public REST API documentation (2022-11-28)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.tools.conversation import Asked, Refusal, answering
from tests.tools.misbehaving import FAULTS, SECONDS, TOKEN, Fault, inside_200, put_through
from tests.tools.scopes import scope
from tools.formats import read
from tools.formats.records import ChangeRecord
from tools.sources.github import KIND, GitHubSource
from tools.sources.source import Deadline, Surroundings

DANA = {"login": "dana-r", "type": "User"}
ROOT = "/repos/acme/checkout"


def source(url: str, **told: object) -> GitHubSource:
    table = {
        "kind": "github",
        "name": "g",
        "url": url,
        "token_env": "TOKEN",
        "repositories": ["acme/checkout"],
    }
    made = KIND.make(KIND.settings.model_validate({**table, **told}), Surroundings(Path(), {"TOKEN": TOKEN}))
    assert isinstance(made, GitHubSource)
    return made


def pull(number: int, updated: str, merged: str | None) -> dict[str, object]:
    return {
        "number": number,
        "title": f"Change {number}",
        "updated_at": updated,
        "merged_at": merged,
        "merge_commit_sha": f"{number:040x}",
        "user": DANA,
    }


def commit(sha: str, message: str, at: str) -> dict[str, object]:
    who = {"name": "Dana Reyes", "date": at}
    return {"sha": sha, "commit": {"message": message, "author": who, "committer": who}, "author": DANA}


def github(asked: Asked) -> object:
    page = int(asked.query.get("page", "1"))
    assert asked.query.get("per_page", "100") == "100"
    match asked.path.removeprefix(ROOT):
        case "/deployments":
            new = {"id": 7, "ref": "v42", "sha": "a" * 40, "environment": "production", "creator": DANA}
            old = {"id": 6, "ref": "v41", "sha": "b" * 40, "environment": "production", "creator": DANA}
            return [
                {**new, "created_at": "2026-03-01T11:58:00Z", "description": None},
                {**old, "created_at": "2026-01-01T10:00:00Z", "description": None},
            ]
        case "/deployments/7/statuses":
            return [
                {"state": "success", "created_at": "2026-03-01T12:01:00Z"},
                {"state": "in_progress", "created_at": "2026-03-01T11:59:00Z"},
            ]
        case "/deployments/6/statuses":
            return [
                {"state": "inactive", "created_at": "2026-03-01T12:01:01Z"},
                {"state": "success", "created_at": "2026-01-01T10:02:00Z"},
            ]
        case "/releases":
            return []
        case "/pulls":
            assert (asked.query["state"], asked.query["sort"], asked.query["direction"]) == (
                "closed",
                "updated",
                "desc",
            )
            busy = [pull(n, "2026-03-01T12:30:00Z", None) for n in range(100, 199)]
            if page == 1:
                return [*busy, pull(41, "2026-03-01T11:50:00Z", "2026-03-01T11:50:00Z")]
            return [
                pull(40, "2026-02-28T15:00:00Z", "2026-02-28T15:00:00Z"),
                pull(9, "2025-01-01T00:00:00Z", None),
            ]
        case "/actions/runs":
            assert asked.query["created"] == "2026-02-28T12:00:00Z..2026-03-01T13:00:00Z"
            run = {"head_sha": "a" * 40, "conclusion": "success", "actor": DANA, "display_title": "v42"}
            at = {"run_started_at": "2026-03-01T11:57:00Z"}
            return {
                "total_count": 2,
                "workflow_runs": [{**run, **at, "name": "Deploy"}, {**run, **at, "name": "Test"}],
            }
        case "/commits":
            assert asked.query["since"] == "2026-02-28T12:00:00Z"
            return [
                commit(f"{41:040x}", "Change 41 (#41)", "2026-03-01T11:50:00Z"),
                commit("c" * 40, 'Revert "Change 41"\n\nIt broke.', "2026-03-01T12:40:00Z"),
            ]
        case _:
            raise KeyError(asked.path)


def test_changes_of_the_window_and_the_day_before(tmp_path: Path) -> None:
    with answering(github) as talk:
        fetched = source(talk.url).fetch(scope(), tmp_path)
    assert fetched.outcome == "ok"
    found = [item for item in read(tmp_path / "acme-checkout.json").records if isinstance(item, ChangeRecord)]
    assert [(f"{item.time:%H:%M}", item.kind, item.title) for item in found] == [
        ("15:00", "commit", "Change 40 (#40)"),
        ("11:50", "commit", "Change 41 (#41)"),
        ("11:57", "deploy", "Workflow Deploy: v42, success"),
        ("12:01", "deploy", "Deployment of v42 to production: success"),
        ("12:40", "rollback", 'Revert "Change 41"'),
    ]
    assert {(item.service, item.author) for item in found} == {("checkout", "dana-r")}
    assert found[3].ref == "a" * 12
    assert [item.query["page"] for item in talk.to(f"{ROOT}/pulls")] == ["1", "2"]
    assert "1 workflow runs that deploy nothing by name are left out" in fetched.note
    assert talk.asked[0].headers["accept"] == "application/vnd.github+json"


def test_a_spent_rate_limit_is_no_missing_right(tmp_path: Path) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1772370000"}
    with answering(lambda _: Refusal(403, {"message": "API rate limit exceeded"}, headers)) as talk:
        fetched = source(talk.url).fetch(scope(), tmp_path)
    assert fetched.outcome == "failed"
    assert "rate limit is spent until 2026-03-01T13:00:00Z" in fetched.note


def test_a_hidden_part_is_a_gap(tmp_path: Path) -> None:
    def without_actions(asked: Asked) -> object:
        return (
            Refusal(403, {"message": "Resource not accessible"}) if "actions" in asked.path else github(asked)
        )

    with answering(without_actions) as talk:
        fetched = source(talk.url).fetch(scope(), tmp_path)
    assert fetched.outcome == "partial"
    assert "HTTP 403" in fetched.note
    assert len(list(read(tmp_path / "acme-checkout.json").records)) == 4


def test_an_issue_as_the_record() -> None:
    issue = {
        "number": 42,
        "title": "Checkout answers with errors",
        "created_at": "2026-03-01T12:04:00Z",
        "closed_at": "2026-03-01T12:50:00Z",
        "labels": [{"name": "sev-2"}, {"name": "service: checkout"}],
        "assignees": [DANA],
        "user": {"login": "sam"},
        "body": "Errors since noon.",
    }
    replies = {f"{ROOT}/issues/42": issue}
    with answering(lambda asked: replies[asked.path]) as talk:
        record = source(talk.url).incident("INC-42", Deadline(20))
        with pytest.raises(LookupError, match="has no issue 43"):
            source(talk.url).incident("43", Deadline(20))
    assert (record.severity, record.services, record.summary) == (
        "SEV-2",
        ("checkout",),
        "Errors since noon.",
    )
    assert record.end == datetime(2026, 3, 1, 12, 50, tzinfo=UTC)
    assert [(one.name, one.role) for one in record.people] == [
        ("sam", "reporter"),
        ("dana-r", "assigned responder"),
    ]


def test_probe_names_a_repository_that_the_token_does_not_see() -> None:
    replies: dict[str, object] = {"/rate_limit": {"resources": {}}}
    with answering(lambda asked: replies[asked.path]) as talk:
        health = source(talk.url).probe(scope())
    assert (health.authenticated, health.missing) == (True, ("acme/checkout",))


REFUSAL = inside_200(b'{"message":"Moved"}', "no JSON list of items: Moved")


@pytest.mark.parametrize("fault", [*FAULTS, REFUSAL], ids=lambda fault: fault.name)
def test_a_server_that_misbehaves_is_a_row(fault: Fault, tmp_path: Path) -> None:
    trial = put_through(fault, lambda url: source(url, max_bytes=200_000), b"[]          ", tmp_path)
    assert trial.fetched.outcome in fault.outcomes | ({"partial"} if "good" in fault.name else set())
    assert re.search(fault.says, trial.fetched.note)
    assert TOKEN not in repr(trial.fetched)
    assert trial.seconds < SECONDS + 2
    if fault.asked_once:
        assert trial.requests == 1
