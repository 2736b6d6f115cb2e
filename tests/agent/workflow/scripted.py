"""A scripted drafter and small stages, so that the workflow is tested without any other part."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast, get_args

from agent.drafting.drafter import Analysis, Brief, Contradiction, Narrative
from agent.drafting.looks import Recording
from agent.schema.bundle import Artifact, Manifest, Request
from agent.schema.digest import Coverage, Digest, Fact, FactName
from agent.schema.evidence import Evidence, Pointer
from agent.schema.finding import Finding
from agent.schema.incident import Incident, SourceSpec
from agent.schema.postmortem import (
    ActionItem,
    Cause,
    Claim,
    Factor,
    Header,
    OpenQuestion,
    PostMortem,
    Provenance,
    SectionName,
    TimelineRow,
)
from agent.schema.review import Decision
from agent.settings import Settings
from agent.sourcing import Declared
from agent.store import Bundle, IncidentFolder, write_model
from agent.workflow.stages import Part, Stages
from tests.agent.specs import files_spec
from tools.redaction.names import Names

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SETTINGS = Settings()


def now() -> datetime:
    return NOW


def incident_folder(home: Path, *sources: SourceSpec, incident_id: str = "inc-1") -> IncidentFolder:
    folder = IncidentFolder(home / incident_id)
    folder.path.mkdir(parents=True)
    folder.write_incident(
        Incident(id=incident_id, title="Checkout slow", start=START, sources=sources or two_sources(home))
    )
    return folder


def two_sources(home: Path) -> tuple[SourceSpec, ...]:
    for name in ("web", "db"):
        (home / f"{name}.log").write_text(f"2026-03-01T12:00:00Z {name} pool exhausted\n")
    return tuple(files_spec(f"../{name}.log", name=name) for name in ("web", "db"))


def fetch(source: Declared, folder: IncidentFolder, settings: Settings, scratch: Path, /) -> Part:
    spec = source.spec
    paths = [str(path) for path in cast("list[object]", spec.told["paths"])]
    artifacts: list[Artifact] = []
    for path in paths:
        file = folder.path / path
        if not file.is_file():
            continue
        target = scratch / spec.name / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data := file.read_bytes())
        artifacts.append(
            Artifact(
                path=f"{spec.name}/{file.name}",
                source=spec.name,
                signal="logs",
                format="plain",
                query=path,
                bytes=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
                rows=len(data.splitlines()),
            )
        )
    outcome = "ok" if artifacts else "empty"
    rows = sum(artifact.rows for artifact in artifacts)
    return Request(source=spec.name, query=" ".join(paths), outcome=outcome, rows=rows), tuple(artifacts)


def seal(scratch: Path, incident: Incident, parts: tuple[Part, ...], at: datetime, /) -> Manifest:
    manifest = Manifest(
        incident=incident.id,
        sealed_at=at,
        requests=tuple(request for request, _ in parts),
        artifacts=tuple(artifact for _, artifacts in parts for artifact in artifacts),
    )
    write_model(scratch / "manifest.json", manifest)
    return manifest


def digest(bundle: Bundle, incident: Incident, names: Names | None = None) -> Digest:
    evidence = tuple(
        Evidence(
            id=f"L{number}",
            kind="L",
            service=artifact.source,
            start=START,
            statement=f"{artifact.source} logged pool exhausted",
            pointers=(Pointer(artifact=artifact.path, lines=(1, 1)),),
        )
        for number, artifact in enumerate(bundle.manifest.artifacts, 1)
    )
    coverage = tuple(
        Coverage(source=request.source, signal="logs", query=request.query, outcome=request.outcome)
        for request in bundle.manifest.requests
    )
    return Digest(
        incident=incident.id,
        snapshot=bundle.name,
        manifest_sha256=bundle.manifest_sha256,
        window=None,
        onset=START,
        onset_source="record",
        evidence=evidence,
        facts=tuple(
            Fact(name=name, label=name, text="12:00", time=START if name == "started" else None)
            for name in get_args(FactName)
        ),
        coverage=coverage,
        suspects=(),
    )


def assemble(
    brief: Brief,
    timeline: tuple[TimelineRow, ...],
    analysis: Analysis,
    actions: tuple[ActionItem, ...],
    narrative: Narrative,
    *,
    drafter: str,
    now: datetime,
    version: str,
    digest_sha256: str,
) -> PostMortem:
    return PostMortem(
        header=Header(incident=brief.incident.id, title=brief.incident.title, start=brief.incident.start),
        timeline=timeline,
        cause=analysis.cause,
        factors=analysis.factors,
        actions=actions,
        open_questions=analysis.open_questions,
        ruled_out=analysis.ruled_out,
        coverage=brief.digest.coverage,
        gaps=tuple(f"{row.source}: {row.outcome}" for row in brief.digest.coverage if row.gap),
        provenance=Provenance(drafter=drafter, drafted_at=now, pm_agent=version, digest_sha256=digest_sha256),
        **{name: getattr(narrative, name) for name in get_args(SectionName)},
    )


def check(draft: PostMortem, digest: Digest | None, *, now: datetime) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            rule="B01", level="error", message="names a person", text=claim.text, section=f"summary.{number}"
        )
        for number, claim in enumerate(draft.summary, 1)
        if "Alex" in claim.text
    )


def save(
    folder: IncidentFolder, draft: PostMortem, digest: Digest | None, findings: tuple[Finding, ...], /
) -> str:
    folder.write_text("draft.md", f"# {draft.header.title}\n")
    return folder.write_draft(draft)


def finalise(folder: IncidentFolder, decision: Decision, *, now: datetime) -> None:
    folder.write_text("postmortem.md", f"approved by {decision.by}\n")


STAGES = Stages(
    fetch=fetch,
    seal=seal,
    digest=digest,
    assemble=assemble,
    check=check,
    save=save,
    finalise=finalise,
    edited_by_hand=lambda folder: folder.draft_markdown.read_text() != "# Checkout slow\n",
)


class ScriptedDrafter:
    """Writes the same every time; `blame` makes that many drafts carry an error."""

    def __init__(self, blame: int = 0) -> None:
        self.blame = blame
        self.briefs: list[Brief] = []
        self.revisions = 0

    @property
    def name(self) -> str:
        return "scripted"

    def timeline(self, brief: Brief) -> tuple[TimelineRow, ...]:
        self.briefs.append(brief)
        return tuple(
            TimelineRow(
                time=item.start or START,
                event=item.statement,
                source="logs",
                actor=item.service or "",
                evidence=(item.id,),
            )
            for item in brief.digest.evidence
        )

    def analyse(self, brief: Brief, timeline: tuple[TimelineRow, ...]) -> Analysis:
        claim = Claim(text="The pool was exhausted.", evidence=timeline[0].evidence)
        factor = Factor(id="F1", layer="immediate", category="capacity", title="Pool exhausted", claim=claim)
        asked = OpenQuestion(id="Q1", question="How many customers noticed?", why_open="Not recorded.")
        settled = {question.question: question for question in brief.answers}
        asked = settled.get(asked.question, asked)
        comments = tuple(
            OpenQuestion(id=f"Q{number}", question=comment.text, why_open=f"{comment.by} asked.")
            for number, comment in enumerate(brief.comments, 2)
        )
        return Analysis(
            cause=Cause(verdict="probable", claim=claim, factors=("F1",)),
            factors=(factor,),
            ruled_out=(),
            open_questions=(asked, *comments),
        )

    def actions(self, brief: Brief, analysis: Analysis) -> tuple[ActionItem, ...]:
        return (
            ActionItem(
                id="AI-1",
                action="Cap the pool",
                done_when="The cap is deployed.",
                owner="web team",
                deadline=date(2026, 3, 16),
                priority="P1",
                kind="prevent",
                strength="engineering control",
                factors=("F1",),
            ),
        )

    def narrate(
        self,
        brief: Brief,
        timeline: tuple[TimelineRow, ...],
        analysis: Analysis,
    ) -> Narrative:
        text = "Alex exhausted the pool." if self.blame else "The pool was exhausted."
        claim = Claim(text=text, evidence=timeline[0].evidence)
        return Narrative(
            summary=(claim,),
            **{name: () for name in Narrative.model_fields if name != "summary"},
        )

    def investigate(self, brief: Brief, recording: Recording) -> None:
        """Look no further."""

    def contradictions(self, brief: Brief, draft: PostMortem) -> tuple[Contradiction, ...]:
        return ()

    def revise(self, brief: Brief, draft: PostMortem, findings: tuple[Finding, ...]) -> PostMortem:
        self.revisions += 1
        if self.revisions < self.blame:
            return draft
        claim = draft.summary[0].model_copy(update={"text": "The pool was exhausted."})
        return draft.model_copy(update={"summary": (claim,)})
