"""Where the level of long series changes; all series of one length at once, no tuning a series.

Moving sums: for several widths the mean of the samples after a place is compared with the mean before it.
What counts as large is learnt from the same comparison everywhere else in the same series: its MAD, which
holds for noise of any autocorrelation and for slow cycles, and which a few changes do not move. It never
falls below 0.75 of what white noise of the series' own size would give. Single samples are bounded by the
median of five around them first, so that a spike is no step.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

_CRITICAL = 4.4
"""Height in units of its own MAD; chosen on seeds that the benchmark does not use."""
_LEAST_STEP = 1.5
"""Cuts between levels closer than this, in units of the noise, are dropped."""
_MOST_CUTS = 24
_SAMPLES_A_CUT = 60
"""A long series may have a cut for so many samples: two a day where samples come every ten minutes."""
_WIDEST = 96
_SPIKE = 3.0
_RAMP_GAP = 60
_RAMP_REACH = 48
_SHARP = 0.5
"""Share of a change between the four samples on either side of its cut from which it is a step."""
_RAMP_GAIN = 10.0
"""Least F statistic for calling one cut a ramp instead of a step."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A change of level that begins at sample `start` and is complete at sample `end`; equal for a step."""

    start: int
    end: int


def cuts(rows: Matrix, sigmas: Matrix) -> list[tuple[Cut, ...]]:
    """Find the changes of level in each row (a series of 60 samples or more); `sigmas`: the rows' noise."""
    scaled = (rows - np.median(rows, axis=1, keepdims=True)) / sigmas[:, None]
    bounded = _without_spikes(scaled)
    widths = _widths(rows.shape[1])
    contrasts, spreads = _contrasts(bounded, widths)
    critical = _CRITICAL * (1 + 8 / rows.shape[1])
    heights = [
        np.maximum(contrast.max(axis=1), -contrast.min(axis=1)) / spread
        for contrast, spread in zip(contrasts, spreads, strict=True)
    ]
    suspicious = np.flatnonzero(np.max(heights, axis=0) >= critical)
    found: list[tuple[Cut, ...]] = [()] * len(rows)
    for row in suspicious.tolist():
        profiles = [np.abs(c[row]) / s[row] for c, s in zip(contrasts, spreads, strict=True)]
        places = _places(bounded[row], profiles, widths, critical)
        found[row] = tuple(_shaped(bounded[row], _without_small(bounded[row], places)))
    return found


def noise(rows: Matrix) -> Matrix:
    """Compute the robust spread of the noise of each row: what `cusum.noise` does for one series."""
    steps = np.abs(np.diff(rows, axis=1))
    count = steps.shape[1]
    kept = max(1, math.ceil(count * 0.95))
    ordered = np.partition(steps, [count // 2, kept - 1], axis=1)
    middle = ordered[:, count // 2]
    for row in np.flatnonzero(middle == 0).tolist():
        moved = steps[row][steps[row] > 0]
        if len(moved) >= max(4, 0.1 * count):
            middle[row] = np.median(moved)
    spread = 1.4826 * middle / math.sqrt(2)
    mean_step = ordered[:, :kept].mean(axis=1) / math.sqrt(2)
    level = np.median(np.abs(rows), axis=1)
    return np.maximum(np.maximum(spread, 0.5 * mean_step), np.maximum(1e-3 * level, 1e-12))


def _widths(count: int) -> list[int]:
    width = 3 if count < 150 else 6
    widest = max(_WIDEST, count // 8)
    found: list[int] = []
    while 3 * width <= count and width <= widest:
        found.append(width)
        width *= 2
    return found


def _without_spikes(rows: Matrix) -> Matrix:
    """Bound each sample by the median of the five around it, three sigmas on either side."""
    a, b, c, d, e = (rows[:, shift : rows.shape[1] - 4 + shift] for shift in range(5))
    low = np.maximum(np.minimum(a, b), np.minimum(d, e))
    high = np.minimum(np.maximum(a, b), np.maximum(d, e))
    low, high = np.minimum(low, high), np.maximum(low, high)
    middle = np.maximum(low, np.minimum(high, c))
    bounded = rows.copy()
    bounded[:, 2:-2] = np.clip(c, middle - _SPIKE, middle + _SPIKE)
    return bounded


def _contrasts(rows: Matrix, widths: Sequence[int]) -> tuple[list[Matrix], list[Matrix]]:
    """Give by width the mean after minus the mean before (column j: cut at j + width), and its scale."""
    sums = np.zeros((len(rows), rows.shape[1] + 1))
    np.cumsum(rows, axis=1, out=sums[:, 1:])
    contrasts: list[Matrix] = []
    spreads: list[Matrix] = []
    for width in widths:
        contrast = (sums[:, 2 * width :] - 2 * sums[:, width:-width] + sums[:, : -2 * width]) / width
        sample = np.abs(contrast[:, :: max(1, width // 8)])
        half = sample.shape[1] // 2
        spread = 1.4826 * np.partition(sample, half, axis=1)[:, half]
        least = 0.75 * math.sqrt(2 / width)
        if spreads:
            least = np.maximum(least, spreads[-1] / math.sqrt(2))
        contrasts.append(contrast)
        spreads.append(np.maximum(spread, least))
    return contrasts, spreads


def _places(values: Matrix, profiles: Sequence[Matrix], widths: Sequence[int], critical: float) -> list[int]:
    """Take the highest place of all widths, hide what it explains, and repeat."""
    found: list[int] = []
    most = max(_MOST_CUTS, len(values) // _SAMPLES_A_CUT)
    while len(found) < most:
        tops = [float(profile.max()) for profile in profiles]
        best = max(range(len(tops)), key=tops.__getitem__)
        if tops[best] < critical:
            break
        rough = int(profiles[best].argmax()) + widths[best]
        low = max([0, rough - widths[best], *(place for place in found if place < rough)])
        high = min([len(values), rough + widths[best], *(place for place in found if place >= rough)])
        place = _least_squares(values[low:high]) + low
        found.append(place)
        for profile, width in zip(profiles, widths, strict=True):
            for centre in (rough, place):
                profile[max(0, centre - 2 * width + 1) : max(0, centre)] = 0
    return sorted(set(found))


def _least_squares(values: Matrix) -> int:
    """Cut a stretch in two where the two means leave the smallest squares."""
    count = len(values)
    if count < 4:
        return count // 2
    done = np.arange(1, count)
    strength = np.abs(np.cumsum(values)[:-1] - done * values.mean()) / np.sqrt(done * (count - done))
    return int(strength[1:-1].argmax()) + 2


def _without_small(values: Matrix, places: list[int]) -> list[int]:
    kept = [place for place in places if 0 < place < len(values)]
    while kept:
        sizes = np.abs(np.diff(_levels(values, kept)))
        smallest = int(sizes.argmin())
        if sizes[smallest] >= _LEAST_STEP:
            break
        kept.pop(smallest)
    return kept


def _levels(values: Matrix, places: Sequence[int]) -> list[float]:
    edges = [0, *places, len(values)]
    return [_median(values[a:b]) for a, b in itertools.pairwise(edges)]


def _median(values: Matrix) -> float:
    half = len(values) // 2
    return float(np.partition(values, half)[half])


def _shaped(values: Matrix, places: Sequence[int]) -> Iterator[Cut]:
    """Join cuts of one ramp, and tell ramps from steps."""
    if not places:
        return
    levels = _levels(values, places)
    groups: list[list[int]] = [[0]]
    for index in range(1, len(places)):
        joined = _climbs(values, levels, places, index)
        if joined:
            groups[-1].append(index)
        else:
            groups.append([index])
    edge = 0
    for group in groups:
        first, last = places[group[0]], places[group[-1]]
        limit = places[group[-1] + 1] if group[-1] + 1 < len(places) else len(values)
        cut = _ramp(values, (max(edge, first - _RAMP_REACH), first, last, min(limit, last + _RAMP_REACH)))
        yield cut
        edge = cut.end


def _climbs(values: Matrix, levels: Sequence[float], places: Sequence[int], index: int) -> bool:
    """Say whether the series goes on moving between two neighbouring cuts of one direction."""
    low, high = places[index - 1], places[index]
    before, after = levels[index] - levels[index - 1], levels[index + 1] - levels[index]
    if before * after <= 0 or not 4 <= high - low <= _RAMP_GAP:
        return False
    half = (high - low) // 2
    rise = 2 * float(values[high - half : high].mean() - values[low : low + half].mean())
    return rise * math.copysign(1, after) > 0.35 * min(abs(before), abs(after))


def _ramp(values: Matrix, bounds: tuple[int, int, int, int]) -> Cut:
    """Fit level, straight line, level around a cut; a step unless the line fits clearly better."""
    low, first, last, high = bounds
    step = Cut(first, last)
    if first - low < 8 or high - last < 8:
        return step
    part = values[low:high]
    before, after = float(part[: first - low].mean()), float(part[last - low :].mean())
    if first == last:
        near = float(part[last - low : last - low + 4].mean() - part[first - low - 4 : first - low].mean())
        if after == before or near / (after - before) > _SHARP:
            return step
    starts = np.unique(np.linspace(low + 4, first, 8).astype(int))
    ends = np.unique(np.linspace(last, high - 4, 8).astype(int))
    begin, end = (grid.ravel()[:, None] for grid in np.meshgrid(starts, ends))
    where = np.clip((np.arange(low, high)[None, :] - begin) / np.maximum(end - begin, 1), 0, 1)
    mean_where, mean_part = where.mean(axis=1, keepdims=True), part.mean()
    centred = where - mean_where
    slope = (centred * (part - mean_part)).sum(axis=1) / np.maximum((centred**2).sum(axis=1), 1e-12)
    rest = ((part - mean_part) - slope[:, None] * centred) ** 2
    squares = rest.sum(axis=1)
    best = int(squares.argmin())
    found = Cut(int(begin[best, 0]), int(end[best, 0]))
    if first < last:
        return found
    flat = float(((part[: first - low] - before) ** 2).sum() + ((part[last - low :] - after) ** 2).sum())
    gain = (flat - float(squares[best])) / max(float(squares[best]) / len(part), 1e-12)
    return found if gain > _RAMP_GAIN and found.end - found.start >= 6 else step
