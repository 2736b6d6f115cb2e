"""Contradictions: let the drafter compare the passages of the whole draft, once."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.workflow.attribution import credited
from agent.workflow.briefing import brief_of
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def contradictions(state: State, runtime: Runtime[Deps]) -> Update:
    """Keep what the drafter found; the check reports it as long as the passages stand."""
    deps = runtime.context
    found = deps.drafter.contradictions(brief_of(state, deps), state.drafted)
    return {
        "contradictions": found,
        "draft": credited(state.drafted, deps.drafter),
        "notes": {"contradictions": f"{len(found)} pairs"},
    }
