"""Owner, due date, priority and the like of one action item, read from a piece of its text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from agent.checks.calendar_date import is_empty
from agent.checks.field_values import BARE_DUE
from agent.checks.item_owner import guess_owner, is_name
from agent.checks.item_parts import BOX, Found, Part, clean, split_parts
from agent.checks.pattern import Pattern

_TITLE = Pattern(r"^\s*(?:\[[ xX]\]\s*)?\*\*(?P<inside>[^*\n.]{1,40})\*\*:?\s+(?=[A-Z])")
"""Some words in bold in front of a sentence: a title or what was meant for a priority, and not the action."""
_RUNNING_ON = frozenset({"owner", "due", "priority"})
"""Fields whose value may go on in brackets: "engineering (who exactly?)"."""


@dataclass(slots=True)
class Piece:
    """A text taken apart: its fields, in order, and the words that are no field."""

    fields: list[Found] = field(default_factory=list[Found])
    action: str = ""
    """What is left, with its Markdown."""

    @property
    def is_detail(self) -> bool:
        """Tell whether the text holds nothing but fields, at least one of them with its label."""
        return not re.search(r"\w", self.action) and any(found.labelled for found in self.fields)


def read_piece(text: str, *, guess: bool = True) -> Piece:
    """Take the text of an action item apart; with `guess`, a name beside a date is the owner."""
    masked, parts = split_parts(text)
    _join_values(text, parts)
    _prefer_dates(parts)
    fields = [part.found for part in parts if part.found]
    cut = [found.cut for found in fields]
    named = {found.name for found in fields}
    due = None if "due" in named else _bare_due(text, masked, parts)
    owner = guess_owner(text, masked, parts) if guess and "owner" not in named else None
    for found in (due, owner):
        if found:
            fields.append(found)
            cut.append(found.cut)
    title = _TITLE.match(text)
    if title and len(title["inside"].split()) < 5:
        cut.append(title.span())
    return Piece(fields, _without(text, cut))


def read_shared(text: str) -> dict[str, str]:
    """Read an owner and a date from one text, "Key services / 30 June"; empty where either is missing."""
    piece = read_piece(text)
    found = {part.name: part.value for part in piece.fields}
    owner = found.get("owner", piece.action)
    return {"due": found["due"], "owner": owner} if owner and "due" in found else {}


def _join_values(text: str, parts: list[Part]) -> None:
    """Let a value run on over a slash, a bracket or the comma of a second name."""
    for number, part in enumerate(parts):
        found = part.found
        if found is None or not found.labelled or found.name not in _RUNNING_ON:
            continue
        end = found.end
        for other in parts[number + 1 :]:
            if not _runs_on(text, part, found, other):
                break
            end, other.found, other.joined = other.end, None, True
        if "(" in text[found.start : end] and text[end : end + 1] == ")":
            end += 1
        if end > found.end:
            value = clean(text[found.start : end])
            part.found = Found(found.name, value, found.start, end, (found.cut[0], end), labelled=True)


def _runs_on(text: str, part: Part, found: Found, other: Part) -> bool:
    if other.found is None:
        inside = other.before == "open" and other.depth == part.depth + 1
        shown = clean(text[other.start : other.end])
        named = is_name(text, other) or is_empty(shown)
        second = found.name == "owner" and other.before == "comma" and named
        return inside or second or other.before == "slash"
    owners = found.name == other.found.name == "owner" and not other.found.labelled
    return owners and other.before == "comma"


def _prefer_dates(parts: list[Part]) -> None:
    """Take words that may stand for a date, "later" or "TBA", for none where a date stands beside them."""
    dues = [part for part in parts if part.found and part.found.name == "due"]
    dated = [
        part for part in dues if part.found and (part.found.labelled or re.search(r"\d", part.found.value))
    ]
    for part in dues:
        if dated and part not in dated:
            part.found = None


def _bare_due(text: str, masked: str, parts: list[Part]) -> Found | None:
    """Read "by 1 April" inside a sentence; its last one counts."""
    dates = list(BARE_DUE.finditer(text))
    if not dates:
        return None
    start, end = dates[-1].span("value")
    if any(part.found and part.start <= start < part.end for part in parts):
        return None
    closes = not masked[end:].strip(" .,;)") or masked[end] in ").,;"
    return Found(
        "due", text[start:end], start, end, (dates[-1].start("label"), end) if closes else (end, end)
    )


def _without(text: str, cut: list[tuple[int, int]]) -> str:
    kept = list(text)
    for start, end in cut:
        kept[start:end] = " " * (end - start)
    left = re.sub(r"\s{2,}", "  ", BOX.sub("", "".join(kept)))
    left = re.sub(r"\[\s*\](?:\([^)]*\))?|\(\s*[,;./\s]*\)|``|`\s+`", " ", left)
    left = re.sub(r"(?<!\S)[*_~]{1,2}[:.,]?(?!\S)|(?<=\s)[,;|](?=\s)|(?<=\s)\u2014(?=\W*$)", " ", left)
    left = re.sub(r"\s+[\u00b7|]\s+(?=\s)|(?:\s[\u2014\u2013-]+\s*)+$", " ", left)
    return re.sub(r"\s{2,}", " ", left).strip(" .;,:|\u00b7\u2014\u2013-\n")
