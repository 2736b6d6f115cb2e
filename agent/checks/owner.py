"""Whether an action item's owner is somebody in particular."""

from __future__ import annotations

import re

from agent.checks.calendar_date import is_empty
from agent.checks.pattern import Pattern

_CROWD = (
    r"(?:teams?|people|staff|colleagues|folks|crews?|engineers?|developers?|devs|humans|volunteers?|shifts?"
    r"|squads?|departments?|units?|members?|operators?|leads?|managers?|groups?|hands|sites?|offices?|of)"
)
_NOBODY = Pattern(
    r"^\W*(?:"
    r"(?:every|any|some|no)[ -]?(?:one|body)\b.*|(?-i:(?:[Ee]very|[Aa]ny|[Ss]ome|[Nn]o) [a-z].*)"
    rf"|(?:every|any|some|no) {_CROWD}\b.*"
    rf"|all|(?-i:[Aa]ll [a-z\d(].*)|all (?:\w+ ){{0,2}}(?:{_CROWD}|\w+(?:ers|ors|ists|ants|ians))"
    r"|(?-i:(?:[Ee]ach|[Ee]ither|[Ss]everal|[Vv]arious|[Mm]any|[Mm]ultiple|[Mm]ost|[Bb]oth) [a-z].*)"
    rf"|(?:each|either|several|various|many|multiple|most|both)(?: {_CROWD}\b.*)?"
    r"|who(?:ever|mever)?\b.*|whichever\b.*|(?-i:[Oo]ne (?:of|person|engineer|team)\b.*)"
    r"|(?-i:a [a-z].*|[Aa]n [a-z].*)"
    r"|(?-i:A (?!(?:shift|team|crew|squad|watch|desk|group)\b)[a-z].*)"
    r"|nobody.*|none\b.*|not (?:yet|me|us|sure|assigned|decided|known|defined|named|set|clear"
    r"|applicable|staffed)\b.*"
    r"|(?:us|we|they|you|them)(?: all| both| together| as a \w+| guys| know\b.*|)?|(?:the )?"
    r"(?:teams?|people|staff|colleagues|folks|crew|engineers|developers"
    r"|devs|humans"
    r"|volunteers?|company|organi[sz]ation|business|world|usual suspects)"
    r"|(?-i:(?:[Tt]he|[Oo]ur|[Tt]hose) (?:[a-z]+ )?(?:[a-z]+(?:ers|ors|ists|ants|ians)|nurses|leads"
    r"|people|teams))"
    r"|the (?:person|people|one|ones|next|first|rest) .*|the (?:\w+ ){0,2}(?:people|folks|ones|lot"
    r"|guys|suspects|crowd)|(?:any )?volunteers? (?:needed|wanted|welcome)"
    r"|next (?:on-?call|shift|person|one|free|available|engineer|rota)\b.*|first (?:to|who|one|person"
    r"|free|available|come)\b.*"
    r"|(?:still |yet )?to be .*|tb[acd]\b.*|n\.? ?n\.?|(?-i:[Ss]ee [a-z#].*)|see above|ditto"
    r"|depends\b.*|vacant|unclear|undecided"
    r"|undefined|unstaffed|unowned|unallocated|no owner\b.*|needs (?:an )?owner"
    r"|(?-i:[Aa]s [a-z].*)|those\b.*|others|(?:the )?community|(?-i:(?:[Tt]he )?(?:[Ww]hole"
    r"|[Ee]ntire)(?: [a-z].*|$))"
    r"|interested parties|all hands|shared(?: responsibility)?|jointly|together|collective(?:ly)?"
    r"|same as\b.*|still open|open|free|pending|(?-i:[Pp]ending [a-z].*)|missing|(?:our|your|their"
    r"|my) (?:own )?(?:team|people|staff)"
    r")\W*$|\?|(?-i:\bor\b)|\bto be (?:decided|determined|defined|confirmed|named|agreed|found"
    r"|assigned)\b|\btb[acd]\b",
    re.IGNORECASE,
)


def is_nobody(owner: str) -> bool:
    """Tell whether an owner is a crowd, a choice, a question or whoever comes by."""
    return bool(_NOBODY.search(owner))


def unusable_owner(owner: str) -> bool:
    """Tell whether an owner is missing or nobody in particular."""
    return is_empty(owner) or is_nobody(owner)
