"""Whether the values of a parameter changed with the onset: another word dominates, or a measure moved."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TypeVar

from agent.digest import parameters
from agent.digest.logs import Place
from agent.digest.parameters import Sample
from agent.digest.picks import UNDATED
from agent.digest.quantities import Quantity

ALPHA = 1e-2
"""Chance of any false change in one bundle, over all parameters that are compared (Bonferroni)."""
LEAST = 20
"""Records on each side below which nothing is compared."""
_BLOCKS = 6
"""Stretches of the baseline, alike in size, that show how much a parameter varies by itself."""
_DOMINANT = 0.5
_GAIN = 0.3
"""A word is news when it has at least this share, and so much more than before."""
_FACTOR = 1.5
"""A measure is news when its median is so many times what it was, or a part of it."""
_TREND = 0.5
"""Rank correlation with time before the onset from which a measure is a counter or drifts by itself."""
_MOST_ALIKE = 0.97


@dataclass(frozen=True, slots=True)
class Changed:
    """A parameter whose values differ on both sides of the onset."""

    name: str
    p_value: float
    """Of this parameter, times the number of parameters compared."""
    before: str
    after: str
    value: str
    """The word that dominates now; empty for a measure."""
    counts: tuple[int, int]
    """Records compared before and since the onset."""
    telling: tuple[Place, ...]
    size: float
    """How much it changed: gain of a share, or log2 of a factor over 5, at most 1."""


def changes(found: Sequence[Sequence[Sample]], onset: float) -> list[list[Changed]]:
    """Compare every parameter of every pattern, given as samples in order of time."""
    tested = [list(_tested(samples, onset)) for samples in found]
    many = sum(len(each) for each in tested)
    return [[changed for item in each if (changed := item.judged(many)) is not None] for each in tested]


@dataclass(frozen=True, slots=True)
class _Test:
    """One parameter with its samples on both sides, in order of time."""

    name: str
    before: Sequence[Sample]
    after: Sequence[Sample]

    def judged(self, many: int) -> Changed | None:
        old, new = ([s.values[self.name] for s in side] for side in (self.before, self.after))
        sizes = parameters.measures(self.name, [*old, *new])
        if sizes is None:
            return self._dominated(old, new, many)
        return self._moved(sizes[: len(old)], sizes[len(old) :], many)

    def _dominated(self, old: Sequence[str], new: Sequence[str], many: int) -> Changed | None:
        value, hits = min(Counter(new).items(), key=lambda item: (-item[1], item[0]))
        share, usual = hits / len(new), old.count(value) / len(old)
        most = max(block.count(value) / len(block) for block in _blocks(old))
        if share < _DOMINANT or share - usual < _GAIN or share - most < _GAIN / 2:
            return None
        if len(set(old)) > 0.5 * len(old):
            return None  # ids, of which one came often in a stretch
        noise = _inflation(max(_stickiness(old), _stickiness(new)))
        drawn = [math.floor(count / noise) for count in (hits, len(new), old.count(value), len(old))]
        p = many * _more_often(*drawn)
        if p >= ALPHA:
            return None
        first = next(sample.place for sample in self.after if sample.values[self.name] == value)
        said = f"{parameters.percent(old.count(value), len(old))}"
        return Changed(
            self.name, p, said, parameters.percent(hits, len(new)), value, (len(old), len(new)), (first,),
            share - usual,
        )  # fmt: skip

    def _moved(self, old: Sequence[Quantity], new: Sequence[Quantity], many: int) -> Changed | None:
        was, now = [item.value for item in old], [item.value for item in new]
        usual, middle = median(was), median(now)
        middles = [median(block) for block in _blocks(was)]
        factor = _factor(usual, middle)
        if factor < _FACTOR or _near(middle, min(middles), max(middles)) or _trend(was) >= _TREND:
            return None
        noise = _inflation(max(_following(was), _following(now)))
        p = many * _rank_sum(was, now, noise)
        if p >= ALPHA:
            return None
        far = max(range(len(now)), key=lambda at: (abs(now[at] - usual), -at))
        unit = new[0].unit
        return Changed(
            self.name, p, Quantity(usual, unit).spoken(), Quantity(middle, unit).spoken(), "",
            (len(old), len(new)), (self.after[far].place,), min(1.0, math.log2(min(factor, 32.0)) / 5),
        )  # fmt: skip


def _tested(samples: Sequence[Sample], onset: float) -> Iterator[_Test]:
    dated = [sample for sample in samples if sample.second != UNDATED]
    names = dict.fromkeys(name for sample in dated for name in sample.values)
    for name in names:
        having = [sample for sample in dated if name in sample.values]
        before = [sample for sample in having if sample.second < onset]
        after = having[len(before) :]
        if len(before) >= LEAST and len(after) >= LEAST:
            values = {sample.values[name] for sample in having}
            if len(values) > 1:
                yield _Test(name, before, after)


_Value = TypeVar("_Value", str, float)


def _blocks(values: Sequence[_Value]) -> list[Sequence[_Value]]:
    size = max(5, -(-len(values) // _BLOCKS))
    return [values[at : at + size] for at in range(0, len(values) - size // 2, size)]


def _more_often(hits: int, new: int, usual: int, old: int) -> float:
    """P of so many hits or more among the new, given all hits: Fisher's exact test, one-sided."""
    total, most = hits + usual, min(new, hits + usual)

    def ways(n: int, k: int) -> float:
        return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)

    whole = ways(new + old, new)
    terms = [ways(total, k) + ways(new + old - total, new - k) - whole for k in range(hits, most + 1)]
    return min(1.0, math.fsum(math.exp(term) for term in terms))


def _near(value: float, low: float, high: float) -> bool:
    """Say whether a value lies in a range made wider on both sides by half its width, by factor if it can."""
    if low > 0:
        return low * math.sqrt(low / high) <= value <= high * math.sqrt(high / low)
    room = (high - low) / 2
    return low - room <= value <= high + room


def _factor(usual: float, now: float) -> float:
    """Give how many times the larger is the smaller; without bound where one is zero or the signs differ."""
    if usual == now:
        return 1.0
    small, large = sorted((abs(usual), abs(now)))
    return math.inf if small == 0 or usual * now < 0 else large / small


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=lambda at: values[at])
    ranks = [0.0] * len(values)
    at = 0
    while at < len(order):
        end = at
        while end + 1 < len(order) and values[order[end + 1]] == values[order[at]]:
            end += 1
        for place in range(at, end + 1):
            ranks[order[place]] = (at + end) / 2 + 1
        at = end + 1
    return ranks


def _trend(values: Sequence[float]) -> float:
    """Spearman's rank correlation of values with their order, without its sign; 0 where all are alike.

    What repeats a word for long and then another, such as a level in steps, has one too.
    """
    ranks = _ranks(values)
    middle = (len(values) + 1) / 2
    spread = sum((rank - middle) ** 2 for rank in ranks)
    if not spread or all(a == b for a, b in pairwise(values)):
        return 0.0
    even = (len(values) ** 3 - len(values)) / 12
    together = sum((rank - middle) * (at + 1 - middle) for at, rank in enumerate(ranks))
    return abs(together) / math.sqrt(spread * even)


def _stickiness(words: Sequence[str]) -> float:
    """Tell how much more often than by chance a word follows itself, from 0 to 1 (Cohen's kappa at lag 1)."""
    chance = sum((count / len(words)) ** 2 for count in Counter(words).values())
    same = sum(a == b for a, b in pairwise(words)) / (len(words) - 1)
    return max(0.0, (same - chance) / (1 - chance)) if chance < 1 else 0.0


def _following(values: Sequence[float]) -> float:
    """Autocorrelation of ranks at lag 1, at least 0."""
    ranks = _ranks(values)
    middle = (len(values) + 1) / 2
    spread = sum((rank - middle) ** 2 for rank in ranks)
    together = sum((a - middle) * (b - middle) for a, b in pairwise(ranks))
    return max(0.0, together / spread) if spread else 0.0


def _inflation(correlation: float) -> float:
    """Give the factor by which neighbours that are alike make a sample worth less (that of an AR(1) mean)."""
    held = min(correlation, _MOST_ALIKE)
    return (1 + held) / (1 - held)


def _rank_sum(old: Sequence[float], new: Sequence[float], noise: float) -> float:
    """Two-sided p-value of the rank sum test (Mann and Whitney 1947), normal with correction for ties.

    The variance is multiplied by `noise`.
    """
    ranks = _ranks([*old, *new])
    n, m = len(old), len(new)
    u = sum(ranks[n:]) - m * (m + 1) / 2
    ties = Counter(ranks)
    total = n + m
    tied = sum(count**3 - count for count in ties.values()) / (total * (total - 1))
    variance = n * m / 12 * (total + 1 - tied)
    variance *= noise
    if variance <= 0:
        return 1.0
    z = max(0.0, abs(u - n * m / 2) - 0.5) / math.sqrt(variance)
    return min(1.0, math.erfc(z / math.sqrt(2)))
