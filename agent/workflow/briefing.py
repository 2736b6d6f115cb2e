"""The brief: what the drafter may know, read back from the incident folder at every stage."""

from __future__ import annotations

from agent.drafting.drafter import Brief, Comment
from agent.errors import NotFound
from agent.naming import hidden_names, without_names
from agent.schema.postmortem import OpenQuestion
from agent.store import IncidentFolder
from agent.workflow.stages import Deps
from agent.workflow.state import State


def brief_of(state: State, deps: Deps) -> Brief:
    """Put the record, the digest and what people have said together."""
    digest = deps.folder.read_digest()
    if digest is None:
        raise NotFound(
            f"{deps.folder.path} has lost its digest.json.",
            hint=f"`pm-agent draft --incident {deps.folder.id} --redraft` computes it again.",
        )
    incident = deps.folder.read_incident()
    names = hidden_names(incident, deps.settings)
    return Brief(
        incident=without_names(incident, names, salt=incident.id),
        digest=digest,
        answers=tuple(without_names(item, names, salt=incident.id) for item in state.answers),
        comments=tuple(without_names(item, names, salt=incident.id) for item in state.comments),
        investigation=state.investigation,
    )


def settled_questions(folder: IncidentFolder) -> tuple[OpenQuestion, ...]:
    """List the questions of the present draft that a person has answered or waived."""
    draft = folder.read_draft()
    return tuple(item for item in draft.open_questions if item.status != "open") if draft else ()


def requested_changes(folder: IncidentFolder) -> tuple[Comment, ...]:
    """List what reviewers have asked for since the last approval, oldest first."""
    asked: list[Comment] = []
    for event in folder.reviews():
        if event.action == "approved":
            asked.clear()
        elif event.action == "changes requested":
            asked.append(Comment(by=event.by, section=event.section, text=event.text))
    return tuple(asked)
