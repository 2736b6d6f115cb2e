"""Whether an action item's owner is somebody in particular."""

from __future__ import annotations

import re

from agent.checks.calendar_date import is_empty
from agent.checks.pattern import Pattern

_NOBODY = Pattern(
    r"^\W*(?:"
    r"(?:every|any|some|no)(?:[ -]?(?:one|body))?\b.*|all\b(?!-).*|(?:each|either|several|various|many"
    r"|multiple|most"
    r"|both|whichever|who)(?:ever)?\b.*"
    r"|one (?:of|person|engineer|team)\b.*|an? [a-z].*|nobody.*|none\b.*|not\b.*"
    r"|us|we|they|you|them|(?:the )?(?:teams?|people|staff|colleagues|folks|crew|engineers|developers"
    r"|devs|humans"
    r"|volunteers?|company|organi[sz]ation|business|world|usual suspects)"
    r"|the (?:person|people|one|ones|next|first) .*|volunteers? (?:needed|wanted|welcome)"
    r"|next (?:on-?call|shift|person|one|free|available|engineer|rota)\b.*|first (?:to|who|one|person"
    r"|free|available)\b.*"
    r"|(?:still |yet )?to be .*|tb[acd]\b.*|n\.? ?n\.?|see .*|ditto|depends\b.*|vacant|unclear|undecided"
    r"|undefined|unstaffed"
    r"|whoever.*|as .*|those\b.*|others|(?:the )?community|(?:the )?(?:whole|entire)\b.*"
    r"|interested parties|all hands"
    r"|same as\b.*|(?:still )?open\b.*|free|pending\b.*|not me|missing|(?:our|your|their"
    r"|my) (?:own )?(?:team|people|staff)"
    r")\W*$|\?|\bor\b",
    re.IGNORECASE,
)


def is_nobody(owner: str) -> bool:
    """Tell whether an owner is a crowd, a choice, a question or whoever comes by."""
    return bool(_NOBODY.search(owner))


def unusable_owner(owner: str) -> bool:
    """Tell whether an owner is missing or nobody in particular."""
    return is_empty(owner) or is_nobody(owner)
