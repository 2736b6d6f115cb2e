"""Runs over an incident folder: what is reused, what is refused, what a decision does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.drafting.drafter import Analysis, Brief, Narrative
from agent.errors import ExitCode, NotAllowed, UserError
from agent.review.verification import verify
from agent.schema.postmortem import Claim, OpenQuestion, TimelineRow
from agent.schema.review import Decision, ReviewEvent
from agent.settings import Settings
from agent.store import IncidentFolder
from agent.workflow.graph import MAX_REVISIONS
from agent.workflow.outcome import DraftOutcome
from agent.workflow.progress import StageEvent
from agent.workflow.run import resume, run_draft
from tests.agent.specs import files_spec
from tests.agent.workflow.scripted import NOW, SETTINGS, STAGES, ScriptedDrafter, incident_folder, now


def draft(
    folder: IncidentFolder,
    drafter: ScriptedDrafter | None = None,
    *,
    fresh: bool = False,
    recollect: bool = False,
    events: list[StageEvent] | None = None,
) -> DraftOutcome:
    return run_draft(
        folder,
        drafter=drafter or ScriptedDrafter(),
        settings=SETTINGS,
        now=now,
        stages=STAGES,
        fresh=fresh,
        recollect=recollect,
        progress=None if events is None else events.append,
    )


def decide(folder: IncidentFolder, decision: Decision, drafter: ScriptedDrafter | None = None) -> None:
    resume(folder, decision, now=now, drafter=drafter or ScriptedDrafter(), settings=SETTINGS, stages=STAGES)


def stages(events: list[StageEvent]) -> list[str]:
    return [event.stage for event in events if event.kind == "finished"]


@pytest.fixture
def folder(tmp_path: Path) -> IncidentFolder:
    return incident_folder(tmp_path)


def log(folder: IncidentFolder, action: str, text: str = "More.", section: str | None = None) -> None:
    event = {"at": NOW, "by": "Dana", "action": action, "version": folder.draft_version(), "text": text}
    folder.append_review(ReviewEvent.model_validate(event | {"section": section}))


def test_the_outcome_counts_what_lies_in_the_folder(folder: IncidentFolder) -> None:
    outcome = draft(folder)
    assert json.loads(outcome.model_dump_json()).keys() == {
        "incident", "state", "folder", "draft_md", "draft_json", "evidence", "claims", "gaps", "findings",
        "open_questions", "drafter", "usage", "seconds",
    }  # fmt: skip
    assert (outcome.incident, outcome.state, outcome.drafter) == ("inc-1", "drafted", "scripted")
    assert outcome.draft_json == folder.path / "draft.json"
    assert outcome.evidence == 2
    assert outcome.open_questions == 1
    assert outcome.claims == 2 + 1 + 1 + 1 + 1  # rows, summary, cause, factor, question
    assert outcome.claims == verify(folder).checked.claims
    assert set(outcome.seconds) >= {"collect", "seal", "digest", "writing", "check"}


def test_a_second_run_writes_the_same_bytes_from_the_same_snapshot(folder: IncidentFolder) -> None:
    draft(folder)
    before = [(folder.path / name).read_bytes() for name in ("digest.json", "draft.json")]
    events: list[StageEvent] = []
    draft(folder, events=events)
    assert [(folder.path / name).read_bytes() for name in ("digest.json", "draft.json")] == before
    assert "collect" not in stages(events)
    assert [path.name for path in folder.snapshots()] == ["evidence"]


def test_recollect_adds_a_snapshot_and_leaves_the_first_alone(folder: IncidentFolder, tmp_path: Path) -> None:
    draft(folder)
    sealed = (folder.path / "evidence" / "manifest.json").read_bytes()
    (tmp_path / "web.log").write_text("one\ntwo\n")
    draft(folder, recollect=True)
    assert [path.name for path in folder.snapshots()] == ["evidence", "evidence.2"]
    assert (folder.path / "evidence" / "manifest.json").read_bytes() == sealed
    digest = folder.read_digest()
    assert digest
    assert digest.snapshot == "evidence.2"


def test_errors_go_back_to_the_drafter_at_most_twice_and_what_is_left_is_taken_out(
    folder: IncidentFolder,
) -> None:
    patient = ScriptedDrafter(blame=2)
    assert draft(folder, patient).findings.error == 0
    assert patient.revisions == 2
    stubborn = ScriptedDrafter(blame=9)
    outcome = draft(folder, stubborn, fresh=True)
    assert stubborn.revisions == MAX_REVISIONS
    assert outcome.findings.error == 0
    written = folder.read_draft()
    assert written
    assert written.summary == ()
    assert written.provenance.revisions == MAX_REVISIONS
    assert any("Alex exhausted the pool" in item.question for item in written.open_questions)


@pytest.mark.parametrize("action", ["edited", "answered", "waived", "changes requested", "approved"])
def test_a_draft_that_people_worked_on_is_refused(folder: IncidentFolder, action: str) -> None:
    draft(folder)
    log(folder, action)
    before = folder.draft_file.read_bytes()
    with pytest.raises(NotAllowed, match=f"{action} by Dana") as refusal:
        draft(folder)
    assert "--redraft" in str(refusal.value)
    assert folder.draft_file.read_bytes() == before
    draft(folder, fresh=True)
    assert [event.action for event in folder.reviews()] == ["drafted", action, "drafted"]


def test_a_draft_md_edited_outside_is_refused(folder: IncidentFolder) -> None:
    draft(folder)
    folder.draft_markdown.write_text("# My own words\n")
    with pytest.raises(NotAllowed, match=r"draft\.md edited"):
        draft(folder)
    assert folder.draft_markdown.read_text() == "# My own words\n"


def test_answers_are_carried_over_a_redraft(folder: IncidentFolder) -> None:
    draft(folder)
    present = folder.read_draft()
    assert present
    answered = OpenQuestion(
        id="Q1",
        question=present.open_questions[0].question,
        why_open="",
        status="answered",
        answer="Two.",
        by="Dana",
    )
    folder.write_draft(present.model_copy(update={"open_questions": (answered,)}))
    log(folder, "answered")
    outcome = draft(folder, fresh=True)
    assert outcome.open_questions == 0
    again = folder.read_draft()
    assert again
    assert again.open_questions[0].answer == "Two."


def test_requested_changes_reach_the_drafter_once_and_the_answer_with_them(folder: IncidentFolder) -> None:
    draft(folder)
    log(folder, "changes requested", "Which pool?")
    drafter = ScriptedDrafter()
    decide(
        folder, Decision(verdict="request changes", by="Dana", version="v", comment="Which pool?"), drafter
    )
    assert [comment.text for comment in drafter.briefs[-1].comments] == ["Which pool?"]
    redrafted = folder.read_draft()
    assert redrafted
    assert [question.question for question in redrafted.open_questions][-1] == "Which pool?"


def test_approval_writes_the_report_and_the_dates(folder: IncidentFolder) -> None:
    draft(folder)
    decide(folder, Decision(verdict="approve", by="Dana", version="v"))
    assert (folder.path / "postmortem.md").read_text() == "approved by Dana\n"
    dates = json.loads((folder.path / "follow-up.json").read_text())
    assert dates == {"distribute_by": None, "review_on": None}  # neither ended nor published


def test_rejection_writes_no_report(folder: IncidentFolder) -> None:
    draft(folder)
    decide(folder, Decision(verdict="reject", by="Dana", version="v"))
    assert not (folder.path / "postmortem.md").exists()


@pytest.mark.parametrize("verdict", ["approve", "request changes"])
def test_a_decision_is_carried_out_where_the_checkpoints_are_lost(
    folder: IncidentFolder, verdict: str
) -> None:
    draft(folder)
    folder.checkpoints.unlink()
    decision = Decision.model_validate({"verdict": verdict, "by": "Dana", "version": "v", "comment": "More."})
    decide(folder, decision)
    assert (folder.path / "postmortem.md").is_file() == (verdict == "approve")
    assert (folder.path / "follow-up.json").is_file() == (verdict == "approve")


def test_deciding_on_nothing_is_refused(folder: IncidentFolder) -> None:
    with pytest.raises(NotAllowed, match="no draft"):
        decide(folder, Decision(verdict="approve", by="Dana", version="v"))


def test_neither_snapshot_nor_sources(tmp_path: Path) -> None:
    folder = incident_folder(tmp_path)
    folder.write_incident(folder.read_incident().model_copy(update={"sources": ()}))
    with pytest.raises(UserError, match="neither a sealed snapshot nor sources") as error:
        draft(folder)
    assert "incident.yaml" in str(error.value)


def test_two_sources_of_one_name_are_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    same = files_spec("../web.log")
    folder = incident_folder(tmp_path, same, same)
    with pytest.raises(UserError, match="two sources are called files"):
        draft(folder)


def test_nothing_came_back_and_the_next_run_asks_again(tmp_path: Path) -> None:
    folder = incident_folder(tmp_path, files_spec("../late.log", name="web"))
    with pytest.raises(UserError, match=r"web \.\./late\.log: empty") as error:
        draft(folder)
    assert error.value.exit_code is ExitCode.NO_EVIDENCE
    assert folder.snapshots() == ()
    (tmp_path / "late.log").write_text("here\n")
    assert draft(folder).evidence == 1


def test_files_without_a_readable_row_are_sealed_and_named(tmp_path: Path) -> None:
    (tmp_path / "junk.log").write_bytes(b"")
    folder = incident_folder(tmp_path, files_spec("../junk.log", name="web"))
    with pytest.raises(UserError, match=r"evidence/manifest\.json has the ledger") as error:
        draft(folder)
    assert error.value.exit_code is ExitCode.NO_EVIDENCE
    assert (folder.path / "evidence" / "web" / "junk.log").is_file()


def test_a_failed_source_is_a_gap_and_not_a_failed_draft(tmp_path: Path) -> None:
    (tmp_path / "web.log").write_text("here\n")
    sources = [files_spec(f"../{name}.log", name=name) for name in ("web", "gone")]
    assert draft(incident_folder(tmp_path, *sources)).gaps == ("gone: empty",)


def test_a_changed_record_starts_a_new_run(folder: IncidentFolder) -> None:
    class Dying(ScriptedDrafter):
        def narrate(self, *args: object) -> object:  # pyright: ignore[reportIncompatibleMethodOverride] - it only dies
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draft(folder, Dying())
    events: list[StageEvent] = []
    folder.write_incident(folder.read_incident().model_copy(update={"title": "Checkout slow"}))
    draft(folder, events=events)
    assert stages(events)[0] == "writing"
    with pytest.raises(KeyboardInterrupt):
        draft(folder, Dying())
    folder.write_incident(folder.read_incident().model_copy(update={"severity": "SEV1"}))
    draft(folder, events=(events := []))
    assert stages(events)[0] == "seal"


def test_the_incident_is_held_while_a_run_works(folder: IncidentFolder) -> None:
    with folder.locked(), pytest.raises(UserError, match="Another pm-agent"):
        draft(folder)


def test_a_broken_checkpoint_database_is_named(folder: IncidentFolder) -> None:
    folder.checkpoints.write_text("not a database, " * 100)
    with pytest.raises(UserError, match=r"checkpoints\.sqlite is not a usable"):
        draft(folder)


def test_postgresql_without_the_extra_says_what_to_install(
    folder: IncidentFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "langgraph.checkpoint.postgres", None)
    settings = Settings.model_validate({"checkpoint_dsn": "postgresql://localhost/none"})
    with pytest.raises(UserError, match=r"not installed") as error:
        run_draft(folder, drafter=ScriptedDrafter(), settings=settings, now=now, stages=STAGES)
    assert "pm-agent[postgres]" in str(error.value)
    assert "localhost" not in repr(settings)


class SectionDrafter(ScriptedDrafter):
    """Follows a comment in every section that it is asked for."""

    def narrate(
        self,
        brief: Brief,
        timeline: tuple[TimelineRow, ...],
        analysis: Analysis,
    ) -> Narrative:
        said = tuple(Claim(text=comment.text, evidence=("L1",)) for comment in brief.comments)
        prose = super().narrate(brief, timeline, analysis)
        return prose.model_copy(update={"impact": said, "summary": said})

    def timeline(self, brief: Brief) -> tuple[TimelineRow, ...]:
        rows = super().timeline(brief)
        return (
            tuple(row.model_copy(update={"event": "Reworded."}) for row in rows) if brief.comments else rows
        )


def sections_of(folder: IncidentFolder) -> dict[str, Any]:
    return json.loads(folder.draft_file.read_text())


@pytest.mark.parametrize("section", ["impact", "timeline"])
def test_only_the_named_section_goes_back(folder: IncidentFolder, section: str) -> None:
    draft(folder)
    edited = folder.read_draft()
    assert edited
    folder.write_draft(
        edited.model_copy(update={"lessons": (Claim(text="Kept.", standing="stated by a person"),)})
    )
    before = sections_of(folder)
    log(folder, "changes requested", "Say how many orders failed.", section)
    decision = Decision(
        verdict="request changes",
        by="Dana",
        version="v",
        section=section,
        comment="Say how many orders failed.",
    )
    decide(folder, decision, SectionDrafter())
    after = sections_of(folder)
    assert {key for key in before if before[key] != after[key]} == {section}
    assert "Say how many orders failed." in json.dumps(after[section]) or section == "timeline"


def test_a_drafter_that_writes_the_same_again_hands_the_comment_back(folder: IncidentFolder) -> None:
    draft(folder)
    before = sections_of(folder)
    log(folder, "changes requested", "Shorter.", "impact")
    decide(
        folder,
        Decision(verdict="request changes", by="Dana", version="v", section="impact", comment="Shorter."),
    )
    after = sections_of(folder)
    assert {key for key in before if before[key] != after[key]} == {"open_questions"}
    assert after["open_questions"][:-1] == before["open_questions"]
    assert after["open_questions"][-1]["question"] == "Dana asks on impact: Shorter."
    assert "could not follow" in after["open_questions"][-1]["why_open"]
