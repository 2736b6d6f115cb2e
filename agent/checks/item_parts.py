"""The text of an action item, taken apart at its separators and before its labels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from agent.checks.calendar_date import DAY, is_empty
from agent.checks.field_values import LEADING_RANK, PRIORITY, RANK_SIGN, known_value
from agent.checks.labels import CERTAIN_LABEL, DASHED_LABEL, LABEL, SIGN_LABEL, label_name
from agent.checks.pattern import Pattern

BOX = Pattern(r"^\s*\[[ xX]\]\s*")
_CODE = Pattern(r"`([^`\n]+)`")
_QUOTED = Pattern(r"\"[^\"\n]{1,120}\"|\u201c[^\u201d\n]{1,120}\u201d")
_LINK = Pattern(r"(\[)([^\[\]\n]*)(\]\([^)\s]*\))")
_ADDRESS = Pattern(r"<?https?://[^\s>)]+>?")
_DATE = Pattern(rf"(?<![\w.-]){DAY}", re.IGNORECASE)
_LIST_OF_FACTORS = Pattern(r"\bF\d+(?:\s*,\s*F\d+)+")
_MARK = Pattern(r"\*\*|__|~~|(?<![\w*])[*_](?=\S)|(?<=\S)[*_](?![\w*])")
_LEAD = Pattern(r"^\s*(?:\*\*|__|[*_])(?P<inside>[^*\n]{1,60}?)(?:\*\*|__|[*_])(?!\w)")
_SIGN = Pattern(r"^[^\w\s\x00-\x7f\u2010-\u2015\u2026]+\s*")
"""An emoji or the like in front of a value."""
_FIRST = Pattern(
    rf"^\s*(?P<word>{LEADING_RANK.source}|#\d+|[A-Z][A-Z0-9]+-\d+|{RANK_SIGN})(?:\s*:|\s)\s*(?=\S)"
)
_RANK_FIRST = Pattern(rf"[,;(/]\s+(?:{LEADING_RANK.source})(?P<colon>\s*:\s+)(?=\S)")
_PICTURE = Pattern(r"(?:(?<=\s)|^)[\U0001f300-\U0001faff\u2600-\u27bf\u23e9-\u23f3\u231a\u231b]")
_SEPARATOR = Pattern(
    r"(?P<hard>[\u2014\u2013]+|\s-{1,3}\s|\s(?:[\u00b7\u2022\u00bb\u2192~>]|//|->|::)\s|[|;])"
    r"|(?P<line>\n[ \t]*:?)"
    r"|(?P<open>[\[(])|(?P<close>[\])]\s*:?)|(?P<slash>\s/\s)|(?P<comma>,\s+)"
    r"|(?P<stop>(?<!(?<![/-])\b[^\W\d_])(?<!\be\.g)[.!]\s+(?=[A-Z@*_`\[(#\d<]|(?:owner|due|prio|by \d)"
    r"|(?:prevent|detect|mitigat|repair|investigat|process)\w*[.,;\s]|[a-z][\w-]*(?: [a-z]+)?[:=] ))"
)

_TAIL = 5
"""At most as many fields stand behind one another without a separator."""


class Found(NamedTuple):
    """One field: its value and where the value stands in the text that was read."""

    name: str
    value: str
    start: int
    end: int
    cut: tuple[int, int]
    """The range that is no part of the action: the value with its label."""
    labelled: bool = False


@dataclass(slots=True)
class Part:
    """What stands between two separators."""

    start: int
    end: int
    before: str
    """The kind of the separator before it; "" at the start."""
    depth: int
    """Number of brackets around it."""
    segment: int
    """Number of the stretch between hard separators, brackets and full stops."""
    found: Found | None = None
    joined: bool = False
    """Whether it belongs to the value of a part before it."""


def split_parts(text: str) -> tuple[str, list[Part]]:
    """Split a text; return it with its code and dates hidden, and its parts with their fields."""
    masked = _mask(text)
    parts = _split(text, masked)
    for part in parts:
        part.found = _field_of(text, masked, part)
    return masked, parts


def _mask(text: str) -> str:
    """Hide what no separator may be read in, keeping every position."""
    shown = BOX.sub(lambda found: " " * len(found.group()), text)
    shown = _LINK.sub(lambda found: f" {found[2]}{' ' * len(found[3])}", shown)
    shown = _CODE.sub(_hide_code, shown)
    shown = shown.replace("{", "(").replace("}", ")")
    for form in (_QUOTED, _ADDRESS, _DATE, _LIST_OF_FACTORS):
        shown = form.sub(lambda found: _solid(found.group()), shown)
    lead = _LEAD.match(shown)
    if lead and _is_metadata(text[slice(*lead.span("inside"))]):
        start, end = lead.span()
        inside = lead.span("inside")
        shown = f"{shown[:start]}{' ' * (inside[0] - start)}{shown[slice(*inside)]}" + (
            "\u2014" + " " * (end - inside[1] - 1) + shown[end:]
        )
    return _MARK.sub(lambda found: " " * len(found.group()), shown)


def _solid(text: str) -> str:
    """Replace separators by a letter that none of the forms asks for."""
    return re.sub(r"[\s,.;:/()\[\]|\u2014\u2013*_-]", "\u02d1", text)


def _hide_code(found: re.Match[str]) -> str:
    inside = found[1]
    if known_value(inside) or LABEL.match(inside):
        return f"|{inside}|"
    return _solid(found.group())


def _is_metadata(text: str) -> bool:
    """Tell whether a lead in bold is no part of the action: "P1 / prevent", "AI-3", "high"."""
    parts = [part.strip(" :.[]()") for part in re.split(r"\s*[/,|\u00b7]\s*", text)]
    return any(known_value(part) or PRIORITY.fullmatch(part) for part in parts if part)


def _split(text: str, masked: str) -> list[Part]:
    """Split at separators and before labels."""
    cuts = [(found.start(), found.end(), str(found.lastgroup)) for found in _SEPARATOR.finditer(masked)]
    first = _FIRST.match(masked)
    if first and all(start != first.end("word") for start, _, _ in cuts):
        cuts.append((first.end("word"), first.end(), "hard"))
    cuts.extend((found.start(), found.start(), "hard") for found in _PICTURE.finditer(masked))
    cuts.extend((*found.span("colon"), "hard") for found in _RANK_FIRST.finditer(masked))
    cuts.extend(_tail(text, masked))
    ends = {0, *(end for _, end, _ in cuts)}
    for found in DASHED_LABEL.finditer(masked):
        if _begins(masked, ends, found.start()):
            cuts = [cut for cut in cuts if not found.start() < cut[0] < found.end()]
    for found in LABEL.finditer(masked):
        begins = _begins(masked, ends, found.start())
        if begins or CERTAIN_LABEL.match(masked, found.start()) or text[found.start()].isupper():
            cuts.append((found.start(), found.start(), "label"))
    cuts.sort()
    parts: list[Part] = []
    start, before, depth, segment = 0, "", 0, 0
    for begin, end, kind in [*cuts, (len(masked), len(masked), "")]:
        if begin < start:
            continue
        parts.append(Part(*_trimmed(masked, start, begin), before, depth, segment))
        depth = max(0, depth + (kind == "open") - (kind == "close"))
        segment += kind in {"hard", "line", "open", "close", "stop"}
        start, before = end, kind
    return [part for part in parts if part.start < part.end]


def _begins(masked: str, ends: set[int], start: int) -> bool:
    """Tell whether a separator stands right before a place."""
    return any(start >= end and not masked[end:start].strip() for end in ends)


def _tail(text: str, masked: str) -> list[tuple[int, int, str]]:
    """Split off what stands at the end with spaces only: "... a ticket @iam-squad 2026-04-22 P2"."""
    cuts: list[tuple[int, int, str]] = []
    end = len(masked)
    for found in reversed(list(re.finditer(r"\S+", masked))[-_TAIL:]):
        if cuts and _PICTURE.fullmatch(found.group()[:1]):  # belongs to the value behind it
            end = found.start()
            cuts[-1] = (end - 1, end, "hard")
            continue
        known = known_value(text[slice(*_trimmed(masked, *found.span()))], strict=True)
        if known is None or re.match(
            r"[^\w)`\u231a-\U0001faff] ", masked[max(0, found.start() - 2) : found.start()]
        ):
            break
        end = found.start()
        cuts.append((end - 1, end, "hard"))
    return cuts if len(cuts) > 1 else []


def _trimmed(masked: str, start: int, end: int) -> tuple[int, int]:
    while start < end and masked[start] in " \t\n:":
        start += 1
    while end > start and masked[end - 1] in " \t\n.,;:":
        end -= 1
    return start, end


def _field_of(text: str, masked: str, part: Part) -> Found | None:
    for form in (LABEL, DASHED_LABEL, SIGN_LABEL):
        label = form.match(masked, part.start, part.end + 1)
        if label:
            return _labelled(text, part, label)
    shown = clean(text[part.start : part.end]) or text[part.start : part.end]
    strict = part.before in {"line", "stop"}
    known = known_value(shown, strict=strict, opening=strict or not part.before)
    if known is None:
        return None
    name, begin, end = known
    start = text.find(shown, part.start) + begin
    return Found(name, shown[begin:end], start, start + end - begin, (part.start, part.end))


def _labelled(text: str, part: Part, label: re.Match[str]) -> Found:
    start = min(label.end(), part.end)
    value = clean(text[start : part.end])
    name = label_name(label)
    if name == "by":  # "by: 1 June" and "by: Ana"
        known = known_value(value)
        name = "due" if is_empty(value) or (known and known[0] == "due") else "owner"
    elif name in {"type", "ticket"} and PRIORITY.fullmatch(value):  # "class: P2", "pr: P2"
        name = "priority"
    cut = (part.start, start if name == "action" else part.end)
    return Found(name, value, start, part.end, cut, labelled=True)


def clean(value: str) -> str:
    """Strip a value of its Markdown and of a sign in front of it."""
    shown = re.sub(r"\*\*|~~", "", _LINK.sub(r"\2", value)).strip(" \t\n`*_")
    return _SIGN.sub("", shown)
