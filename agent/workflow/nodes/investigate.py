"""Investigate: where a model looks further into the bundle; offline there is none."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def investigate(state: State, runtime: Runtime[Deps]) -> Update:
    """Record that no model investigated: what the digest computed is all the evidence."""
    del state
    return {"notes": {"investigate": f"{runtime.context.drafter.name}: no model looked beyond the digest"}}
