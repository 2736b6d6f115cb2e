"""Open questions: what the evidence cannot settle, kept apart from what people have answered."""

from __future__ import annotations

from collections.abc import Iterable

from agent.drafting.circumstances import real_alerts, trouble
from agent.drafting.drafter import Brief, Comment
from agent.drafting.phrasing import clock
from agent.schema.digest import Digest
from agent.schema.postmortem import Cause, Factor, OpenQuestion, SectionName

MOST_WHYS = 3
_CLOCK_WORDS = ("hours off", "clock", "shifted", "conflict")

_ENDED = "When did the incident end, and how was the end noticed?"
_IMPACT = "How many users or requests were affected, and in what way?"
_ALERTED = "Who or what noticed the incident first, and when?"
_RESPONDED = "Who responded, what was done, and when?"
_CAUSE = "What caused the incident?"
_CLOCKS = "Which of the conflicting clocks is right?"

_CANNOT_FOLLOW = (
    "A reviewer asked for this change. The drafter could not follow it: by rule it writes what the evidence "
    "and the answers give, so a person edits the section or waives this"
)
_SECTIONS: dict[str, SectionName] = {
    _ENDED: "summary",
    _IMPACT: "impact",
    _ALERTED: "detection",
    _RESPONDED: "response",
    _CAUSE: "summary",
}


def questions(brief: Brief, cause: Cause, factors: tuple[Factor, ...]) -> tuple[OpenQuestion, ...]:
    """Ask what is open, with the answers that people gave before; ids of answered questions stay."""
    if cause.verdict == "no incident":
        asked = [*_comments(brief)]
    else:
        asked = [*_recorded(brief.digest), *_causes(cause, factors), *_comments(brief)]
    return merge(asked, brief.answers)


def is_comment(question: OpenQuestion) -> bool:
    """Whether a reviewer's comment stands here as a question, in the reviewer's words."""
    return question.why_open.startswith(_CANNOT_FOLLOW)


def merge(
    asked: Iterable[tuple[str, str, tuple[str, ...]]], answers: Iterable[OpenQuestion]
) -> tuple[OpenQuestion, ...]:
    """Give new questions the ids from Q1 on that kept ones do not hold; a text is never asked twice."""
    kept = list(answers)
    taken = {question.id for question in kept}
    texts = {question.question for question in kept}
    number = 0
    for text, why_open, evidence in asked:
        if text in texts:
            continue
        texts.add(text)
        number += 1
        while f"Q{number}" in taken:
            number += 1
        kept.append(
            OpenQuestion(id=f"Q{number}", question=text, why_open=_as_sentence(why_open), evidence=evidence)
        )
    return tuple(sorted(kept, key=lambda question: int(question.id[1:])))


def _as_sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def section_for(question: OpenQuestion) -> SectionName:
    """Section that an answer belongs to."""
    if question.question in _SECTIONS:
        return _SECTIONS[question.question]
    return "lessons" if question.question.startswith(("Why", "What", "Which", "Did", "Was")) else "summary"


def _recorded(digest: Digest) -> list[tuple[str, str, tuple[str, ...]]]:
    found: list[tuple[str, str, tuple[str, ...]]] = []
    ended = digest.fact("ended")
    if not ended.known:
        stop = digest.fact("recording_end")
        at = clock(stop.time) if stop.time else stop.text
        where = f" The recording stops at {at}." if stop.known else ""
        note = (ended.note or "The recorded evidence shows no recovery").rstrip(".")
        found.append((_ENDED, f"{note}.{where}", ()))
    found.append(
        (_IMPACT, "The recorded evidence counts signals of systems; no record of users is part of it.", ())
    )
    if not real_alerts(digest):
        why = digest.fact("first_alert").note or "No alert is part of the recorded evidence"
        found.append((_ALERTED, why, tuple(item.id for item in trouble(digest)[:1])))
    if not any(item.kind == "H" for item in digest.evidence):
        found.append((_RESPONDED, "No chat, ticket or pager record is part of the evidence.", ()))
    clocks = [note for note in digest.notes if any(word in note.casefold() for word in _CLOCK_WORDS)]
    if clocks:
        found.append((_CLOCKS, clocks[0], ()))
    return found


def _causes(cause: Cause, factors: tuple[Factor, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    found: list[tuple[str, str, tuple[str, ...]]] = []
    if cause.verdict == "not established":
        why = "The recorded signals show that something changed, and no recorded signal tells why."
        found.append((_CAUSE, why, cause.claim.evidence))
    for factor in factors[:2]:
        if factor.layer == "systemic":
            continue
        found.extend(
            (why.question, why.answer, factor.claim.evidence[:1])
            for why in factor.whys
            if why.basis == "open"
        )
    return found[: MOST_WHYS + 1]


def unanswered(comment: Comment) -> tuple[str, str, tuple[str, ...]]:
    """Ask a reviewer's comment back where the drafter could not follow it."""
    return f"{comment.by} asks on {comment.section or 'the draft'}: {comment.text}", _CANNOT_FOLLOW, ()


def _comments(brief: Brief) -> list[tuple[str, str, tuple[str, ...]]]:
    return [unanswered(comment) for comment in brief.comments]
