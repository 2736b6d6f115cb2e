"""How many times over a level is said to have changed: doubled, nearly tripled, a rise by a quarter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from agent.checks.attribution import by_name
from agent.checks.clause import meant_by
from agent.checks.evidence_text import number_of
from agent.checks.number_reading import read_quantities

if TYPE_CHECKING:
    from agent.checks.support import Support
    from agent.schema.evidence import Evidence

_FACTORS = {"doubled": 2.0, "tripled": 3.0, "quadrupled": 4.0, "halved": 0.5}
_VERBS = "|".join(_FACTORS)
MULTIPLIED = re.compile(rf"{_VERBS}", re.IGNORECASE)
_MULTIPLE = re.compile(
    rf"\b(?P<how>(?:more than|over|at least|almost|nearly|not quite) )?(?P<verb>{_VERBS})\b", re.IGNORECASE
)
_PARTS = {
    "a tenth": 0.1,
    "a fifth": 0.2,
    "a quarter": 0.25,
    "a third": 1 / 3,
    "two fifths": 0.4,
    "half": 0.5,
    "three fifths": 0.6,
    "two thirds": 2 / 3,
    "three quarters": 0.75,
}
_BY_PART = re.compile(
    r"\b(?P<verb>rise|rose|rising|grew|growth|increased?|up|fall|fell|dropp?(?:ed)?|decreased?|shrank|down) "
    rf"(?:by|of) (?P<how>about |around |roughly |nearly |almost |over |more than |at least )?"
    rf"(?P<part>{'|'.join(_PARTS)})\b(?! (?:of )?an? )",
    re.IGNORECASE,
)
_FROM_TO = re.compile(
    r"\bfrom (?:about |around )?(?P<low>\d[\d.,]*\s?[a-zA-Z%/]{0,3}) to "
    r"(?:about |around )?(?P<high>\d[\d.,]*\s?[a-zA-Z%/]{0,3})"
)
_UNITLESS = re.compile(r"[\d.,]+\s?")
_OTHER_CLAUSE = re.compile(
    r"[;:.]\s|,\s+(?:its?|their|they|the)\b|\b(?:while|whereas|and|but|before|after|although|though|when|once"
    r"|until|because|as)\b",
    re.IGNORECASE,
)
_OPEN = frozenset({"more than", "over", "at least"})
"""Words that say how much at least, and not how much at most."""
_STEEPEST = re.compile(
    r"\bthe (?:steepest|largest|biggest|sharpest)(?: rise| increase)? of (?:the|all|these)\b", re.IGNORECASE
)
_LEAST, _MOST = 0.75, 1.35
"""Parts of the factor between which people still say "doubled"."""
_NEAR = 0.2
"""How far from the share that is said the change may be, as a part of it."""


def miscounted(text: str, support: Support) -> Iterator[str]:
    """Yield "doubled", "a rise by a quarter" and the like where no change that may be meant is of that size.

    The change is that of the sentence's own "from A to B", else of the cited metrics that the clause means.
    """
    for found in _MULTIPLE.finditer(text):
        ratios = list(_ratios(text, found, support))
        if ratios and not any(_fits(ratio, found) for ratio in ratios):
            yield found.group().strip()
    for found in _BY_PART.finditer(text):
        part = _PARTS[found["part"].lower()]
        ratios = list(_ratios(text, found, support))
        if ratios and not any(_is_part(abs(ratio - 1), part, found) for ratio in ratios):
            yield found.group()


def not_steepest(text: str, support: Support) -> Iterator[str]:
    """Yield "the steepest of the three" where a cited metric rose more than the one named before it."""
    metrics = [item for item in support.items if _changes_of(item)]
    for found in _STEEPEST.finditer(text):
        meant = by_name(text[: found.start()], metrics)
        if meant and max(map(_steepness, meant)) < max(map(_steepness, metrics)):
            yield found.group()


def _steepness(item: Evidence) -> float:
    return max(_changes_of(item))


def _fits(ratio: float, found: re.Match[str]) -> bool:
    factor = _FACTORS[found["verb"].lower()]
    how = (found["how"] or "").strip().lower()
    if how in _OPEN:
        return factor <= ratio if factor > 1 else ratio <= factor
    return factor * _LEAST <= ratio <= factor * _MOST


def _is_part(change: float, part: float, found: re.Match[str]) -> bool:
    if (found["how"] or "").strip().lower() in _OPEN:
        return change >= part * (1 - _NEAR)
    return abs(change - part) <= _NEAR * part


def _ratios(text: str, found: re.Match[str], support: Support) -> Iterator[float]:
    """Yield level after by level before of each change that a word may mean; none where that is open."""
    pair = _pair_of(text, found)
    if pair is not None:
        low, high = _values(pair)
        if low and high is not None:
            yield high / low
        return
    if any(item.kind not in {"M", "T"} for item in support.items) or support.facts:
        return
    yield from (ratio for item in meant_by(text, found, list(support.items)) for ratio in _changes_of(item))


def _pair_of(text: str, verb: re.Match[str]) -> re.Match[str] | None:
    """Return the "from A to B" that stands in the clause of a verb, behind it rather than before it."""
    pairs = list(_FROM_TO.finditer(text))
    behind = (
        pair for pair in pairs if pair.start() >= verb.end() and not _breaks(text[verb.end() : pair.start()])
    )
    ahead = (
        pair for pair in pairs if pair.end() <= verb.start() and not _breaks(text[pair.end() : verb.start()])
    )
    return next(behind, None) or next(ahead, None)


def _breaks(between: str) -> bool:
    """Tell whether another clause begins; a comma alone, as in "doubled, from 1 to 2", begins none."""
    return bool(_OTHER_CLAUSE.search(between))


def _values(pair: re.Match[str]) -> tuple[float | None, float | None]:
    """Return both levels; one that stands without a unit has that of the other: "from 500 to 1000 ms"."""
    low, high = (_UNITLESS.fullmatch(pair[name]) for name in ("low", "high"))
    units = [_unit(pair[name]) for name in ("low", "high")]
    return (
        _value(pair["low"] + units[1] if low else pair["low"]),
        _value(pair["high"] + units[0] if high else pair["high"]),
    )


def _unit(written: str) -> str:
    return " " + written.lstrip("0123456789., ")


def _value(written: str) -> float | None:
    numbers, spans = read_quantities(written.strip().rstrip(".,"))
    return spans[0].seconds if spans else numbers[0].base if numbers else None


def _changes_of(item: Evidence) -> Sequence[float]:
    before, *others = (number_of(item.attributes.get(key, "")) for key in ("before", "after", "peak"))
    return [level / before for level in others if level is not None] if before else []
