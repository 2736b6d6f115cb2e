"""What happens to a draft when checks block it."""

from __future__ import annotations

from agent.drafting.drafter import Comment
from agent.drafting.offline import OfflineDrafter
from agent.drafting.questions import unanswered
from agent.schema.finding import Finding
from agent.schema.postmortem import PostMortem

from .conftest import NOW, Making
from .digests import credentials


def error(section: str, *, rule: str = "G02", **more: str) -> Finding:
    return Finding.model_validate(
        {"rule": rule, "level": "error", "message": "not carried", "section": section, **more}
    )


def revised(make: Making, *findings: Finding) -> tuple[PostMortem, PostMortem]:
    brief = make.brief(credentials(make))
    draft = make.draft(brief)
    return draft, OfflineDrafter(today=NOW.date).revise(brief, draft, findings)


def test_ungrounded_sentence_becomes_a_question(make: Making) -> None:
    before, after = revised(make, error("summary.1"))
    assert after.summary == before.summary[1:]
    asked = [q for q in after.open_questions if before.summary[0].text in q.question]
    assert asked
    assert asked[0].evidence == before.summary[0].evidence
    assert after.provenance.revisions == before.provenance.revisions + 1


def test_wording_uses_the_suggestion_where_it_has_no_gap(make: Making) -> None:
    _, after = revised(make, error("detection.1", rule="B01", text="An alert", suggestion="One alert"))
    assert after.detection[0].text.startswith("One alert was recorded")


def test_wording_with_a_gap_is_dropped(make: Making) -> None:
    before, after = revised(make, error("detection.1", rule="B01", text="An alert", suggestion="<what> was"))
    assert after.detection == before.detection[1:]


def test_a_row_is_never_lost_silently(make: Making) -> None:
    before, after = revised(make, error("timeline.2", rule="G05"))
    gone = before.timeline[1]
    assert gone not in after.timeline
    assert any(gone.event in q.question for q in after.open_questions)


def test_factor_claim_falls_back_to_the_statement_of_its_evidence(make: Making) -> None:
    before, after = revised(make, error("factors.F1.claim"))
    assert after.factors[0].claim.text.startswith("ts-food-service logged")
    assert after.factors[0].title == before.factors[0].title
    assert after.cause == before.cause


def test_losing_the_first_factor_takes_back_the_verdict_and_its_items(make: Making) -> None:
    before, after = revised(make, error("factors.F1.title"))
    assert "F1" not in {factor.id for factor in after.factors}
    assert before.cause.verdict == "established"
    assert after.cause.verdict == "not established"
    assert not any("F1" in item.factors for item in after.actions)


def test_why_link_opens(make: Making) -> None:
    brief = make.brief(credentials(make))
    draft = make.draft(brief)
    after = OfflineDrafter().revise(brief, draft, (error("factors.F1.whys.1"),))
    assert after.factors[0].whys[0].basis == "open"
    assert after.factors[0].claim == draft.factors[0].claim


def test_item_fields_are_set_again_and_bad_text_is_asked_about(make: Making) -> None:
    before, after = revised(
        make, error("actions.AI-1.owner", rule="A01"), error("actions.AI-2.action", rule="A05")
    )
    assert after.actions[0].owner == "Service team"
    assert "AI-2" not in {item.id for item in after.actions}
    assert any(before.actions[1].action in q.question for q in after.open_questions)


def test_warnings_and_foreign_sections_change_nothing(make: Making) -> None:
    warning = error("summary.1").model_copy(update={"level": "warning"})
    before, after = revised(make, warning, error("", rule="P01"))
    assert after.model_copy(update={"provenance": before.provenance}) == before


def test_a_refused_question_is_left_out_but_no_answer_and_no_comment(make: Making) -> None:
    brief = make.brief(credentials(make))
    draft = make.draft(brief)
    first = draft.open_questions[0]
    settled = first.model_copy(update={"id": "Q7", "status": "answered", "answer": "No.", "by": "kim"})
    comment = unanswered(Comment(by="kim", section="impact", text="Who did this?"))
    commented = first.model_copy(
        update={"id": "Q8", "question": comment[0], "why_open": comment[1], "evidence": comment[2]}
    )
    draft = draft.model_copy(update={"open_questions": (*draft.open_questions, settled, commented)})
    refused = tuple(error(f"open_questions.{name}", rule="B02") for name in (first.id, "Q7", "Q8"))
    after = OfflineDrafter(today=NOW.date).revise(brief, draft, refused)
    assert {q.id for q in draft.open_questions} - {q.id for q in after.open_questions} == {first.id}
