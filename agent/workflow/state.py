"""The workflow's state: ids, the parts of the draft and counters; big things stay in the incident folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypedDict

from agent.drafting.drafter import Analysis, Comment, Contradiction, Explanation, Investigation, Narrative
from agent.drafting.sections import concerns
from agent.schema.base import M, Model
from agent.schema.bundle import Artifact, Query, Request
from agent.schema.finding import Finding
from agent.schema.incident import SourceSpec
from agent.schema.postmortem import ActionItem, OpenQuestion, PostMortem, TimelineRow
from agent.schema.review import Decision
from agent.schema.schedule import FollowUp


class SourceTask(Model):
    """One source to collect, and the snapshot that its artifacts go to."""

    spec: SourceSpec
    file: str
    """The file that declares it."""
    snapshot: str


class Collected(Model):
    """What came back from one source."""

    request: Request
    artifacts: tuple[Artifact, ...]


def _joined(old: tuple[Collected, ...], new: tuple[Collected, ...]) -> tuple[Collected, ...]:
    return (*old, *new)


def _added(old: Mapping[str, float], new: Mapping[str, float]) -> dict[str, float]:
    return {**old, **{stage: old.get(stage, 0.0) + seconds for stage, seconds in new.items()}}


def _latest(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    return {**old, **new}


class State(Model):
    """What one run knows; every node reads it and returns an Update."""

    basis: str
    """Hash of what the run was started from; another one means that the run cannot be resumed."""
    snapshot: str
    """The sealed snapshot that is used, or the one that is being collected."""
    collect: bool
    """Whether sources are to be fetched."""
    answers: tuple[OpenQuestion, ...] = ()
    comments: tuple[Comment, ...] = ()
    section: str = ""
    """The one section that a reviewer sent back; empty while the whole draft is written."""
    collected: Annotated[tuple[Collected, ...], _joined] = ()
    digest_sha256: str = ""
    investigation: Investigation | None = None
    timeline: tuple[TimelineRow, ...] = ()
    analysis: Analysis | None = None
    actions: tuple[ActionItem, ...] = ()
    narrative: Narrative | None = None
    draft: PostMortem | None = None
    revisions: int = 0
    withdrawn: bool = False
    """Whether what was still refused has been taken out."""
    contradictions: tuple[Contradiction, ...] = ()
    findings: tuple[Finding, ...] = ()
    version: str = ""
    """sha256 of draft.json as it went to review."""
    decision: Decision | None = None
    follow_up: FollowUp | None = None
    seconds: Annotated[Mapping[str, float], _added] = {}
    notes: Annotated[Mapping[str, str], _latest] = {}
    """A short fact a stage, for whoever watches."""

    @property
    def analysed(self) -> Analysis:
        """The analysis, once the factors stage has run."""
        return _present(self.analysis, "analysis")

    @property
    def narrated(self) -> Narrative:
        """The prose, once it was written."""
        return _present(self.narrative, "narrative")

    @property
    def drafted(self) -> PostMortem:
        """The draft, once it was assembled."""
        return _present(self.draft, "draft")

    @property
    def decided(self) -> Decision:
        """The reviewer's decision, once there is one."""
        return _present(self.decision, "decision")

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that go back to the drafter: those that block approval, in what is being written."""
        return tuple(
            finding
            for finding in self.findings
            if finding.level == "error" and (not self.section or concerns(finding, self.section))
        )


class Update(TypedDict, total=False):
    """What a node changes."""

    answers: tuple[OpenQuestion, ...]
    comments: tuple[Comment, ...]
    section: str
    collected: tuple[Collected, ...]
    digest_sha256: str
    investigation: Investigation
    timeline: tuple[TimelineRow, ...]
    analysis: Analysis
    actions: tuple[ActionItem, ...]
    narrative: Narrative
    draft: PostMortem
    revisions: int
    withdrawn: bool
    contradictions: tuple[Contradiction, ...]
    findings: tuple[Finding, ...]
    version: str
    decision: Decision
    follow_up: FollowUp
    seconds: Mapping[str, float]
    notes: Mapping[str, str]


CHECKPOINTED: tuple[type[Model], ...] = (
    SourceTask,
    Collected,
    FollowUp,
    SourceSpec,
    Request,
    Query,
    Artifact,
    Explanation,
    Investigation,
    Analysis,
    Narrative,
    Contradiction,
    Comment,
    TimelineRow,
    ActionItem,
    OpenQuestion,
    PostMortem,
    Finding,
    Decision,
)
"""The only types of ours that a checkpoint may name; anything else in one is not loaded."""


def _present(value: M | None, name: str) -> M:
    if value is None:
        raise RuntimeError(f"the workflow has no {name} yet")
    return value
