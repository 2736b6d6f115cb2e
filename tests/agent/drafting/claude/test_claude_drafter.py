"""A whole draft with a scripted model over a recorded incident: what it says is held to the evidence."""

from __future__ import annotations

import json
import re
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.drafting.choosing import choose
from agent.drafting.claude.drafter import ClaudeDrafter
from agent.drafting.claude.passages import moved
from agent.drafting.fence import label_of
from agent.drafting.model.endpoint import Endpoint, ScriptedEndpoint
from agent.drafting.model.endpoint import said as said_by_endpoint
from agent.drafting.model.meter import Budget, BudgetSpent, Meter, summary
from agent.drafting.model.paid import PaidCalls
from agent.drafting.model.request import ModelReply, ModelRequest, Usage
from agent.drafting.offline import OfflineDrafter
from agent.errors import UserError
from agent.schema.finding import Finding
from agent.schema.postmortem import Claim, PostMortem
from agent.settings import Settings
from agent.store import IncidentFolder
from agent.workflow.run import run_draft
from prompts import load

from ..conftest import Making
from ..digests import credentials
from .obedient import Fields, empty, lines_of, prompt_of, said, scripted, wanted_of

CASE = Path(__file__).parents[4] / "evals" / "incidents" / "boutique-1d95c3" / "bundle"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> IncidentFolder:
    shutil.copytree(CASE, tmp_path / "boutique-1d95c3")
    return IncidentFolder(tmp_path / "boutique-1d95c3")


def drafted(folder: IncidentFolder, endpoint: Endpoint, budget: Budget | None = None) -> PostMortem:
    meter = Meter(endpoint, PaidCalls(folder.model_calls), budget)
    run_draft(
        folder,
        drafter=ClaudeDrafter(meter, model="claude-sonnet-5-5"),
        settings=Settings(),
        now=lambda: NOW,
    )
    draft = folder.read_draft()
    assert draft is not None
    return draft


def test_a_faithful_model_drafts_without_errors(folder: IncidentFolder) -> None:
    endpoint = scripted()
    draft = drafted(folder, endpoint)
    assert draft.provenance.drafter == "claude-sonnet-5-5"
    assert draft.cause.verdict == "probable"
    assert len(draft.timeline) >= 4
    assert [row.time for row in draft.timeline] == sorted(row.time for row in draft.timeline)
    assert draft.actions[0].owner
    steps = [request.step for request in endpoint.requests]
    assert steps[:3] == ["investigate", "timeline", "factors"]
    assert sorted(steps[3:6]) == ["actions", *["sections"] * 2]
    assert steps[6:] == ["contradictions"]
    findings = json.loads((folder.path / "findings.json").read_text())
    assert '"level": "error"' not in json.dumps(findings)


def test_every_call_begins_with_the_same_bytes_and_one_schema(folder: IncidentFolder) -> None:
    endpoint = scripted()
    drafted(folder, endpoint)
    assert len({request.pieces()[:2] for request in endpoint.requests}) == 1
    assert all(request.pieces()[1].marked for request in endpoint.requests)
    assert len({json.dumps(dict(request.reply_schema or {})) for request in endpoint.requests}) == 1
    told = summary(PaidCalls(folder.model_calls))
    assert told["counted_cached_share"] > 0.7
    assert told["counted_uncached_tokens"] < 40_000


def test_the_draft_names_every_prompt_that_was_sent(folder: IncidentFolder) -> None:
    draft = drafted(folder, scripted())
    named = {name.partition("@")[0] for name in draft.provenance.prompts}
    shared = {"rules", "evidence", "found", "tools"}
    assert named == shared | {"investigate", "timeline", "factors", "actions", "sections", "contradictions"}
    assert load("factors").reference in draft.provenance.prompts


def test_what_is_not_carried_becomes_a_question(folder: IncidentFolder) -> None:
    def change(request: ModelRequest, reply: Fields) -> Fields:
        if request.step == "sections":
            for section in reply["sections"]:
                section["claims"] += [  # type: ignore[index]
                    said("A disk broke the cluster.", "L999"),
                    said("Bob broke the cluster.", "L999"),
                    said("All is well."),
                ]
        return reply

    draft = drafted(folder, scripted(change))
    assert "A disk broke" not in draft.model_dump_json(exclude={"open_questions"})
    assert any("A disk broke the cluster" in question.question for question in draft.open_questions)
    assert "Bob" not in draft.model_dump_json()


def test_a_question_that_blames_goes_back_and_is_worded_anew(folder: IncidentFolder) -> None:
    asked = "What let the change through?"

    def change(request: ModelRequest, reply: Fields) -> Fields:
        if request.step == "factors":
            reply["questions"] = [
                {"question": "Who broke it, and what let it through?", "why_open": "", "evidence": []}
            ]
        if request.step == "revise":
            places = re.findall(r"^place (open_questions\.Q\d+):", prompt_of(request), re.MULTILINE)
            reply["rewrites"] = [{"place": place, **said(asked)} for place in places]
        return reply

    questions = [question.question for question in drafted(folder, scripted(change)).open_questions]
    assert asked in questions
    assert not any("Who broke it" in question for question in questions)


def invented(request: ModelRequest) -> str:
    return f"{lines_of(request)[0][2]} lost 98765 requests at 03:14:15."


def test_an_invented_number_goes_back_twice_and_is_then_taken_out(folder: IncidentFolder) -> None:
    """Play a model that insists: it writes the number again each time it is asked to reword it."""

    def change(request: ModelRequest, reply: Fields) -> Fields:
        name = lines_of(request)[0][0]
        if request.step == "sections" and "summary" in wanted_of(request):
            reply["sections"] = [{"name": "summary", "claims": [said(invented(request), name)]}]
        if request.step == "revise":
            again = invented(request).replace("lost", "lost or delayed")
            reply["rewrites"] = [{"place": "summary.1", **said(again, name)}]
        return reply

    endpoint = scripted(change)
    draft = drafted(folder, endpoint)
    asked = [prompt_of(request) for request in endpoint.requests if request.step == "revise"]
    assert len(asked) == 2
    assert '"98765" does not occur in the cited evidence' in asked[0]
    assert "The citations have:" in asked[0]
    assert "98765" not in draft.model_dump_json(exclude={"open_questions"})
    assert draft.provenance.revisions == 2
    question = next(item for item in draft.open_questions if "98765" in item.question)
    assert question.question.startswith("Is this so: ")
    assert "not established by the recorded evidence" in question.why_open


def test_a_rewrite_may_not_save_a_sentence_by_making_it_vague(folder: IncidentFolder) -> None:
    def change(request: ModelRequest, reply: Fields) -> Fields:
        name, _, component, _ = lines_of(request)[0]
        if request.step == "sections" and "summary" in wanted_of(request):
            reply["sections"] = [{"name": "summary", "claims": [said(invented(request), name)]}]
        if request.step == "revise":
            vague = f"{component} lost a significant number of requests at some point."
            reply["rewrites"] = [{"place": "summary.1", **said(vague, name)}]
        return reply

    draft = drafted(folder, scripted(change))
    assert "significant" not in draft.model_dump_json()
    assert any("98765" in item.question for item in draft.open_questions)


def test_passages_that_a_model_finds_to_contradict_each_other_are_reported(folder: IncidentFolder) -> None:
    def change(request: ModelRequest, reply: Fields) -> Fields:
        if request.step == "contradictions":
            pair = {"place": "summary.1", "other_place": "cause.claim", "why": "One names another cause."}
            reply["contradictions"] = [pair, {**pair, "other_place": "summary.77"}]
        return reply

    drafted(folder, scripted(change))
    findings = json.loads((folder.path / "findings.json").read_text())["findings"]
    found = [item for item in findings if item["rule"] == "C06"]
    assert [(item["section"], item["level"]) for item in found] == [("summary.1", "warning")]
    assert found[0]["message"].startswith("contradicts cause.claim")
    assert found[0]["message"].endswith("One names another cause.")


class Dear:
    """Uses more of the reply than was set aside."""

    def __init__(self, inner: Endpoint) -> None:
        self._inner = inner

    def send(self, request: ModelRequest) -> ModelReply:
        return self._inner.send(request).model_copy(update={"usage": Usage(output_tokens=3000)})


def test_a_stop_by_budget_keeps_what_was_paid(folder: IncidentFolder) -> None:
    first = scripted()
    with pytest.raises(BudgetSpent):
        drafted(folder, Dear(first), Budget(usd=0.12))
    assert 0 < len(first.requests) < 7
    second = scripted()
    drafted(folder, second)
    kept = {request.key for request in first.requests}
    assert not kept & {request.key for request in second.requests}


def test_a_refusal_stops_clearly_and_the_next_run_asks_again(folder: IncidentFolder) -> None:
    def refusing(request: ModelRequest) -> ModelReply:
        return said_by_endpoint("", stop="refusal") if request.step == "factors" else scripted().send(request)

    with pytest.raises(UserError, match="factors: the model's reply was refused"):
        drafted(folder, ScriptedEndpoint(refusing))
    after = scripted()
    drafted(folder, after)
    assert after.requests[0].step == "factors"
    assert len(PaidCalls(folder.model_calls).calls) == 8


def test_a_crash_amid_the_sections_pays_for_none_twice(folder: IncidentFolder) -> None:
    good = scripted()
    state = {"left": 5}

    def failing(request: ModelRequest) -> ModelReply:
        state["left"] -= 1
        if state["left"] < 0:
            raise KeyboardInterrupt
        return good.send(request)

    with pytest.raises(KeyboardInterrupt):
        drafted(folder, ScriptedEndpoint(failing))
    paid = len(PaidCalls(folder.model_calls).calls)
    after = scripted()
    drafted(folder, after)
    assert paid == 5
    assert len(after.requests) == 2


def test_beyond_the_investigation_a_draft_waits_for_four_replies(folder: IncidentFolder) -> None:
    delay, good = 0.8, scripted()

    class Slow:
        def send(self, request: ModelRequest) -> ModelReply:
            time.sleep(delay)
            return good.send(request)

    drafter = ClaudeDrafter(Meter(Slow(), PaidCalls()), model="claude-sonnet-5-5")
    outcome = run_draft(folder, drafter=drafter, settings=Settings(), now=lambda: NOW)
    stages = ("timeline", "factors", "writing", "contradictions")
    waited = sum(outcome.seconds[stage] for stage in stages)
    assert 4 * delay <= waited < 4 * delay + 0.9 * delay
    assert outcome.usage["calls"] == 7
    assert outcome.usage["usd"] > 0


def test_the_digest_is_fenced_by_the_label(folder: IncidentFolder) -> None:
    endpoint = scripted()
    drafted(folder, endpoint)
    digest = folder.read_digest()
    assert digest
    label = label_of(digest)
    assert prompt_of(endpoint.requests[0]).count(f"<<recorded {label}\n") >= 2
    assert label != label_of(digest.model_copy(update={"manifest_sha256": "0" * 64}))


def test_claude_without_a_key_is_refused_and_auto_is_offline() -> None:
    with pytest.raises(UserError, match="ANTHROPIC_API_KEY"):
        choose("claude", Settings(), environ={})
    assert isinstance(choose("auto", Settings(), environ={}), OfflineDrafter)
    assert choose("auto", Settings(), environ={"ANTHROPIC_API_KEY": "x"}).name == "claude-sonnet-5-5"


def test_a_small_model_may_not_find_causes() -> None:
    with pytest.raises(UserError, match="may not find causes"):
        choose("claude", Settings(model="claude-haiku-5-5"), environ={"ANTHROPIC_API_KEY": "x"})


def test_a_refused_item_goes_back_and_is_worded_anew(folder: IncidentFolder) -> None:
    better = "Add a liveness probe to the deployment of adservice."

    def change(request: ModelRequest, reply: Fields) -> Fields:
        if request.step == "actions":
            reply["actions"][0]["action"] = "Remind Bob to be more careful with the deployment."  # type: ignore[index]
        if request.step == "revise":
            places = re.findall(r"^place (actions\.\S+\.action):", prompt_of(request), re.MULTILINE)
            reply["rewrites"] = [{"place": place, **said(better)} for place in places]
        return reply

    draft = drafted(folder, scripted(change))
    assert draft.actions[0].action == better
    assert "Bob" not in draft.model_dump_json()


def test_what_the_model_gives_up_does_not_move_the_places_of_other_findings(tmp_path: Path) -> None:
    """Refuse an invented number, which the model gives up, and a person's answer, which it may not touch."""
    make = Making()
    brief = make.brief(credentials(make))
    draft = make.draft(brief)
    supported = draft.cause.claim
    wrong = supported.model_copy(update={"text": "ts-food-service lost 98765 requests."})
    blaming = Claim(text="Bob was careless.", standing="stated by a person")
    lessons = (wrong, blaming, supported, wrong.model_copy(update={"text": "It lost 43210 more."}), supported)
    findings = tuple(
        Finding(rule="G02", level="error", message="not carried", section=f"lessons.{number}")
        for number in (1, 2, 4)
    )
    endpoint = ScriptedEndpoint(lambda _: json.dumps(empty()))
    drafter = ClaudeDrafter(Meter(endpoint, PaidCalls(tmp_path / "calls.jsonl")), model="claude-sonnet-5-5")
    revised = drafter.revise(brief, draft.model_copy(update={"lessons": lessons}), findings)
    assert revised.lessons == (supported, supported)
    asked = " ".join(question.question for question in revised.open_questions)
    assert all(item.text in asked for item in lessons if item != supported)
    assert supported.text not in asked


def test_a_finding_behind_what_was_given_up_finds_its_sentence() -> None:
    assert moved("lessons.3", frozenset({"lessons.1", "lessons.2", "lessons.4", "summary.1"})) == "lessons.1"
    assert moved("lessons.12", frozenset({"lessons.2", "lessons.10"})) == "lessons.10"
    kept = ("lessons.1", "lessons", "", "factors.F1.whys.2", "timeline.3", "prevention.2")
    assert all(moved(place, frozenset({"lessons.2", "summary.1"})) == place for place in kept)
