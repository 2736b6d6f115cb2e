"""Writing: let the drafter propose action items and write the prose, which do not wait for each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from langgraph.runtime import Runtime

from agent.workflow.briefing import brief_of
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def writing(state: State, runtime: Runtime[Deps]) -> Update:
    """Ask the drafter for both at the same time."""
    drafter, brief = runtime.context.drafter, brief_of(state, runtime.context)
    with ThreadPoolExecutor(max_workers=2) as pool:
        proposing = pool.submit(drafter.actions, brief, state.analysed)
        narrating = pool.submit(drafter.narrate, brief, state.timeline, state.analysed)
        items, prose = proposing.result(), narrating.result()
    claims = sum(len(section) for _, section in prose)
    return {
        "actions": items,
        "narrative": prose,
        "notes": {"writing": f"{claims} claims, {len(items)} action items"},
    }
