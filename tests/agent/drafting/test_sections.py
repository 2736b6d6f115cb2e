"""One section written anew: which findings concern it, and what a revision may change."""

from __future__ import annotations

from agent.drafting.sections import concerns, confined, fields_of
from agent.schema.finding import Finding
from agent.schema.postmortem import Claim
from tests.agent.drafting.conftest import Making


def test_a_finding_concerns_the_section_that_it_lies_in() -> None:
    found = Finding(rule="G01", level="error", message="m", section="impact.2")
    assert concerns(found, "impact")
    assert not concerns(found, "summary")
    assert fields_of("cause") == ("cause", "ruled_out")


def test_a_revision_changes_the_section_and_nothing_else(make: Making) -> None:
    item = make.item("L1", "cart failed", service="cart", at="2026-03-17T09:00:05Z")
    before = make.draft(make.brief(make.digest(item)))
    said = (Claim(text="Changed.", evidence=("L1",)),)
    after = confined(before, before.model_copy(update={"impact": said, "summary": said}), "impact")
    assert after.impact == said
    assert after == before.model_copy(update={"impact": said})
