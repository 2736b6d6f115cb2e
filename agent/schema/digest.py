"""The digest: ranked evidence, facts and the coverage ledger; all that a drafter sees at first."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agent.schema.base import Model, UtcTime
from agent.schema.bundle import Outcome, Query, Signal
from agent.schema.evidence import Evidence, EvidenceId
from agent.schema.incident import Window

FactName = Literal[
    "started",
    "first_symptom",
    "first_alert",
    "acknowledged",
    "mitigated",
    "ended",
    "duration",
    "time_to_detect",
    "time_to_acknowledge",
    "time_to_mitigate",
    "time_to_resolve",
    "recording_start",
    "recording_end",
    "log_lines",
    "error_lines",
    "error_lines_before",
    "alerts_fired",
    "services_affected",
    "pods_restarted",
    "error_share",
    "error_share_before",
    "symptom_baseline",
    "symptom_peak",
    "services_unaffected",
]


class Fact(Model):
    """A number or time computed from evidence, or the reason why it is not known."""

    name: FactName
    label: str
    """The fact's name for readers, such as "Time to detect"."""
    text: str
    """The value as the report prints it, such as "4 min 12 s", or "not known"."""
    time: UtcTime | None = None
    seconds: float | None = None
    count: int | None = None
    value: float | None = None
    """A measured value or a share."""
    unit: str = ""
    """Unit of `value`, such as % or ms."""
    evidence: tuple[EvidenceId, ...] = ()
    note: str = ""
    """How it was computed; for "not known", which evidence is missing."""

    @property
    def known(self) -> bool:
        """Whether the evidence establishes it."""
        told = (self.time, self.seconds, self.count, self.value)
        return any(part is not None for part in told)


class Coverage(Model):
    """What was asked of one source about one signal, and how much of the answer could be used."""

    source: str
    signal: Signal
    query: str
    outcome: Outcome
    window: Window | None = None
    artifacts: int = 0
    rows: int = 0
    bytes: int = 0
    undated: int = 0
    malformed: int = 0
    note: str = ""

    @property
    def gap(self) -> bool:
        """Whether a reader must be told that something is missing here."""
        return self.outcome != "ok" or self.malformed > 0


class SourceQuery(Query):
    """One query as it was sent to a source, and what it came to."""

    source: str


class Suspect(Model):
    """A component that the evidence points at, and what happened to it; a hint, not a verdict."""

    component: str
    component_kind: Literal["service", "node", "datastore", "network", "job", "alerting", "other"]
    reason: str
    """Why it ranks here, in words made from evidence."""
    score: float = Field(ge=0.0)
    evidence: tuple[EvidenceId, ...] = Field(min_length=1)


class Edge(Model):
    """One service calls another."""

    caller: str
    callee: str


class ClockShift(Model):
    """The clock of an artifact ran apart."""

    artifact: str
    seconds: float
    """What was taken from its times."""


class Digest(Model):
    """What the engine computed from one sealed snapshot: byte-equal for the same bytes."""

    version: Literal[1] = 1
    incident: str
    snapshot: str
    """Name of the snapshot folder it was computed from."""
    manifest_sha256: str
    window: Window | None
    """From the first to the last thing recorded, or the incident's own window."""
    onset: UtcTime | None
    """When the incident began to show, from the record or else from the evidence."""
    onset_source: Literal["record", "evidence", "not known"]
    evidence: tuple[Evidence, ...]
    """Ranked by salience, ties by id."""
    facts: tuple[Fact, ...]
    coverage: tuple[Coverage, ...]
    queries: tuple[SourceQuery, ...] = ()
    """Every query behind the coverage, source by source in the order they were made; none for files."""
    suspects: tuple[Suspect, ...]
    """Ranked, most telling first; empty where nothing stands out."""
    topology: tuple[Edge, ...] = ()
    shifts: tuple[ClockShift, ...] = ()
    """Artifacts whose clock ran apart from the others."""
    notes: tuple[str, ...] = ()
    """What a reader should know about the computation: no baseline, zones assumed, clocks shifted."""
    investigated: tuple[EvidenceId, ...] = ()
    """Evidence at the end of `evidence` that looks into the bundle minted after the digest was computed."""

    @property
    def computed(self) -> tuple[Evidence, ...]:
        """The evidence without what was minted by looks."""
        later = set(self.investigated)
        return tuple(item for item in self.evidence if item.id not in later)

    def with_found(self, found: tuple[Evidence, ...]) -> Digest:
        """Give the digest with these as the evidence that looks minted, instead of earlier ones."""
        return self.model_copy(
            update={
                "evidence": (*self.computed, *found),
                "investigated": tuple(item.id for item in found),
            }
        )

    def fact(self, name: FactName) -> Fact:
        """Look up a fact; a digest of an earlier version may lack it, and then it is not known."""
        missing = Fact(name=name, label=name, text="not known", note="the digest was computed without it")
        return next((fact for fact in self.facts if fact.name == name), missing)

    def find(self, evidence_id: str) -> Evidence | None:
        """Look up evidence by id."""
        return next((item for item in self.evidence if item.id == evidence_id), None)
