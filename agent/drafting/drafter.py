"""The one way to get a draft written, whoever writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol, runtime_checkable

from agent.drafting.looks import Recording
from agent.schema.base import Model
from agent.schema.digest import Digest
from agent.schema.evidence import EvidenceId
from agent.schema.finding import Finding
from agent.schema.incident import Incident
from agent.schema.postmortem import (
    ActionItem,
    Cause,
    Claim,
    Factor,
    Hypothesis,
    OpenQuestion,
    PostMortem,
    TimelineRow,
)


class Comment(Model):
    """A change that a reviewer asked for, carried back to the drafter."""

    by: str
    section: str | None
    text: str


class Explanation(Model):
    """One of the explanations that competed when a model looked into the recording."""

    text: str
    evidence_for: tuple[EvidenceId, ...] = ()
    evidence_against: tuple[EvidenceId, ...] = ()
    against: str = ""
    settled_by: str = ""
    """Which recorded signal would settle it."""
    state: Literal["leading", "possible", "ruled out"]


class Looked(Model):
    """One look into the recording, and what it gave."""

    asked: str
    """The tool and its arguments; a model wrote them."""
    found: tuple[str, ...] = ()
    """Ids, the most telling first; of an empty look the id that says so."""


class Investigation(Model):
    """What came of looking into the recording; the evidence that it minted stands in the digest."""

    explanations: tuple[Explanation, ...] = ()
    looked: tuple[Looked, ...] = ()
    not_recorded: tuple[str, ...] = ()
    """What was asked for and the recording does not hold."""
    looks: int = 0
    ended: str = ""
    """Why it stopped before the model was done; empty where it was done."""


class Contradiction(Model):
    """Two passages of a draft that cannot both be so."""

    place: str
    text: str
    other_place: str
    other_text: str
    why: str


class Brief(Model):
    """All that a drafter may know: the record, the digest, and what people have said since."""

    incident: Incident
    digest: Digest
    answers: tuple[OpenQuestion, ...] = ()
    """Questions of earlier drafts that a person answered or waived."""
    comments: tuple[Comment, ...] = ()
    investigation: Investigation | None = None
    """None where no model has looked into the recording."""


class Analysis(Model):
    """What made the incident possible, as far as the evidence goes."""

    cause: Cause
    factors: tuple[Factor, ...]
    ruled_out: tuple[Hypothesis, ...]
    open_questions: tuple[OpenQuestion, ...]


class Narrative(Model):
    """The prose sections."""

    summary: tuple[Claim, ...]
    impact: tuple[Claim, ...]
    detection: tuple[Claim, ...]
    response: tuple[Claim, ...]
    went_well: tuple[Claim, ...]
    went_badly: tuple[Claim, ...]
    lucky: tuple[Claim, ...]
    lessons: tuple[Claim, ...]
    prevention: tuple[Claim, ...]
    open_questions: tuple[OpenQuestion, ...] = ()
    """All questions of the draft, where writing the prose raised more than the analysis had."""


class Drafter(Protocol):
    """Writes from a brief; cannot add evidence, times or numbers that the digest does not hold."""

    @property
    def name(self) -> str:
        """What the report calls the writer: "offline" or a model's name."""
        ...

    def investigate(self, brief: Brief, recording: Recording) -> Investigation | None:
        """Look into the recording where the digest leaves the cause open; None where nobody looked."""
        ...

    def timeline(self, brief: Brief) -> tuple[TimelineRow, ...]:
        """Pick, merge and word rows, in order of time."""
        ...

    def analyse(self, brief: Brief, timeline: tuple[TimelineRow, ...]) -> Analysis:
        """Find factors in layers, or say that the cause is not established."""
        ...

    def actions(self, brief: Brief, analysis: Analysis) -> tuple[ActionItem, ...]:
        """Propose deliverables for the factors."""
        ...

    def narrate(
        self,
        brief: Brief,
        timeline: tuple[TimelineRow, ...],
        analysis: Analysis,
    ) -> Narrative:
        """Write the prose sections."""
        ...

    def contradictions(self, brief: Brief, draft: PostMortem) -> tuple[Contradiction, ...]:
        """Find passages that cannot both be so and that no rule finds."""
        ...

    def revise(self, brief: Brief, draft: PostMortem, findings: tuple[Finding, ...]) -> PostMortem:
        """Answer blocking findings; what cannot be carried becomes an open question."""
        ...


@runtime_checkable
class RuleBound(Protocol):
    """A drafter that writes by rule from evidence and answers, and so cannot follow a comment."""

    @property
    def rule_bound(self) -> bool:
        """True."""
        ...


@runtime_checkable
class Metered(Protocol):
    """A drafter that counts what its draft has cost."""

    @property
    def usage(self) -> Mapping[str, int | float]:
        """Calls, tokens by kind, money at list prices and seconds."""
        ...

    @property
    def prompts(self) -> tuple[str, ...]:
        """Every prompt that was sent so far, as `id@version:hash`."""
        ...
