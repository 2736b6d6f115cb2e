"""The passages of a draft by the places that findings name, and a draft with some of them worded anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from agent.drafting.questions import is_comment
from agent.schema.digest import FactName
from agent.schema.postmortem import Claim, Factor, PostMortem, SectionName, TimelineRow, Why

SECTIONS: tuple[SectionName, ...] = get_args(SectionName)
TEXTS = frozenset({"open_questions", "actions"})
"""Parts of a draft that hold texts without evidence of their own."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One text that a model wrote, and what it cites."""

    place: str
    text: str
    evidence: tuple[str, ...] = ()
    facts: tuple[FactName, ...] = ()


def passages(draft: PostMortem) -> Iterator[Passage]:
    """Yield every passage that a model may word anew, in the order of the report."""
    for name in SECTIONS:
        said: tuple[Claim, ...] = getattr(draft, name)
        for number, item in enumerate(said, 1):
            if item.standing != "stated by a person":
                yield _claim(f"{name}.{number}", item)
    for number, row in enumerate(draft.timeline, 1):
        if row.standing != "stated by a person":
            yield Passage(f"timeline.{number}", row.event, row.evidence)
    yield _claim("cause.claim", draft.cause.claim)
    for factor in draft.factors:
        base = f"factors.{factor.id}"
        yield Passage(f"{base}.title", factor.title, factor.claim.evidence)
        yield _claim(f"{base}.claim", factor.claim)
        for number, why in enumerate(factor.whys, 1):
            yield Passage(f"{base}.whys.{number}", why.answer, why.evidence)
    for number, item in enumerate(draft.ruled_out, 1):
        yield _claim(f"ruled_out.{number}.against", item.against)
    for question in draft.open_questions:
        if question.status == "open" and not is_comment(question):
            yield Passage(f"open_questions.{question.id}", question.question, question.evidence)
    for item in draft.actions:
        if item.proposed:
            yield Passage(f"actions.{item.id}.action", item.action)
            yield Passage(f"actions.{item.id}.done_when", item.done_when)


def worded(draft: PostMortem, texts: Mapping[str, str]) -> PostMortem:
    """Word questions and action items anew."""
    questions = (
        question.model_copy(
            update={"question": texts.get(f"open_questions.{question.id}", question.question)}
        )
        for question in draft.open_questions
    )
    actions = (
        item.model_copy(
            update={
                "action": texts.get(f"actions.{item.id}.action", item.action),
                "done_when": texts.get(f"actions.{item.id}.done_when", item.done_when),
            }
        )
        for item in draft.actions
    )
    return draft.model_copy(update={"open_questions": tuple(questions), "actions": tuple(actions)})


def rewritten(draft: PostMortem, claims: Mapping[str, Claim], dropped: frozenset[str]) -> PostMortem:
    """Put new claims in their places, and take out the sentences of sections that were given up."""
    update: dict[str, object] = {}
    for name in SECTIONS:
        said: tuple[Claim, ...] = getattr(draft, name)
        numbered = [(f"{name}.{number}", item) for number, item in enumerate(said, 1)]
        update[name] = tuple(claims.get(place, item) for place, item in numbered if place not in dropped)
    update["timeline"] = tuple(
        _row(row, claims.get(f"timeline.{number}")) for number, row in enumerate(draft.timeline, 1)
    )
    if (cause := claims.get("cause.claim")) is not None:
        update["cause"] = draft.cause.model_copy(update={"claim": cause})
    update["factors"] = tuple(_factor(factor, claims) for factor in draft.factors)
    update["ruled_out"] = tuple(
        item.model_copy(update={"against": claims.get(f"ruled_out.{number}.against", item.against)})
        for number, item in enumerate(draft.ruled_out, 1)
    )
    return draft.model_copy(update=update)


def moved(place: str, dropped: frozenset[str]) -> str:
    """Give the place that a sentence of a section has once others were taken out."""
    name, _, number = place.partition(".")
    if name not in SECTIONS or not number.isdigit():
        return place
    before = sum(f"{name}.{earlier}" in dropped for earlier in range(1, int(number)))
    return f"{name}.{int(number) - before}"


def _claim(place: str, item: Claim) -> Passage:
    return Passage(place, item.text, item.evidence, item.facts)


def _row(row: TimelineRow, new: Claim | None) -> TimelineRow:
    """Word a row anew; its time stands on the evidence that it has, so citations are only added."""
    if new is None:
        return row
    cited = tuple(dict.fromkeys((*row.evidence, *new.evidence)))
    return row.model_copy(update={"event": new.text.rstrip("."), "evidence": cited})


def _factor(factor: Factor, claims: Mapping[str, Claim]) -> Factor:
    base = f"factors.{factor.id}"
    title = claims.get(f"{base}.title")
    whys = tuple(_why(why, claims.get(f"{base}.whys.{number}")) for number, why in enumerate(factor.whys, 1))
    return factor.model_copy(
        update={
            "title": title.text.rstrip(".") if title else factor.title,
            "claim": claims.get(f"{base}.claim", factor.claim),
            "whys": whys,
        }
    )


def _why(why: Why, new: Claim | None) -> Why:
    """Word an answer anew; where only facts are cited it keeps its evidence, as a link cannot cite a fact."""
    if new is None:
        return why
    return why.model_copy(update={"answer": new.text, "evidence": new.evidence or why.evidence})
