"""Who is to do an action item, where no label says so: the name beside its date, its priority or its verb."""

from __future__ import annotations

import re

from agent.checks.action_words import STOP, VERBS
from agent.checks.field_values import is_plain_word
from agent.checks.item_parts import Found, Part, clean
from agent.checks.pattern import Pattern
from agent.checks.sentence import split_sentences
from agent.checks.subject import HUMAN, Roster, kind_of

_NAME = Pattern(r"^(?:the )?(?:[^\W\d_][\w.'&+/-]*)(?: (?:[\w.'&+/-]+|&)){0,5}$")
_NO_NAME = Pattern(
    r"^(?:this|these|that|those|it|we|our|they|there|here|his|her|its|their|currently|see|e\.g|i\.e|via"
    r"|at|in|on|with|for|from|and|or|not|was|is|are|because|as|like|incl\w*|if|when"
    r"|until|to|per|both|all|also|only|then|so|which|that|instead|etc|today|now|about"
    r"|by|under|over"
    r"|above|below|within|without|using"
    r"|(?:new|old|max|min|same|first|no|done|risk|note|status|effort|cost|size|small|large|blocked"
    r"|agreed|approved|optional|estimate\w*)(?! (?-i:[A-Z])))\b",
    re.IGNORECASE,
)
"""What a phrase begins with and a name does not, unless more of a name follows: "Risk Models"."""
_GROUP = Pattern(r"\b(?:team|squad|guild|tribe|crew|chapter|group|desk|office|ops|folks)\b", re.IGNORECASE)
_AREA = Pattern(
    r"^(?:monitoring|alert(?:ing|s)?|detection|prevention|mitigation|testing|tests?|tooling"
    r"|documentation|docs"
    r"|process|code|infrastructure|infra|config\w*|communication|training|automation|capacity|deploy\w*"
    r"|release"
    r"|(?:short|long|medium)[ -]?term|immediate|follow[- ]?up|action|task|todo|goal|fix|bug|note"
    r"|vendor.*|idea"
    r"|step|option|proposal|question|resilience|observability|recovery|response|rollback|quick win"
    r"|security)s?$",
    re.IGNORECASE,
)
_HANDLE_FIRST = Pattern(r"^(?P<who>@[\w.-]*\w)(?:\s*:\s*|\s+(?:to|will|shall|should|must)\s+)")
_NAME_FIRST = Pattern(r"^(?P<who>[A-Z][\w&'/.-]*(?: [\w&][\w&'/.-]*){0,3})\s*:\s+(?=[^\W\d_])")
_CREW_FIRST = Pattern(
    r"^(?P<who>(?:(?:[\w&-]+-)(?:team|squad|guild|tribe|crew|chapter|group|desk|office|ops))):\s+(?=[^\W\d_])"
)
_CREW_ACTS = Pattern(
    r"^(?:the )?(?P<who>(?:[\w&/-]+ ){1,3}(?:team|squad|guild|tribe|crew|chapter|group|desk"
    r"|office)) (?=[a-z])",
    re.IGNORECASE,
)
"""Behind "By 1 June," only, where the name of a team begins the sentence."""
_TO_BE_DONE = Pattern(
    r"\bto be (?:done|handled|fixed|delivered|carried out|completed|implemented) by (?:the )?"
    r"(?P<who>@[\w.-]*\w|[A-Z][\w&/-]*(?: (?:[A-Z&][\w&/-]*|team|squad|crew|group))*)"
)
_TAKEN_ON = Pattern(
    r"(?:^|(?<=[.!:;,]\s))(?P<who>@[\w.-]*\w|(?:[Tt]he )?[A-Z][\w&'/-]*(?: (?:[A-Z&][\w&'/-]*|of|for"
    r"|team|squad|crew|group|desk)){0,4})"
    r" (?:(?:will|shall|is going to|is to) (?:do|own|take|deliver|handle|drive|see to|look after"
    r"|carry out|implement)"
    r"|owns|takes|has taken|leads|drives|is doing|is responsible for|is on) (?:this|it|that)\b"
)
"""A sentence that says who takes the action on, behind it."""
_TELLS = Pattern(
    r"(?:tell|ask|remind|get|have|let|allow|help|teach|train|coach|invite|urge|require|force|cause"
    r"|want|need|order|send)\b",
    re.IGNORECASE,
)
_PERSON_FIRST = Pattern(
    r"^(?P<who>[A-Z][\w'\u2019.-]*(?: (?:[a-z]{1,3} ){0,2}[A-Z][\w'\u2019.-]*){0,3}(?P<of> \([^()]+\))?)"
    r" (?:to|will|shall) (?!be\b)(?=[a-z])"
)
_TEAM_FIRST = Pattern(
    r"^(?P<who>(?:[Tt]he )?(?:[\w&/-]+ ){1,4}(?:team|squad|guild|tribe|crew|chapter|group|desk|office))"
    r" (?:to|will|shall) "
)
_HANDLE_LAST = Pattern(
    r"(?<!\bto)(?<!\bfor)(?<!\bfrom)(?<!\bwith)(?<!\bby)(?<!\bpage)(?<!\bnotify)(?<!\bping)(?<!\bask)(?<!\btell)"
    r"(?<!\balert)(?<!\band)(?<!\bor)\s(?P<who>@[\w.-]*\w)\W*$"
)


def guess_owner(text: str, masked: str, parts: list[Part]) -> Found | None:
    """Find who is named before the action, beside its date or behind it; None where nobody is."""
    rest = [part for part in parts if part.found is None and not part.joined]
    if not rest or not {part.found.name for part in parts if part.found} & {"due", "priority"}:
        return None
    begin = rest[0].start
    forms = [_HANDLE_FIRST, _TEAM_FIRST, _CREW_FIRST]
    if rest[0] is not parts[0]:
        forms.append(_CREW_ACTS)
    for form in forms:
        found = form.match(masked[begin:])
        if found:
            return _leading(text, begin, found)
    done_by = _TO_BE_DONE.search(text)
    if done_by:
        return Found("owner", done_by["who"], *done_by.span("who"), done_by.span())
    taken = _TAKEN_ON.search(masked)
    if taken:
        return Found("owner", text[slice(*taken.span("who"))], *taken.span("who"), taken.span())
    person = _PERSON_FIRST.match(masked[begin:])
    if person and not _TELLS.match(person["who"]) and (person["of"] or _is_person(person["who"])):
        return _leading(text, begin, person)
    return _beside(text, rest, parts) or _trailing(text, rest) or _named_first(text, masked, begin)


def is_owner_name(text: str) -> bool:
    """Tell whether a whole text is a handle or a name: a few words, most with capitals, or a team."""
    shown = clean(text)
    if shown.startswith("@"):
        return " " not in shown
    if not _NAME.match(shown) or _is_phrase(shown) or _AREA.match(shown):
        return False
    words = shown.split()
    return len(words) < 5 and (
        bool(_GROUP.search(shown)) or all(word[0].isupper() or len(word) < 4 for word in words)
    )


def is_crew_name(text: str) -> bool:
    """Tell whether a whole text is a handle, or names a team by a word for one: "Rail team", "DNS desk"."""
    return is_owner_name(text) and (text.startswith("@") or bool(_GROUP.search(text)))


def is_name(text: str, part: Part) -> bool:
    """Tell whether a part may be a name: few words, the first of them in capitals or the only one."""
    shown = clean(text[part.start : part.end])
    if not _NAME.match(shown) or _is_phrase(shown) or is_plain_word(shown):
        return False
    return shown[0].isupper() or " " not in shown or bool(_GROUP.search(shown))


def _is_phrase(shown: str) -> bool:
    """Tell whether a text begins like a phrase; IT and AT&T are names."""
    first = re.split(r"\W", shown)[0]
    return not (first.isupper() and len(first) > 1) and bool(_NO_NAME.match(shown))


def _leading(text: str, base: int, found: re.Match[str]) -> Found:
    start, end = base + found.start("who"), base + found.end("who")
    return Found("owner", text[start:end], start, end, (start, base + found.end()))


def _named_first(text: str, masked: str, begin: int) -> Found | None:
    found = _NAME_FIRST.match(masked[begin:])
    if found is None or _AREA.match(found["who"]):
        return None
    first, *others = found["who"].split()
    grouped = _GROUP.search(found["who"]) is not None
    low = {word for word in others if word[0].islower()} - {"of", "and"}
    if low and not grouped and (first.lower() in VERBS or low & STOP):
        return None  # "Add limits: ..." says what to do
    return _leading(text, begin, found)


def _is_person(text: str) -> bool:
    """Tell whether the words before "will" or "to" are a name: two of them, or one of somebody known."""
    tokens = split_sentences(text)[0].tokens
    kind = kind_of(list(tokens), Roster())
    return kind in HUMAN or (kind == "unknown" and " " in text)


def _trailing(text: str, rest: list[Part]) -> Found | None:
    """Find a handle behind the action."""
    for part in rest:
        found = _HANDLE_LAST.search(text, part.start, part.end)
        if found:
            return Found("owner", found["who"], *found.span("who"), found.span("who"))
    return None


def _beside(text: str, rest: list[Part], parts: list[Part]) -> Found | None:
    """Find the short name that stands beside a date or a priority and is not the action itself."""
    longest = max(rest, key=lambda part: part.end - part.start)
    for part in rest:
        if part is longest or not is_name(text, part):
            continue
        number = parts.index(part)
        near = [*parts[max(0, number - 1) : number], *parts[number + 1 : number + 2]]
        if _stands_alone(part, rest, parts) and (
            (part is rest[0] and longest is parts[number + 1] and longest.before in {"hard", "slash"})
            or any(other.found for other in near)
        ):
            span = (part.start, part.end)
            return Found("owner", clean(text[slice(*span)]), *span, span)
    return None


def _stands_alone(part: Part, rest: list[Part], parts: list[Part]) -> bool:
    """Tell whether a name is a part of its own, and no member of a list in the action."""
    if sum(other.segment == part.segment for other in rest) == 1:
        return True
    shown = parts[parts.index(part) :][:2]
    slashes = "slash" in {other.before for other in shown}
    return slashes or (len(rest) == 2 and part.before == "comma") or part.before == "slash"
