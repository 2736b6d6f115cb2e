"""Whether a draft's analysis goes deep enough, rules P03 and P04; as `agent.checks.depth` for documents."""

from __future__ import annotations

from collections.abc import Iterator

from agent.checks.depth import ADVICE, WHYS, ends_at_person
from agent.schema.finding import Finding, Level
from agent.schema.postmortem import Factor, PostMortem


def check_depth(draft: PostMortem) -> Iterator[Finding]:
    """Report why-chains that end at a person, end early, or a draft with one factor only."""
    for factor in draft.factors:
        yield from _chain(factor)
    if len(draft.factors) == 1 and draft.cause.verdict in {"established", "probable"}:
        message = "one factor alone explains the incident"
        yield _finding(
            "P04",
            "info",
            "factors",
            draft.factors[0].title,
            message,
            "Ask what made it last, spread or stay unseen.",
        )


def _chain(factor: Factor) -> Iterator[Finding]:
    if not factor.whys:
        return
    place, last = f"factors.{factor.id}.whys.{len(factor.whys)}", factor.whys[-1]
    if last.basis != "open" and ends_at_person(last.answer):
        yield _finding("P03", "warning", place, last.answer, "the chain of whys ends at a person", ADVICE)
    elif last.basis != "open" and len(factor.whys) < WHYS:
        message = f"the chain of whys ends after {len(factor.whys)}, with an answer that could be asked about"
        yield _finding("P03", "info", place, last.answer, message, "Go on, or end with an open question.")


def _finding(rule: str, level: Level, section: str, words: str, message: str, advice: str) -> Finding:  # noqa: PLR0917 - private
    return Finding(
        rule=rule,
        level=level,
        message=message,
        suggestion=advice,
        text=words,
        section=section,
    )
