"""Revise: send blocking findings back to the drafter."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.drafting.sections import confined
from agent.workflow.attribution import credited
from agent.workflow.briefing import brief_of
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def revise(state: State, runtime: Runtime[Deps]) -> Update:
    """Ask the drafter to answer the errors, and count the revision."""
    deps, number = runtime.context, state.revisions + 1
    draft = deps.drafter.revise(brief_of(state, deps), state.drafted, state.errors)
    if state.section:
        draft = confined(state.drafted, draft, state.section)
    provenance = draft.provenance.model_copy(update={"revisions": number})
    return {
        "draft": credited(draft.model_copy(update={"provenance": provenance}), deps.drafter),
        "revisions": number,
        "notes": {"revise": f"revision {number}: {len(state.errors)} errors sent back"},
    }
