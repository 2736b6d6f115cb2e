"""The reviewer's verdicts: each is checked, then appended to the review log with the version it is about."""

from __future__ import annotations

from datetime import datetime

from agent.errors import NotAllowed, UserError
from agent.report.sections import COMPUTED, TITLES
from agent.review.drafts import with_contradictions
from agent.review.state import Check, ReviewState, blockers, named, require_draft, state_of
from agent.schema.review import Decision, ReviewEvent
from agent.store import IncidentFolder


def approve(folder: IncidentFolder, *, by: str, now: datetime, check: Check) -> Decision:
    """Record the approval of the present draft.

    Raise NotAllowed, with everything that must come first, while error findings, open questions or an edit
    that was not taken in stand. An approval that was recorded already is returned as it is, so that a run
    that was cut off can be finished.
    """
    name = named(by)
    with folder.locked():
        draft, version = require_draft(folder)
        found = check(draft, folder.read_digest(), now=now)
        state = state_of(folder, with_contradictions(folder, draft, found))
        if state.approval_valid and state.approval:
            return Decision(verdict="approve", by=state.approval.by, version=version)
        _not_decided(state)
        if first := blockers(state):
            listing = "".join(f"\n  - {line}" for line in first)
            raise NotAllowed(f"{folder.id} cannot be approved yet:{listing}")
        folder.append_review(ReviewEvent(at=now, by=name, action="approved", version=version))
    return Decision(verdict="approve", by=name, version=version)


def reject(folder: IncidentFolder, *, by: str, reason: str, now: datetime) -> Decision:
    """Record that this draft will not become a report; the reason is required."""
    words = reason.strip()
    if not words:
        raise UserError("A rejection needs a reason.", hint='Say why, such as --reason "wrong incident".')
    return _decide(folder, ReviewEvent(at=now, by=named(by), action="rejected", version="", text=words))


def request_changes(
    folder: IncidentFolder, *, section: str | None, comment: str, by: str, now: datetime
) -> Decision:
    """Record what the drafter shall change, for one section or the whole draft."""
    words = comment.strip()
    if not words:
        raise UserError("A request needs a comment.", hint="Say what shall change.")
    place = None if section is None else section_key(section)
    event = ReviewEvent(
        at=now, by=named(by), action="changes requested", version="", section=place, text=words
    )
    return _decide(folder, event)


def section_key(section: str) -> str:
    """Name a section by its key, given key or title; raise UserError with those there are."""
    wanted = section.strip().casefold().replace("-", "_")
    for key, title in TITLES.items():
        if key not in COMPUTED and wanted in (key, title.casefold(), title.casefold().replace(" ", "_")):
            return key
    known = ", ".join(key for key in TITLES if key not in COMPUTED)
    raise UserError(f"No section {section!r}.", hint=f"The sections are {known}.")


def _decide(folder: IncidentFolder, event: ReviewEvent) -> Decision:
    with folder.locked():
        _, version = require_draft(folder)
        state = state_of(folder)
        repeated = state.events[-1] if state.events else None
        final = event.model_copy(update={"version": version})
        if repeated is None or repeated.model_copy(update={"at": event.at}) != final:
            _not_decided(state)
            if event.action == "changes requested" and state.hand_edit != "none":
                raise NotAllowed(
                    f"draft.md of {folder.id} was edited, and drafting again would write over it.",
                    hint=f"`pm-agent review {folder.id}` takes the edit in; it is then kept in history/.",
                )
            folder.append_review(final)
    verdict = "reject" if event.action == "rejected" else "request changes"
    return Decision(verdict=verdict, by=event.by, version=version, section=event.section, comment=event.text)


def _not_decided(state: ReviewState) -> None:
    """Raise NotAllowed where this version has been approved, rejected or sent back."""
    last = next((event for event in reversed(state.events) if event.version == state.version), None)
    edit = "Edit the draft (`pm-agent review ID --edit`) if it must change; that ends the approval."
    ways = {
        "approved": edit,
        "published": edit,
        "rejected": "Draft again (`pm-agent draft --incident ID`) or edit the draft to take it up again.",
        "changes requested": "Draft again (`pm-agent draft --incident ID`) or edit the draft yourself.",
    }
    if state.stage in ways and last is not None:
        raise NotAllowed(
            f"This version of {state.incident} is {state.stage} already, by {last.by}.",
            hint=ways[state.stage].replace("ID", state.incident),
        )
