"""Drafts with one place changed, and drafts with nothing but one section."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, get_args

from agent.schema.postmortem import Cause, Claim, Factor, PostMortem, SectionName, TimelineRow

_Item = TypeVar("_Item")
_SECTIONS: tuple[str, ...] = get_args(SectionName)


def with_text(draft: PostMortem, section: str, text: str) -> PostMortem:
    """Return the draft with another text at a place such as `summary.2` or `factors.F1.whys.1`."""
    return _changed(draft, section, text=text, evidence=None)


def with_evidence(draft: PostMortem, section: str, evidence: tuple[str, ...]) -> PostMortem:
    """Return the draft with other citations at a place."""
    return _changed(draft, section, text=None, evidence=evidence)


def focus(draft: PostMortem, section: str) -> PostMortem:
    """Return the draft with the other narrative sections empty, so that a check looks at one only."""
    own = section.split(".", maxsplit=1)[0]
    empty: dict[str, object] = {name: () for name in _SECTIONS if name != own}
    if own != "timeline":
        empty["timeline"] = ()
    if own == "summary":
        empty["actions"] = ()
    elif own not in {"factors", "actions", "cause"}:
        empty |= {"factors": (), "actions": ()}
        harmless = Claim(text="Nothing is said here.", standing="stated by a person")
        empty["cause"] = Cause(verdict="no incident", claim=harmless)
    if own == "factors":
        empty["actions"] = ()
    if own != "ruled_out":
        empty["ruled_out"] = ()
    return draft.model_copy(update={**empty, "open_questions": ()})


def _changed(
    draft: PostMortem, section: str, *, text: str | None, evidence: tuple[str, ...] | None
) -> PostMortem:
    parts = section.split(".")
    own = parts[0]

    def claim(old: Claim) -> Claim:
        update: dict[str, object] = {} if text is None else {"text": text}
        return old.model_copy(update=update | ({} if evidence is None else {"evidence": evidence}))

    if own == "timeline":
        return draft.model_copy(
            update={"timeline": _at(draft.timeline, int(parts[1]), lambda row: _row(row, text, evidence))}
        )
    if own == "cause":
        return draft.model_copy(
            update={"cause": draft.cause.model_copy(update={"claim": claim(draft.cause.claim)})}
        )
    if own == "factors":
        found = tuple(
            _factor(item, parts, text, claim) if item.id == parts[1] else item for item in draft.factors
        )
        return draft.model_copy(update={"factors": found})
    if own == "ruled_out":
        changed = _at(
            draft.ruled_out,
            int(parts[1]),
            lambda item: item.model_copy(update={"against": claim(item.against)}),
        )
        return draft.model_copy(update={"ruled_out": changed})
    return draft.model_copy(update={own: _at(getattr(draft, own), int(parts[1]), claim)})


def _row(row: TimelineRow, text: str | None, evidence: tuple[str, ...] | None) -> TimelineRow:
    update: dict[str, object] = {} if text is None else {"event": text}
    return row.model_copy(update=update | ({} if evidence is None else {"evidence": evidence}))


def _factor(factor: Factor, parts: list[str], text: str | None, claim: Callable[[Claim], Claim]) -> Factor:
    if parts[2] == "title":
        return factor.model_copy(update={} if text is None else {"title": text})
    if parts[2] == "claim":
        return factor.model_copy(update={"claim": claim(factor.claim)})
    number = int(parts[3])
    return factor.model_copy(
        update={"whys": _at(factor.whys, number, lambda why: why.model_copy(update={"answer": text}))}
    )


def _at(items: tuple[_Item, ...], number: int, change: Callable[[_Item], _Item]) -> tuple[_Item, ...]:
    return tuple(change(item) if index == number else item for index, item in enumerate(items, 1))
