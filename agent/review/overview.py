"""One incident at a glance: how far its post-mortem is, and what is due when."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from agent.checks import process_states
from agent.review.drafts import read_findings
from agent.review.state import Stage, state_of
from agent.schema.base import Model, UtcTime
from agent.schema.finding import ProcessState
from agent.schema.schedule import follow_up_of
from agent.store import IncidentFolder


class Overview(Model):
    """What `status` prints of one incident."""

    incident: str
    title: str
    stage: Stage
    version: str | None
    findings: dict[str, int]
    """Number of findings by level on the present draft; empty where it was not checked."""
    open_questions: int
    edited: bool
    """draft.md holds edits that were not taken in."""
    ended: UtcTime | None
    age_days: int | None
    """Whole days since the incident ended."""
    distribute_by: UtcTime | None
    """48 hours after the end."""
    published_at: UtcTime | None
    late: bool
    """Not published, or published after `distribute_by`."""
    follow_up_on: date | None
    """Review of the action items: four weeks after publication, or after the end until then."""
    process: tuple[ProcessState, ...]
    """Steps of the blameless process; empty while there is no draft."""


def overview(folder: IncidentFolder, *, now: datetime) -> Overview:
    """Sum up one incident; raise UserError naming a file that cannot be read."""
    incident, draft = folder.read_incident(), folder.read_draft()
    state = state_of(folder, read_findings(folder) or ())
    ended = (draft.header.end if draft else None) or incident.end
    published = state.publications[0].at if state.publications else None
    planned = follow_up_of(ended, published)
    due = planned.distribute_by
    return Overview(
        incident=folder.id,
        title=draft.header.title if draft else incident.title,
        stage=state.stage,
        version=state.version,
        findings=dict(Counter(finding.level for finding in state.findings)),
        open_questions=len(state.open_questions),
        edited=state.hand_edit != "none",
        ended=ended,
        age_days=(now - ended).days if ended else None,
        distribute_by=due,
        published_at=published,
        late=due is not None and (published or now) > due,
        follow_up_on=planned.review_on,
        process=process_states(draft, now=now, reviews=state.events) if draft else (),
    )
