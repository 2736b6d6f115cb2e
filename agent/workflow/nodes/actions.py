"""Actions: let the drafter propose deliverables for the factors."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.workflow.briefing import brief_of
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def actions(state: State, runtime: Runtime[Deps]) -> Update:
    """Ask the drafter for action items."""
    items = runtime.context.drafter.actions(brief_of(state, runtime.context), state.analysed)
    return {"actions": items, "notes": {"actions": f"{len(items)} items"}}
