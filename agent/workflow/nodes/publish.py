"""Publish: write the approved report."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def publish(state: State, runtime: Runtime[Deps]) -> Update:
    """Finalise the version that was approved."""
    deps = runtime.context
    deps.stages.finalise(deps.folder, state.decided, now=deps.now())
    return {"notes": {"publish": f"approved by {state.decided.by}"}}
