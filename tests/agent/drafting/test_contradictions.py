"""Sentences against the verdict and the facts, by rule; and what a model found, as long as it stands."""

from __future__ import annotations

from typing import Any

import pytest

from agent.checks.verdict import check_verdict
from agent.drafting.contradictions import as_findings
from agent.drafting.drafter import Contradiction
from agent.schema.digest import Fact
from agent.schema.postmortem import Claim, PostMortem

from .conftest import Making

FACTS: dict[str, Any] = {
    "alerts_fired": Fact(name="alerts_fired", label="Alerts fired", text="5", count=5),
    "ended": Fact(name="ended", label="Ended", text="10:20", seconds=1.0),
}


def saying(text: str, verdict: str = "probable") -> PostMortem:
    make = Making()
    digest = make.digest(make.item("L1", "shop logged 'timeout' 3 times", service="shop"), **FACTS)
    draft = make.draft(make.brief(digest))
    claim = Claim(text=text, evidence=("L1",), standing="inferred")
    cause = draft.cause.model_copy(update={"verdict": verdict})
    return draft.model_copy(update={"summary": (claim,), "cause": cause})


def found(text: str, verdict: str = "probable") -> list[tuple[str, str]]:
    make = Making()
    digest = make.digest(make.item("L1", "shop logged 'timeout' 3 times", service="shop"), **FACTS)
    return [
        (item.section, item.level)
        for item in check_verdict(saying(text, verdict), digest)
        if item.section == "summary.1"
    ]


@pytest.mark.parametrize(
    ("text", "verdict", "level"),
    [
        ("The outage was caused by a full disk.", "not established", "error"),
        ("The root cause was a full disk.", "not established", "error"),
        ("The outage was caused by a full disk.", "probable", "warning"),
        ("No alert fired during that time.", "established", "error"),
        ("The shop had not yet recovered.", "established", "warning"),
    ],
)
def test_a_sentence_against_the_verdict_or_a_fact_is_reported(text: str, verdict: str, level: str) -> None:
    assert found(text, verdict) == [("summary.1", level)]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("The outage was caused by a full disk.", "established"),
        ("A full disk was probably the cause.", "probable"),
        ("What caused the outage is not established.", "not established"),
        ("The cause of the restart was not recorded, so it is unknown.", "not established"),
        ("No alert fired for shop.", "established"),
        ("The shop recovered at 10:20.", "established"),
    ],
)
def test_a_careful_sentence_is_left_alone(text: str, verdict: str) -> None:
    assert found(text, verdict) == []


def test_what_a_model_found_is_dropped_once_a_passage_changed() -> None:
    draft = saying("It lasted 5 min.")
    pair = Contradiction(
        place="summary.1",
        text="It lasted 5 min.",
        other_place="cause.claim",
        other_text=draft.cause.claim.text,
        why="Two durations.",
    )
    assert [item.rule for item in as_findings(draft, [pair])] == ["C06"]
    assert as_findings(saying("It lasted 6 min."), [pair]) == ()
