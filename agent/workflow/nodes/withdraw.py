"""Withdraw: take out what is still refused after the last revision, and ask about it instead."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.drafting.revision import revise
from agent.workflow.briefing import brief_of
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def withdraw(state: State, runtime: Runtime[Deps]) -> Update:
    """Remove by rule; no drafter is asked, so nothing can be reworded into vagueness."""
    deps = runtime.context
    draft = revise(brief_of(state, deps), state.drafted, state.errors, lambda: deps.now().date())
    provenance = draft.provenance.model_copy(update={"revisions": state.revisions})
    return {
        "draft": draft.model_copy(update={"provenance": provenance}),
        "withdrawn": True,
        "notes": {"withdraw": f"{len(state.errors)} errors answered by removal"},
    }
