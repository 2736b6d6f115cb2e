"""Attribution: who stands in the header, and whether actors and owners are shown by handle or by role."""

from __future__ import annotations

from agent.drafting.drafter import Drafter, Metered
from agent.schema.incident import Person
from agent.schema.postmortem import PostMortem
from agent.settings import Settings


def attribute(draft: PostMortem, people: tuple[Person, ...], settings: Settings) -> PostMortem:
    """Apply the team's settings: its authors, and with `people = "roles"` roles instead of handles.

    A handle whose role the record does not tell stays, because evidence must remain findable.
    """
    header = draft.header
    if settings.authors:
        header = header.model_copy(update={"authors": settings.authors})
    draft = draft.model_copy(update={"header": header})
    if settings.people == "handles":
        return draft
    roles = {known: person.role for person in people if person.role for known in _names(person)}
    return draft.model_copy(
        update={
            "timeline": tuple(
                row.model_copy(update={"actor": roles.get(row.actor, row.actor)}) for row in draft.timeline
            ),
            "actions": tuple(
                item.model_copy(update={"owner": roles.get(item.owner, item.owner)}) for item in draft.actions
            ),
        }
    )


def credited(draft: PostMortem, drafter: Drafter) -> PostMortem:
    """Record every prompt that the drafter has sent so far."""
    if not isinstance(drafter, Metered):
        return draft
    provenance = draft.provenance.model_copy(update={"prompts": drafter.prompts})
    return draft.model_copy(update={"provenance": provenance})


def _names(person: Person) -> tuple[str, ...]:
    return tuple(name for name in (person.handle, f"@{person.handle}", person.name) if name)
