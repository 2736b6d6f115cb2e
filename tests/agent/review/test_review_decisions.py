from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.checks import check_draft
from agent.errors import NotAllowed, NotFound, UserError
from agent.review import (
    Check,
    answer,
    apply_edit,
    approve,
    finalise,
    publish_markdown,
    reject,
    request_changes,
    save_draft,
    state_of,
    waive,
)
from agent.review.verification import verify
from agent.schema.finding import Finding
from agent.store import IncidentFolder

DANA = "Dana (SRE)"


def settle(folder: IncidentFolder, now: datetime, check: Check) -> None:
    answer(folder, "Q1", "The pool holds 20 connections.", by=DANA, now=now, check=check)
    waive(folder, ("Q2",), "Nobody counted requests that day.", by=DANA, now=now, check=check)


def approved(folder: IncidentFolder, now: datetime, check: Check) -> None:
    settle(folder, now, check)
    finalise(folder, approve(folder, by=DANA, now=now, check=check), now=now)


def edit(folder: IncidentFolder, old: str, new: str) -> None:
    text = folder.draft_markdown.read_text()
    assert old in text
    folder.draft_markdown.write_text(text.replace(old, new))


def test_a_fresh_draft_is_drafted_and_waits_for_its_questions(folder: IncidentFolder) -> None:
    state = state_of(folder)
    assert (state.stage, state.hand_edit, state.approval_valid) == ("drafted", "none", False)
    assert [question.id for question in state.open_questions] == ["Q1", "Q2"]


def test_approval_is_refused_while_questions_are_open(
    folder: IncidentFolder, now: datetime, check: Check
) -> None:
    with pytest.raises(NotAllowed, match=r"Q1 is open.*\n.*Q2 is open"):
        approve(folder, by=DANA, now=now, check=check)
    assert folder.reviews() == ()


def test_approval_is_refused_while_an_error_finding_stands(
    folder: IncidentFolder, now: datetime, check: Check
) -> None:
    settle(folder, now, check)
    text = folder.draft_markdown.read_text().replace("java-api-checker failed", "A careless change failed")
    apply_edit(folder, text, by=DANA, now=now, check=check)
    with pytest.raises(NotAllowed, match=r"B01 at summary\.1: This blames\."):
        approve(folder, by=DANA, now=now, check=check)


@pytest.mark.parametrize("by", ["", "  ", "-", "123"])
def test_a_decision_needs_a_name(folder: IncidentFolder, now: datetime, check: Check, by: str) -> None:
    with pytest.raises(UserError, match="needs a name"):
        approve(folder, by=by, now=now, check=check)


def test_approval_names_the_version_and_writes_the_report(
    folder: IncidentFolder, now: datetime, check: Check
) -> None:
    approved(folder, now, check)
    event = folder.reviews()[-1]
    assert (event.action, event.by, event.version) == ("approved", DANA, folder.draft_version())
    report = (folder.path / "postmortem.md").read_text()
    assert "**Reviewed by**: Dana (SRE)" in report
    assert "**Status**: approved by Dana (SRE) on 2014-03-20 09:00:00 UTC" in report
    assert "nobody has approved" not in report
    assert '"reviewed_by": "Dana (SRE)"' in (folder.path / "postmortem.json").read_text()
    assert state_of(folder).stage == "approved"


def test_finishing_twice_gives_the_same_bytes_and_one_event(
    folder: IncidentFolder, now: datetime, check: Check
) -> None:
    approved(folder, now, check)
    files = [folder.path / f"postmortem{suffix}" for suffix in (".md", ".json", ".html")]
    before = [file.read_bytes() for file in files]
    files[0].unlink()
    later = now + timedelta(hours=1)
    finalise(folder, approve(folder, by="Robin", now=later, check=check), now=later)
    assert [file.read_bytes() for file in files] == before
    assert [event.action for event in folder.reviews()].count("approved") == 1


def test_an_edit_after_approval_ends_it(
    folder: IncidentFolder, now: datetime, check: Check, tmp_path: Path
) -> None:
    approved(folder, now, check)
    text = folder.draft_markdown.read_text().replace("failed to get a database", "could not get a database")
    apply_edit(folder, text, by="Robin", now=now, check=check)
    assert state_of(folder).stage == "drafted"
    with pytest.raises(NotAllowed, match="has changed since Dana"):
        publish_markdown(folder, tmp_path / "out", by=DANA, now=now)
    assert not (tmp_path / "out").exists()


def test_a_hand_edit_after_approval_blocks_publishing(
    folder: IncidentFolder, now: datetime, check: Check, tmp_path: Path
) -> None:
    approved(folder, now, check)
    edit(folder, "failed to get a database", "could not get a database")
    with pytest.raises(NotAllowed, match=r"draft\.md .* was edited after Dana"):
        publish_markdown(folder, tmp_path / "out", by=DANA, now=now)


def test_a_report_that_was_tampered_with_is_not_published(
    folder: IncidentFolder, now: datetime, check: Check, tmp_path: Path
) -> None:
    approved(folder, now, check)
    report = folder.path / "postmortem.md"
    report.write_text(report.read_text().replace("45 min", "4 min"))
    with pytest.raises(NotAllowed, match="is not the report that was approved"):
        publish_markdown(folder, tmp_path / "out", by=DANA, now=now)


def test_an_unapproved_draft_is_not_published(folder: IncidentFolder, now: datetime, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match="is drafted, not approved"):
        publish_markdown(folder, tmp_path / "out", by=DANA, now=now)


def test_publishing_writes_three_files_and_records_it(
    folder: IncidentFolder, now: datetime, check: Check, tmp_path: Path
) -> None:
    approved(folder, now, check)
    out = tmp_path / "out"
    dry = publish_markdown(folder, out, by="Robin", now=now, dry_run=True)
    assert not out.exists()
    done = publish_markdown(folder, out, by="Robin", now=now)
    assert done.files == dry.files
    assert sorted(file.name for file in out.iterdir()) == [
        "2014-03-18-db-queue-full.html",
        "2014-03-18-db-queue-full.json",
        "2014-03-18-db-queue-full.md",
    ]
    event = folder.reviews()[-1]
    assert (event.action, event.by, event.text) == ("published", "Robin", f"markdown:{out}")
    assert state_of(folder).stage == "published"
    publish_markdown(folder, out, by="Robin", now=now)


def test_publishing_does_not_overwrite_what_is_not_ours(
    folder: IncidentFolder, now: datetime, check: Check, tmp_path: Path
) -> None:
    approved(folder, now, check)
    foreign = tmp_path / "2014-03-18-db-queue-full.md"
    foreign.write_text("# Somebody's notes\n")
    with pytest.raises(NotAllowed, match="is not an earlier version"):
        publish_markdown(folder, tmp_path, by=DANA, now=now)
    assert foreign.read_text() == "# Somebody's notes\n"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [foreign.name]


def test_a_newer_approved_version_replaces_its_own_publication(
    folder: IncidentFolder, now: datetime, check: Check, tmp_path: Path
) -> None:
    approved(folder, now, check)
    publish_markdown(folder, tmp_path / "out", by=DANA, now=now)
    text = folder.draft_markdown.read_text().replace("failed to get a database", "could not get a database")
    apply_edit(folder, text, by=DANA, now=now, check=check)
    finalise(folder, approve(folder, by=DANA, now=now, check=check), now=now)
    publish_markdown(folder, tmp_path / "out", by=DANA, now=now)
    assert "could not get" in (tmp_path / "out" / "2014-03-18-db-queue-full.md").read_text()


def test_a_rejected_version_cannot_be_approved(folder: IncidentFolder, now: datetime, check: Check) -> None:
    settle(folder, now, check)
    reject(folder, by=DANA, reason="Two incidents in one.", now=now)
    assert state_of(folder).stage == "rejected"
    with pytest.raises(NotAllowed, match="rejected already, by Dana"):
        approve(folder, by=DANA, now=now, check=check)


def test_a_request_for_changes_names_the_section(folder: IncidentFolder, now: datetime) -> None:
    decision = request_changes(folder, section="Action items", comment="Name the team.", by=DANA, now=now)
    assert (decision.verdict, decision.section, decision.comment) == (
        "request changes", "actions", "Name the team.",
    )  # fmt: skip
    assert state_of(folder).stage == "changes requested"
    request_changes(folder, section="actions", comment="Name the team.", by=DANA, now=now)
    assert len(folder.reviews()) == 1
    with pytest.raises(UserError, match="No section 'weather'"):
        request_changes(folder, section="weather", comment="x", by=DANA, now=now)


def test_an_answer_is_recorded_on_the_version_it_was_given_on(
    folder: IncidentFolder, now: datetime, check: Check
) -> None:
    before = folder.draft_version()
    edit = answer(folder, "Q1", "20 connections.", by=DANA, now=now, check=check)
    event = folder.reviews()[-1]
    assert (event.action, event.question, event.version) == ("answered", "Q1", before)
    assert edit.version == folder.draft_version() != before
    assert (folder.path / "history" / f"draft-{(before or '')[:12]}.json").is_file()
    assert "  - Answer: 20 connections.\n  - By: Dana (SRE)" in folder.draft_markdown.read_text()


def test_unknown_questions_and_empty_reasons_are_refused(
    folder: IncidentFolder, now: datetime, check: Check
) -> None:
    with pytest.raises(NotFound, match=r"No question Q9.*\n.*Q1, Q2"):
        waive(folder, ("Q1", "Q9"), "Gone.", by=DANA, now=now, check=check)
    with pytest.raises(UserError, match="without a text"):
        waive(folder, ("Q1",), "  ", by=DANA, now=now, check=check)
    assert len(state_of(folder).open_questions) == 2


def test_a_contradiction_that_a_model_found_blocks_until_a_passage_changes(
    folder: IncidentFolder, now: datetime, check: Check
) -> None:
    draft = folder.read_draft()
    assert draft is not None
    text, other = draft.summary[0].text, draft.cause.claim.text
    pair = Finding(
        rule="C06",
        level="error",
        section="summary.1",
        text=text,
        message=f'contradicts cause.claim ("{other}"): two causes.',
    )
    save_draft(folder, draft, folder.read_digest(), (pair,))
    settle(folder, now, check)
    with pytest.raises(NotAllowed, match=r"C06 at summary\.1"):
        approve(folder, by=DANA, now=now, check=check)
    assert any("C06" in problem.message for problem in verify(folder).problems)

    said = folder.draft_markdown.read_text()
    assert text[:40] in said
    apply_edit(folder, said.replace(text[:40], f"By then, {text[:40]}"), by=DANA, now=now, check=check)
    assert approve(folder, by=DANA, now=now, check=check).verdict == "approve"
    assert not any("C06" in problem.message for problem in verify(folder).problems)


def test_a_sentence_surer_than_the_verdict_blocks_approval(folder: IncidentFolder, now: datetime) -> None:
    draft = folder.read_draft()
    assert draft is not None
    sure = draft.summary[0].model_copy(update={"text": "The outage was caused by a full queue."})
    unsure = draft.cause.model_copy(update={"verdict": "not established"})
    save_draft(
        folder, draft.model_copy(update={"summary": (sure,), "cause": unsure}), folder.read_digest(), ()
    )
    with pytest.raises(NotAllowed, match=r"C06 at summary\.1"):
        approve(folder, by=DANA, now=now, check=check_draft)
