"""The offline drafter: writes from computed evidence by rule, with no model and no network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from agent.drafting import items, narrative, revision, rows
from agent.drafting.cause import lone_series, quiet, verdict
from agent.drafting.drafter import Analysis, Brief, Contradiction, Narrative
from agent.drafting.factors import factors, limited, ranked
from agent.drafting.looks import Recording
from agent.drafting.questions import questions
from agent.drafting.ranking import Ranked
from agent.drafting.ruledout import ruled_out
from agent.schema.digest import Digest
from agent.schema.finding import Finding
from agent.schema.postmortem import ActionItem, Factor, PostMortem, TimelineRow


def _today() -> date:
    return datetime.now(UTC).date()


class OfflineDrafter:
    """Drafts the same bytes from the same brief.

    `today` is asked only where neither the record nor the evidence has any time to count deadlines from.
    """

    name = "offline"
    rule_bound = True

    def __init__(self, today: Callable[[], date] = _today) -> None:
        self._today = today
        self._last: tuple[Digest, tuple[Factor, ...], tuple[Ranked, ...]] | None = None

    def _factors(self, digest: Digest) -> tuple[tuple[Factor, ...], tuple[Ranked, ...]]:
        """Find the factors once a digest; the timeline and the analysis both need them."""
        if self._last is None or self._last[0] is not digest:
            candidates = ranked(digest)
            alone = lone_series(digest)
            if quiet(digest):
                found: tuple[Factor, ...] = ()
            else:
                found = limited(alone) if alone is not None else factors(digest, candidates)
            self._last = (digest, found, candidates)
        return self._last[1], self._last[2]

    def investigate(self, brief: Brief, recording: Recording) -> None:
        """Look no further: rules have read all that is recorded already."""

    def timeline(self, brief: Brief) -> tuple[TimelineRow, ...]:
        """Render the telling evidence as rows."""
        found, _ = self._factors(brief.digest)
        return rows.rows(brief.digest, {name for factor in found for name in factor.claim.evidence})

    def analyse(self, brief: Brief, timeline: tuple[TimelineRow, ...]) -> Analysis:  # noqa: ARG002 - protocol
        """Match the catalogue, rank what matched, and judge how far it carries a cause."""
        digest = brief.digest
        found, candidates = self._factors(digest)
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
    ) -> Narrative:
        """Write the prose sections."""
        return narrative.narrate(brief, analysis, self.actions(brief, analysis))

    def contradictions(self, brief: Brief, draft: PostMortem) -> tuple[Contradiction, ...]:  # noqa: ARG002 - protocol
        """Find none: every sentence is rendered from the same evidence."""
        return ()

    def revise(self, brief: Brief, draft: PostMortem, findings: tuple[Finding, ...]) -> PostMortem:
        """Repair or drop what a blocking finding names, and ask about it instead."""
        return revision.revise(brief, draft, findings, self._today)
