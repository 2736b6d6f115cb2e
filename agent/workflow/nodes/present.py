"""Present: write the draft and its findings where people read them."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.schema.review import ReviewEvent
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def present(state: State, runtime: Runtime[Deps]) -> Update:
    """Write the draft's files and log that this version went to review.

    A node of its own because the review node starts again from its top when a person has decided.
    """
    deps, folder = runtime.context, runtime.context.folder
    version = deps.stages.save(folder, state.drafted, folder.read_digest(), state.findings)
    last = folder.reviews()[-1:]
    if [(event.action, event.version) for event in last] != [("drafted", version)]:
        folder.append_review(
            ReviewEvent(at=deps.now(), by=deps.drafter.name, action="drafted", version=version)
        )
    return {"version": version, "notes": {"present": str(folder.draft_markdown)}}
