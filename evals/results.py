"""What an evaluation measured, case by case and in sum; as JSON, the form that others script against."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from agent.schema.base import Model
from agent.schema.finding import Finding
from evals.graders.statements import Recall
from evals.table import layout

if TYPE_CHECKING:
    from rich.console import RenderableType


class LevelCounts(Model):
    """Findings by level."""

    error: int = 0
    warning: int = 0
    info: int = 0


class CaseResult(Model):
    """One case. A case that could not be drafted or graded is unscored, and its misses count."""

    id: str
    cause_rank: int | None = None
    """1-based rank of the first factor that tells the labelled cause; None where none does."""
    must_state: Recall
    invented_facts: int = 0
    hallucinated_citations: int = 0
    abstained: bool = False
    should_abstain: bool = False
    findings: LevelCounts = LevelCounts()
    seconds: float = Field(default=0.0, ge=0.0)
    outcome: Literal["pass", "fail", "unscored"]
    """pass: the cause among the first three factors (or the right abstention), nothing invented, nothing
    that must not be stated."""
    component_rank: int | None = None
    cause_graded: bool = False
    """Whether the label tells a cause to compare with, and the evidence carries it."""
    verdict: str = ""
    expected: str = ""
    """The label, for people."""
    violations: tuple[str, ...] = ()
    invented: tuple[str, ...] = ()
    hallucinated: tuple[str, ...] = ()
    error: str = ""
    """Why the case is unscored."""


class Totals(Model):
    """Sums over the cases; an unscored case counts as a miss wherever it could have hit."""

    cases: int
    passed: int
    failed: int
    unscored: int
    cause_graded: int
    cause_hit_at_1: int
    cause_hit_at_3: int
    component_hit_at_1: int
    component_hit_at_3: int
    must_state: Recall
    must_state_recall: float
    invented_facts: int
    hallucinated_citations: int
    violations: int
    should_abstain: int
    abstained_rightly: int
    abstained_wrongly: int
    findings: LevelCounts
    seconds: float


class Evaluation(Model):
    """A whole evaluation."""

    drafter: str
    cases: tuple[CaseResult, ...]
    totals: Totals

    @property
    def unscored(self) -> int:
        """How many cases could not be drafted or graded."""
        return self.totals.unscored

    def render(self) -> RenderableType:
        """Lay it out for a terminal."""
        return layout(self.drafter, self.cases, self.totals)


def count_levels(findings: Iterable[Finding]) -> LevelCounts:
    """Count findings by level."""
    levels = [finding.level for finding in findings]
    return LevelCounts(
        error=levels.count("error"), warning=levels.count("warning"), info=levels.count("info")
    )


def sum_up(cases: tuple[CaseResult, ...]) -> Totals:
    """Add up the cases."""
    graded = [case for case in cases if case.cause_graded]
    hit, of = sum(case.must_state.hit for case in cases), sum(case.must_state.of for case in cases)
    outcomes = [case.outcome for case in cases]
    return Totals(
        cases=len(cases),
        passed=outcomes.count("pass"),
        failed=outcomes.count("fail"),
        unscored=outcomes.count("unscored"),
        cause_graded=len(graded),
        cause_hit_at_1=_within(1, [case.cause_rank for case in graded]),
        cause_hit_at_3=_within(3, [case.cause_rank for case in graded]),
        component_hit_at_1=_within(1, [case.component_rank for case in graded]),
        component_hit_at_3=_within(3, [case.component_rank for case in graded]),
        must_state=Recall(hit=hit, of=of),
        must_state_recall=round(hit / of, 3) if of else 1.0,
        invented_facts=sum(case.invented_facts for case in cases),
        hallucinated_citations=sum(case.hallucinated_citations for case in cases),
        violations=sum(len(case.violations) for case in cases),
        should_abstain=sum(case.should_abstain for case in cases),
        abstained_rightly=sum(case.abstained and case.should_abstain for case in cases),
        abstained_wrongly=sum(case.abstained and not case.should_abstain for case in cases),
        findings=_add(case.findings for case in cases),
        seconds=round(sum(case.seconds for case in cases), 3),
    )


def _within(limit: int, ranks: list[int | None]) -> int:
    return sum(rank is not None and rank <= limit for rank in ranks)


def _add(counts: Iterable[LevelCounts]) -> LevelCounts:
    kept = tuple(counts)
    return LevelCounts(
        error=sum(item.error for item in kept),
        warning=sum(item.warning for item in kept),
        info=sum(item.info for item in kept),
    )
