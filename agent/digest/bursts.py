"""Whether a count rose in some stretch after the onset more than its own unrest explains."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import fmean, median

from agent.digest.novelty import Novelty, Verdict, upper_tail

ALPHA = 1e-2
"""Chance of a burst where nothing changed, of one pattern and all stretches together."""
RATIO = 1.4
"""A rise below this is not called a burst, however certain it is."""
OVER_BUSIEST = 1.15
"""A burst is so much above the busiest stretch of its length before the onset."""
LEAST = 4
"""Records after the onset below which nothing is called a burst."""
_FEW = 8
_SURE = 2.5
_BUSY = 100
"""Records before the onset that make a pattern a measure of the common rise."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts in slots of equal width: those before the onset, and those from it on."""

    before: Sequence[int]
    after: Sequence[int]


@dataclass(frozen=True, slots=True)
class ScanWindow:
    """Slots after the onset, and its share of the chance of error."""

    low: int
    high: int
    weight: float

    @property
    def length(self) -> int:
        """Slots in it."""
        return self.high - self.low


Tide = Mapping[int, Mapping[ScanWindow, float]]
"""Slots after the onset -> stretch -> by how much all patterns rose in it."""


def counts(buckets: Mapping[int, int], first: int, onset: int, last: int) -> Counts:
    """Lay out a pattern's slots from `first` to `last`; slots without a record count as zero."""
    return Counts(
        [buckets.get(slot, 0) for slot in range(first, onset)],
        [buckets.get(slot, 0) for slot in range(onset, last + 1)],
    )


def dispersion(series: Sequence[int]) -> float:
    """Estimate variance over mean, at least 1, as the largest of several slot widths.

    Bursty and drifting logs vary more in wide slots than a Poisson count would; widths of one slot up to an
    eighth of the series are tried. An estimate from n slots counts when it is _SURE standard errors, each of
    sqrt(2 / (n - 1)), above that of a Poisson count, which is 1.
    """
    found = 1.0
    width = 1
    while len(series) // width >= _FEW:
        sums = _sums(series, width, width)
        mean = fmean(sums)
        if mean * len(sums) >= _FEW:
            estimate = _variance(sums) / mean
            if estimate > 1 + _SURE * math.sqrt(2 / (len(sums) - 1)):
                found = max(found, estimate)
        width *= 2
    return found


def _variance(values: Sequence[int]) -> float:
    """Sample variance, exact but for its last digit; in whole numbers, as statistics.variance is slow."""
    many = len(values)
    return (many * sum(value * value for value in values) - sum(values) ** 2) / (many * (many - 1))


def clumping(series: Sequence[int]) -> float:
    """Estimate how many records come at once, at least 1, from the share of slots that hold any.

    Of records that come singly at a rate of r a slot, a share of 1 - exp(-r) of the slots holds some.
    """
    held = sum(count > 0 for count in series)
    if not held or held > 0.8 * len(series):
        return 1.0
    return max(1.0, sum(series) / len(series) / -math.log1p(-held / len(series)))


def windows(length: int) -> list[ScanWindow]:
    """List what is searched: the whole, its halves, quarters and eighths, shifted by half of their length.

    Those that begin with the onset are likelier to hold what happened and share half of the chance of error.
    """
    spans = [(0, length)]
    for part in (2, 4, 8):
        if size := length // part:
            spans += [(at, at + size) for at in range(0, length - size + 1, max(1, size // 2))]
    first = sum(low == 0 for low, _ in spans)
    later = len(spans) - first
    share = 0.5 if later else 1.0
    return [ScanWindow(low, high, share / (later if low else first)) for low, high in spans]


def strongest(found: Counts, tide: Tide | None = None) -> tuple[float, float]:
    """Find the stretch after the onset that rose the most: its p-value for all tried, and its ratio.

    Conditional binomial test of two rates (Przyborowski and Wilenski 1940) on counts divided by their
    dispersion (quasi-Poisson), weighted Bonferroni over the stretches. `tide` is by how much each stretch
    rose in common; so much is expected.
    """
    total, slots = sum(found.before), len(found.before)
    if not total or sum(found.after) < LEAST:
        return 1.0, 1.0
    common = (tide or {}).get(len(found.after), {})
    unrest = max(dispersion(found.before), clumping(found.before))
    busiest: dict[int, int] = {}
    best, ratio = 1.0, 1.0
    for window in windows(len(found.after)):
        part = found.after[window.low : window.high]
        expected = common.get(window, 1.0)
        inside, length = sum(part), window.length
        rate = inside / length / (total / slots * expected)
        if rate < RATIO:
            continue
        if length not in busiest:
            busiest[length] = max(_sums(found.before, length, 1), default=0)
        if inside < OVER_BUSIEST * busiest[length]:
            continue
        noise = max(unrest, clumping(part))
        exposure = length * expected
        p = upper_tail(
            math.floor(inside / noise), math.floor((inside + total) / noise), exposure / (exposure + slots)
        )
        if p / window.weight < best:
            best, ratio = p / window.weight, rate
    return best, ratio


def tides(patterns: Sequence[Counts]) -> Tide:
    """Tell by how much each stretch rose in common: the median over busy patterns, at least 1.

    More traffic makes everything more frequent; with fewer than five busy patterns nothing is known of it.
    """
    busy: dict[int, list[Counts]] = {}
    for pattern in patterns:
        if sum(pattern.before) >= _BUSY and pattern.after:
            busy.setdefault(len(pattern.after), []).append(pattern)
    return {
        length: {window: max(1.0, median(_rise(one, window) for one in many)) for window in windows(length)}
        for length, many in busy.items()
        if len(many) >= 5
    }


def _rise(pattern: Counts, window: ScanWindow) -> float:
    rate = sum(pattern.after[window.low : window.high]) / window.length
    return rate / (sum(pattern.before) / len(pattern.before))


def revised(verdict: Verdict, found: Counts, tide: Tide | None = None) -> Verdict:
    """Call a burst what rose in some window, and take it back where the log's own unrest explains it."""
    if verdict.novelty not in {"burst", "steady", "changed"} or not sum(found.before):
        return verdict
    p_value, ratio = strongest(found, tide)
    if p_value < ALPHA:
        return Verdict("burst", p_value, ratio)
    novelty: Novelty = "steady" if verdict.novelty == "burst" else verdict.novelty
    return Verdict(novelty, p_value if verdict.novelty == "burst" else verdict.p_value, verdict.ratio)


def _sums(series: Sequence[int], width: int, step: int) -> list[int]:
    total = [0, *accumulate(series)]
    return [total[at + width] - total[at] for at in range(0, len(series) - width + 1, step)]
