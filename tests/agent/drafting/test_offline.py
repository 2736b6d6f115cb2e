"""Whole drafts from digests that say what recorded incidents say."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from agent.drafting.choosing import choose
from agent.drafting.drafter import Comment
from agent.errors import UserError
from agent.schema.digest import Coverage, Digest
from agent.schema.incident import Incident, Person
from agent.schema.postmortem import OpenQuestion, PostMortem
from agent.store import to_json

from .conftest import Making, claims, ungrounded
from .digests import (
    after_deploy,
    credentials,
    dns,
    job,
    kubelet,
    liveness,
    single_series,
    slow_callee,
    watchdog,
    wrong_data,
)

Build = Callable[[Making], Digest]


CASES: tuple[tuple[Build, str, str], ...] = (
    (credentials, "ts-food-service", "database-credentials"),
    (kubelet, "worker-02", "kubelet-down"),
    (liveness, "adservice", "liveness-probe-strict"),
    (slow_callee, "ts-station-service", "waiting-without-load"),
    (dns, "ts-contacts-service", "pod-dns-policy"),
    (wrong_data, "ts-contacts-service", "wrong-result"),
    (after_deploy, "checkout", "code-defect-exception"),
)
ALL: tuple[Build, ...] = (*(case[0] for case in CASES), job, watchdog, single_series)


@pytest.mark.parametrize(
    ("build", "component", "pattern"), CASES, ids=lambda value: getattr(value, "__name__", value)
)
def test_first_factor_names_component_and_mechanism(
    make: Making, build: Build, component: str, pattern: str
) -> None:
    draft = make.draft(make.brief(build(make)))
    assert (draft.factors[0].component, draft.factors[0].pattern) == (component, pattern)
    assert draft.cause.factors[0] == "F1"


@pytest.mark.parametrize("build", ALL, ids=lambda build: build.__name__)
def test_every_statement_is_carried_by_what_it_cites(make: Making, build: Build) -> None:
    digest = build(make)
    assert ungrounded(make.draft(make.brief(digest)), digest) == []


@pytest.mark.parametrize("build", ALL, ids=lambda build: build.__name__)
def test_same_brief_gives_same_bytes(make: Making, build: Build) -> None:
    assert to_json(make.draft(make.brief(build(make)))) == to_json(make.draft(make.brief(build(make))))


@pytest.mark.parametrize("build", ALL, ids=lambda build: build.__name__)
def test_rows_are_sorted_and_unsaid_times_stay_unsaid(make: Making, build: Build) -> None:
    digest = build(make)
    draft = make.draft(make.brief(digest))
    assert [row.time for row in draft.timeline] == sorted(row.time for row in draft.timeline)
    undated = {item.id for item in digest.evidence if item.start is None}
    assert not undated & {name for row in draft.timeline for name in row.evidence}


@pytest.mark.parametrize("build", ALL, ids=lambda build: build.__name__)
def test_items_are_concrete_owned_and_due_on_a_weekday(make: Making, build: Build) -> None:
    draft = make.draft(make.brief(build(make)))
    factors = {factor.id for factor in draft.factors}
    assert bool(draft.actions) == bool(factors)
    for item in draft.actions:
        assert set(item.factors) <= factors
        assert item.deadline.weekday() < 5
        assert item.proposed
        assert not re.search(
            r"\{|\}|\b(investigate|improve|consider|look into)\b", item.action, re.IGNORECASE
        )
        assert re.search(r"\d|`|{}".format("|".join(map(re.escape, components(draft)))), item.action)
    if factors:
        kinds = {item.kind for item in draft.actions}
        assert "detect" in kinds
        assert kinds & {"prevent"}
    assert len({item.action for item in draft.actions}) == len(draft.actions)


def components(draft: PostMortem) -> list[str]:
    return [factor.component for factor in draft.factors if factor.component]


def test_load_of_its_own_rules_out_waiting(make: Making) -> None:
    busy = make.item(
        "M9", "ts-station-service CPU rose from 3 % to 99 %", service="ts-station-service", metric_kind="cpu",
        at="2026-03-20T05:09:40Z", direction="up", harm="bad", change="shift", salience=0.9,
    )  # fmt: skip
    digest = slow_callee(make)
    digest = digest.model_copy(update={"evidence": (busy, *digest.evidence)})
    found = {(f.pattern, f.component) for f in make.draft(make.brief(digest)).factors}
    assert ("cpu-saturation", "ts-station-service") in found
    assert ("waiting-without-load", "ts-station-service") not in found


def test_callers_of_a_slow_callee_are_not_blamed_first(make: Making) -> None:
    draft = make.draft(make.brief(slow_callee(make)))
    assert draft.factors[1].component == "ts-basic-service"
    assert draft.cause.verdict == "probable"
    assert draft.ruled_out[0].against.evidence == ("M3",)


def test_hard_state_establishes_the_cause_and_explains_its_symptoms(make: Making) -> None:
    draft = make.draft(make.brief(credentials(make)))
    assert draft.cause.verdict == "established"
    assert "K1" in draft.factors[0].claim.evidence
    assert [factor.pattern for factor in draft.factors].count("readiness-probe-failing") == 0
    assert any(factor.pattern == "late-alert" for factor in draft.factors)


def test_job_names_both_the_job_and_the_host_it_could_not_reach(make: Making) -> None:
    draft = make.draft(make.brief(job(make)))
    text = " ".join(factor.title + factor.claim.text for factor in draft.factors[:2])
    assert "java-api-checker" in text
    assert "prod-db" in text


def test_nobody_alerted_is_a_systemic_factor_that_cites_the_trouble(make: Making) -> None:
    draft = make.draft(make.brief(kubelet(make)))
    factor = next(factor for factor in draft.factors if factor.pattern == "no-alert")
    assert factor.layer == "systemic"
    assert factor.claim.evidence == ("K1",)
    assert factor.claim.standing == "inferred"


def test_always_firing_alert_is_no_incident(make: Making) -> None:
    draft = make.draft(make.brief(watchdog(make)))
    assert draft.cause.verdict == "no incident"
    assert draft.cause.claim.evidence == ("A1",)
    assert (draft.factors, draft.actions, draft.open_questions) == ((), (), ())
    assert [row.evidence for row in draft.timeline] == [("A1",)]


def test_single_series_abstains_and_asks(make: Making) -> None:
    draft = make.draft(make.brief(single_series(make)))
    assert draft.cause.verdict == "not established"
    assert draft.cause.factors == ()
    assert any(question.question == "What caused the incident?" for question in draft.open_questions)


def test_recovery_and_people_are_in_timeline_and_response(make: Making) -> None:
    draft = make.draft(make.brief(after_deploy(make)))
    assert draft.timeline[-1].event == "Alert CheckoutErrorBudgetBurn resolved"
    assert [row.actor for row in draft.timeline if "H1" in row.evidence] == ["@kim"]
    assert any("went away after a change" in claim.text for claim in draft.went_well)
    assert not any(question.question.startswith("Who responded") for question in draft.open_questions)


def test_answers_are_kept_and_told_and_comments_are_carried(make: Making) -> None:
    first = make.draft(make.brief(kubelet(make)))
    asked = next(question for question in first.open_questions if "users" in question.question)
    settled = OpenQuestion.model_validate(
        {**asked.model_dump(), "status": "answered", "answer": "About 300 orders were lost.", "by": "Dana"}
    )
    comment = Comment(by="Dana", section="summary", text="Shorter, please.")
    draft = make.draft(make.brief(kubelet(make), answers=(settled,), comments=(comment,)))
    assert [q.id for q in draft.open_questions if q.status == "answered"] == [asked.id]
    told = [claim for claim in draft.impact if claim.standing == "stated by a person"]
    assert [claim.text for claim in told] == ["About 300 orders were lost."]
    assert any(q.question == "Dana asks on summary: Shorter, please." for q in draft.open_questions)
    assert len({q.id for q in draft.open_questions}) == len(draft.open_questions)


def test_owner_comes_from_the_record_where_it_names_one(make: Making) -> None:
    incident = Incident(
        id="inc-1", title="t", people=(Person(handle="@ada", role="on-call, ts-food-service"),)
    )
    draft = make.draft(make.brief(credentials(make), incident=incident))
    assert draft.actions[0].owner == "@ada"


def test_gaps_name_source_outcome_and_note(make: Making) -> None:
    row = Coverage(source="loki", signal="logs", query="{app=x}", outcome="failed", note="timeout after 30 s")
    draft = make.draft(make.brief(make.digest(coverage=(row,))))
    assert draft.gaps == ("loki: logs ({app=x}): could not be asked. timeout after 30 s",)
    assert draft.cause.verdict == "not established"


def test_prose_blames_nobody(make: Making) -> None:
    for build in ALL:
        for claim in claims(make.draft(make.brief(build(make)))):
            assert not re.search(r"should have|human error|careless|forgot|fault of", claim.text)


def test_claude_is_refused_with_what_to_do() -> None:
    assert choose("auto", environ={}).name == choose("offline").name == "offline"
    with pytest.raises(UserError, match="needs a key"):
        choose("claude", environ={})


def test_claim_quotes_the_line_that_told_where_the_statement_hides_it(make: Making) -> None:
    digest = make.digest(
        make.item(
            "L1",
            "orders logged 'Exception during pool initialization' 4 times",
            service="orders",
            at="2026-03-12T12:34:52Z",
            quote="HikariPool-1 - Exception during pool initialization.\n"
            "java.sql.SQLException: Access denied for user 'ts'@'172.20.2.124' (using password: YES)",
        )
    )
    draft = make.draft(make.brief(digest))
    assert draft.factors[0].pattern == "database-credentials"
    assert "Access denied for user 'ts'" in draft.factors[0].claim.text
    assert ungrounded(draft, digest) == []


def test_standing_state_without_consequence_ranks_below_what_happened(make: Making) -> None:
    digest = make.digest(
        make.item(
            "K1",
            "Service flagd selected pods with app=flagd, which no recorded pod carried",
            service="flagd",
            source="state",
            reason="SelectorMismatch",
            salience=0.9,
        ),
        make.item(
            "M1",
            "station p90 latency rose from 3.9 ms to 3206 ms",
            service="station",
            at="2026-03-12T12:34:52Z",
            salience=0.8,
            metric_kind="latency",
            direction="up",
            harm="bad",
            change="shift",
        ),
        suspects=(make.suspect("station", "M1"),),
    )
    assert make.draft(make.brief(digest)).factors[0].component == "station"
