"""What a sentence says was not there, against everything that was collected: "no deployment was recorded"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.checks.evidence_text import text_of
from agent.checks.naming import mentioned
from agent.schema.bundle import Outcome, Signal
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence
from agent.schema.finding import Level

_NOUNS = {
    "C": r"(?:configuration )?changes?|deploy(?:ment)?s?|roll-?outs?|releases?|rollbacks?",
    "A": r"alerts?|alarms?|pages?",
    "K": r"(?:container |pod )?restarts?",
    "H": r"chat messages?",
    "T": r"traces?|spans?",
    "L": r"(?:logged )?errors?|error (?:lines?|messages?)",
}
"""How a text speaks of each kind of evidence."""
_SIGNALS: dict[str, tuple[Signal, ...]] = {
    "C": ("changes", "objects", "events"),
    "A": ("alerts",),
    "K": ("objects", "events"),
    "H": ("chat",),
    "T": ("traces",),
    "L": ("logs",),
}
"""Which signals would show each kind."""
_GAPS: frozenset[Outcome] = frozenset({"failed", "denied", "partial"})
_HELD = r"(?:(?:was|were|is|are|has been|have been|had been) )?"
_RECORDED = (
    r"recorded|found|seen|observed|on record|visible|logged|collected|in the (?:record(?:ing)?|evidence)"
)
_HAPPENED = (
    r"made|rolled out|deployed|shipped|released|happened|occurred|took place|went out|fired|raised"
    r"|applied|sent"
)
_ABSENT = re.compile(
    rf"\b(?:nothing {_HELD}(?P<did>changed|deployed|rolled out|released)(?! (?:in|about|for|to|there))"
    rf"|(?:no|not a single|not one|zero) (?P<what>{'|'.join(f'(?:{nouns})' for nouns in _NOUNS.values())})"
    rf"(?P<of> (?:of|to|for|on|in|by|from) [\w./:-]+)? {_HELD}(?P<how>{_RECORDED}|{_HAPPENED}))"
    r"\b(?P<rest>[^.;]*)",
    re.IGNORECASE,
)
_HAPPENING = re.compile(rf"\b(?:{_HAPPENED}|nothing .*)$", re.IGNORECASE)
"""Says that it did not happen, where "none was recorded" says only that nobody recorded it."""
_NARROWED = re.compile(
    r"\b(?:before|after|until|since|between|from|prior|ahead|preced\w*|follow\w*|earlier|later|other|further"
    r"|else|new|that|which|who|whose|beyond|besides|except|apart|than|by|with|matching|about|related"
    r"|hours?|minutes?|days?|outside|elsewhere|at \d)\b",
    re.IGNORECASE,
)
"""Words that narrow what is denied: then code cannot tell whether the evidence belongs to it."""
_NAMED = re.compile(r"[a-z][\w.]*[-_.][\w.-]*\w|[a-z]service\b", re.IGNORECASE)
_NOT_COUNTED = frozenset({"always-firing", "informational", "old"})


def absences(text: str, digest: Digest, known: dict[str, str]) -> Iterator[tuple[Level, str, str]]:
    """Yield level, words and message of denials that the digest contradicts or has a gap for."""
    for found in _ABSENT.finditer(text):
        if _NARROWED.search(found["rest"]) or _NARROWED.search(_clause_before(text, found.start())):
            continue
        kind = "C" if found["did"] else _kind_of(found["what"])
        said = text[found.start() : found.start("rest")]
        named = [name.lower() for name in mentioned(text, known)]
        if not named and (found["of"] or _NAMED.search(found["rest"])):
            continue
        shown = next(
            (item for item in digest.evidence if _shows(item, kind) and _is_about(item, named)), None
        )
        if shown is not None:
            yield "error", said, f'says "{said}", and {shown.id} is one: {shown.statement}'
        elif _HAPPENING.search(said) and not _was_collected(digest, kind):
            yield "warning", said, f'says "{said}", which is not known: the recording has a gap there'


def _clause_before(text: str, start: int) -> str:
    return re.split(r"[.;:,]\s", text[:start])[-1]


def _kind_of(words: str) -> str:
    return next(kind for kind, nouns in _NOUNS.items() if re.fullmatch(nouns, words, re.IGNORECASE))


def _shows(item: Evidence, kind: str) -> bool:
    """Tell whether an item is one of the things that are denied."""
    if item.kind != kind:
        return False
    values = item.attributes
    if kind == "A":
        return values.get("noise", "no") not in _NOT_COUNTED
    if kind == "K":
        return values.get("restarts", "0").isdigit() and int(values.get("restarts", "0")) > 0
    if kind == "L":
        return values.get("level") in {"error", "fatal", "critical"}
    return True


def _is_about(item: Evidence, named: list[str]) -> bool:
    """Tell whether an item is about one of the components that the sentence names, or it names none."""
    text = text_of(item).lower()
    return not named or (item.service or "").lower() in named or any(name in text for name in named)


def _was_collected(digest: Digest, kind: str) -> bool:
    """Tell whether it was looked for with an answer and without a gap; "empty" is an answer."""
    signals = _SIGNALS[kind]
    rows = [row for row in digest.coverage if row.signal in signals]
    rows += [
        row for row in digest.coverage if row.signal == "unknown" and signals[0][:-1] in row.note.lower()
    ]
    outcomes = {row.outcome for row in rows}
    return not digest.coverage or (bool(outcomes & {"ok", "empty"}) and not outcomes & _GAPS)
