"""Who decided what, when, on which version."""

from __future__ import annotations

from typing import Literal

from agent.schema.base import Model, UtcTime


class ReviewEvent(Model):
    """One line of review.jsonl, appended and never changed."""

    at: UtcTime
    by: str
    """A named person; never empty."""
    action: Literal[
        "drafted", "edited", "answered", "waived", "changes requested", "approved", "rejected", "published"
    ]
    version: str
    """sha256 of draft.json that the decision was made on."""
    section: str | None = None
    question: str | None = None
    text: str = ""
    """The comment, answer, reason, or for a publication its target."""
    changes: tuple[str, ...] = ()
    """For an edit: what changed, one line each."""


class Decision(Model):
    """How a reviewer resumes the workflow."""

    verdict: Literal["approve", "request changes", "reject"]
    by: str
    version: str
    section: str | None = None
    comment: str = ""
