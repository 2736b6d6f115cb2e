"""Events of an incident by the words people use for them, in prose and in the rows of a timeline."""

# ruff: noqa: E501 - one class of event a line
from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from agent.checks.pattern import Pattern

_NO_SHEET = r"(?! (?:of|size|table|cache|fault|view|load|number|token)s?\b)"
"""Behind "page": then it is a part of a list, a site or memory, and nobody was called."""
_CLASSES: dict[str, tuple[str, str]] = {
    # name: (how prose speaks of it, how a row speaks of it)
    "first error": (r"first (?:failed \w+|errors?|failures?|symptoms?|5xx)", r"\bfirst\b.*\b(?:error|fail|symptom)|\berrors? (?:start|beg|appear|climb)|\bsymptom"),
    "report": (r"(?:first )?(?:customer |user |support )?(?:report|complaint|ticket)s?(?: came in| arrived)?", r"\breport|\bcomplain|\bticket"),
    "acknowledgement": (r"acknowledge?ments?|acks?|(?:was |were )?acknowledged", r"\back(?:\b|ed|now)"),
    "page": (rf"pag(?:ed|ing|er)\b|pages?\b{_NO_SHEET}|on-call (?:was|got) (?:paged|called)", rf"\bpag(?:ed|ing|er)\b|(?<!all )\bpages?\b{_NO_SHEET}|\bpagerduty\b|\bon-?call\b.*\b(?:called|woken|notified)"),
    "alert": (r"(?:first )?(?:alert|alarm)s?(?: fired)?", r"\balert(?:s|ed|ing)?\b|\balarm"),
    "detection": (r"detection|(?:was |were )?(?:detected|noticed|discovered)|discovery", r"\bdetect|\bnotic|\balert|\balarm|\bpaged?\b|\bdiscover|\breport"),
    "deploy": (r"deploy(?:ment|ed|s)?|roll-?out|rolled out|release[ds]?|change (?:went live|was merged)|merge[d]?", r"\bdeploy|\broll(?:ed)?[- ]?out|\brelease|\bmerged?\b|\bpushed\b|\bwent live"),
    "declaration": (r"incident (?:was )?(?:declared|opened)|declaration", r"\bdeclar|\bincident (?:opened|call|channel)|\bbridge"),
    "rollback": (r"roll-?back|rolled back|revert(?:ed)?", r"\broll(?:ed|ing)?[- ]?back|\brevert"),
    "failover": (r"fail-?over|failed over", r"\bfail(?:ed)?[- ]?over"),
    "restart": (r"restart(?:ed)?", r"\brestart|\breboot"),
    "mitigation": (r"mitigat(?:ion|ed)", r"\bmitigat|\broll(?:ed)?[- ]?back|\brevert|\brestor|\bfail(?:ed)?[- ]?over|\bscal(?:ed|ing)"),
    "fix": (r"fix(?:ed|es)?|repair(?:ed)?|patch(?:ed)?", r"\bfix|\brepair|\broll(?:ed)?[- ]?back|\brevert|\brestor|\brecover|\bpatch|\bmitigat|\bresolv|\bback to\b"),
    "recovery": (r"recover(?:y|ed)|restor(?:ation|ed)|back to normal", r"\brecover|\brestor|\bback to\b|\bhealthy|\bresolv|\bnormal"),
    "resolution": (r"resolution|resolved|all[- ]clear|closed|closure", r"\bresolv|\bresolution|\brestor|\brecover|\bclosed?\b|\ball[- ]clear|\bnormal"),
    "end": (r"(?:the )?end(?: of (?:the )?(?:incident|outage|impact))?|ended", r"\bend(?:ed|s)?\b|\bresolv|\bclosed|\brecover|\brestor|\bnormal"),
    "start": (r"start(?:ed)?(?: of (?:the )?(?:incident|outage|impact))?|onset|beginning|began|impact start(?:ed)?", r"\bstart|\bbeg[ai]n|\bonset|\bfirst\b|\bdeploy"),
}  # fmt: skip
EVENT = "|".join(f"(?P<{name.replace(' ', '_')}_{{n}}>{prose})" for name, (prose, _) in _CLASSES.items())


def event_pattern(number: int) -> str:
    """Return a pattern of one event phrase; its groups are told apart by `number`."""
    article = r"(?:the |a |an |our |this |its )?(?:(?:faulty|bad|manual|emergency|actual|full|on-call|production|first|initial) )?"
    return rf"{article}(?:{EVENT.replace('{n}', str(number))})"


def event_named(found: re.Match[str], number: int) -> str | None:
    """Return which class of event a pattern's group matched."""
    for name in _CLASSES:
        if found.groupdict().get(f"{name.replace(' ', '_')}_{number}") is not None:
            return name
    return None


class Mention(NamedTuple):
    """One event phrase in prose."""

    name: str
    start: int
    end: int


_MENTION = Pattern(rf"\b{event_pattern(0)}\b", re.IGNORECASE)


def mentions(text: str) -> Iterator[Mention]:
    """Yield the event phrases of a text from left to right."""
    for found in _MENTION.finditer(text):
        name = event_named(found, 0)
        if name is not None:
            yield Mention(name, found.start(), found.end())


def row_matches(name: str, text: str) -> bool:
    """Tell whether a timeline row speaks of a class of event."""
    return bool(_row_pattern(name).search(text))


@cache
def _row_pattern(name: str) -> Pattern:
    return Pattern(_CLASSES[name][1], re.IGNORECASE)
