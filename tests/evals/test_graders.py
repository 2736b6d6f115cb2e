"""Each grader passes the good draft and notices the one thing that is broken in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.schema.digest import Digest
from agent.schema.finding import Finding
from agent.schema.postmortem import ActionItem, Claim, Hypothesis, PostMortem
from evals.expectation import Expectation, ExpectedCause, Statement
from evals.graders import abstention, cause, grounding, statements

EXPECTED = ExpectedCause(component=("orders",), phrases=("access denied", "credential"), label="bad login")


def expect(**fields: object) -> Expectation:
    base: dict[str, object] = {"id": "c", "title": "t", "system": "s", "signals": (), "licence": "MIT"}
    return Expectation.model_validate(base | fields)


def without_cause(draft: PostMortem, verdict: str) -> PostMortem:
    kept = draft.cause.model_copy(update={"verdict": verdict, "factors": ()})
    return draft.model_copy(update={"cause": kept})


def test_cause_ranks_the_factors_of_the_cause_first(draft: PostMortem) -> None:
    grade = cause.grade(draft, EXPECTED)
    assert (grade.cause_rank, grade.component_rank) == (1, 1)
    assert [factor.id for factor in cause.ranked(draft)] == ["F2", "F3", "F1"]


def test_cause_falls_back_when_the_cause_rests_on_other_factors(draft: PostMortem) -> None:
    moved = draft.model_copy(update={"cause": draft.cause.model_copy(update={"factors": ("F1", "F3")})})
    grade = cause.grade(moved, EXPECTED)
    assert (grade.cause_rank, grade.component_rank) == (3, 2)


def test_cause_needs_the_mechanism_and_the_component(draft: PostMortem) -> None:
    assert cause.grade(draft, EXPECTED.model_copy(update={"phrases": ("packet loss",)})).cause_rank is None
    assert cause.grade(draft, EXPECTED.model_copy(update={"phrases": ("packet loss",)})).component_rank == 1
    assert cause.grade(draft, EXPECTED.model_copy(update={"component": ("payments",)})).cause_rank is None


def test_cause_without_a_label_has_no_rank(draft: PostMortem) -> None:
    assert cause.grade(draft, ExpectedCause()).cause_rank is None


def test_cause_of_a_draft_that_finds_no_incident_has_no_rank(draft: PostMortem) -> None:
    assert cause.grade(without_cause(draft, "no incident"), EXPECTED).cause_rank is None


def test_must_state_reads_claims_rows_factors_and_evidenced_answers(draft: PostMortem) -> None:
    wanted = (
        Statement(say="summary", any=("reach its database",)),
        Statement(say="row with its date", any=("2026-03-12T12:30.*first logged",)),
        Statement(say="factor", any=("crash loop.*restarted 4 times",)),
        Statement(say="answer", any=("user was refused",)),
    )
    assert statements.must_state(draft, wanted).hit == 4


@pytest.mark.parametrize("text", ["rotation went unnoticed", "rotated the secret", "nobody said this"])
def test_must_state_ignores_what_the_draft_does_not_assert(draft: PostMortem, text: str) -> None:
    recall = statements.must_state(draft, (Statement(say="wanted", any=(text,)),))
    assert (recall.hit, recall.of, recall.missed) == (0, 1, ("wanted",))


def test_must_not_state_shows_the_sentence(draft: PostMortem) -> None:
    unwanted = (Statement(say="blames the node", any=("node .* was full",)),)
    assert statements.must_not_state(draft, unwanted) == ()
    said = draft.model_copy(update={"lessons": (Claim(text="The node n1 was full.", evidence=("K1",)),)})
    assert statements.must_not_state(said, unwanted) == ("blames the node: The node n1 was full.",)


def test_must_not_state_leaves_ruled_out_hypotheses_alone(draft: PostMortem) -> None:
    against = Hypothesis(
        text="The node n1 was full", against=Claim(text="The node n1 was full of space.", evidence=("K1",))
    )
    ruled_out = draft.model_copy(update={"ruled_out": (against,)})
    assert statements.must_not_state(ruled_out, (Statement(say="x", any=("node .* was full",)),)) == ()


def test_citations_of_the_good_draft_all_exist(draft: PostMortem, digest: Digest) -> None:
    assert grounding.hallucinated(draft, digest) == ()


def test_hallucinated_citations_are_found_everywhere(draft: PostMortem, digest: Digest) -> None:
    ghost = Claim(text="x", evidence=("L99",))
    spots: dict[str, object] = {
        "summary": (ghost,),
        "prevention": (ghost,),
        "cause": draft.cause.model_copy(update={"claim": ghost}),
        "timeline": tuple(row.model_copy(update={"evidence": ("L99",)}) for row in draft.timeline),
        "factors": (draft.factors[0].model_copy(update={"claim": ghost}), *draft.factors[1:]),
        "ruled_out": (Hypothesis(text="h", against=ghost, evidence_for=("M98",)),),
        "open_questions": (draft.open_questions[0].model_copy(update={"evidence": ("L99",)}),),
    }
    for name, value in spots.items():
        found = grounding.hallucinated(draft.model_copy(update={name: value}), digest)
        assert found, name
        assert all("L99" in text or "M98" in text for text in found)
    assert len(grounding.hallucinated(draft.model_copy(update=spots), digest)) == 8


def test_invented_counts_grounding_rules_only() -> None:
    rules = ("G01", "G02", "G03", "G04", "G05", "G06", "B01", "C01")
    findings = tuple(Finding(rule=rule, level="error", message="m", section="summary.1") for rule in rules)
    assert [text.split()[0] for text in grounding.invented(findings)] == ["G02", "G03", "G04", "G05"]


def test_abstention_reads_the_verdict(draft: PostMortem) -> None:
    assert not abstention.abstained(draft)
    assert abstention.abstained(without_cause(draft, "not established"))
    assert abstention.abstained(without_cause(draft, "no incident"))


def test_overreach_sees_a_known_end_where_none_can_be_known(draft: PostMortem) -> None:
    expected = expect(unknowable=("end", "who noticed"))
    assert abstention.overreach(draft, expected) == ()
    start = draft.timeline[0].time
    ended = draft.header.model_copy(update={"start": start, "end": start + timedelta(minutes=5)})
    (found,) = abstention.overreach(draft.model_copy(update={"header": ended}), expected)
    assert "end as 2026-03-12T12:35" in found


def test_overreach_sees_trouble_made_of_none_and_none_made_of_trouble(draft: PostMortem) -> None:
    calm = expect(should_abstain=True, verdict="no incident")
    assert abstention.overreach(without_cause(draft, "no incident"), calm) == ()
    assert "'probable'" in abstention.overreach(draft, calm)[0]
    assert abstention.overreach(without_cause(draft, "no incident"), expect()) == (
        "finds no incident where there was one",
    )


def test_overreach_sees_work_made_of_no_incident(draft: PostMortem) -> None:
    item = ActionItem(
        id="AI-1",
        action="Add a rule",
        done_when="It fires",
        owner="team",
        deadline=draft.timeline[0].time.date(),
        priority="P2",
        kind="detect",
        strength="automation",
        factors=("F1",),
    )
    busy = without_cause(draft, "no incident").model_copy(update={"actions": (item,)})
    assert abstention.overreach(busy, expect(verdict="no incident")) == (
        "proposes 1 action items although it finds no incident",
    )
