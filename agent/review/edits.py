"""What people change in a draft: edits of its text, answers and waivers; each re-checked and recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agent.errors import NotFound, UserError
from agent.report.changes import describe_changes
from agent.report.markdown import render
from agent.report.outline import computed_text
from agent.report.parsing import parse
from agent.review.drafts import read_findings, save_draft, with_contradictions
from agent.review.state import Check, named, read_markdown, require_draft
from agent.schema.base import parse as validate
from agent.schema.digest import Digest
from agent.schema.finding import Finding
from agent.schema.postmortem import OpenQuestion, PostMortem
from agent.schema.review import ReviewEvent
from agent.store import IncidentFolder

KEPT_EDIT = "draft.edited.md"
"""Edited text that could not be read back lies here until it can."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What became of an edit."""

    version: str
    changes: tuple[str, ...]
    """One line each; empty where the text said the same as the draft."""
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    """Changes in computed parts, which were not taken over."""


def apply_edit(
    folder: IncidentFolder,
    text: str,
    *,
    by: str,
    now: datetime,
    check: Check,
    expected: str | None = None,
) -> Edit:
    """Take an edited draft.md in: read it back, re-check, write all draft files, record who changed what.

    `expected` is the version that was edited. Raise UserError where the text cannot be read back or the draft
    has changed meanwhile; the text is then kept in draft.edited.md.
    """
    name = named(by)
    with folder.locked():
        draft, version = require_draft(folder)
        if expected not in (None, version):
            raise _kept(folder, text, UserError("The draft was rewritten while you edited it."))
        try:
            edited = parse(text, draft, where=str(folder.draft_markdown), by=name)
        except UserError as error:
            raise _kept(folder, text, error) from error
        digest = folder.read_digest()
        findings = with_contradictions(folder, edited, check(edited, digest, now=now))
        changes = describe_changes(draft, edited)
        notes = _notes(text, draft, digest, read_findings(folder) or ())
        new_version = save_draft(folder, edited, digest, findings)
        if changes:
            folder.append_review(
                ReviewEvent(at=now, by=name, action="edited", version=version, changes=changes)
            )
        (folder.path / KEPT_EDIT).unlink(missing_ok=True)
    return Edit(new_version, changes, findings, notes)


def take_in(folder: IncidentFolder, *, by: str, now: datetime, check: Check) -> Edit | None:
    """Take in a draft.md that was edited outside of review; None where it says what draft.json says."""
    draft, version = require_draft(folder)
    if not folder.draft_markdown.is_file():
        return None
    text = read_markdown(folder)
    try:
        if parse(text, draft, where=str(folder.draft_markdown), by=named(by)) == draft:
            return None
    except UserError as error:
        raise _kept(folder, text, error) from error
    return apply_edit(folder, text, by=by, now=now, check=check, expected=version)


def answer(folder: IncidentFolder, question: str, text: str, *, by: str, now: datetime, check: Check) -> Edit:
    """Answer an open question; an earlier answer is replaced and stays in the log."""
    return _settle(folder, (question,), text, "answered", by=by, now=now, check=check)


def waive(
    folder: IncidentFolder, questions: tuple[str, ...], reason: str, *, by: str, now: datetime, check: Check
) -> Edit:
    """Waive questions that nobody can or needs to answer; the reason is required."""
    return _settle(folder, questions, reason, "waived", by=by, now=now, check=check)


def _settle(
    folder: IncidentFolder,
    questions: tuple[str, ...],
    text: str,
    status: Literal["answered", "waived"],
    *,
    by: str,
    now: datetime,
    check: Check,
) -> Edit:
    name, words = named(by), text.strip()
    if not words:
        raise UserError(f"A question cannot be {status} without a text.", hint="Say why in a sentence.")
    take_in(folder, by=name, now=now, check=check)
    with folder.locked():
        draft, version = require_draft(folder)
        settled = _with_status(draft, questions, status, words, name)
        digest = folder.read_digest()
        findings = with_contradictions(folder, settled, check(settled, digest, now=now))
        new_version = save_draft(folder, settled, digest, findings)
        for question in questions:
            event = ReviewEvent(
                at=now, by=name, action=status, version=version, question=question, text=words
            )
            folder.append_review(event)
    changes = tuple(f"{question} {status}" for question in questions)
    return Edit(new_version, changes, findings)


def _with_status(
    draft: PostMortem, questions: tuple[str, ...], status: str, text: str, by: str
) -> PostMortem:
    known = {item.id for item in draft.open_questions}
    if missing := [question for question in questions if question not in known]:
        listing = ", ".join(sorted(known, key=lambda item: int(item[1:]))) or "no question"
        raise NotFound(f"No question {missing[0]} in this draft.", hint=f"It holds {listing}.")
    update = {"status": status, "answer": text, "by": by}
    settled = tuple(
        validate(OpenQuestion, item.model_dump() | update, where=item.id) if item.id in questions else item
        for item in draft.open_questions
    )
    return draft.model_copy(update={"open_questions": settled})


def _notes(
    text: str, draft: PostMortem, digest: Digest | None, findings: tuple[Finding, ...]
) -> tuple[str, ...]:
    """Say which computed sections were changed by hand, since that change is not kept."""
    was, now = computed_text(render(draft, digest, findings)), computed_text(text)
    return tuple(
        f"{title}: computed from the evidence, so your change there was not kept."
        for title, body in was.items()
        if title in now and now[title] != body
    )


def _kept(folder: IncidentFolder, text: str, error: UserError) -> UserError:
    file = folder.write_text(KEPT_EDIT, text)
    hint = f"Nothing is lost: your text is in {file}. `pm-agent review {folder.id} --edit` opens it again."
    return UserError(str(error), hint=hint, exit_code=error.exit_code)
