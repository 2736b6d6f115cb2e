"""Assemble: put the parts of the draft together."""

from __future__ import annotations

from importlib.metadata import version

from langgraph.runtime import Runtime

from agent.workflow.attribution import attribute, credited
from agent.workflow.briefing import brief_of
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def assemble(state: State, runtime: Runtime[Deps]) -> Update:
    """Build the whole draft out of timeline, analysis, actions and prose."""
    deps, brief = runtime.context, brief_of(state, runtime.context)
    draft = deps.stages.assemble(
        brief,
        state.timeline,
        state.analysed,
        state.actions,
        state.narrated,
        drafter=deps.drafter.name,
        now=deps.now(),
        version=version("pm-agent"),
        digest_sha256=state.digest_sha256,
    )
    draft = credited(attribute(draft, brief.incident, deps.settings), deps.drafter)
    return {"draft": draft, "revisions": 0, "withdrawn": False, "contradictions": ()}
