"""The PagerDuty source; answers are written from the public REST API v2 documentation."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.digest.chat import ChatBook, observations, step
from tests.tools.conversation import Asked, Refusal, answering
from tests.tools.misbehaving import FAULTS, SECONDS, TOKEN, Fault, inside_200, put_through
from tests.tools.scopes import WINDOW, scope
from tools.formats import read
from tools.formats.records import AlertRecord, ChatMessage
from tools.sources.pagerduty import KIND, PagerDutySource
from tools.sources.source import Deadline, Scope, Selector, Surroundings

USER = {
    "id": "PUSER01",
    "type": "user",
    "name": "Dana Reyes",
    "summary": "Dana Reyes",
    "email": "dana@example.org",
}
SERVICE = {"id": "PSVC001", "type": "service_reference", "summary": "checkout"}
INCIDENT = {
    "id": "PABC123",
    "type": "incident",
    "incident_number": 42,
    "title": "Checkout answers with errors",
    "created_at": "2026-03-01T12:04:00Z",
    "status": "resolved",
    "resolved_at": "2026-03-01T12:50:00Z",
    "last_status_change_at": "2026-03-01T12:50:00Z",
    "urgency": "high",
    "priority": {"id": "PPRIO01", "type": "priority", "summary": "P1"},
    "service": SERVICE,
    "acknowledgements": [{"at": "2026-03-01T12:06:00Z", "acknowledger": USER}],
    "assignments": [{"at": "2026-03-01T12:04:00Z", "assignee": USER}],
    "html_url": "https://acme.example.org/incidents/PABC123",
}


def entry(number: int, kind: str, at: str, agent: dict[str, str], summary: str) -> dict[str, object]:
    return {
        "id": f"R{number}",
        "type": f"{kind}_log_entry",
        "summary": summary,
        "created_at": f"2026-03-01T{at}Z",
        "agent": agent,
        "channel": {"type": "auto", "summary": summary},
    }


HUMAN = {"id": "PUSER01", "type": "user_reference", "summary": "Dana Reyes"}
ENTRIES = [
    entry(
        3,
        "resolve",
        "12:50:00",
        {**SERVICE, "summary": "checkout monitor"},
        "Resolved through the integration",
    ),
    entry(2, "acknowledge", "12:06:00", HUMAN, "Acknowledged by Dana Reyes"),
    entry(4, "notify", "12:04:30", HUMAN, "Notified Dana Reyes by phone"),
    entry(1, "trigger", "12:04:00", SERVICE, "Triggered through the API; not resolved yet"),
]
ALERT = {
    "id": "PALERT1",
    "type": "alert",
    "summary": "CheckoutErrors",
    "status": "resolved",
    "severity": "critical",
    "created_at": "2026-03-01T12:03:30Z",
    "resolved_at": "2026-03-01T12:49:00Z",
    "service": SERVICE,
}
NOTE = {
    "id": "PNOTE1",
    "user": HUMAN,
    "content": "Rolled back checkout to v41",
    "created_at": "2026-03-01T12:40:00Z",
}


def pagerduty(asked: Asked) -> object:
    """Two log entries a page; the incident by its id, and in the list of the window."""
    offset = int(asked.query.get("offset", "0"))
    match asked.path:
        case "/incidents/PABC123":
            return {"incident": INCIDENT}
        case "/incidents":
            other = {**INCIDENT, "id": "POTHER1", "service": {**SERVICE, "summary": "billing"}}
            return {"incidents": [INCIDENT, other], "more": False}
        case "/incidents/PABC123/alerts":
            return {"alerts": [ALERT], "more": False}
        case "/incidents/PABC123/log_entries":
            return {"log_entries": ENTRIES[offset : offset + 2], "more": offset + 2 < len(ENTRIES)}
        case "/incidents/PABC123/notes":
            return {"notes": [NOTE]}
        case _:
            raise KeyError(asked.path)


def source(url: str, **told: object) -> PagerDutySource:
    table = {"kind": "pagerduty", "name": "p", "url": url, "token_env": "TOKEN", **told}
    made = KIND.make(KIND.settings.model_validate(table), Surroundings(Path(), {"TOKEN": TOKEN}))
    assert isinstance(made, PagerDutySource)
    return made


def named(ident: str) -> Scope:
    return Scope(WINDOW, Selector(("checkout",), incident=ident), Deadline(20))


def messages(folder: Path) -> list[ChatMessage]:
    return [item for item in read(folder / "log.json").records if isinstance(item, ChatMessage)]


def test_an_incident_by_its_id_with_every_page_of_its_log(tmp_path: Path) -> None:
    with answering(pagerduty) as talk:
        fetched = source(talk.url).fetch(named("PABC123"), tmp_path)
    assert fetched.outcome == "ok"
    assert talk.asked[0].headers["authorization"] == f"Token token={TOKEN}"
    assert talk.asked[0].headers["accept"] == "application/vnd.pagerduty+json;version=2"
    assert [item.query["offset"] for item in talk.to("/incidents/PABC123/log_entries")] == ["0", "2"]
    told = [(item.author, item.text, step(item), item.bot) for item in messages(tmp_path)]
    assert told == [
        ("checkout", "opened the incident", "none", True),
        ("Dana Reyes", "acknowledged the incident", "acknowledged", False),
        ("Dana Reyes", "Rolled back checkout to v41", "mitigated", False),
        ("checkout monitor", "resolved the incident", "resolved", True),
    ]
    assert [item.deed for item in messages(tmp_path)] == [True, True, False, True]
    book = ChatBook()
    book.read("messages.json", messages(tmp_path))
    assert {item.statement for item in observations(book, None)} == {
        "checkout opened the incident",
        "Dana Reyes acknowledged the incident",
        'Dana Reyes wrote: "Rolled back checkout to v41"',
        "checkout monitor resolved the incident",
    }
    assert messages(tmp_path)[1].time == datetime(2026, 3, 1, 12, 6, tzinfo=UTC)
    alerts = [item for item in read(tmp_path / "alerts.json").records if isinstance(item, AlertRecord)]
    assert [(item.name, item.state, item.labels["severity"], item.labels["service"]) for item in alerts] == [
        ("Checkout answers with errors", "resolved", "P1", "checkout"),
        ("CheckoutErrors", "resolved", "critical", "checkout"),
    ]
    assert alerts[1].ends_at == datetime(2026, 3, 1, 12, 49, tzinfo=UTC)


def test_without_its_id_the_incidents_of_the_window_and_its_services(tmp_path: Path) -> None:
    with answering(pagerduty) as talk:
        fetched = source(talk.url).fetch(named("checkout-outage"), tmp_path)
    assert talk.asked[0].query["since"] == "2026-03-01T12:00:00Z"
    assert talk.asked[0].query["until"] == "2026-03-01T13:00:00Z"
    assert "1 incidents of other services are left out" in fetched.note
    assert len(messages(tmp_path)) == 4


def test_of_several_incidents_none_states_a_step_of_this_one(tmp_path: Path) -> None:
    def both(asked: Asked) -> object:
        if asked.path == "/incidents":
            return {"incidents": [INCIDENT, {**INCIDENT, "id": "PABC124"}], "more": False}
        return pagerduty(asked) if "PABC123" in asked.path else Refusal(403, "no")

    with answering(both) as talk:
        fetched = source(talk.url).fetch(named("checkout-outage"), tmp_path)
    assert fetched.outcome == "partial"
    assert {step(item) for item in messages(tmp_path) if "Rolled" not in item.text} == {"none"}


def test_the_record(tmp_path: Path) -> None:
    with answering(pagerduty) as talk:
        record = source(talk.url).incident("PABC123", Deadline(20))
        with pytest.raises(LookupError, match="knows no incident PNONE12"):
            source(talk.url).incident("PNONE12", Deadline(20))
    assert (record.title, record.severity, record.services) == (
        "Checkout answers with errors",
        "P1",
        ("checkout",),
    )
    assert record.start == datetime(2026, 3, 1, 12, 4, tzinfo=UTC)
    assert record.end == datetime(2026, 3, 1, 12, 50, tzinfo=UTC)
    assert [(one.name, one.role, one.email) for one in record.people] == [
        ("Dana Reyes", "on-call responder", "dana@example.org")
    ]


def test_probe_and_a_refused_key() -> None:
    with answering(lambda _: {"incidents": [], "more": False}) as talk:
        assert source(talk.url).probe(scope()).well
    with answering(lambda _: Refusal(401, {"error": {"message": TOKEN}})) as talk:
        health = source(talk.url).probe(scope())
    assert (health.authenticated, "token_env" in health.suggestion) == (False, True)
    assert TOKEN not in repr(health)


GOOD = b'{"incidents":[],"more":false}'
REFUSAL = inside_200(
    b'{"error":{"message":"Account suspended","code":2013}}', "no JSON list of incidents.*suspended"
)


@pytest.mark.parametrize("fault", [*FAULTS, REFUSAL], ids=lambda fault: fault.name)
def test_a_server_that_misbehaves_is_a_row(fault: Fault, tmp_path: Path) -> None:
    trial = put_through(fault, lambda url: source(url, max_bytes=200_000), GOOD, tmp_path)
    assert trial.fetched.outcome in fault.outcomes
    assert re.search(fault.says, trial.fetched.note)
    assert TOKEN not in repr(trial.fetched)
    assert trial.seconds < SECONDS + 2
    if fault.asked_once:
        assert trial.requests == 1
