"""Answers to blocking findings: repair from evidence where that is possible, else ask instead of claiming."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import get_args

from agent.drafting import items, rows
from agent.drafting.cause import not_established
from agent.drafting.drafter import Brief
from agent.drafting.questions import is_comment, merge
from agent.drafting.telling import told
from agent.schema.finding import Finding
from agent.schema.postmortem import (
    ActionItem,
    Claim,
    Factor,
    OpenQuestion,
    PostMortem,
    SectionName,
    TimelineRow,
    Why,
)

_GAP = re.compile(r"<[^>]*>|\[[^\]]*\]|\.\.\.")
_NARRATIVE: tuple[str, ...] = get_args(SectionName)
_NOT_CARRIED = "The drafted sentence is not established by the recorded evidence"

Asked = list[tuple[str, str, tuple[str, ...]]]


def revise(
    brief: Brief, draft: PostMortem, findings: tuple[Finding, ...], today: Callable[[], date]
) -> PostMortem:
    """Answer every finding of level error; findings that name no section of the draft change nothing."""
    asked: Asked = []
    places: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.level == "error" and finding.section:
            places.setdefault(finding.section.split(".", 1)[0], []).append(finding)
    changed: dict[str, object] = {}
    for name in _NARRATIVE:
        if name in places:
            changed[name] = _claims(getattr(draft, name), places[name], asked)
    if "timeline" in places:
        changed["timeline"] = _timeline(brief, draft.timeline, places["timeline"], asked)
    if "ruled_out" in places:
        bad = {_index(finding) for finding in places["ruled_out"]}
        changed["ruled_out"] = tuple(h for n, h in enumerate(draft.ruled_out, start=1) if n not in bad)
    kept = _factors(brief, draft.factors, places.get("factors", []), asked)
    changed.update(_consequences(brief, draft, kept, bool(places.get("cause"))))
    acts = changed.get("actions", draft.actions)
    changed["actions"] = _actions(brief, acts, places.get("actions", []), asked, today)  # pyright: ignore[reportArgumentType] - both are tuples of items
    changed["open_questions"] = merge(
        asked, _questions(draft.open_questions, places.get("open_questions", []))
    )
    provenance = draft.provenance.model_copy(update={"revisions": draft.provenance.revisions + 1})
    return draft.model_copy(update={**changed, "provenance": provenance})


def _index(finding: Finding) -> int:
    """1-based number in a path such as `summary.2`, or 0."""
    part = finding.section.split(".")[1:2]
    return int(part[0]) if part and part[0].isdigit() else 0


def _claims(claims: tuple[Claim, ...], findings: list[Finding], asked: Asked) -> tuple[Claim, ...]:
    kept: list[Claim] = []
    for number, claim in enumerate(claims, start=1):
        repaired: Claim | None = claim
        for finding in findings:
            if _index(finding) == number and repaired is not None:
                repaired = _reworded(repaired, finding)
        if repaired is None:
            asked.append((f"Is this so: {claim.text}", f"{_NOT_CARRIED}.", claim.evidence))
        else:
            kept.append(repaired)
    return tuple(kept)


def _reworded(claim: Claim, finding: Finding) -> Claim | None:
    """Use a wording suggestion that leaves no gap to fill; None where the claim cannot stay."""
    usable = finding.rule.startswith("B") and finding.suggestion and not _GAP.search(finding.suggestion)
    if not usable or not finding.text or finding.text not in claim.text:
        return None
    return claim.model_copy(update={"text": claim.text.replace(finding.text, finding.suggestion, 1)})


def _timeline(
    brief: Brief, timeline: tuple[TimelineRow, ...], findings: list[Finding], asked: Asked
) -> tuple[TimelineRow, ...]:
    bad = {_index(finding) for finding in findings}
    kept: list[TimelineRow] = []
    for number, row in enumerate(timeline, start=1):
        if number not in bad:
            kept.append(row)
            continue
        rendered = _rendered(brief, row)
        if rendered is not None and rendered != row and not _told(rendered, (*timeline, *kept)):
            kept.append(rendered)
        else:
            question = f"Did this happen at {row.time:%Y-%m-%d %H:%M:%S} UTC: {row.event}?"
            asked.append((question, f"{_NOT_CARRIED}.", row.evidence))
    return tuple(sorted(kept, key=lambda row: row.time))


def _rendered(brief: Brief, row: TimelineRow) -> TimelineRow | None:
    """Render the row anew from the first of its evidence that has a time."""
    for name in row.evidence:
        found = brief.digest.find(name)
        if found is not None and found.start is not None:
            return rows.render(found, found.start)
    return None


def _told(row: TimelineRow, others: tuple[TimelineRow, ...]) -> bool:
    return any(other.time == row.time and set(row.evidence) <= set(other.evidence) for other in others)


def _factors(
    brief: Brief, factors: tuple[Factor, ...], findings: list[Finding], asked: Asked
) -> tuple[Factor, ...]:
    kept: list[Factor] = []
    for factor in factors:
        mine = [finding for finding in findings if finding.section.split(".")[1:2] == [factor.id]]
        repaired = _factor(brief, factor, mine)
        if repaired is None:
            asked.append((f"Did this contribute: {factor.title}?", f"{_NOT_CARRIED}.", factor.claim.evidence))
        else:
            kept.append(repaired)
    return tuple(kept)


def _factor(brief: Brief, factor: Factor, findings: list[Finding]) -> Factor | None:
    whys = {int(number) for f in findings if (number := _why_number(f))}
    if whys:
        links = tuple(_opened(why) if n in whys else why for n, why in enumerate(factor.whys, start=1))
        factor = factor.model_copy(update={"whys": links})
    rest = [finding for finding in findings if not _why_number(finding)]
    if not rest:
        return factor
    first = next((found for name in factor.claim.evidence if (found := brief.digest.find(name))), None)
    if first is None:
        return None
    text = f"{told(first)}."
    if factor.claim.text == text or any("title" in finding.section.split(".") for finding in rest):
        return None
    claim = Claim(text=text, evidence=(first.id,), standing="supported")
    return factor.model_copy(update={"claim": claim})


def _why_number(finding: Finding) -> str:
    parts = finding.section.split(".")
    return parts[3] if len(parts) > 3 and parts[2] == "whys" and parts[3].isdigit() else ""


def _opened(why: Why) -> Why:
    return Why(question=why.question, answer="Not established by the recorded evidence.", basis="open")


def _consequences(
    brief: Brief,
    draft: PostMortem,
    kept: tuple[Factor, ...],
    cause_is_bad: bool,  # noqa: FBT001 - private
) -> dict[str, object]:
    """Carry dropped factors into the cause and the items."""
    ids = {factor.id for factor in kept}
    actions: list[ActionItem] = []
    for item in draft.actions:
        left = tuple(name for name in item.factors if name in ids)
        if left:
            actions.append(item.model_copy(update={"factors": left}))
    cause = draft.cause
    lost = bool(cause.factors) and not set(cause.factors[:1]) <= ids
    if cause_is_bad or lost:
        cause = not_established(brief.digest)
    else:
        left = tuple(name for name in cause.factors if name in ids)
        cause = cause.model_copy(update={"factors": left})
    return {"factors": kept, "actions": tuple(actions), "cause": cause}


def _questions(questions: tuple[OpenQuestion, ...], findings: list[Finding]) -> tuple[OpenQuestion, ...]:
    """Leave out refused questions, but no answer and no comment of a reviewer."""
    bad = {finding.section.split(".")[-1] for finding in findings}
    return tuple(q for q in questions if q.id not in bad or q.status != "open" or is_comment(q))


def _actions(
    brief: Brief,
    actions: tuple[ActionItem, ...],
    findings: list[Finding],
    asked: Asked,
    today: Callable[[], date],
) -> tuple[ActionItem, ...]:
    """Set owner and deadline by rule again; an item whose text cannot stay is asked about."""
    kept: list[ActionItem] = []
    start = items.reference_date(brief, today)
    for item in actions:
        fields = {f.section.split(".")[-1] for f in findings if item.id in f.section.split(".")}
        if fields <= {"owner", "deadline"}:
            update: dict[str, object] = {}
            if "owner" in fields:
                update["owner"] = "Service team"
            if "deadline" in fields:
                update["deadline"] = items.deadline(start, item.priority)
            kept.append(item.model_copy(update=update))
        else:
            asked.append((f"Which deliverable replaces {item.id}: {item.action}?", "A check refused it.", ()))
    return tuple(kept)
