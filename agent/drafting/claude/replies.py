"""What a model may say. One type for all calls, because another schema would empty the endpoint's cache.

Only lists and plain values: no owner, no date, no time and no id of its own can be said at all.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.schema.postmortem import ActionKind, Category, Layer, Priority, SectionName, Strength

Verdict = Literal["established", "probable", "not established", "no incident", "not asked"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class SaidClaim(_Part):
    """One sentence and what carries it."""

    text: str
    evidence: list[str]
    facts: list[str] = Field(default_factory=list[str])
    standing: Literal["supported", "inferred"]


class SaidRow(_Part):
    """One row of the timeline; code adds time, source and actor."""

    event: str
    evidence: list[str]
    moment: Literal["start", "end"]


class SaidHypothesis(_Part):
    """One of the explanations that compete."""

    text: str
    evidence_for: list[str]
    evidence_against: list[str]
    against_text: str
    settled_by: str
    state: Literal["leading", "possible", "ruled out"]


class SaidWhy(_Part):
    """One link of a why-chain."""

    question: str
    answer: str
    evidence: list[str]
    basis: Literal["evidenced", "assumed", "open"]


class SaidFactor(_Part):
    """One factor."""

    layer: Layer
    category: Category
    title: str
    component: str
    claim: SaidClaim
    whys: list[SaidWhy]


class SaidAction(_Part):
    """One deliverable; code proposes owner and date."""

    action: str
    done_when: str
    component: str
    priority: Priority
    kind: ActionKind
    strength: Strength
    factors: list[str]


class SaidSection(_Part):
    """One prose section."""

    name: SectionName
    claims: list[SaidClaim]


class SaidQuestion(_Part):
    """What a person must answer."""

    question: str
    why_open: str
    evidence: list[str]


class SaidRewrite(_Part):
    """Another wording of a refused sentence; an empty text gives it up."""

    place: str
    text: str
    evidence: list[str]
    facts: list[str] = Field(default_factory=list[str])
    standing: Literal["supported", "inferred"]


class SaidContradiction(_Part):
    """Two passages that cannot both be so."""

    place: str
    other_place: str
    why: str


class Reply(_Part):
    """All that can be asked for; a call fills its own fields and leaves the others out."""

    rows: list[SaidRow] = Field(default_factory=list[SaidRow])
    hypotheses: list[SaidHypothesis] = Field(default_factory=list[SaidHypothesis])
    verdict: Verdict = "not asked"
    cause: list[SaidClaim] = Field(default_factory=list[SaidClaim])
    factors: list[SaidFactor] = Field(default_factory=list[SaidFactor])
    actions: list[SaidAction] = Field(default_factory=list[SaidAction])
    sections: list[SaidSection] = Field(default_factory=list[SaidSection])
    questions: list[SaidQuestion] = Field(default_factory=list[SaidQuestion])
    rewrites: list[SaidRewrite] = Field(default_factory=list[SaidRewrite])
    contradictions: list[SaidContradiction] = Field(default_factory=list[SaidContradiction])
