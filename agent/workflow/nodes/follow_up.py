"""Follow up: record when the process asks for the next steps."""

from __future__ import annotations

from datetime import timedelta

from langgraph.runtime import Runtime

from agent.store import to_json
from agent.workflow.stages import Deps
from agent.workflow.state import FollowUp, State, Update

DISTRIBUTE_WITHIN = timedelta(hours=48)
REVIEW_AFTER = timedelta(weeks=4)


def follow_up(state: State, runtime: Runtime[Deps]) -> Update:
    """Write follow-up.json: distributed 48 hours after the end, reviewed four weeks after approval."""
    del state
    deps, now = runtime.context, runtime.context.now()
    ended = deps.folder.read_incident().end or now
    due = FollowUp(distribute_by=ended + DISTRIBUTE_WITHIN, review_on=(now + REVIEW_AFTER).date())
    deps.folder.write_text("follow-up.json", to_json(due).decode())
    return {"follow_up": due, "notes": {"follow_up": f"review on {due.review_on}"}}
