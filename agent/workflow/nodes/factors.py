"""Factors: let the drafter find what made the incident possible, or say that it is not established."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.workflow.briefing import brief_of
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def factors(state: State, runtime: Runtime[Deps]) -> Update:
    """Ask the drafter for the analysis."""
    analysis = runtime.context.drafter.analyse(brief_of(state, runtime.context), state.timeline)
    note = f"cause {analysis.cause.verdict}, {len(analysis.factors)} factors"
    return {"analysis": analysis, "notes": {"factors": note}}
