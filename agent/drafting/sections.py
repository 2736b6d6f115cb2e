"""One section of a draft written anew; all others stay as they are, to the byte."""

from __future__ import annotations

from collections.abc import Mapping

from agent.drafting.drafter import Analysis, Brief, Comment, Drafter, RuleBound
from agent.drafting.questions import merge, unanswered
from agent.schema.finding import Finding
from agent.schema.postmortem import PostMortem

_FIELDS: Mapping[str, tuple[str, ...]] = {"cause": ("cause", "ruled_out")}
"""Fields of a section that is more than the field of its name."""


def rewritten(drafter: Drafter, brief: Brief, draft: PostMortem, section: str) -> PostMortem:
    """Have one section written anew, with the reviewers' comments in the brief.

    Only the stage that writes the section is asked. Where it comes back as it was, or where the drafter
    writes by rule, the comment becomes an open question, which says that the drafter could not follow it.
    """
    found = _written(drafter, brief, draft, section)
    fields = {name: found[name] for name in fields_of(section) if found[name] != getattr(draft, name)}
    result = draft.model_copy(update=fields)
    asked = [comment for comment in brief.comments if comment.section == section]
    if asked and (not fields or isinstance(drafter, RuleBound)):
        result = _asked(result, asked[-1])
    return result


def confined(before: PostMortem, after: PostMortem, section: str) -> PostMortem:
    """Take one section, and questions that are new, over from a revised draft."""
    fields = {name: getattr(after, name) for name in fields_of(section)}
    known = {question.question for question in before.open_questions}
    new = [
        (question.question, question.why_open, question.evidence)
        for question in after.open_questions
        if question.question not in known
    ]
    return before.model_copy(update={**fields, "open_questions": merge(new, before.open_questions)})


def concerns(finding: Finding, section: str) -> bool:
    """Say whether a finding is about a section."""
    return finding.section.split(".", 1)[0] in fields_of(section)


def fields_of(section: str) -> tuple[str, ...]:
    """Name the fields of the draft that a section shows."""
    return _FIELDS.get(section, (section,))


def _written(drafter: Drafter, brief: Brief, draft: PostMortem, section: str) -> Mapping[str, object]:
    if section == "timeline":
        return {"timeline": drafter.timeline(brief)}
    if section in {"cause", "factors", "open_questions"}:
        return dict(drafter.analyse(brief, draft.timeline))
    analysis = Analysis(
        cause=draft.cause,
        factors=draft.factors,
        ruled_out=draft.ruled_out,
        open_questions=draft.open_questions,
    )
    if section == "actions":
        return {"actions": drafter.actions(brief, analysis)}
    return dict(drafter.narrate(brief, draft.timeline, analysis))


def _asked(draft: PostMortem, comment: Comment) -> PostMortem:
    return draft.model_copy(
        update={"open_questions": merge([unanswered(comment)], draft.open_questions)},
    )
