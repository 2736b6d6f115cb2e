"""Review: wait for a person, however long it takes."""

from __future__ import annotations

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from agent.drafting.drafter import Comment
from agent.schema.review import Decision
from agent.workflow.briefing import settled_questions
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def review(state: State, runtime: Runtime[Deps]) -> Update:
    """Stop until a Decision arrives; take along what people have answered and asked for."""
    waiting = {"incident": runtime.context.folder.id, "version": state.version}
    decision = interrupt(waiting, response_schema=Decision)
    update: Update = {"decision": decision, "notes": {"review": f"{decision.verdict} by {decision.by}"}}
    if decision.verdict == "request changes":
        asked = Comment(by=decision.by, section=decision.section, text=decision.comment)
        update["comments"] = (*(known for known in state.comments if known != asked), asked)
        update["section"] = decision.section or ""
        update["answers"] = settled_questions(runtime.context.folder)
    return update
