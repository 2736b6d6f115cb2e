"""Structured drafts: what a sentence says must be in what it cites."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest

from agent.checks import check_draft, process_states
from agent.schema.base import format_utc
from agent.schema.digest import Digest, Edge, Fact, FactName
from agent.schema.evidence import Evidence, Pointer
from agent.schema.finding import Finding
from agent.schema.incident import Window
from agent.schema.postmortem import (
    ActionItem,
    Cause,
    Claim,
    Factor,
    Header,
    PostMortem,
    Provenance,
    TimelineRow,
    Why,
)
from agent.schema.review import ReviewEvent

START = datetime(2026, 2, 17, 10, 5, tzinfo=UTC)
END = START + timedelta(minutes=95)
NOW = END + timedelta(hours=10)


def _at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


LOG = Evidence(
    id="L1",
    kind="L",
    service="orders-api",
    start=_at(6.2),
    end=_at(35),
    severity="error",
    statement="orders-api logged 1,204 times that the pool of 10 connections was exhausted",
    quote="pq: pool exhausted after 0.5 s, host 10.0.0.7, release v2.3.1",
    attributes={"count": "1204", "baseline_count": "0", "code": "503"},
    pointers=(Pointer(artifact="files/orders.log", lines=(10, 400)),),
)
METRIC = Evidence(
    id="M1",
    kind="M",
    service="checkout",
    start=_at(7),
    end=_at(40),
    statement="latency_p95 of checkout rose from 8.56 ms to 930.2 ms",
    attributes={"before": "8.56", "after": "930.2", "unit": "ms"},
    pointers=(Pointer(artifact="files/m.json", series="latency_p95"),),
)
ALERT = Evidence(
    id="A1",
    kind="A",
    service="checkout",
    start=_at(11),
    end=_at(40),
    statement="CheckoutSlow fired",
    attributes={"alertname": "CheckoutSlow"},
    pointers=(Pointer(artifact="files/a.json", lines=(1, 9)),),
)


def _fact(name: FactName) -> Fact:
    if name == "duration":
        return Fact(name=name, label="Duration", text="1 h 35 min", seconds=5700.0)
    if name == "started":
        return Fact(name=name, label="Started", text="2026-02-17 10:05 UTC", time=START)
    return Fact(name=name, label=name, text="not known", note="no such evidence")


DIGEST = Digest(
    incident="inc-1",
    snapshot="s1",
    manifest_sha256="0" * 64,
    window=Window(start=START - timedelta(hours=1), end=END),
    onset=START,
    onset_source="record",
    evidence=(LOG, METRIC, ALERT),
    facts=tuple(_fact(name) for name in get_args(FactName)),
    coverage=(),
    suspects=(),
    topology=(Edge(caller="checkout", callee="orders-api"),),
)
ACTION = ActionItem(
    id="AI-1",
    action="Cap the pool of orders-api at 50 connections",
    done_when="A load test with 60 clients passes",
    owner="Orders team",
    deadline=date(2026, 3, 10),
    priority="P1",
    kind="prevent",
    strength="engineering control",
    factors=("F1",),
    proposed=False,
)


def _claim(text: str = "The pool of orders-api was exhausted.", *evidence: str) -> Claim:
    return Claim(text=text, evidence=evidence or ("L1",))


FACTOR = Factor(
    id="F1",
    layer="immediate",
    category="capacity",
    title="Connection pool of orders-api exhausted",
    claim=_claim(),
    whys=(
        Why(question="Why was the pool exhausted?", answer="The evidence does not show it.", basis="open"),
    ),
)
DRAFT = PostMortem(
    header=Header(incident="inc-1", title="Slow checkout", start=START, end=END),
    summary=(_claim(),),
    impact=(),
    detection=(),
    timeline=(
        TimelineRow(
            time=_at(6.2), event="First pool error", source="logs", actor="orders-api", evidence=("L1",)
        ),
        TimelineRow(
            time=_at(11), event="CheckoutSlow fired", source="alert", actor="system", evidence=("A1",)
        ),
    ),
    cause=Cause(verdict="probable", claim=_claim(), factors=("F1",)),
    factors=(FACTOR,),
    response=(),
    went_well=(),
    went_badly=(),
    lucky=(),
    lessons=(),
    actions=(ACTION,),
    prevention=(),
    open_questions=(),
    ruled_out=(),
    coverage=(),
    gaps=(),
    provenance=Provenance(drafter="offline", drafted_at=NOW, pm_agent="0", digest_sha256="0"),
)


def _check(**changes: object) -> list[Finding]:
    draft = DRAFT.model_copy(update=changes)
    return [item for item in check_draft(draft, DIGEST, now=NOW) if item.level != "info"]


def _places(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(item.rule, item.section, item.text) for item in findings]


def test_a_grounded_draft_has_no_findings() -> None:
    assert _places(_check()) == []


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Latency rose from 9 ms to 930 ms.", ("M1",)),
        ("Latency rose from about 0.0086 s to 0.93 s.", ("M1",)),
        ("Latency rose by a factor of 109 times.", ("M1",)),
        ("The error was logged 1204 times.", ("L1",)),
        ("Each request waited 500 ms.", ("L1",)),
        ("Requests ended in HTTP 503.", ("L1",)),
        ("The first error came at 10:11.", ("L1",)),
        ("The first error came at 10:11:12Z on 2026-02-17.", ("L1",)),
        ("The alert fired 11 minutes after the start.", ("A1",)),
        ("Release v2.3.1 on 10.0.0.7 was running.", ("L1",)),
        ("Two services were affected: checkout and orders-api.", ("L1", "M1")),
        ("Checkout latency is in [M1].", ("M1",)),
    ],
)
def test_what_the_evidence_carries_passes(text: str, evidence: tuple[str, ...]) -> None:
    assert _places(_check(impact=(Claim(text=text, evidence=evidence),))) == []


@pytest.mark.parametrize(
    ("text", "evidence", "rule", "words"),
    [
        ("Latency rose to 950 ms.", ("M1",), "G02", "950 ms"),
        ("Latency rose to 930 s.", ("M1",), "G02", "930 s"),
        ("The error was logged 1,304 times.", ("L1",), "G02", "1,304 times"),
        ("Errors reached 14%.", ("L1",), "G02", "14%"),
        ("The outage lasted 3 hours.", ("L1",), "G02", "3 hours"),
        ("Five pods restarted.", ("L1",), "G02", "Five pods"),
        ("The first error came at 10:42.", ("L1",), "G03", "10:42"),
        ("It began on 2026-02-19.", ("L1",), "G03", "2026-02-19"),
        ("Release v2.4.0 was running.", ("L1",), "G04", "v2.4.0"),
        ("Host 10.0.0.9 was slow.", ("L1",), "G04", "10.0.0.9"),
        ("The pool of payments-db-2 was exhausted.", ("L1",), "G04", "payments-db-2"),
        ("The pool of orders-api was exhausted.", ("M1",), "G04", "orders-api"),
    ],
)
def test_what_the_evidence_does_not_carry_is_an_error(
    text: str, evidence: tuple[str, ...], rule: str, words: str
) -> None:
    found = _check(impact=(Claim(text=text, evidence=evidence),))
    assert _places(found) == [(rule, "impact.1", words)]
    assert found[0].level == "error"


def test_a_suggestion_says_what_the_evidence_has() -> None:
    (found,) = _check(impact=(Claim(text="Latency rose to 950 ms.", evidence=("M1",)),))
    assert "M1: latency_p95 of checkout rose from 8.56 ms to 930.2 ms" in found.suggestion


def test_what_a_person_stated_needs_no_evidence() -> None:
    assert (
        _check(impact=(Claim(text="About 40 customers called at 12:30.", standing="stated by a person"),))
        == []
    )


def test_facts_carry_numbers_too() -> None:
    assert _check(impact=(Claim(text="The incident lasted 95 minutes.", facts=("duration",)),)) == []
    assert _places(_check(impact=(Claim(text="The incident lasted 96 minutes.", facts=("duration",)),))) == [
        ("G02", "impact.1", "96 minutes")
    ]
    assert _places(_check(impact=(Claim(text="The incident lasted 99 minutes.", facts=("duration",)),))) == [
        ("G02", "impact.1", "99 minutes")
    ]
    unknown = _check(impact=(Claim(text="The time to detect is short.", facts=("time_to_detect",)),))
    assert _places(unknown) == [("G01", "impact.1", "time_to_detect")]


def test_citations_must_exist() -> None:
    found = _check(impact=(Claim(text="The pool was exhausted.", evidence=("L1", "L9")),))
    assert _places(found) == [("G01", "impact.1", "L9")]
    assert found[0].suggestion.startswith("L1 would carry it")


def test_a_timeline_row_has_its_evidences_time() -> None:
    row = DRAFT.timeline[1].model_copy(update={"time": _at(13)})
    assert [item.rule for item in _check(timeline=(DRAFT.timeline[0], row))] == ["G05"]


def test_established_needs_hard_evidence() -> None:
    cause = Cause(
        verdict="established",
        claim=Claim(text="The pool was exhausted.", evidence=("L1",), standing="inferred"),
    )
    assert [item.rule for item in _check(cause=cause)] == ["G06"]
    assert _check(cause=cause.model_copy(update={"verdict": "not established"})) == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"owner": "TBD"}, ("A01", "actions.AI-1.owner", "TBD")),
        ({"deadline": date(2026, 2, 1)}, ("A02", "actions.AI-1.deadline", "2026-02-01")),
        ({"factors": ("F7",)}, ("A08", "actions.AI-1.factors", "F7")),
        (
            {"action": "Improve resilience", "done_when": "It is better"},
            ("A05", "actions.AI-1.action", "Improve resilience"),
        ),
        (
            {"action": "Remind the developers to test first"},
            ("B07", "actions.AI-1.action", "Remind the developers"),
        ),
    ],
)
def test_action_items(change: dict[str, object], place: tuple[str, str, str]) -> None:
    assert place in _places(_check(actions=(ACTION.model_copy(update=change),)))


def test_wording_names_the_place() -> None:
    factor = FACTOR.model_copy(update={"claim": _claim("The operator forgot the pool of orders-api.")})
    assert _places(_check(factors=(factor,))) == [("B01", "factors.F1.claim", "forgot")]


def test_order_and_references() -> None:
    rules = [
        (item.rule, item.section)
        for item in _check(timeline=tuple(reversed(DRAFT.timeline)), factors=(FACTOR, FACTOR))
    ]
    assert ("C02", "timeline.2") in rules
    assert ("C05", "factors") in rules
    assert ("C04", "cause.factors") in [(item.rule, item.section) for item in _check(factors=())]


def _state(step: str, now: datetime = NOW, reviews: tuple[ReviewEvent, ...] = (), **changes: object) -> str:
    states = process_states(DRAFT.model_copy(update=changes), now=now, reviews=reviews)
    assert len(states) == 8
    return next(state.state for state in states if state.step == step)


def _published(at: datetime) -> tuple[ReviewEvent, ...]:
    return (ReviewEvent(at=at, by="Dana", action="published", version="v"),)


def test_process_states() -> None:
    assert _state("timeline complete") == "done"
    assert _state("timeline complete", gaps=("no metrics",)) == "not done"
    assert _state("several factors") == "not done"
    assert _state("several factors", factors=(FACTOR, FACTOR.model_copy(update={"id": "F2"}))) == "done"
    assert _state("actions complete") == "done"
    assert _state("actions complete", actions=(ACTION.model_copy(update={"proposed": True}),)) == "not done"
    assert _state("blameless wording") == "done"
    assert _state("items tracked") == "not done"
    assert _state("items tracked", actions=(ACTION.model_copy(update={"ticket": "OPS-1"}),)) == "done"
    step = "distributed within 48 h"
    assert _state(step) == "not done"
    assert _state(step, now=END + timedelta(hours=49)) == "overdue"
    assert _state(step, reviews=_published(END + timedelta(hours=47))) == "done"
    assert _state(step, reviews=_published(END + timedelta(hours=49))) == "overdue"
    assert _state("follow-up review in four weeks") == "not done"
    assert _state("follow-up review in four weeks", now=END + timedelta(weeks=6)) == "overdue"
    no_end = DRAFT.header.model_copy(update={"end": None})
    assert (
        _state(step, header=no_end) == _state("follow-up review in four weeks", header=no_end) == "not known"
    )


def test_times_for_people_have_no_fraction_where_the_order_does_not_need_one() -> None:
    end = END + timedelta(milliseconds=123)
    header = DRAFT.header.model_copy(update={"end": end})
    states = process_states(DRAFT.model_copy(update={"header": header}), now=NOW, reviews=())
    assert "due 2026-02-19T11:40:00Z" in [state.detail for state in states]
    row = DRAFT.timeline[1]
    rows = tuple(row.model_copy(update={"time": row.time + timedelta(seconds=s)}) for s in (0.25, 0))
    told = [item.message for item in _check(timeline=rows) if item.rule == "C02"]
    assert told == [f"goes back in time, from {format_utc(rows[0].time)} to {format_utc(rows[1].time)}"]
    far = tuple(row.model_copy(update={"time": row.time + timedelta(seconds=s)}) for s in (5.25, 0))
    (message,) = [item.message for item in _check(timeline=far) if item.rule == "C02"]
    assert ".25" not in message


def test_a_header_that_contradicts_a_cited_fact_is_an_error() -> None:
    moved = DRAFT.header.model_copy(update={"start": START + timedelta(minutes=7)})
    lasted = Claim(text="It took 1 h 35 min.", facts=("duration",))
    assert [item.rule for item in _check(header=moved)] == [], "no sentence cites the start"
    (found,) = _check(header=moved, impact=(lasted,))
    assert (found.rule, found.level, found.section) == ("C01", "error", "header.start")
    assert "2026-02-17T10:12:00Z" in found.message
    assert "2026-02-17T10:05:00Z" in found.message
