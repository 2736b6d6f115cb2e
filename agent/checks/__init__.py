"""Checks without a model and without a network: wording, action items, grounding, consistency, process."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from agent.checks.configuration import Configuration
    from agent.checks.document_process import State
    from agent.checks.pitfalls import Pitfall
    from agent.checks.report import Report
    from agent.checks.suppression import Silenced
    from agent.schema.digest import Digest
    from agent.schema.finding import Finding, ProcessState
    from agent.schema.judgement import Judge
    from agent.schema.postmortem import PostMortem
    from agent.schema.review import ReviewEvent

__all__ = ["Survey", "check_document", "check_draft", "examine_document", "process_states", "survey_document"]


class Survey(NamedTuple):
    """What a check of one foreign document found."""

    reports: tuple[Report, ...]
    silenced: tuple[Silenced, ...]
    process: tuple[State, ...]
    pitfalls: tuple[Pitfall, ...]


def check_document(
    text: str,
    *,
    path: str = "",  # noqa: ARG001 - part of the interface
    configuration: Configuration | None = None,
) -> tuple[Report, ...]:
    """Check any Markdown post-mortem; findings stand in the order of the text, with exact places."""
    return examine_document(text, configuration=configuration)[0]


def examine_document(
    text: str, *, configuration: Configuration | None = None, judge: Judge | None = None
) -> tuple[tuple[Report, ...], tuple[Silenced, ...]]:
    """Check any Markdown post-mortem; return what it reports and what its own comments silence."""
    survey = survey_document(text, configuration=configuration, judge=judge)
    return survey.reports, survey.silenced


def survey_document(
    text: str, *, configuration: Configuration | None = None, judge: Judge | None = None
) -> Survey:
    """Check any Markdown post-mortem and tell how far it is through the process and which pitfalls it has.

    A judge is asked about the sentences of factors and lessons that the rules leave open; it may add
    warnings.
    """
    from agent.checks.actions import check_actions  # noqa: PLC0415 - an import of the package stays light
    from agent.checks.configuration import DEFAULT  # noqa: PLC0415
    from agent.checks.depth import check_document_depth  # noqa: PLC0415
    from agent.checks.document import read_document  # noqa: PLC0415
    from agent.checks.document_consistency import check_consistency  # noqa: PLC0415
    from agent.checks.document_process import check_process, document_states  # noqa: PLC0415
    from agent.checks.pitfalls import pitfalls_of  # noqa: PLC0415
    from agent.checks.reading import leave_out_long_lines, nothing_to_check  # noqa: PLC0415
    from agent.checks.suppression import silence  # noqa: PLC0415
    from agent.checks.wording import check_wording  # noqa: PLC0415

    chosen = configuration or DEFAULT
    text, unread = leave_out_long_lines(text)
    document = read_document(text)
    found = [
        *unread,
        *([] if document.blocks or unread else [nothing_to_check()]),
        *check_wording(document, chosen),
        *check_actions(document, chosen),
        *check_consistency(document),
        *check_document_depth(document),
        *check_process(document),
    ]
    if judge is not None:
        from agent.checks.judging import judge_document  # noqa: PLC0415

        found.extend(judge_document(text, found, judge, configuration=chosen))
    ordered = sorted(
        _graded(found, chosen), key=lambda item: (item.line, item.column, item.rule, item.message)
    )
    reports, silenced = silence(text, ordered)
    states = document_states(document, reports)
    return Survey(reports, silenced, states, pitfalls_of(report.rule for report in reports))


def _graded(found: list[Report], configuration: Configuration) -> Iterator[Report]:
    for report in found:
        level = configuration.levels.get(report.rule, report.level)
        if level != "off":
            yield report if level == report.level else report._replace(level=level)


def check_draft(draft: PostMortem, digest: Digest | None, *, now: datetime) -> tuple[Finding, ...]:
    """Check a structured draft; `digest` carries its evidence, without it nothing is said of grounding."""
    from agent.checks.draft import check_parts  # noqa: PLC0415

    return check_parts(draft, digest, now=now)


def process_states(
    draft: PostMortem, *, now: datetime, reviews: tuple[ReviewEvent, ...]
) -> tuple[ProcessState, ...]:
    """Tell for each step of the blameless process whether it is done, not done, not known or overdue."""
    from agent.checks.process import read_states  # noqa: PLC0415

    return read_states(draft, now=now, reviews=reviews)
