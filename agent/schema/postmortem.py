"""The post-mortem as data: every sentence a claim, every claim with its evidence and standing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from agent.schema.base import Model, UtcTime
from agent.schema.digest import Coverage, FactName
from agent.schema.evidence import EvidenceId

Standing = Literal["supported", "inferred", "stated by a person"]
"""supported: the cited evidence shows it. inferred: it follows from the cited evidence by reasoning that a
reader can redo. stated by a person: a reviewer wrote it; evidence is optional."""

Layer = Literal["immediate", "contributing", "systemic"]
Category = Literal[
    "monitoring", "testing", "runbook", "capacity", "change", "design", "dependency", "process"
]
Priority = Literal["P0", "P1", "P2", "P3"]
ActionKind = Literal["prevent", "detect", "mitigate", "process"]
Strength = Literal["engineering control", "automation", "procedure", "training"]

SectionName = Literal[
    "summary",
    "impact",
    "detection",
    "response",
    "went_well",
    "went_badly",
    "lucky",
    "lessons",
    "prevention",
]


class Claim(Model):
    """One sentence, about systems, in the past tense, and what carries it."""

    text: str = Field(min_length=1)
    evidence: tuple[EvidenceId, ...] = ()
    """What a reader can open to check the sentence."""
    facts: tuple[FactName, ...] = ()
    """Facts of the digest whose values the sentence uses."""
    standing: Standing = "supported"

    @model_validator(mode="after")
    def _carried(self) -> Self:
        if self.standing != "stated by a person" and not self.evidence and not self.facts:
            raise ValueError("a claim needs evidence or facts, unless a person stated it")
        return self


class TimelineRow(Model):
    """One event at one time, rendered from evidence or stated by a person."""

    time: UtcTime
    event: str = Field(min_length=1)
    source: str
    """Where it was seen, such as "logs" or "alert"."""
    actor: str
    """System or handle that acted, as the evidence has it."""
    evidence: tuple[EvidenceId, ...] = ()
    standing: Standing = "supported"

    @model_validator(mode="after")
    def _carried(self) -> Self:
        if self.standing != "stated by a person" and not self.evidence:
            raise ValueError("a timeline row needs evidence, unless a person stated it")
        return self


class Why(Model):
    """One link of a why-chain."""

    question: str = Field(min_length=1)
    answer: str = Field(min_length=1)
    evidence: tuple[EvidenceId, ...] = ()
    basis: Literal["evidenced", "assumed", "open"]
    """open: the evidence does not answer it and a question is asked instead."""

    @model_validator(mode="after")
    def _evidenced(self) -> Self:
        if self.basis == "evidenced" and not self.evidence:
            raise ValueError("an evidenced link needs evidence")
        return self


class Factor(Model):
    """One condition that made the incident possible, longer or worse."""

    id: Annotated[str, Field(pattern=r"^F[1-9][0-9]*$")]
    layer: Layer
    category: Category
    title: str = Field(min_length=1)
    """The condition in a few words, such as "Connection pool of orders-db exhausted"."""
    component: str | None = None
    """Service, node or component it is about."""
    pattern: str | None = None
    """Id in the failure-pattern catalogue that proposed it."""
    claim: Claim
    whys: tuple[Why, ...] = ()
    confidence: float = Field(default=0.5, ge=0.0, le=1.0)


class Cause(Model):
    """Whether the evidence carries a cause, and which; "not established" is a legal answer."""

    verdict: Literal["established", "probable", "not established", "no incident"]
    claim: Claim
    factors: tuple[str, ...] = ()
    """Ids of the factors it rests on, most telling first."""


class Hypothesis(Model):
    """An explanation that was considered and ruled out, kept with the evidence against it."""

    text: str = Field(min_length=1)
    against: Claim
    evidence_for: tuple[EvidenceId, ...] = ()


class ActionItem(Model):
    """One deliverable that addresses at least one factor."""

    id: Annotated[str, Field(pattern=r"^AI-[1-9][0-9]*$")]
    action: str = Field(min_length=1)
    done_when: str = Field(min_length=1)
    """The end state that a third person can check."""
    owner: str = Field(min_length=1)
    deadline: date
    priority: Priority
    kind: ActionKind
    strength: Strength
    factors: tuple[str, ...] = Field(min_length=1)
    """Ids of the factors it addresses."""
    proposed: bool = True
    """Owner and deadline were proposed by rule and nobody has confirmed them."""
    ticket: str | None = None


class OpenQuestion(Model):
    """What the evidence cannot settle; a reviewer answers it or waives it with a reason."""

    id: Annotated[str, Field(pattern=r"^Q[1-9][0-9]*$")]
    question: str = Field(min_length=1)
    why_open: str
    """Which evidence is missing or conflicts."""
    evidence: tuple[EvidenceId, ...] = ()
    status: Literal["open", "answered", "waived"] = "open"
    answer: str | None = None
    """The answer, or the reason for waiving."""
    by: str | None = None

    @model_validator(mode="after")
    def _settled(self) -> Self:
        if self.status != "open" and not (self.answer and self.by):
            raise ValueError(f"question {self.id} is {self.status}, so it needs a text and a name")
        return self


class Header(Model):
    """What stands at the top of the report."""

    incident: str
    title: str
    severity: str | None = None
    start: UtcTime | None = None
    end: UtcTime | None = None
    services: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    reviewed_by: str | None = None
    reviewed_at: UtcTime | None = None

    @property
    def duration(self) -> timedelta | None:
        """End minus start, where both are known."""
        return self.end - self.start if self.start and self.end else None


class Provenance(Model):
    """How the draft came about. `drafted_at` is the only field that two runs may differ in."""

    drafter: str
    """"offline" or the model's name."""
    drafted_at: UtcTime
    pm_agent: str
    """Version of pm-agent."""
    digest_sha256: str
    revisions: int = 0
    prompts: tuple[str, ...] = ()
    """Every prompt that was sent, as `id@version:hash`; empty where no model was asked."""
    notes: tuple[str, ...] = ()


class PostMortem(Model):
    """A whole draft or report."""

    version: Literal[1] = 1
    header: Header
    summary: tuple[Claim, ...]
    impact: tuple[Claim, ...]
    detection: tuple[Claim, ...]
    timeline: tuple[TimelineRow, ...]
    cause: Cause
    factors: tuple[Factor, ...]
    response: tuple[Claim, ...]
    went_well: tuple[Claim, ...]
    went_badly: tuple[Claim, ...]
    lucky: tuple[Claim, ...]
    lessons: tuple[Claim, ...]
    actions: tuple[ActionItem, ...]
    prevention: tuple[Claim, ...]
    open_questions: tuple[OpenQuestion, ...]
    ruled_out: tuple[Hypothesis, ...]
    coverage: tuple[Coverage, ...]
    gaps: tuple[str, ...]
    """What could not be seen and why, one line each."""
    provenance: Provenance
