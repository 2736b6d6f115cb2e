"""Reading the numbers of a sentence: their precision as written, and the words that say what they count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from agent.checks.duration import PER, UNIT_SECONDS, read_lengths
from agent.checks.number_words import ONES, PART_OF, SPELLED
from agent.checks.quantity import EVERY, Bound, Quantity, Span
from agent.checks.stem import STOP, stem
from agent.checks.unit_scale import SCALES, UNIT

_JUST = r"just (?:below|under|short of|shy of|above|over)"
_ABOUT = rf"(?:{_JUST}|about|around|approximately|approx\.?|roughly|nearly|almost|some|close to|~|\u2248)\s*"
_NEAR_BOUND = 0.03
"""How far "just below" may be from what it names, as a part of that."""
_MOST_WORDS = (
    "within|under|less than|fewer than|up to|at most|no more than|no higher than|below|short of|shy of"
    "|(?:never|not) exceed(?:ed|ing)?"
)
_LEAST_WORDS = "over|more than|at least|above|upwards of|in excess of|exceeding|exceeded"
_MOST = rf"(?:{_MOST_WORDS})\s*"
_LEAST = rf"(?:{_LEAST_WORDS})\s*"
_NUMBER = re.compile(
    rf"(?<![\w./])(?<!\d[:-])(?<![A-Za-z]-)"
    rf"(?:(?P<about>{_ABOUT})|(?P<most>{_MOST})|(?P<least>{_LEAST}))?"
    rf"(?P<sign>[-\u2212+])?(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+\.\d+e\d{{1,2}}|\d{{1,200}}(?:\.\d+)?(?:e[+-]\d{{1,2}})?)"
    rf"(?:[\s-]?(?P<unit>{UNIT})(?![A-Za-z0-9])|(?P<glued>[A-Za-z]{{2,14}})(?!\w))?(?![\w]|[.,]\d|-[A-Za-z]*\d)",
    re.IGNORECASE,
)
_COUNTS = "|".join(sorted(SPELLED, key=len, reverse=True))
_COUNT_WORD = re.compile(
    rf"(?<![\w-])(?:(?P<about>{_ABOUT})|(?P<most>{_MOST})|(?P<least>{_LEAST}))?"
    rf"(?P<word>{_COUNTS})"
    r"(?=\s+(?:[a-z][\w-]*\s+){0,2}[a-z][\w-]*s\b)(?!\s+(?:is|was|has|this|its|as|does|thirds|fifths|quarters|(?:up|down|after|in|out|back|side)wards?)\b)",
    re.IGNORECASE,
)
_LOOSE_COUNT = re.compile(
    rf"(?<![\w-])(?P<word>{'|'.join(word for word in SPELLED if word not in ONES[:1])})"
    r"(?= (?:of (?:them|those|these|which)|came|were|from|in|on|for|about|to|at)\b)",
    re.IGNORECASE,
)
_OFTEN = re.compile(r"(?<![\w-])(?P<word>once|twice|thrice)(?![\w-])", re.IGNORECASE)
_SECOND_OF_SEVERAL = re.compile(
    r"a second (?:time|one|attempt|phase|round|wave|pod|replica)\b", re.IGNORECASE
)
_FOLD = re.compile(
    rf"(?<![\w-])(?:(?P<about>{_ABOUT})|(?P<most>{_MOST})|(?P<least>{_LEAST}))?(?P<word>{'|'.join(ONES[1:])}|ten|twenty)-?fold\b",
    re.IGNORECASE,
)
_OFTEN_VALUES = {"once": 1.0, "twice": 2.0, "thrice": 3.0}
_NOT_A_COUNT = re.compile(
    r"\s+(?:the|a|an|as|it|its|this|that|they|more|again|all|every|each)\b", re.IGNORECASE
)
_EXTREMES = frozenset(stem(word) for word in ("reached", "peaked", "maximum", "peak", "highest"))
"""What reached "at most 5" was 5 at its highest."""
_BOUNDED = re.compile(r"\b(?:at least|at|more than|all at) $", re.IGNORECASE)
_PARTS = "|".join(PART_OF)
_SHARE = re.compile(
    rf"(?<![\w-])(?:(?P<about>{_ABOUT})|(?P<most>{_MOST})|(?P<least>{_LEAST}))?"
    rf"(?P<word>(?:a |one )?half|(?:a|one)[ -](?:{_PARTS})|(?:{'|'.join(ONES[1:])})[ -](?:{_PARTS})s)"
    r"\s+of\s+(?!an?\s)",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"\s+times\s+(?:as\b|more\b|less\b|the\b|its\b|\w+er\b)", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween (?P<low>[\w.]+?)(?:\s?%)? and (?P<high>[\w.]*\w)", re.IGNORECASE)
_WIDEST = 2.0
"""How many times its lower end the upper end of a range may be, which else says next to nothing."""
_ORDINAL = re.compile(r"st|nd|rd|th", re.IGNORECASE)
_AT_MOST = re.compile(rf"\b(?:{_MOST_WORDS})\b", re.IGNORECASE)
_AT_LEAST = re.compile(rf"\b(?:{_LEAST_WORDS})\b", re.IGNORECASE)
_RANGE_BEFORE = re.compile(rf"(?P<every>\bevery )?\b(?:\d+|{'|'.join(ONES)}|ten) (?:to|or) $", re.IGNORECASE)
"""The lower end of a range of which only the upper one has the unit: "every seven to eight seconds"."""
_LOW_END = re.compile(
    rf"(?<!from )(?:\bbetween )?\b(?P<low>{'|'.join(ONES)}) (?:and|to|or) "
    rf"(?=(?:{'|'.join(ONES)}|ten) (?!and |hundred|thousand|dozen)[a-z])",
    re.IGNORECASE,
)
"""The lower end of a narrow range in words: "between eight and nine times", "two to three requests"."""
_ONE_IN = re.compile(
    rf"\b(?:one|1) (?:in|out of) (?:every )?(?P<whole>\d+|{_COUNTS})\b"
    r"(?! (?:the|a|an|this|its)\b)",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[A-Za-z_][A-Za-z_]*|[,;()]|\d[\d.]*")


def read_quantities(text: str) -> tuple[tuple[Quantity, ...], tuple[Span, ...]]:
    """Read every number and every duration; blank out clock times, dates and names first."""
    spans: list[Span] = []
    pieces: list[str] = []
    done = 0
    for length in read_lengths(text):
        if _SECOND_OF_SEVERAL.match(text, length.start):
            continue
        before, after = _beside(text, length.start, length.end)
        bound = _bound_of(text[max(0, length.start - 14) : length.start] + length.text)
        seconds, slack = length.length.total_seconds(), length.slack.total_seconds()
        keyed = text[max(0, length.start - 1) : length.start] == "="
        lower = _RANGE_BEFORE.search(text[max(0, length.start - 20) : length.start])
        if lower:
            bound, before = "most", EVERY if lower["every"] else before
        spans.append(Span(length.text, seconds, slack, after, before, bound, keyed, length.start))
        pieces += (text[done : length.start], " " * (length.end - length.start))
        done = length.end
    rest = "".join((*pieces, text[done:]))
    rest = _LOW_END.sub(_blank, rest)
    parts = list(_ONE_IN.finditer(rest))
    rest = _ONE_IN.sub(_blank, rest)
    found = [
        _quantity(match, text)
        for match in _NUMBER.finditer(rest)
        if not _ORDINAL.fullmatch(match.group("glued") or "")
    ]
    found.extend(
        _spelled(match, text, SPELLED[match.group("word").lower()]) for match in _COUNT_WORD.finditer(rest)
    )
    found.extend(_often(match, text) for match in _OFTEN.finditer(rest) if _counts_times(match, rest))
    found.extend(_share(match) for match in _SHARE.finditer(rest))
    found.extend(_fold(match) for match in _FOLD.finditer(rest))
    found.extend(_one_in(match) for match in parts)
    return tuple(_rates(found, text)), tuple(spans)


def _in_range(number: Quantity, low: str) -> Quantity:
    """Let the upper end of "between 9% and 10%" stand for all of the range."""
    least = SPELLED.get(low) or (float(low) if re.fullmatch(r"\d+(?:\.\d+)?", low) else 0.0)
    if not 0 < least < number.value <= least * _WIDEST:
        return number
    scale = number.base / number.value
    middle, half = (least + number.value) / 2 * scale, (number.value - least) / 2 * scale
    return replace(number, base=middle, slack=half * (1 + 1e-9), bound="")


def loose_counts(text: str) -> Iterator[Quantity]:
    """Yield counts in words whose noun is left out: "eight from one and two from the other"."""
    for found in _LOOSE_COUNT.finditer(text):
        value = SPELLED[found["word"].lower()]
        yield Quantity(found.group(), value, "", value, 0.01, spelled=True, at=found.start())


def _rates(numbers: list[Quantity], text: str) -> Iterator[Quantity]:
    """Mark the numbers that are rates; "between five and six a minute" is bounded from both sides."""
    wholes = {
        (found["what"].split()[0].lower(), UNIT_SECONDS[found["unit"].lower()])
        for found in PER.finditer(text)
    }
    between = {found["high"].lower(): found["low"].lower() for found in _BETWEEN.finditer(text)}
    for number in numbers:
        first = (
            re.sub(rf"^(?:{_ABOUT}|{_MOST}|{_LEAST})", "", number.text, flags=re.IGNORECASE)
            .split()[0]
            .lower()
        )
        per = next((seconds for word, seconds in wholes if word == first), 0.0)
        bound: Bound = "most" if per and first in between else number.bound
        ranged = number if per else _in_range(number, between.get(first.rstrip("%"), ""))
        yield replace(number, per=per, bound=bound) if per else ranged


def _counts_times(found: re.Match[str], text: str) -> bool:
    """Tell whether "once" or "twice" is a count, and not "at least once" or "twice the size"."""
    bounded = _BOUNDED.search(text[max(0, found.start() - 12) : found.start()])
    return not bounded and not _NOT_A_COUNT.match(text, found.end())


def _bound_of(text: str) -> Bound:
    return "most" if _AT_MOST.search(text) else "least" if _AT_LEAST.search(text) else ""


def _beside(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the stems of the nearest telling words before and after, not across a stop."""
    before = ""
    for found in reversed(list(_WORDS.finditer(text, max(0, start - 40), start))):
        word = found.group()
        if word in ",;()" or word[0].isdigit():
            break
        if word.lower() not in STOP or word.lower() == EVERY:
            before = stem(word) if word.lower() != EVERY else EVERY
            break
    after = ""
    for found in _WORDS.finditer(text, end, end + 40):
        word = found.group()
        if word in ",;()" or word[0].isdigit() or text[found.end() : found.end() + 1] == "=":
            break
        if word.lower() not in STOP:
            after = stem(word)
            break
    return before, after


def _quantity(found: re.Match[str], text: str) -> Quantity:
    written = found.group("number").replace(",", "")
    value = float(written) * (-1 if found.group("sign") in {"-", "\u2212"} else 1)
    kind, scale = SCALES.get((found.group("unit") or "").lower(), ("", 1.0))
    decimals = len(written.partition(".")[2].partition("e")[0])
    slack = 0.5 * 10**-decimals * scale
    bound = _bound_in(found) if _is_round(written) else ""
    if found.group("about"):
        near = _NEAR_BOUND if re.match(_JUST, found.group("about"), re.IGNORECASE) else 0.1
        slack = max(slack, abs(value) * scale * near)
    before, after = _beside(text, found.start(), found.end())
    if found.group("glued"):
        after = stem(found.group("glued"))
    slack = slack * (1 + 1e-9) + 1e-12
    keyed = text[max(0, found.start() - 1) : found.start()] == "="
    if bound == "most" and before in _EXTREMES:
        bound = ""
    return Quantity(
        found.group().strip(),
        value,
        kind,
        value * scale,
        slack,
        after,
        before,
        bound,
        keyed=keyed,
        at=found.start(),
    )


def _is_round(written: str) -> bool:
    """Tell whether somebody may have chosen a number as a bound: it has one digit, or ends in 0 or 5."""
    digits = written.partition("e")[0].replace(".", "").lstrip("0")
    return len(digits) < 2 or digits[-1] in "05"


def _bound_in(found: re.Match[str]) -> Bound:
    return "most" if found.group("most") else "least" if found.group("least") else ""


def _spelled(found: re.Match[str], text: str, value: float) -> Quantity:
    before, after = _beside(text, found.start(), found.end())
    phrase = re.match(r"\s+(?:[\w-]+\s+){0,2}?[\w-]+", text[found.end() :])
    words = found.group() + (phrase.group() if phrase else "")
    slack = max(0.01, value * 0.1) if found.group("about") else 0.01
    kind = "times" if after == stem("times") else ""
    if kind and _COMPARED.match(text, found.end()):
        kind, slack = "ratio", max(slack, 0.5, value * 0.1)
    high_end = _LOW_END.search(text[max(0, found.start() - 30) : found.end() + 2])
    bound: Bound = "most" if high_end else _bound_in(found)
    return Quantity(
        words.strip(), value, kind, value, slack, after, before, bound, spelled=True, at=found.start()
    )


def _often(found: re.Match[str], text: str) -> Quantity:
    value = _OFTEN_VALUES[found.group("word").lower()]
    before, _ = _beside(text, found.start(), found.end())
    return Quantity(found.group(), value, "times", value, 0.01, "", before, spelled=True, at=found.start())


def _share(found: re.Match[str]) -> Quantity:
    count, _, part = found.group("word").lower().replace("-", " ").rpartition(" ")
    value = 100 * (ONES.index(count) + 1 if count in ONES else 1) / PART_OF.get(part.removesuffix("s"), 2)
    slack = value * (0.2 if found.group("about") else 0.1)
    return Quantity(
        found.group().strip(),
        value,
        "percent",
        value,
        slack,
        "",
        "",
        _bound_in(found),
        spelled=True,
        at=found.start(),
    )


def _fold(found: re.Match[str]) -> Quantity:
    value = float(SPELLED[found["word"].lower()])
    slack = value * 0.1 if found["about"] else 0.5
    return Quantity(
        found.group().strip(),
        value,
        "ratio",
        value,
        slack,
        bound=_bound_in(found),
        spelled=True,
        at=found.start(),
    )


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


def _one_in(found: re.Match[str]) -> Quantity:
    """Read "one in five" as a share."""
    word = found.group("whole").lower()
    value = 100 / (SPELLED.get(word) or float(word))
    return Quantity(found.group(), value, "percent", value, value * 0.1, spelled=True, at=found.start())
