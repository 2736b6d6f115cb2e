"""Where the level of a short series changes; pure Python, no tuning a series.

CUSUM binary segmentation. The scale is the MAD of first differences (a step does not move it), with floors so
that nothing is divided by zero; the variance is inflated by the residual's lag-1 autocorrelation; cuts whose
medians differ by less than 1.5 sigma are dropped. A cut that is a jump on its own ground (five samples
on either side) counts without inflation by what lies farther away, so that a step and its recovery are found.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from statistics import median

_CRITICAL = 1.75
"""Supremum of the standardised CUSUM bridge that chance exceeds in about 0.4 % of healthy series."""
_LEAST_SEGMENT = 3
_EPISODE_CRITICAL = 6.0
_MOST_EPISODE = 300
_MOST_SEGMENTS = 24
LEAST_NOISE = 1e-12
"""Floor of the noise of a series that is zero throughout."""


def noise(values: Sequence[float]) -> float:
    """Robust spread of the noise; never zero for a series that has any size.

    A series that repeats its values (scraped more slowly than it is listed) is judged by the steps it takes.
    Floors: a thousandth of the typical level, and for series that mostly repeat one value the mean size of
    their first differences, so that one odd sample does not count as infinitely far away.
    """
    if len(values) < 2:
        return max(abs(values[0]) * 1e-3, LEAST_NOISE) if values else LEAST_NOISE
    steps = [abs(b - a) for a, b in itertools.pairwise(values)]
    moved = [step for step in steps if step > 0]
    lively = len(moved) >= max(4, 0.1 * len(steps))
    spread = 1.4826 * median(moved if lively and median(steps) == 0 else steps) / math.sqrt(2)
    trimmed = sorted(steps)[: max(1, math.ceil(len(steps) * 0.95))]
    mean_step = sum(trimmed) / len(trimmed) / math.sqrt(2)
    scale = median([abs(value) for value in values])
    return max(spread, 0.5 * mean_step, 1e-3 * scale, LEAST_NOISE)


def cuts(values: Sequence[float], *, sigma: float) -> list[int]:
    """Find the samples at which a new level begins; `sigma` is the noise in the series' unit."""
    if len(values) < 2 * _LEAST_SEGMENT:
        return []
    centre = median(values)
    return _drop_small(values, _split([(value - centre) / sigma for value in values]), sigma)


def _split(scaled: Sequence[float]) -> list[int]:
    values = [max(-12.0, min(12.0, value)) for value in scaled]
    rho = _correlation(values)
    cuts: list[int] = []
    pending = [(0, len(scaled))]
    while pending and len(cuts) < _MOST_SEGMENTS:
        start, end = pending.pop()
        found = _best_cut(values, scaled, (start, end), rho) or _episode(values, start, end)
        cuts.extend(found)
        edges = [start, *found, end]
        pending.extend(itertools.pairwise(edges) if found else ())
    return sorted(cuts)


def _best_cut(
    values: Sequence[float], scaled: Sequence[float], stretch: tuple[int, int], rho: float
) -> tuple[int, ...]:
    start, end = stretch
    count = end - start
    if count < 2 * _LEAST_SEGMENT:
        return ()
    mean = math.fsum(values[start:end]) / count
    running, best, where = 0.0, -1.0, start
    for index in range(start, end - 1):
        running += values[index] - mean
        done = index + 1 - start
        if done < _LEAST_SEGMENT or count - done < _LEAST_SEGMENT:
            continue
        weight = math.sqrt(done * (count - done)) / count
        strength = abs(running) / math.sqrt(count) * (0.5 / max(weight, 0.25))
        if strength > best:
            best, where = strength, index + 1
    if best <= _CRITICAL:
        return ()
    if best / _inflation([values[start:where], values[where:end]]) > _CRITICAL:
        return (where,)
    return (where,) if _sharp(scaled[start:end], where - start, rho) else ()


def _episode(values: Sequence[float], start: int, end: int) -> tuple[int, ...]:
    """Find a step and its recovery together, where each alone hides the other; for up to 300 samples.

    Circular binary segmentation (Olshen et al. 2004): the stretch whose mean differs most from the rest.
    """
    count = end - start
    if not 3 * _LEAST_SEGMENT <= count <= _MOST_EPISODE:
        return ()
    sums = [0.0, *itertools.accumulate(values[start:end])]
    best, where = 0.0, (0, 0)
    for low in range(_LEAST_SEGMENT, count - 2 * _LEAST_SEGMENT + 1):
        for high in range(low + _LEAST_SEGMENT, count - _LEAST_SEGMENT + 1):
            inside = high - low
            shift = (sums[high] - sums[low]) - sums[-1] * inside / count
            strength = shift * shift / (inside * (count - inside))
            if strength > best:
                best, where = strength, (low, high)
    low, high = start + where[0], start + where[1]
    parts = [values[start:low], values[low:high], values[high:end]]
    if not all(parts) or math.sqrt(best * count) / _inflation(parts) <= _EPISODE_CRITICAL:
        return ()
    return (low, high)


def _correlation(values: Sequence[float]) -> float:
    """Lag-1 autocorrelation by first differences, which a few steps do not move: 1 + 2 corr(d_i, d_i+1)."""
    steps = [b - a for a, b in itertools.pairwise(values)]
    bound = 4 * 1.4826 * median([abs(step) for step in steps]) or 1.0
    steps = [max(-bound, min(bound, step)) for step in steps]
    power = math.fsum(step * step for step in steps)
    if power <= 0:
        return 0.0
    lag = math.fsum(a * b for a, b in itertools.pairwise(steps)) / power
    return max(0.0, min(0.9, 1 + 2 * lag))


def _sharp(values: Sequence[float], cut: int, rho: float) -> bool:
    before, after = values[max(0, cut - 5) : cut], values[cut : cut + 5]
    jump = abs(median(after) - median(before))
    return jump >= 4.0 * math.sqrt((1 + rho) / (1 - rho))


def _inflation(parts: Sequence[Sequence[float]]) -> float:
    """Long-run over nominal deviation, from the residual's variance and lag-1 autocorrelation."""
    rest = [value - level for part in parts for level in (median(part),) for value in part]
    spread = 1.4826 * median([abs(r) for r in rest])
    bound = max(4 * spread, 1.0)
    rest = [max(-bound, min(bound, r)) for r in rest]
    power = math.fsum(r * r for r in rest)
    if power <= 0:
        return 1.0
    lag = math.fsum(a * b for a, b in itertools.pairwise(rest)) / power
    rho = max(0.0, min(0.9, lag))
    return max(1.0, math.sqrt(power / len(rest))) * math.sqrt((1 + rho) / (1 - rho))


def _drop_small(values: Sequence[float], cuts: list[int], spread: float) -> list[int]:
    kept = list(cuts)
    while kept:
        edges = [0, *kept, len(values)]
        levels = [median(values[a:b]) for a, b in itertools.pairwise(edges)]
        sizes = [abs(b - a) for a, b in itertools.pairwise(levels)]
        smallest = min(range(len(sizes)), key=sizes.__getitem__)
        if sizes[smallest] >= 1.5 * spread:
            return kept
        kept.pop(smallest)
    return kept
