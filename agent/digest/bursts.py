"""Whether a count rose in some stretch after the onset more than its own unrest explains."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pvariance

from agent.digest.novelty import Novelty, Verdict, upper_tail

ALPHA = 1e-3
RATIO = 1.5
"""A rise below this is not called a burst, however certain it is."""
_FEW = 8


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts in slots of equal width: those before the onset, and those from it on."""

    before: Sequence[int]
    after: Sequence[int]


def counts(buckets: Mapping[int, int], first: int, onset: int, last: int) -> Counts:
    """Lay out a pattern's slots from `first` to `last`; slots without a record count as zero."""
    return Counts(
        [buckets.get(slot, 0) for slot in range(first, onset)],
        [buckets.get(slot, 0) for slot in range(onset, last + 1)],
    )


def dispersion(series: Sequence[int]) -> float:
    """Estimate variance over mean, at least 1, as the largest of several slot widths.

    Bursty and drifting logs vary more in wide slots than a Poisson count would; widths of one slot up to an
    eighth of the series are tried, those with under one record a slot or fewer than eight slots left out.
    """
    found = 1.0
    width = 1
    while len(series) // width >= _FEW:
        sums = [sum(series[at : at + width]) for at in range(0, len(series) - width + 1, width)]
        mean = fmean(sums)
        if mean >= 1:
            # a variance from n slots is uncertain by about sqrt(2 / n); what that explains is no unrest
            excess = pvariance(sums) / mean - 2 * math.sqrt(2 / len(sums))
            found = max(found, excess)
        width *= 2
    return found


def strongest(found: Counts) -> tuple[float, float]:
    """Find the stretch after the onset that rose the most: its p-value for all tried, and its ratio.

    Conditional binomial test of two rates on counts divided by the dispersion (quasi-Poisson); stretches are
    the whole, its halves, quarters and eighths, shifted by half of their length; Bonferroni over them.
    """
    total_before, slots_before = sum(found.before), len(found.before)
    if not slots_before or not found.after or not total_before:
        return 1.0, 1.0
    unrest = dispersion(found.before)
    best, ratio, tried = 1.0, 1.0, 0
    for low, high in _stretches(len(found.after)):
        tried += 1
        inside = sum(found.after[low:high])
        rate = (inside / (high - low)) / (total_before / slots_before)
        if rate < RATIO:
            continue
        share = (high - low) / (high - low + slots_before)
        k, n = math.floor(inside / unrest), math.floor((inside + total_before) / unrest)
        p = upper_tail(k, n, share)
        if p < best:
            best, ratio = p, rate
    return min(1.0, best * tried), ratio


def _stretches(length: int) -> list[tuple[int, int]]:
    found = [(0, length)]
    for part in (2, 4, 8):
        size = length // part
        if size >= 1:
            step = max(1, size // 2)
            found += [(at, at + size) for at in range(0, length - size + 1, step)]
    return found


def revised(verdict: Verdict, found: Counts) -> Verdict:
    """Call a burst what rose in some stretch, and take it back where the log's own unrest explains it."""
    if verdict.novelty not in {"burst", "steady", "changed"} or not sum(found.before):
        return verdict
    p_value, ratio = strongest(found)
    if p_value < ALPHA and ratio >= RATIO:
        return Verdict("burst", p_value, ratio)
    novelty: Novelty = "steady" if verdict.novelty == "burst" else verdict.novelty
    return Verdict(novelty, p_value if verdict.novelty == "burst" else verdict.p_value, verdict.ratio)
