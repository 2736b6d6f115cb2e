"""Putting the parts together: header, coverage, gaps and provenance around what a drafter wrote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agent.drafting.drafter import Analysis, Brief, Narrative
from agent.drafting.phrasing import listed
from agent.schema.digest import Coverage, Digest
from agent.schema.postmortem import ActionItem, Header, PostMortem, Provenance, TimelineRow


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
    """Build the whole draft; adds nothing but the record, the coverage and where the draft came from."""
    return PostMortem(
        header=_header(brief, analysis),
        summary=narrative.summary,
        impact=narrative.impact,
        detection=narrative.detection,
        timeline=timeline,
        cause=analysis.cause,
        factors=analysis.factors,
        response=narrative.response,
        went_well=narrative.went_well,
        went_badly=narrative.went_badly,
        lucky=narrative.lucky,
        lessons=narrative.lessons,
        actions=actions,
        prevention=narrative.prevention,
        open_questions=narrative.open_questions or analysis.open_questions,
        ruled_out=analysis.ruled_out,
        coverage=brief.digest.coverage,
        gaps=(*gaps(brief.digest), *_looked(brief)),
        provenance=Provenance(
            drafter=drafter,
            drafted_at=now,
            pm_agent=version,
            digest_sha256=digest_sha256,
            notes=_notes(brief),
        ),
    )


def gaps(digest: Digest) -> tuple[str, ...]:
    """One line for each thing that could not be seen, and why; the signals of one trouble share a line."""
    troubles: dict[tuple[str, ...], list[Coverage]] = {}
    for row in digest.coverage:
        if row.gap:
            own = row.signal if row.outcome == "ok" else ""
            troubles.setdefault((row.source, row.query, row.outcome, own), []).append(row)
    lines = [gap(rows) for rows in troubles.values()]
    undated = sum(item.start is None and item.kind != "N" for item in digest.evidence)
    if undated:
        lines.append(f"Evidence without a time, which the timeline leaves out: {undated}.")
    lines.extend(digest.notes)
    return tuple(dict.fromkeys(lines))


def _looked(brief: Brief) -> tuple[str, ...]:
    """Say what a model asked the recording for in vain, and whether it had to stop early."""
    found = brief.investigation
    if found is None:
        return ()
    lines = [f"Looked for and not recorded: {what}." for what in found.not_recorded]
    if found.ended:
        lines.append(f"The investigation stopped early: {found.ended}. The draft rests on what it had seen.")
    return tuple(lines)


def gap(rows: Sequence[Coverage]) -> str:
    """Say what is missing in the rows of the ledger that one trouble has."""
    row = rows[0]
    signals = [item.signal for item in rows if item.signal != "unknown"]
    what = f"{row.source}: {listed(signals)}" if signals else row.source
    what += f" ({row.query})" if row.query else ""
    outcome = {
        "ok": "not all could be read",
        "empty": "asked, and nothing was there",
        "partial": "only a part came back",
        "denied": "access was denied",
        "failed": "could not be asked",
        "not recorded": "was not recorded",
    }[row.outcome]
    notes = dict.fromkeys(part for item in rows for part in item.note.split("; ") if part)
    return f"{what}: {outcome}. {'; '.join(notes)}".strip()


def _header(brief: Brief, analysis: Analysis) -> Header:
    incident, digest = brief.incident, brief.digest
    start = incident.start or digest.fact("started").time or digest.onset
    end = incident.end or digest.fact("ended").time
    if start and end and end < start:
        end = None
    return Header(
        incident=incident.id,
        title=incident.title,
        severity=incident.severity,
        start=start,
        end=end,
        services=incident.services or _suspected(digest, analysis),
    )


def _suspected(digest: Digest, analysis: Analysis) -> tuple[str, ...]:
    """Name the first three suspects, those that factors are about in the order of the factors."""
    order = {factor.component: -place for place, factor in enumerate(reversed(analysis.factors))}
    names = (suspect.component for suspect in digest.suspects[:3])
    return tuple(sorted(names, key=lambda name: order.get(name, 1)))


def _notes(brief: Brief) -> tuple[str, ...]:
    if not brief.comments:
        return ()
    return ("Requested changes are carried as open questions where the drafter could not apply them.",)
