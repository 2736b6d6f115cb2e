"""The Slack source; answers are written from the public Web API documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tools.conversation import Asked, Refusal, answering
from tests.tools.misbehaving import FAULTS, SECONDS, TOKEN, Fault, inside_200, put_through
from tests.tools.scopes import WINDOW, scope
from tools.formats import read
from tools.formats.records import ChatMessage
from tools.sources.slack import KIND
from tools.sources.source import Source, Surroundings

NOON = WINDOW.start.timestamp()


def source(url: str, *channels: str, **told: object) -> Source:
    table = {
        "kind": "slack",
        "name": "s",
        "url": url,
        "token_env": "TOKEN",
        "channels": channels or ("C0INCIDENT",),
    }
    return KIND.make(KIND.settings.model_validate({**table, **told}), Surroundings(Path(), {"TOKEN": TOKEN}))


def message(minute: int, user: str, text: str, **more: object) -> dict[str, object]:
    return {"type": "message", "ts": f"{NOON + 60 * minute:.6f}", "user": user, "text": text, **more}


PARENT = message(5, "U0DANA", "looking into it <@U0SAM>", reply_count=2)
THREAD = {"thread_ts": PARENT["ts"]}
REPLIES = [
    PARENT,
    message(6, "U0SAM", "errors since v42", **THREAD),
    message(7, "U0DANA", "rolled back", **THREAD),
]
USERS = {
    "U0DANA": {
        "id": "U0DANA",
        "name": "dana",
        "profile": {"display_name": "Dana", "email": "dana@example.org"},
    },
    "U0SAM": {"id": "U0SAM", "name": "sam", "profile": {"display_name": "", "phone": "+49 30 1234567"}},
}


def slack(asked: Asked) -> object:
    """One message of the history a page, newest first."""
    cursor = asked.query.get("cursor", "")
    match asked.path:
        case "/conversations.list":
            first = {
                "channels": [{"id": "C1", "name": "general"}],
                "response_metadata": {"next_cursor": "two"},
            }
            second = {
                "channels": [{"id": "C0INCIDENT", "name": "inc-42"}],
                "response_metadata": {"next_cursor": ""},
            }
            return {"ok": True, **(second if cursor == "two" else first)}
        case "/conversations.history":
            assert float(asked.query["oldest"]) == NOON
            assert float(asked.query["latest"]) == WINDOW.end.timestamp()
            if not cursor:
                late = message(50, "U0SAM", "all clear")
                return {
                    "ok": True,
                    "messages": [late],
                    "has_more": True,
                    "response_metadata": {"next_cursor": "n2"},
                }
            joined = message(1, "U0SAM", "joined", subtype="channel_join")
            return {"ok": True, "messages": [PARENT, joined], "has_more": False}
        case "/conversations.replies":
            assert asked.query["ts"] == PARENT["ts"]
            return {"ok": True, "messages": REPLIES, "has_more": False}
        case "/users.info":
            return {"ok": True, "user": USERS[asked.query["user"]]}
        case _:
            raise KeyError(asked.path)


def messages(path: Path) -> list[ChatMessage]:
    return [item for item in read(path).records if isinstance(item, ChatMessage)]


def test_a_channel_by_name_with_its_threads_and_people(tmp_path: Path) -> None:
    with answering(slack) as talk:
        fetched = source(talk.url, "#inc-42").fetch(scope(), tmp_path)
    assert fetched.outcome == "ok"
    found = messages(tmp_path / "inc-42" / "2026-03-01.json")
    assert [(item.author, item.text, item.channel) for item in found] == [
        ("Dana", "looking into it @sam", "inc-42"),
        ("sam", "errors since v42", "inc-42"),
        ("Dana", "rolled back", "inc-42"),
        ("sam", "all clear", "inc-42"),
    ]
    assert found[1].thread == PARENT["ts"]
    people = (tmp_path / "users.json").read_text()
    assert "example.org" not in people
    assert "+49" not in people
    assert len(talk.to("/conversations.history")) == 2


def test_the_incident_names_its_channel(tmp_path: Path) -> None:
    with answering(slack) as talk:
        fetched = source(talk.url, "inc-{incident}").fetch(scope(), tmp_path)
    assert fetched.outcome == "empty"
    assert "#inc-: the channel does not exist" in fetched.note


@pytest.mark.parametrize(
    ("error", "outcome", "says"),
    [
        ("not_in_channel", "denied", "invite the app"),
        ("missing_scope", "denied", "channels:history"),
        ("channel_not_found", "failed", "does not exist"),
        ("fatal_error", "failed", "Slack says fatal_error"),
    ],
)
def test_a_200_that_is_not_ok_is_a_refusal(error: str, outcome: str, says: str, tmp_path: Path) -> None:
    with answering(lambda _: {"ok": False, "error": error}) as talk:
        fetched = source(talk.url).fetch(scope(), tmp_path)
    assert (fetched.outcome, says in fetched.note) == (outcome, True)


def test_a_list_of_channels_alone_is_no_part_of_the_messages(tmp_path: Path) -> None:
    def closed(asked: Asked) -> object:
        return slack(asked) if "list" in asked.path else {"ok": False, "error": "not_in_channel"}

    with answering(closed) as talk:
        assert source(talk.url, "inc-42").fetch(scope(), tmp_path).outcome == "denied"


def test_a_refusal_that_repeats_the_token_is_told_without_it(tmp_path: Path) -> None:
    with answering(lambda _: {"ok": False, "error": f"bad {TOKEN}"}) as talk:
        fetched = source(talk.url).fetch(scope(), tmp_path)
    assert "Slack says bad ***" in fetched.note
    assert TOKEN not in repr(fetched)


def test_a_rate_limit_is_waited_for(tmp_path: Path) -> None:
    refused: list[str] = []

    def busy(asked: Asked) -> object:
        if asked.path not in refused:
            refused.append(asked.path)
            return Refusal(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "0"})
        return slack(asked)

    with answering(busy) as talk:
        assert source(talk.url).fetch(scope(), tmp_path).outcome == "ok"
    assert len(refused) == 3


def test_what_came_before_a_failure_is_kept(tmp_path: Path) -> None:
    def breaking(asked: Asked) -> object:
        return {"ok": False, "error": "invalid_auth"} if asked.query.get("cursor") else slack(asked)

    with answering(breaking) as talk:
        fetched = source(talk.url).fetch(scope(), tmp_path)
    assert fetched.outcome == "partial"
    assert [item.text for item in messages(tmp_path / "C0INCIDENT" / "2026-03-01.json")] == ["all clear"]


def test_probe() -> None:
    def answer(asked: Asked) -> object:
        return {"ok": True, "user": "pm"} if asked.path == "/auth.test" else slack(asked)

    with answering(answer) as talk:
        assert source(talk.url, "general").probe(scope()).well
        assert source(talk.url, "absent").probe(scope()).missing == ("absent",)
    with answering(lambda _: {"ok": False, "error": "invalid_auth"}) as talk:
        assert source(talk.url).probe(scope()).authenticated is False


GOOD = b'{"ok":true,"messages":[],"has_more":false}'
REFUSAL = inside_200(b'{"ok":false,"error":"internal_error"}', "Slack says internal_error")


@pytest.mark.parametrize("fault", [*FAULTS, REFUSAL], ids=lambda fault: fault.name)
def test_a_server_that_misbehaves_is_a_row(fault: Fault, tmp_path: Path) -> None:
    trial = put_through(fault, lambda url: source(url, max_bytes=200_000), GOOD, tmp_path)
    assert trial.fetched.outcome in fault.outcomes
    assert re.search(fault.says, trial.fetched.note)
    assert TOKEN not in repr(trial.fetched)
    assert trial.seconds < SECONDS + 2
    if fault.asked_once:
        assert trial.requests == 1
