"""What the human sees and decides: edits, answers, verdicts, the final report and its publication."""

from agent.review.decisions import approve, reject, request_changes
from agent.review.drafts import read_findings, save_draft, with_contradictions
from agent.review.edits import Edit, answer, apply_edit, take_in, waive
from agent.review.publication import Published, finalise, publish_markdown, write_follow_up
from agent.review.state import Check, ReviewState, blockers, state_of

__all__ = [
    "Check",
    "Edit",
    "Published",
    "ReviewState",
    "answer",
    "apply_edit",
    "approve",
    "blockers",
    "finalise",
    "publish_markdown",
    "read_findings",
    "reject",
    "request_changes",
    "save_draft",
    "state_of",
    "take_in",
    "waive",
    "with_contradictions",
    "write_follow_up",
]
