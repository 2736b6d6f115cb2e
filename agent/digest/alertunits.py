"""Units that alerts state beside a metric whose own name tells none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from agent.digest.metrics import Move

_VALUE = re.compile(
    r"(?P<value>\d+(?:\.\d+)?)\s?(?P<unit>ms|µs|us|s|%|bytes|[KMG]i?B|m?cores|[prq]ps|/s)(?![\w/])"
)
_ASIDE = re.compile(r"\([^)]*\)")
"""What stands in brackets is mostly the change in percent."""
_NEAR = 2.0
"""Factor within which a stated value is one of the series; a unit of a thousandth is none."""


def stated(texts: Iterable[str], moves: Sequence[Move]) -> dict[str, str]:
    """Give units by metric, where every alert that states a value of it has the same and the values agree."""
    told = list(texts)
    levels: dict[str, list[float]] = {}
    for move in moves:
        if not (move.meaning.unit or move.samples.rate):
            item = move.excursion
            levels.setdefault(move.column.series.metric, []).extend((item.before, item.after, item.peak))
    found: dict[str, str] = {}
    for metric, seen in levels.items():
        values = [pair for text in told for pair in _values(metric, text)]
        near = any(_alike(value, level) for value, _ in values for level in seen)
        if near and len({unit for _, unit in values}) == 1:
            found[metric] = values[0][1]
    return {metric: unit for metric in levels if (unit := unit_of(metric, found))}


def unit_of(metric: str, known: Mapping[str, str]) -> str:
    """Give the unit known of a metric or of another quantile of the same measure; empty where none is."""
    if unit := known.get(metric):
        return unit
    alike = {unit for name, unit in known.items() if _family(name) == _family(metric)}
    return alike.pop() if len(alike) == 1 else ""


def _family(metric: str) -> str:
    """Name a metric without the rank of a quantile."""
    return re.sub(r"(?<![A-Za-z])p\d{2,3}(?!\d)", "p", metric)


def _values(metric: str, text: str) -> Iterator[tuple[float, str]]:
    """Yield what is stated behind "metric:", up to the next metric or the end of the clause."""
    for named in re.finditer(rf"(?<![A-Za-z0-9_]){re.escape(metric)}\s*[:=]", text):
        clause = re.split(r"[;\n]|(?<=\s)\|(?=\s*[\w.]+\s*:)", text[named.end() :], maxsplit=1)[0]
        for value in _VALUE.finditer(_ASIDE.sub(" ", clause[:200])):
            yield float(value["value"]), value["unit"].replace("us", "µs")


def _alike(value: float, level: float) -> bool:
    low, high = sorted((abs(value), abs(level)))
    return low > 0 and high / low <= _NEAR
