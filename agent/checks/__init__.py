"""Checks without a model and without a network: wording, action items, grounding, consistency, process."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from agent.checks.report import Report
    from agent.schema.digest import Digest
    from agent.schema.finding import Finding, ProcessState
    from agent.schema.postmortem import PostMortem
    from agent.schema.review import ReviewEvent

__all__ = ["check_document", "check_draft", "process_states"]


def check_document(text: str, *, path: str = "") -> tuple[Report, ...]:  # noqa: ARG001 - part of the interface
    """Check any Markdown post-mortem; findings stand in the order of the text, with exact places."""
    from agent.checks.actions import check_actions  # noqa: PLC0415 - an import of the package stays light
    from agent.checks.document import read_document  # noqa: PLC0415
    from agent.checks.document_consistency import check_consistency  # noqa: PLC0415
    from agent.checks.wording import check_wording  # noqa: PLC0415

    document = read_document(text)
    found = [*check_wording(document), *check_actions(document), *check_consistency(document)]
    return tuple(sorted(found, key=lambda item: (item.line, item.column, item.rule, item.message)))


def check_draft(draft: PostMortem, digest: Digest | None, *, now: datetime) -> tuple[Finding, ...]:
    """Check a structured draft; `digest` carries its evidence, without it nothing is said of grounding."""
    from agent.checks.draft import check_parts  # noqa: PLC0415

    return check_parts(draft, digest, now=now)


def process_states(
    draft: PostMortem, *, now: datetime, reviews: tuple[ReviewEvent, ...]
) -> tuple[ProcessState, ...]:
    """Tell for each step of the blameless process whether it is done, open or late."""
    from agent.checks.process import read_states  # noqa: PLC0415

    return read_states(draft, now=now, reviews=reviews)
