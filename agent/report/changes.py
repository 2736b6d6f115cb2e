"""What changed between two drafts, one line each, as the review log keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from agent.report.sections import PROSE
from agent.schema.base import Model
from agent.schema.postmortem import Claim, Header, PostMortem, TimelineRow

_LONGEST = 160


def describe_changes(old: PostMortem, new: PostMortem) -> tuple[str, ...]:
    """List what differs: `summary: changed "..." to "..."`, `actions AI-1: owner changed`."""
    lines = _header(old.header, new.header)
    for section in PROSE:
        lines += _sequence(section, _claims(getattr(old, section)), _claims(getattr(new, section)))
    lines += _sequence("timeline", _rows(old.timeline), _rows(new.timeline))
    if old.cause != new.cause:
        lines += _fields("cause", old.cause, new.cause)
    lines += _sequence(
        "ruled_out", [item.text for item in old.ruled_out], [item.text for item in new.ruled_out]
    )
    lines += _by_id("factors", {f.id: f for f in old.factors}, {f.id: f for f in new.factors})
    lines += _by_id("actions", {a.id: a for a in old.actions}, {a.id: a for a in new.actions})
    before, after = ({q.id: q for q in draft.open_questions} for draft in (old, new))
    lines += _by_id("open_questions", before, after)
    if not lines and old != new:
        lines = ["order or details changed"]
    return tuple(lines)


def _claims(claims: Iterable[Claim]) -> list[str]:
    return [f"{item.text}{_cites(*item.evidence, *item.facts)} ({item.standing})" for item in claims]


def _rows(rows: Iterable[TimelineRow]) -> list[str]:
    return [
        f"{row.time:%Y-%m-%d %H:%M:%S} {row.event}{_cites(*row.evidence)} {row.source} {row.actor}"
        for row in rows
    ]


def _cites(*names: str) -> str:
    return f" [{', '.join(names)}]" if names else ""


def _header(old: Header, new: Header) -> list[str]:
    return _fields("header", old, new) if old != new else []


def _sequence(where: str, old: list[str], new: list[str]) -> list[str]:
    lines: list[str] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        paired = min(i2 - i1, j2 - j1)
        for before, after in zip(old[i1 : i1 + paired], new[j1 : j1 + paired], strict=True):
            lines.append(f"{where}: changed {_short(before)} to {_short(after)}")
        lines += [f"{where}: removed {_short(text)}" for text in old[i1 + paired : i2]]
        lines += [f"{where}: added {_short(text)}" for text in new[j1 + paired : j2]]
    return lines


def _by_id(where: str, old: Mapping[str, Model], new: Mapping[str, Model]) -> list[str]:
    lines = [f"{where} {key}: removed" for key in old if key not in new]
    for key, item in new.items():
        if key not in old:
            lines.append(f"{where} {key}: added")
        elif old[key] != item:
            lines += _fields(f"{where} {key}", old[key], item)
    return lines


def _fields(where: str, old: Model, new: Model) -> list[str]:
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    return [
        f"{where}: {name} changed from {_short(before[name])} to {_short(value)}"
        for name, value in after.items()
        if before[name] != value
    ]


def _short(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return f'"{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"}"'
