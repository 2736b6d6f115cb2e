"""One action item as read: what to do, and the owner, date, rank and the like that stand with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from agent.checks.item_fields import Piece
from agent.checks.item_parts import BOX
from agent.checks.pattern import Pattern

_FINISHED = Pattern(
    r"^\W*(?:\[x\]|done|closed|completed?|yes|x|fixed|resolved|merged|shipped|deployed|live|erledigt"
    r"|\u2705|\u2714)"
    r"(?![a-z])",
    re.IGNORECASE,
)
_TICKED = Pattern(
    r"^\s*(?:\[[xX]\]|\u2705|\u2714|~~.+~~(?:\W*(?:done|dropped|closed|fixed|cancelled|obsolete|moved)\b.*)?\s*$|[*_(\[]{0,3}(?:done|completed|fixed|closed"
    r"|resolved)\b[*_)\]:]{1,4}"
    r"|.*[\[(](?:done|completed|fixed|closed|resolved|merged|in place)(?: [^)\]]{0,20})?[)\]]\W*$)",
    re.IGNORECASE | re.DOTALL,
)
_NOTHING = Pattern(
    r"^\W*(?:none|n/?a|nothing|no action items?|no actions?|tbd|to be (?:added|done|decided))\b.{0,30}$"
    r"|^\W*(?:what|where) (?:went|we got|got|worked|did not|didn't) |^\W*(?:sub-?)?totals?\W*$",
    re.IGNORECASE,
)
_STATE = Pattern(
    r"^\s*\[[ xX]\]\s+(?:(?!(?:while|when|if|that|which|what|until|so|after|before|who|where) )[\w-]+ ){1,6}"
    r"(?:is|are|has been|have been|have|has) (?!to\b)[^:;()|\u2014]*$",
    re.IGNORECASE,
)
"""A ticked or open box with a statement, such as "[ ] Sections are filled out": a checklist, not an item."""
_LINK_ONLY = Pattern(r"^\W*(?:\[[^\]]*\]\([^)]*\)|<?https?://\S+>?|#\d+)\W*$")


@dataclass(slots=True)
class Entry:
    """One action item with what stands beside it; a field that the text does not have is missing."""

    text: str
    """What to do, as Markdown, without owner, dates and the like."""
    start: int
    end: int
    fields: dict[str, str] = field(default_factory=dict[str, str])
    spans: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    finished: bool = False

    def span(self, name: str) -> tuple[int, int]:
        """Return where the field stands, or the whole item where it does not."""
        start, end = self.spans.get(name, (self.start, self.end))
        return (start, end) if end > start else (self.start, self.end)

    def add(self, piece: Piece, base: int) -> None:
        """Take over the fields of a text that begins at the offset `base`; the first of a kind counts."""
        for found in piece.fields:
            if found.name and found.name != "action" and found.name not in self.fields:
                self.fields[found.name] = found.value
                self.spans[found.name] = (base + found.start, base + found.end)
        self.finished = self.finished or is_finished(self.fields.get("status", ""))


def is_finished(status: str) -> bool:
    """Tell whether what stands in a status field says that the item is done."""
    return bool(_FINISHED.match(status))


def is_ticked(text: str) -> bool:
    """Tell whether an item's own text says that it is done: a ticked box, a line through it, "(done)"."""
    return bool(_TICKED.match(text))


def is_nothing(text: str) -> bool:
    """Tell whether what stands in an item's place is none: "n/a", a bare link, a box of a checklist."""
    return not text.strip() or bool(
        _NOTHING.match(text) or _STATE.match(text) or _LINK_ONLY.match(BOX.sub("", text))
    )
