"""Timeline: let the drafter pick and word the rows."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.workflow.briefing import brief_of
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def timeline(state: State, runtime: Runtime[Deps]) -> Update:
    """Ask the drafter for the timeline."""
    rows = runtime.context.drafter.timeline(brief_of(state, runtime.context))
    return {"timeline": rows, "notes": {"timeline": f"{len(rows)} rows"}}
