"""The outcome of a draft: what scripts read and what a person is told at the end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from agent.drafting.drafter import Drafter, Metered
from agent.report.citations import citations
from agent.schema.base import Model
from agent.store import IncidentFolder
from agent.workflow.state import State


class FindingCounts(Model):
    """Findings by level."""

    error: int
    warning: int
    info: int


class DraftOutcome(Model):
    """Field for field the document that `pm-agent draft --json` prints."""

    incident: str
    state: Literal["drafted", "approved", "rejected"]
    """drafted: it waits for a reviewer; else a run that was cut off after the decision has now ended."""
    folder: Path
    draft_md: Path
    draft_json: Path
    evidence: int
    """Items of evidence in the digest."""
    claims: int
    """Statements of the draft, as `pm-agent verify` counts them."""
    gaps: tuple[str, ...]
    findings: FindingCounts
    open_questions: int
    """Questions that nobody has answered or waived."""
    drafter: str
    usage: Mapping[str, int | float] = {}
    """Calls, tokens by kind, money at list prices and seconds; empty where no model was asked."""
    seconds: Mapping[str, float]
    """Wall-clock seconds a stage, runs before a kill included."""


def outcome_of(folder: IncidentFolder, state: State, drafter: Drafter) -> DraftOutcome:
    """Read the outcome off the files and the state of a run that waits for review."""
    draft, digest = state.drafted, folder.read_digest()
    levels = [finding.level for finding in state.findings]
    return DraftOutcome(
        incident=folder.id,
        state=_standing(state),
        folder=folder.path,
        draft_md=folder.draft_markdown,
        draft_json=folder.draft_file,
        evidence=len(digest.evidence) if digest else 0,
        claims=len(citations(draft)),
        gaps=draft.gaps,
        findings=FindingCounts(
            error=levels.count("error"), warning=levels.count("warning"), info=levels.count("info")
        ),
        open_questions=sum(question.status == "open" for question in draft.open_questions),
        drafter=drafter.name,
        usage=drafter.usage if isinstance(drafter, Metered) else {},
        seconds={stage: round(seconds, 3) for stage, seconds in state.seconds.items()},
    )


def _standing(state: State) -> Literal["drafted", "approved", "rejected"]:
    if state.decision is None or state.decision.verdict == "request changes":
        return "drafted"
    return "approved" if state.decision.verdict == "approve" else "rejected"
