"""How far a draft is through the blameless process, as states."""

from __future__ import annotations

from datetime import datetime, timedelta

from agent.checks.draft import check_parts
from agent.checks.draft_depth import check_depth
from agent.checks.listing import counted
from agent.schema.base import to_second
from agent.schema.finding import ProcessState
from agent.schema.postmortem import PostMortem
from agent.schema.review import ReviewEvent
from agent.schema.schedule import follow_up_of

_GRACE = timedelta(days=7)
"""A follow-up review this much before its date counts as held, this much after it not yet as late."""

_STALE = timedelta(days=7)
"""Unpublished for this long after the end, memories and evidence are stale."""


def read_states(
    draft: PostMortem, *, now: datetime, reviews: tuple[ReviewEvent, ...]
) -> tuple[ProcessState, ...]:
    """Tell each step's state; the clock of the deadlines starts at the incident's end."""
    found = check_parts(draft, None, now=now)
    errors = [item for item in found if item.level == "error"]
    return (
        _timeline(draft, ordered=not any(item.rule == "C02" for item in errors)),
        _factors(draft),
        _depth(draft),
        _actions(draft, sum(item.rule.startswith("A") for item in errors)),
        _wording(sum(item.rule.startswith("B") and item.level != "info" for item in found)),
        _distributed(draft, now, reviews),
        _tracked(draft),
        _follow_up(draft, now, reviews),
    )


def _timeline(draft: PostMortem, *, ordered: bool) -> ProcessState:
    rows = len(draft.timeline)
    if rows < 2:
        return ProcessState(step="timeline complete", state="not done", detail=f"{rows} rows")
    if not ordered:
        return ProcessState(
            step="timeline complete", state="not done", detail="rows are not in order of time"
        )
    if draft.gaps:
        return ProcessState(
            step="timeline complete",
            state="not done",
            detail=f"{counted(rows, 'row')}; {counted(len(draft.gaps), 'gap')} in the evidence",
        )
    return ProcessState(step="timeline complete", state="done", detail=f"{rows} rows in order of time")


def _factors(draft: PostMortem) -> ProcessState:
    layers = sorted({factor.layer for factor in draft.factors})
    detail = f"{counted(len(draft.factors), 'factor')} in {counted(len(layers), 'layer')}"
    if draft.cause.verdict == "no incident":
        return ProcessState(step="several factors", state="done", detail="no incident established")
    return ProcessState(
        step="several factors", state="done" if len(draft.factors) > 1 else "not done", detail=detail
    )


def _depth(draft: PostMortem) -> ProcessState:
    """Tell whether every chain of whys ends at an open question or after five, and none at a person."""
    shallow = [finding for finding in check_depth(draft) if finding.rule == "P03"]
    open_ends = sum(bool(factor.whys) and factor.whys[-1].basis == "open" for factor in draft.factors)
    if draft.cause.verdict == "no incident":
        return ProcessState(step="analysis deep enough", state="done", detail="no incident established")
    if shallow:
        return ProcessState(
            step="analysis deep enough", state="not done", detail=f"{len(shallow)} chains end early"
        )
    detail = f"{open_ends} of {len(draft.factors)} factors end at an open question"
    return ProcessState(step="analysis deep enough", state="not done" if open_ends else "done", detail=detail)


def _actions(draft: PostMortem, errors: int) -> ProcessState:
    proposed = sum(item.proposed for item in draft.actions)
    if draft.cause.verdict == "no incident" and not draft.actions:
        return ProcessState(step="actions complete", state="done", detail="no incident established")
    if errors or not draft.actions:
        detail = f"{counted(len(draft.actions), 'item')}, {counted(errors, 'finding')}"
    elif proposed:
        detail = f"{proposed} of {len(draft.actions)} items have an unconfirmed owner and deadline"
    else:
        return ProcessState(step="actions complete", state="done", detail=counted(len(draft.actions), "item"))
    return ProcessState(step="actions complete", state="not done", detail=detail)


def _wording(findings: int) -> ProcessState:
    state = "not done" if findings else "done"
    return ProcessState(step="blameless wording", state=state, detail=counted(findings, "finding"))


def _distributed(draft: PostMortem, now: datetime, reviews: tuple[ReviewEvent, ...]) -> ProcessState:
    published = min((event.at for event in reviews if event.action == "published"), default=None)
    due = follow_up_of(draft.header.end, published).distribute_by
    if due is None:
        detail = (
            f"published {to_second(published)}, end not known"
            if published
            else "the end of the incident is not known"
        )
        return ProcessState(
            step="distributed within 48 h", state="done" if published else "not known", detail=detail
        )
    day = due.date()
    if published is not None:
        late = published > due
        stale = draft.header.end is not None and published - draft.header.end > _STALE
        shared = f"published {to_second(published)}, due {to_second(due)}"
        detail = f"{shared}; stale after a week" if stale else shared
        state = "overdue" if late else "done"
        return ProcessState(step="distributed within 48 h", state=state, detail=detail, due=day)
    stale = draft.header.end is not None and now - draft.header.end > _STALE
    detail = f"due {to_second(due)}{'; stale after a week' if stale else ''}"
    state = "not done" if now <= due else "overdue"
    return ProcessState(step="distributed within 48 h", state=state, detail=detail, due=day)


def _tracked(draft: PostMortem) -> ProcessState:
    tracked = sum(bool(item.ticket) for item in draft.actions)
    state = "done" if tracked == len(draft.actions) else "not done"
    return ProcessState(
        step="items tracked", state=state, detail=f"{tracked} of {len(draft.actions)} items have a ticket"
    )


def _follow_up(draft: PostMortem, now: datetime, reviews: tuple[ReviewEvent, ...]) -> ProcessState:
    published = min((event.at for event in reviews if event.action == "published"), default=None)
    due = follow_up_of(draft.header.end, published).review_on
    if due is None:
        return ProcessState(
            step="follow-up review in four weeks",
            state="not known",
            detail="the end of the incident is not known",
        )
    held = any(
        event.action in {"edited", "approved"} and event.at.date() >= due - _GRACE for event in reviews
    )
    state = "done" if held else "not done" if now.date() <= due + _GRACE else "overdue"
    return ProcessState(
        step="follow-up review in four weeks", state=state, detail=f"due {due.isoformat()}", due=due
    )
