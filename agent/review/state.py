"""Where an incident's report stands, derived from its draft and the review log; nothing is stored twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from agent.errors import NotAllowed, NotFound, UserError
from agent.report.inline import visible
from agent.report.parsing import parse
from agent.schema.digest import Digest
from agent.schema.finding import Finding
from agent.schema.postmortem import OpenQuestion, PostMortem
from agent.schema.review import ReviewEvent
from agent.store import IncidentFolder

Stage = Literal["not drafted", "drafted", "changes requested", "approved", "rejected", "published"]
HandEdit = Literal["none", "pending", "unreadable"]

_DECISIONS: dict[str, Stage] = {
    "changes requested": "changes requested",
    "approved": "approved",
    "rejected": "rejected",
    "published": "published",
}


class Check(Protocol):
    """Every rule over a draft, as `agent.checks.check_draft` runs them."""

    def __call__(self, draft: PostMortem, digest: Digest | None, *, now: datetime) -> tuple[Finding, ...]:
        """Report what the rules find."""
        ...


@dataclass(frozen=True, slots=True)
class ReviewState:
    """What stands between a draft and its publication."""

    incident: str
    stage: Stage
    version: str | None
    """sha256 of draft.json as it is now."""
    approval: ReviewEvent | None
    """The approval of exactly this version."""
    stale_approval: ReviewEvent | None
    """An approval of another version, where this one has none."""
    findings: tuple[Finding, ...]
    open_questions: tuple[OpenQuestion, ...]
    hand_edit: HandEdit
    """Whether draft.md says something else than draft.json."""
    events: tuple[ReviewEvent, ...]

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Findings that approval waits for."""
        return tuple(finding for finding in self.findings if finding.level == "error")

    @property
    def approval_valid(self) -> bool:
        """Whether what lies in the folder is what was approved."""
        return self.approval is not None and self.hand_edit == "none"

    @property
    def publications(self) -> tuple[ReviewEvent, ...]:
        """Where it was published, oldest first."""
        return tuple(event for event in self.events if event.action == "published")


def state_of(folder: IncidentFolder, findings: tuple[Finding, ...] = ()) -> ReviewState:
    """Derive the state from the folder's files; `findings` are those of the present draft."""
    draft, version, events = folder.read_draft(), folder.draft_version(), folder.reviews()
    verdicts = [event for event in events if event.action in _DECISIONS and event.version == version]
    stage: Stage = (
        "not drafted" if draft is None else _DECISIONS[verdicts[-1].action] if verdicts else "drafted"
    )
    approvals = [event for event in events if event.action == "approved"]
    valid = stage in ("approved", "published")
    return ReviewState(
        incident=folder.id,
        stage=stage,
        version=version,
        approval=next((event for event in reversed(approvals) if event.version == version), None)
        if valid
        else None,
        stale_approval=approvals[-1] if approvals and not valid else None,
        findings=findings,
        open_questions=tuple(q for q in draft.open_questions if q.status == "open") if draft else (),
        hand_edit=_hand_edit(folder, draft),
        events=events,
    )


def blockers(state: ReviewState) -> tuple[str, ...]:
    """List what must come before approval, each with what to do."""
    lines = [
        f"{finding.rule} at {finding.section or 'the draft'}: {finding.message}"
        + (f" {finding.suggestion}" if finding.suggestion else "")
        for finding in state.blocking
    ]
    lines += [
        f"{question.id} is open: {question.question} "
        f'(`pm-agent answer {state.incident} {question.id} "..." --by NAME`, or waive it with a reason)'
        for question in state.open_questions
    ]
    if state.hand_edit != "none":
        lines.append(
            f"draft.md was edited and not taken in yet (`pm-agent review {state.incident}` reads it)."
        )
    return tuple(visible(line) for line in lines)


def require_draft(folder: IncidentFolder) -> tuple[PostMortem, str]:
    """Read the draft and its version; raise NotAllowed where there is none yet."""
    draft, version = folder.read_draft(), folder.draft_version()
    if draft is None or version is None:
        raise NotAllowed(
            f"{folder.id} has no draft yet.", hint=f"`pm-agent draft --incident {folder.id}` writes one."
        )
    return draft, version


def named(by: str) -> str:
    """Check that a person is named; raise UserError where the name is empty."""
    name = " ".join(by.split())
    if not any(char.isalpha() for char in name):
        raise UserError("A decision needs a name.", hint='Say who decides, such as --by "Dana (SRE)".')
    return name


def _hand_edit(folder: IncidentFolder, draft: PostMortem | None) -> HandEdit:
    if draft is None or not folder.draft_markdown.is_file():
        return "none"
    try:
        return "none" if parse(read_markdown(folder), draft) == draft else "pending"
    except UserError:
        return "unreadable"


def read_markdown(folder: IncidentFolder, name: str = "draft.md") -> str:
    """Read draft.md or another text of the folder; raise UserError where it is missing or not UTF-8."""
    file = folder.path / name
    try:
        return file.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise NotFound(f"{file} is missing.", hint="`pm-agent draft` writes it.") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{file} is not UTF-8: {error}", hint="Save it as UTF-8.") from None
