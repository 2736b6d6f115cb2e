"""What a sentence denies and what it asserts beside that."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NONE = re.compile(r"\b(?:no|nothing|none|nobody|neither|nor|without|lacks?|lacked)\b", re.IGNORECASE)
_NOT_ON_RECORD = re.compile(
    r"(?:\b(?:not|never)|n't)\s+(?:\w+\s+){0,2}?(?:record|found|find|seen|see|log|show|establish|known|match|h[eo]ld|tell|told"
    r"|visible|observ|present|captur|measur|collect|report|there|part)\w*|\b(?:missing|absent|empty|unknown)\b",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"(?:in|on|at|for|of|from|during|within|between|before|after)(?: \S+){1,6}", re.IGNORECASE
)
"""Where or when nothing was found."""
_WHO = re.compile(
    r"(?:the\s+)?[\w./:@-]+\s+(?:(?:service|pod|node|container|deployment|logs?)\s+)?"
    r"(?:recorded|logged|wrote|reported|showed|shows|emitted|raised|produced|had|has|held|holds|contains?|contained)",
    re.IGNORECASE,
)
"""Of what nothing was found: "cart logged no error" asserts nothing of cart."""
_CLAUSE = re.compile(
    r"[;:.]\s+|,\s+(?:and|but|while|although|though|whereas|so|yet)\s+|\s+(?:but|while|whereas)\s+"
)


@dataclass(frozen=True, slots=True)
class Asserted:
    """The parts of a sentence that no denial covers."""

    clauses: str
    """Whole clauses."""
    leads: str
    """What stands in a clause before "no" or "nothing"."""


def asserted(text: str) -> Asserted:
    """Split a sentence; "X was not recorded" denies X, "X, and no Y was recorded" asserts it."""
    clauses: list[str] = []
    leads: list[str] = []
    for part in _CLAUSE.split(text):
        if _NOT_ON_RECORD.search(part) and not _NONE.search(part):
            continue
        if found := _NONE.search(part):
            lead = part[: found.start()].strip()
            leads.append("" if _WHERE.fullmatch(lead) or _WHO.fullmatch(lead) else lead)
        elif part.strip():
            clauses.append(part.strip())
    return Asserted("; ".join(clauses), "; ".join(lead for lead in leads if lead))
