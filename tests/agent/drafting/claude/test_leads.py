"""What a model is told beside the evidence: facts with their basis, suspects, failure patterns, calls."""

from __future__ import annotations

from agent.drafting.claude import leads, rendering
from agent.drafting.drafter import Explanation, Investigation
from agent.schema.digest import Fact
from agent.schema.postmortem import Factor
from tests.agent.drafting.conftest import Making

SLOW = {"metric": "p90latency", "metric_kind": "latency", "direction": "up", "harm": "bad", "change": "shift"}


def test_a_matching_pattern_is_told_with_the_evidence_for_it(make: Making) -> None:
    item = make.item("M1", "cart p90latency rose from 5 ms to 900 ms (180x)", service="cart").model_copy(
        update={"attributes": SLOW}
    )
    told = list(leads.patterns(make.digest(item)))
    assert any("cart" in line and line.endswith("pointed at by M1") for line in told)
    assert list(leads.patterns(make.digest())) == []


def test_suspects_tell_their_signals_and_how_many_are_left_out(make: Making) -> None:
    items = [
        make.item(f"A{n}", f"Alert SLOW fired for s{n}", service=f"s{n}", alertname="SLOW")
        for n in range(1, 9)
    ]
    suspects = tuple(make.suspect(f"s{n}", f"A{n}") for n in range(1, 9))
    told = list(leads.suspects(make.digest(*items, suspects=suspects)))
    assert told[0].endswith(": alert SLOW A1")
    assert told[-1] == "(2 more suspects of lower rank are not shown)"


def test_calls_stand_by_caller_and_say_what_was_cut(make: Making) -> None:
    item = make.item("L1", "hub failed", service="hub")
    digest = make.digest(item, edges=tuple(("hub", f"s{n:02}") for n in range(20)))
    [line] = leads.calls(digest)
    assert line.startswith("hub -> s00, s01, ")
    assert line.endswith(" and 8 more")


def test_a_known_fact_says_what_it_stands_on(make: Making) -> None:
    ended = Fact.model_validate(
        {"name": "ended", "label": "e", "text": "t", "time": "2026-03-17T09:00:05Z", "note": "last alert"}
    )
    assert "ended: t (last alert)" in list(leads.facts(make.digest(ended=ended)))


def test_a_passage_of_a_factor_stands_behind_its_layer_and_title(make: Making) -> None:
    item = make.item("L1", "cart failed", service="cart")
    draft = make.draft(make.brief(make.digest(item)))
    claim = draft.cause.claim
    factor = Factor(id="F1", layer="systemic", category="design", title="No limit", claim=claim)
    changed = draft.model_copy(update={"factors": (factor,)})
    text = rendering.draft_text([("factors.F1.claim", claim.text)], changed, "5eed")
    assert f"factors.F1.claim (systemic factor: No limit): {claim.text}" in text


def test_what_was_weighed_is_told_with_its_state() -> None:
    weighed = Investigation(explanations=(Explanation(text="It ran full.", state="leading"),))
    assert "leading: It ran full." in rendering.explanations_text(weighed, "5eed")
