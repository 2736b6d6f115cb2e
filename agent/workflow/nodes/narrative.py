"""Narrative: let the drafter write the prose, and put the whole draft together."""

from __future__ import annotations

from importlib.metadata import version

from langgraph.runtime import Runtime

from agent.workflow.attribution import attribute
from agent.workflow.briefing import brief_of
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def narrative(state: State, runtime: Runtime[Deps]) -> Update:
    """Ask the drafter for the prose sections and assemble the draft."""
    deps, brief = runtime.context, brief_of(state, runtime.context)
    prose = deps.drafter.narrate(brief, state.timeline, state.analysed, state.actions)
    draft = deps.stages.assemble(
        brief,
        state.timeline,
        state.analysed,
        state.actions,
        prose,
        drafter=deps.drafter.name,
        now=deps.now(),
        version=version("pm-agent"),
        digest_sha256=state.digest_sha256,
    )
    draft = attribute(draft, brief.incident.people, deps.settings)
    claims = sum(len(section) for _, section in prose)
    return {"narrative": prose, "draft": draft, "revisions": 0, "notes": {"narrative": f"{claims} claims"}}
