"""Follow up: record when the process asks for the next steps."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.review import write_follow_up
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def follow_up(state: State, runtime: Runtime[Deps]) -> Update:
    """Write follow-up.json."""
    del state
    due = write_follow_up(runtime.context.folder)
    return {"follow_up": due, "notes": {"follow_up": f"review on {due.review_on or 'a date not known'}"}}
