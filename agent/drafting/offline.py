"""The offline drafter: writes from computed evidence by rule, with no model and no network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from agent.drafting import items, narrative, revision, rows
from agent.drafting.cause import lone_series, quiet, verdict
from agent.drafting.drafter import Analysis, Brief, Narrative
from agent.drafting.factors import factors, limited, ranked
from agent.drafting.questions import questions
from agent.drafting.ruledout import ruled_out
from agent.schema.finding import Finding
from agent.schema.postmortem import ActionItem, PostMortem, TimelineRow


def _today() -> date:
    return datetime.now(UTC).date()


class OfflineDrafter:
    """Drafts the same bytes from the same brief.

    `today` is asked only where neither the record nor the evidence has any time to count deadlines from.
    """

    name = "offline"

    def __init__(self, today: Callable[[], date] = _today) -> None:
        self._today = today

    def timeline(self, brief: Brief) -> tuple[TimelineRow, ...]:
        """Render the telling evidence as rows."""
        return rows.rows(brief.digest)

    def analyse(self, brief: Brief, timeline: tuple[TimelineRow, ...]) -> Analysis:  # noqa: ARG002 - protocol
        """Match the catalogue, rank what matched, and judge how far it carries a cause."""
        digest = brief.digest
        candidates = ranked(digest)
        alone = lone_series(digest)
        if quiet(digest):
            found = ()
        elif alone is not None:
            found = limited(alone)
        else:
            found = factors(digest, candidates)
        cause = verdict(digest, found, candidates)
        return Analysis(
            cause=cause,
            factors=found,
            ruled_out=ruled_out(digest, found, candidates),
            open_questions=questions(brief, cause, found),
        )

    def actions(self, brief: Brief, analysis: Analysis) -> tuple[ActionItem, ...]:
        """Propose items from the factors' templates."""
        return items.items(brief, analysis.factors, self._today)

    def narrate(
        self,
        brief: Brief,
        timeline: tuple[TimelineRow, ...],  # noqa: ARG002 - protocol
        analysis: Analysis,
        actions: tuple[ActionItem, ...],  # noqa: ARG002 - protocol
    ) -> Narrative:
        """Write the prose sections."""
        return narrative.narrate(brief, analysis)

    def revise(self, brief: Brief, draft: PostMortem, findings: tuple[Finding, ...]) -> PostMortem:
        """Repair or drop what a blocking finding names, and ask about it instead."""
        return revision.revise(brief, draft, findings, self._today)
