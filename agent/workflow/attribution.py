"""Attribution: who stands in the header, and whether actors and owners are shown by handle or by role."""

from __future__ import annotations

from agent.drafting.drafter import Drafter, Metered
from agent.naming import hidden_names, without_names
from agent.schema.incident import Incident
from agent.schema.postmortem import PostMortem
from agent.schema.roster import handles, united
from agent.settings import Settings


def attribute(draft: PostMortem, incident: Incident, settings: Settings) -> PostMortem:
    """Apply the team's settings: its authors, one handle a person, with `people = "roles"` roles instead.

    Roles also stand for names within sentences. A handle whose role neither the record nor the roster tells
    stays, because evidence must remain findable.
    """
    draft = without_names(draft, hidden_names(incident, settings), salt=incident.id)
    header = draft.header
    if settings.authors:
        header = header.model_copy(update={"authors": settings.authors})
    draft = draft.model_copy(update={"header": header})
    shown = (
        united(incident.people, settings.roster) if settings.people == "roles" else handles(settings.roster)
    )
    if not shown:
        return draft
    return draft.model_copy(
        update={
            "timeline": tuple(
                row.model_copy(update={"actor": shown.get(row.actor, row.actor)}) for row in draft.timeline
            ),
            "actions": tuple(
                item.model_copy(update={"owner": shown.get(item.owner, item.owner)}) for item in draft.actions
            ),
        }
    )


def credited(draft: PostMortem, drafter: Drafter) -> PostMortem:
    """Record every prompt that the drafter has sent so far."""
    if not isinstance(drafter, Metered):
        return draft
    provenance = draft.provenance.model_copy(update={"prompts": drafter.prompts})
    return draft.model_copy(update={"provenance": provenance})
