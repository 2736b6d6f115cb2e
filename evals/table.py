"""Evaluation results as a table for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from evals.results import CaseResult, Totals

_COLUMNS = ("case", "cause", "comp", "stated", "inv", "cit", "verdict", "err", "s", "outcome")
"""Ranks of cause and component, things stated of those wanted, invented facts, citations of nothing."""


def layout(drafter: str, cases: tuple[CaseResult, ...], totals: Totals) -> RenderableType:
    """Lay the cases out as rows and the sums as lines below; misses are listed under the table."""
    table = Table(
        box=None,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        title=f"{totals.cases} cases, drafter {drafter}",
        title_justify="left",
    )
    for name in _COLUMNS:
        table.add_column(name, no_wrap=True)
    for case in cases:
        table.add_row(*_row(case))
    return Group(table, *map(Text, _sums(totals)), *(Text(line) for case in cases for line in _notes(case)))


def _row(case: CaseResult) -> tuple[str, ...]:
    graded = case.cause_graded
    return (
        case.id,
        str(case.cause_rank or "-") if graded else "n/a",
        str(case.component_rank or "-") if graded else "n/a",
        f"{case.must_state.hit}/{case.must_state.of}",
        str(case.invented_facts),
        str(case.hallucinated_citations),
        case.verdict or "-",
        str(case.findings.error),
        f"{case.seconds:.1f}",
        case.outcome,
    )


def _sums(totals: Totals) -> tuple[str, ...]:
    t = totals
    cause = f"cause first: {t.cause_hit_at_1} of {t.cause_graded}, among three: {t.cause_hit_at_3}"
    component = f"component first: {t.component_hit_at_1}, among three: {t.component_hit_at_3}"
    recall = f"must state: {t.must_state.hit} of {t.must_state.of} ({t.must_state_recall:.0%})"
    invented = f"invented facts: {t.invented_facts}; citations of nothing: {t.hallucinated_citations}"
    abstained = (
        f"abstained rightly: {t.abstained_rightly} of {t.should_abstain}, wrongly: {t.abstained_wrongly}"
    )
    findings = f"findings: {t.findings.error} errors, {t.findings.warning} warnings"
    outcomes = f"passed {t.passed}, failed {t.failed}, unscored {t.unscored}; {t.seconds:.1f} s"
    return (
        f"{cause}; {component}",
        f"{recall}; must not state: {t.violations} said",
        f"{invented}; {abstained}",
        f"{findings}; {outcomes}",
    )


def _notes(case: CaseResult) -> tuple[str, ...]:
    notes = [f"said: {text}" for text in case.violations]
    notes += [f"invented: {text}" for text in case.invented]
    notes += [f"no such evidence: {text}" for text in case.hallucinated]
    if case.cause_graded and case.cause_rank is None and case.outcome != "unscored":
        notes.append(f"cause not among the factors: {case.expected}")
    notes += [f"not stated: {text}" for text in case.must_state.missed]
    if case.error:
        notes.append(f"unscored: {case.error}")
    return tuple(f"{case.id}: {note}" for note in notes)
