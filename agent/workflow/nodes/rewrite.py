"""Rewrite: send one section back to the drafter; the others stay as people have left them."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.drafting.sections import fields_of, rewritten
from agent.workflow.attribution import attribute
from agent.workflow.briefing import brief_of
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def rewrite(state: State, runtime: Runtime[Deps]) -> Update:
    """Ask the drafter for the section that a reviewer sent back."""
    deps, section = runtime.context, state.section
    before = deps.folder.read_draft() or state.drafted
    brief = brief_of(state, deps)
    draft = rewritten(deps.drafter, brief, before, section)
    shown = attribute(draft, brief.incident, deps.settings)
    fields = {name: getattr(shown, name) for name in fields_of(section)}
    draft = draft.model_copy(update=fields)
    same = all(getattr(draft, name) == getattr(before, name) for name in fields)
    what = "came back as it was" if same else "was written anew"
    return {"draft": draft, "revisions": 0, "notes": {"rewrite": f"{section} {what}"}}
