from __future__ import annotations

from datetime import datetime

import pytest

from agent.errors import UserError
from agent.review import Check, apply_edit, state_of, take_in
from agent.store import IncidentFolder

DANA = "Dana (SRE)"


def edited(folder: IncidentFolder, old: str, new: str) -> str:
    text = folder.draft_markdown.read_text()
    assert old in text
    return text.replace(old, new, 1)


def changed_line(folder: IncidentFolder, text: str) -> int:
    before = folder.draft_markdown.read_text().split("\n")
    pairs = zip(before, text.split("\n"), strict=False)
    return next(number for number, (old, new) in enumerate(pairs, 1) if old != new)


def test_an_edit_lands_in_the_draft_and_the_log(folder: IncidentFolder, now: datetime, check: Check) -> None:
    text = edited(folder, "The incident lasted 45 min.", "The incident lasted three quarters of an hour.")
    result = apply_edit(folder, text, by=DANA, now=now, check=check)
    draft = folder.read_draft()
    assert draft is not None
    assert draft.summary[1].text == "The incident lasted three quarters of an hour."
    assert draft.summary[1].facts == ("duration",)
    event = folder.reviews()[-1]
    assert (event.action, event.by, event.changes) == ("edited", DANA, result.changes)
    assert len(result.changes) == 1
    assert result.changes[0].startswith('summary: changed "The incident lasted 45 min.')
    assert state_of(folder).hand_edit == "none"


def test_rows_factors_questions_and_items_can_be_added_and_removed(
    folder: IncidentFolder, now: datetime, check: Check
) -> None:
    text = edited(
        folder,
        "| 2014-03-18 23:26:00 |",
        "| 22:44 | Robin called the database team | call | robin |\n| 2014-03-18 23:26:00 |",
    )
    text = text.replace(
        "- **Q2** (open) Who was affected?\n  - Why open: No request counts were recorded.\n", ""
    )
    start, end = text.index("### F2"), text.index("## Response")
    text = text[:start] + text[end:]
    text = text.replace("| F2 |", "| F1 |").replace(
        "team owning java-api-checker *(proposed)* | 2014-04-01 *(proposed)*", "checkers | 2014-04-01"
    )
    result = apply_edit(folder, text, by=DANA, now=now, check=check)
    draft = folder.read_draft()
    assert draft is not None
    row = draft.timeline[2]
    assert (row.time.isoformat(), row.standing, row.actor) == (
        "2014-03-18T22:44:00+00:00", "stated by a person", "robin",
    )  # fmt: skip
    assert [factor.id for factor in draft.factors] == ["F1"]
    assert [question.id for question in draft.open_questions] == ["Q1"]
    assert (draft.actions[0].owner, draft.actions[0].proposed) == ("checkers", False)
    assert "factors F2: removed" in result.changes
    assert "open_questions Q2: removed" in result.changes


def test_a_sentence_without_a_citation_is_stated_by_a_person(
    folder: IncidentFolder, now: datetime, check: Check
) -> None:
    text = edited(folder, "## Impact\n", "## Impact\n\nAbout 40 customers called,\nmost of them twice.\n")
    apply_edit(folder, text, by=DANA, now=now, check=check)
    draft = folder.read_draft()
    assert draft is not None
    claim = draft.impact[0]
    assert (claim.text, claim.standing) == (
        "About 40 customers called, most of them twice.", "stated by a person",
    )  # fmt: skip


def test_a_question_answered_in_the_text_is_signed_by_the_editor(
    folder: IncidentFolder, now: datetime, check: Check
) -> None:
    text = edited(folder, "- **Q1** (open)", "- **Q1** (answered)")
    text = text.replace(
        "prod-db was recorded.", "prod-db was recorded.\n  - Answer: It holds 20 connections."
    )
    apply_edit(folder, text, by=DANA, now=now, check=check)
    draft = folder.read_draft()
    assert draft is not None
    question = draft.open_questions[0]
    assert (question.status, question.answer, question.by) == (
        "answered", "It holds 20 connections.", DANA,
    )  # fmt: skip


def test_citations_can_be_typed_without_links(folder: IncidentFolder, now: datetime, check: Check) -> None:
    text = edited(folder, "connection 4 times. [L1](#l1)", "connection 4 times [L1, M1].")
    apply_edit(folder, text, by=DANA, now=now, check=check)
    draft = folder.read_draft()
    assert draft is not None
    assert draft.summary[0].evidence == ("L1", "M1")
    assert draft.summary[0].text == "java-api-checker failed to get a database connection 4 times."


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("## Impact", "## Damage", "no section has this name"),
        ("## Impact\n", "", "'Impact' is missing"),
        ("## Impact", "## Summary", "second time"),
        ("| logs | java-api-checker |", "| java-api-checker |", "expected 4 cells"),
        ("| 2014-03-18 22:41:00 |", "| around noon |", "expected a time in UTC"),
        ("*(assumed)*", "*(guessed)*", "mark *(guessed)* is not known"),
        ("**Layer**: immediate", "**Layer**: somewhere", "layer"),
        ("| P1 |", "| urgent |", "priority"),
        ("2014-04-15", "soon", "deadline"),
        ("- **Q1** (open)", "- **Q1** (perhaps)", "(open), (answered) or (waived)"),
        ("full. [L1](#l1) *(inferred)*", "full. *(inferred)*", "needs evidence or facts"),
    ],
)
def test_an_edit_that_breaks_the_structure_names_the_line_and_loses_nothing(
    folder: IncidentFolder, now: datetime, check: Check, old: str, new: str, expected: str
) -> None:
    text = edited(folder, old, new)
    version = folder.draft_version()
    with pytest.raises(UserError) as caught:
        apply_edit(folder, text, by=DANA, now=now, check=check)
    assert expected in str(caught.value)
    if "missing" not in expected:
        assert f"draft.md:{changed_line(folder, text)}" in str(caught.value)
    assert (folder.path / "draft.edited.md").read_text() == text
    assert folder.draft_version() == version
    assert folder.reviews() == ()


def test_an_edit_on_top_of_a_newer_draft_is_refused_and_kept(
    folder: IncidentFolder, now: datetime, check: Check
) -> None:
    version = folder.draft_version()
    first = edited(folder, "45 min.", "45 minutes.")
    second = edited(folder, "4 times.", "four times.")
    apply_edit(folder, first, by=DANA, now=now, check=check, expected=version)
    with pytest.raises(UserError, match="rewritten while you edited"):
        apply_edit(folder, second, by="Robin", now=now, check=check, expected=version)
    assert (folder.path / "draft.edited.md").read_text() == second


def test_an_edit_outside_of_review_is_noticed_and_taken_in(
    folder: IncidentFolder, now: datetime, check: Check
) -> None:
    assert take_in(folder, by=DANA, now=now, check=check) is None
    folder.draft_markdown.write_text(edited(folder, "45 min.", "45 minutes."))
    assert state_of(folder).hand_edit == "pending"
    result = take_in(folder, by=DANA, now=now, check=check)
    assert result is not None
    assert len(result.changes) == 1
    assert state_of(folder).hand_edit == "none"
    assert folder.reviews()[-1].action == "edited"


def test_an_unreadable_edit_outside_of_review_is_left_alone(
    folder: IncidentFolder, now: datetime, check: Check
) -> None:
    text = edited(folder, "## Impact", "## Damage")
    folder.draft_markdown.write_text(text)
    assert state_of(folder).hand_edit == "unreadable"
    with pytest.raises(UserError, match="no section has this name"):
        take_in(folder, by=DANA, now=now, check=check)
    assert folder.draft_markdown.read_text() == text


def test_changes_in_computed_parts_are_reported_and_not_kept(
    folder: IncidentFolder, now: datetime, check: Check
) -> None:
    text = edited(folder, "- alerts: nothing was recorded.", "- nothing is missing.")
    result = apply_edit(folder, text, by=DANA, now=now, check=check)
    assert result.changes == ()
    assert result.notes == (
        "Evidence coverage: computed from the evidence, so your change there was not kept.",
    )
    assert "- alerts: nothing was recorded." in folder.draft_markdown.read_text()
