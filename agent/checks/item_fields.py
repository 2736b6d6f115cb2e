"""Owner, due date, priority and the like of one action item, read from a piece of its text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from agent.checks.calendar_date import DAY
from agent.checks.labels import BARE_DUE, CERTAIN_LABEL, LABEL, PRIORITY, known_value, label_name

_BOX = re.compile(r"^\s*\[[ xX]\]\s*")
_CODE = re.compile(r"`([^`\n]+)`")
_QUOTED = re.compile(r"\"[^\"\n]{1,120}\"|\u201c[^\u201d\n]{1,120}\u201d")
_LINK = re.compile(r"(\[)([^\[\]\n]*)(\]\([^)\s]*\))")
_ADDRESS = re.compile(r"<?https?://[^\s>)]+>?")
_DATE = re.compile(rf"(?<![\w.-]){DAY}", re.IGNORECASE)
_LIST_OF_FACTORS = re.compile(r"\bF\d+(?:\s*,\s*F\d+)+")
_MARK = re.compile(r"\*\*|__|~~|(?<![\w*])[*_](?=\S)|(?<=\S)[*_](?![\w*])")
_LEAD = re.compile(r"^\s*(?:\*\*|__|[*_])(?P<inside>[^*\n]{1,60}?)(?:\*\*|__|[*_])(?!\w)")
_SIGN = re.compile(r"^[^\w\s\x00-\x7f\u2010-\u2015\u2026]+\s*")
"""An emoji or the like in front of a value."""
_FIRST = re.compile(r"^\s*(?P<word>[Pp][0-4]|#\d+|[A-Z][A-Z0-9]+-\d+)(?:\s*:|\s)\s*(?=\S)")
_SEPARATOR = re.compile(
    r"(?P<hard>\s*[\u2014\u2013]+\s*|\s-{1,3}\s+|\s+(?:[\u00b7\u2022\u00bb\u2192~>|]|//|->|::)\s+|\s*[|;]\s*)|(?P<line>\n\s*:?\s*)"
    r"|(?P<open>[\[(])|(?P<close>[\])]\s*:?)|(?P<slash>\s/\s)|(?P<comma>,\s+)"
    r"|(?P<stop>(?<!\b\w)(?<!\be\.g)[.!]\s+(?=[A-Z@*_`\[(#\d]|(?:owner|due|prio)))"
)
_NAME = re.compile(r"^(?:the )?(?:[^\W\d_][\w.'&+/-]*)(?: (?:[\w.'&+/-]+|&)){0,5}$")
_NO_NAME = re.compile(
    r"^(?:this|these|that|those|it|we|our|they|there|here|his|her|its|their|currently|see|e\.g|i\.e|via|at|in|on|with|for|from|and|or|not|was|is|are|because|as|like|incl\w*|if|when"
    r"|until|to|per|both|all|also|only|then|so|which|that|instead|etc|today|now|new|old|max|min|about|by|under|over"
    r"|above|below|within|same|first|no|without|using|done|risk|note|status|effort|cost|size|small|large|blocked"
    r"|agreed|approved|optional|estimate\w*)\b",
    re.IGNORECASE,
)
_AREA = re.compile(
    r"^(?:monitoring|alert(?:ing|s)?|detection|prevention|mitigation|testing|tests?|tooling|documentation|docs"
    r"|process|code|infrastructure|infra|config\w*|communication|training|automation|capacity|deploy\w*|release"
    r"|(?:short|long|medium)[ -]?term|immediate|follow[- ]?up|action|task|todo|goal|fix|bug|note|vendor.*|idea"
    r"|step|option|proposal|question|resilience|observability|recovery|response|rollback|quick win|security)s?$",
    re.IGNORECASE,
)
_HANDLE_FIRST = re.compile(r"^(?P<who>@[\w.-]*\w)(?:\s*:\s*|\s+(?:to|will|shall|should|must)\s+)")
_NAME_FIRST = re.compile(
    r"^(?P<who>[A-Z][\w&/.-]*(?: (?:[A-Z&][\w&/.-]*|team|squad|guild|tribe|crew|chapter|group|desk|office|ops)){0,3})\s*:\s+"
    r"(?=[^\W\d_])"
)
_TEAM_FIRST = re.compile(
    r"^(?P<who>(?:[Tt]he )?(?:[\w&/-]+ ){1,4}(?:team|squad|guild|tribe|crew|chapter|group|desk|office))"
    r" (?:to|will|shall) "
)
_HANDLE_LAST = re.compile(
    r"(?<!\bto)(?<!\bfor)(?<!\bfrom)(?<!\bwith)(?<!\bby)(?<!\bpage)(?<!\bnotify)(?<!\bping)(?<!\bask)(?<!\btell)"
    r"(?<!\balert)(?<!\band)(?<!\bor)\s(?P<who>@[\w.-]*\w)\W*$"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One field: its value and where the value stands in the text that was read."""

    name: str
    value: str
    start: int
    end: int
    labelled: bool = False


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


@dataclass(slots=True)
class _Part:
    """What stands between two separators."""

    start: int
    end: int
    before: str
    """The kind of the separator before it; "" at the start."""
    depth: int
    found: Found | None = None
    segment: int = 0
    """Number of the stretch between hard separators, brackets and full stops."""


def read_piece(text: str, *, guess: bool = True) -> Piece:
    """Take the text of an action item apart; with `guess`, a name beside a date or a priority is the owner."""
    masked = _mask(text)
    parts = _parts(text, masked)
    for part in parts:
        part.found = _field_of(text, masked, part)
    _join_values(text, parts)
    fields = [part.found for part in parts if part.found]
    cut = [(part.start, part.end) for part in parts if part.found and part.found.name != "action"]
    named = {found.name for found in fields}
    if "due" not in named:
        _read_bare_due(text, masked, parts, fields, cut)
    if guess and "owner" not in named:
        _guess_owner(text, masked, parts, fields, cut)
    labels = [(part.start, part.found.start) for part in parts if part.found and part.found.name == "action"]
    return Piece(fields, _without(text, [*cut, *labels]))


def _mask(text: str) -> str:
    """Hide what no separator may be read in, keeping every position."""
    shown = _BOX.sub(lambda found: " " * len(found.group()), text)
    shown = _LINK.sub(lambda found: f" {found[2]}{' ' * len(found[3])}", shown)
    shown = _CODE.sub(_hide_code, shown)
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


def _parts(text: str, masked: str) -> list[_Part]:
    """Split at separators and before labels."""
    cuts = [(found.start(), found.end(), str(found.lastgroup)) for found in _SEPARATOR.finditer(masked)]
    first = _FIRST.match(masked)
    if first and all(start != first.end("word") for start, _, _ in cuts):
        cuts.append((first.end("word"), first.end(), "hard"))
    cuts.extend(_tail(text, masked))
    ends = {end for _, end, _ in cuts}
    for found in LABEL.finditer(masked):
        lead = masked[: found.start()].rstrip()
        begins = not lead or any(
            found.start() >= end and not masked[end : found.start()].strip() for end in ends
        )
        if begins or CERTAIN_LABEL.match(masked, found.start()) or text[found.start()].isupper():
            cuts.append((found.start(), found.start(), "label"))
    cuts.sort()
    parts: list[_Part] = []
    start, before, depth, segment = 0, "", 0, 0
    for begin, end, kind in [*cuts, (len(masked), len(masked), "")]:
        if begin < start:
            continue
        parts.append(_Part(*_trimmed(masked, start, begin), before, depth, segment=segment))
        depth = max(0, depth + (kind == "open") - (kind == "close"))
        segment += kind in {"hard", "line", "open", "close", "stop"}
        start, before = end, kind
    return [part for part in parts if part.start < part.end]


def _tail(text: str, masked: str) -> list[tuple[int, int, str]]:
    """Split off what stands at the end with spaces only: "... a ticket @iam-squad 2026-04-22 P2"."""
    cuts: list[tuple[int, int, str]] = []
    end = len(masked)
    for found in reversed(list(re.finditer(r"\S+", masked))):
        known = known_value(text[slice(*_trimmed(masked, *found.span()))], strict=True)
        if known is None or not re.search(r"[\w)`] +$", masked[: found.start()]):
            break
        end = found.start()
        cuts.append((len(masked[:end].rstrip()), end, "hard"))
    return cuts if len(cuts) > 1 else []


def _trimmed(masked: str, start: int, end: int) -> tuple[int, int]:
    while start < end and masked[start] in " \t\n:":
        start += 1
    while end > start and masked[end - 1] in " \t\n.,;:":
        end -= 1
    return start, end


def _field_of(text: str, masked: str, part: _Part) -> Found | None:
    label = LABEL.match(masked, part.start, part.end + 1)
    if label:
        start = min(label.end(), part.end)
        return Found(label_name(label), _clean(text[start : part.end]), start, part.end, labelled=True)
    shown = _clean(text[part.start : part.end])
    known = known_value(shown, strict=part.before in {"line", "stop"})
    if known is None:
        return None
    name, begin, end = known
    start = text.find(shown, part.start) + begin
    return Found(name, shown[begin:end], start, start + end - begin)


def _clean(value: str) -> str:
    shown = re.sub(r"\*\*|~~", "", _LINK.sub(r"\2", value)).strip(" \t\n`*_")
    return _SIGN.sub("", shown)


def _join_values(text: str, parts: list[_Part]) -> None:
    """Let a value run on over a slash, a bracket or the comma of a second name."""
    for number, part in enumerate(parts):
        if (
            part.found is None
            or not part.found.labelled
            or part.found.name not in {"owner", "due", "priority"}
        ):
            continue
        end = part.found.end
        for other in parts[number + 1 :]:
            owners = part.found.name == "owner" and other.before == "comma"
            inside = other.before == "open" and other.depth == part.depth + 1
            if other.found is not None and not (
                owners and other.found.name == "owner" and not other.found.labelled
            ):
                break
            if not (inside or other.before == "slash" or (owners and _is_name(text, other))):
                break
            end = other.end
            other.found = Found("", "", other.start, other.end)
        if end > part.found.end:
            part.found = Found(
                part.found.name, _clean(text[part.found.start : end]), part.found.start, end, labelled=True
            )


def _is_name(text: str, part: _Part) -> bool:
    shown = _clean(text[part.start : part.end])
    return bool(_NAME.match(shown)) and not _NO_NAME.match(shown)


def _read_bare_due(
    text: str, masked: str, parts: list[_Part], fields: list[Found], cut: list[tuple[int, int]]
) -> None:
    """Read "by 1 April" inside a sentence."""
    found = None
    for found in BARE_DUE.finditer(text):
        pass
    if found is None or any(part.found and part.start <= found.start("value") < part.end for part in parts):
        return
    fields.append(Found("due", found["value"], *found.span("value")))
    if not masked[found.end() :].strip(" .,;)") or masked[found.end()] in ").,;":
        cut.append((found.start("label"), found.end()))


def _guess_owner(
    text: str, masked: str, parts: list[_Part], fields: list[Found], cut: list[tuple[int, int]]
) -> None:
    """Take for the owner who is named before the action, behind it, or beside its date or priority."""
    if not {found.name for found in fields} & {"due", "priority"}:
        return
    rest = [part for part in parts if part.found is None]
    if not rest:
        return
    first = rest[0]
    shown = text[first.start : first.end]
    last = _HANDLE_LAST.search(shown) or next(
        (found for part in rest if (found := _HANDLE_LAST.search(text[part.start : part.end]))), None
    )
    whole = masked[first.start :]
    for form in (_HANDLE_FIRST, _TEAM_FIRST):
        found = form.match(whole)
        if found:
            _take(text, first.start, found, fields, cut)
            return
    candidate = _beside(text, rest, parts)
    if candidate:
        fields.append(
            Found("owner", _clean(text[candidate.start : candidate.end]), candidate.start, candidate.end)
        )
        cut.append((candidate.start, candidate.end))
        return
    if last is not None:
        start = text.find(last["who"])
        fields.append(Found("owner", last["who"], start, start + len(last["who"])))
        cut.append((start, start + len(last["who"])))
        return
    found = _NAME_FIRST.match(whole)
    if found and not _AREA.match(found["who"]):
        _take(text, first.start, found, fields, cut)


def _take(
    text: str, base: int, found: re.Match[str], fields: list[Found], cut: list[tuple[int, int]]
) -> None:
    start, end = base + found.start("who"), base + found.end("who")
    fields.append(Found("owner", text[start:end], start, end))
    cut.append((start, base + found.end()))


def _beside(text: str, rest: list[_Part], parts: list[_Part]) -> _Part | None:
    """Find the short name that stands beside a date or a priority and is not the action itself."""
    longest = max(rest, key=lambda part: part.end - part.start)
    for part in rest:
        if part is longest or not _is_name(text, part):
            continue
        number = parts.index(part)
        near = [*parts[max(0, number - 1) : number], *parts[number + 1 : number + 2]]
        known = [other for other in near if other.found and other.found.name]
        alone = sum(other.segment == part.segment for other in rest) == 1
        if known and alone:
            return part
    return None


def _without(text: str, cut: list[tuple[int, int]]) -> str:
    kept = list(text)
    for start, end in cut:
        kept[start:end] = " " * (end - start)
    left = _BOX.sub("", "".join(kept))
    left = re.sub(r"\[\s*\](?:\([^)]*\))?|\(\s*[,;.\s]*\)|``|`\s+`", " ", left)
    left = re.sub(r"(?<!\S)[*_~]{1,2}[:.,]?(?!\S)|(?<=\s)[,;|](?=\s)|(?<=\s)\u2014(?=\W*$)", " ", left)
    left = re.sub(r"\s+[\u00b7|]\s+(?=\s)|(?:\s[\u2014\u2013-]+\s*)+$", " ", left)
    return re.sub(r"\s{2,}", " ", left).strip(" .;,:|\u00b7\u2014\u2013-\n")
