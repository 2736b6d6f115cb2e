"""One series -> the stretches in which it left its usual level."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from agent.digest import changepoints
from agent.digest.metrickinds import Direction

Change = Literal["shift", "spike", "ramp", "gap", "flat"]


@dataclass(frozen=True, slots=True)
class Excursion:
    """A stretch away from the usual level; samples are 0-based, `last` inclusive."""

    first: int
    last: int
    before: float
    after: float
    peak: float
    sigmas: float
    direction: Direction
    change: Change
    recovered: bool

    @property
    def ratio(self) -> float:
        """Size of the move as a factor of at least 1; inf where one side is zero."""
        low, high = sorted((abs(self.before), abs(self.after)))
        return high / low if low > 0 else math.inf


def excursions(values: Sequence[float], *, baseline: int = 0) -> tuple[Excursion, ...]:
    """Find where a series left its level; `baseline` counts leading samples known to be from before.

    The usual level is that of the baseline, else the first segment's, else (from 200 samples on, where the
    start says little about what is usual) the median of all.
    """
    if len(values) < 6 or max(values) == min(values):
        return ()
    sigma = changepoints.noise(values)
    parts = changepoints.segments(values, sigma=sigma)
    usual = _usual(values, parts, baseline)
    found = list(_runs(values, parts, usual, sigma))
    covered = {index for item in found for index in range(item.first, item.last + 1)}
    found.extend(_spikes(values, parts, usual, sigma, covered))
    return tuple(sorted(found, key=lambda item: item.first))


def _usual(values: Sequence[float], parts: Sequence[changepoints.Segment], baseline: int) -> float:
    if baseline >= 3:
        return median(values[:baseline])
    return median(values) if len(values) >= 200 else parts[0].level


def _notable(level: float, usual: float, sigma: float) -> bool:
    size = abs(level - usual)
    return size >= 2.5 * sigma and size >= 0.15 * max(abs(usual), abs(level))


def _runs(
    values: Sequence[float], parts: Sequence[changepoints.Segment], usual: float, sigma: float
) -> list[Excursion]:
    found: list[Excursion] = []
    group: list[changepoints.Segment] = []
    for part in [*parts, None]:
        away = part is not None and _notable(part.level, usual, sigma)
        same_side = bool(group and part) and (part.level > usual) == (group[0].level > usual)  # type: ignore[union-attr]
        if group and not (away and same_side):
            found.append(_excursion(values, group, usual, sigma))
            group = []
        if away and part is not None:
            group.append(part)
    return [item for item in found if item.first > 0 or len(values) >= 200]


def _excursion(
    values: Sequence[float], group: Sequence[changepoints.Segment], usual: float, sigma: float
) -> Excursion:
    first, last = group[0].start, group[-1].end - 1
    up = group[0].level > usual
    stretch = values[first : last + 1]
    after = median(stretch)
    recovered = last + 1 < len(values)
    change: Change = "shift"
    if recovered and last - first < max(3, len(values) // 100):
        change = "spike"
    elif len(group) >= 3 and all((b.level > a.level) == up for a, b in itertools.pairwise(group)):
        change = "ramp"
    return Excursion(
        first,
        last,
        usual,
        after,
        max(stretch) if up else min(stretch),
        abs(after - usual) / sigma,
        "up" if up else "down",
        change,
        recovered,
    )


def _spikes(
    values: Sequence[float],
    parts: Sequence[changepoints.Segment],
    usual: float,
    sigma: float,
    covered: set[int],
) -> list[Excursion]:
    """Single samples far away; a series that spikes all the time has none."""
    level = {index: part.level for part in parts for index in range(part.start, part.end)}
    size = {index: abs(value - level[index]) for index, value in enumerate(values)}
    least = _spike_size(sorted(size.values()), usual, sigma)
    far = [index for index in size if index not in covered and size[index] >= least]
    most = max(2, len(values) // 400)
    if len(far) > max(2, len(values) // 100):
        far = sorted(sorted(far, key=lambda index: -size[index])[:most])
    groups: list[list[int]] = []
    for index in far:
        if groups and index - groups[-1][-1] <= max(2, len(values) // 300):
            groups[-1].append(index)
        else:
            groups.append([index])
    return [_spike(values, group, usual, sigma) for group in groups]


def _spike_size(sizes: Sequence[float], usual: float, sigma: float) -> float:
    """Tell a spike from a heavy tail: by its own 99th percentile in a long series, else by factor."""
    if len(sizes) >= 1000:
        tail = sizes[math.ceil(0.99 * len(sizes)) - 1]
        return max(6 * sigma, 2.5 * tail, 0.15 * abs(usual))
    return max(12 * sigma, abs(usual))


def _spike(values: Sequence[float], group: Sequence[int], usual: float, sigma: float) -> Excursion:
    peak = max((values[index] for index in group), key=lambda value: abs(value - usual))
    return Excursion(
        group[0],
        group[-1],
        usual,
        peak,
        peak,
        abs(peak - usual) / sigma,
        "up" if peak > usual else "down",
        "spike",
        group[-1] + 1 < len(values),
    )


def against(
    values: Sequence[float], baseline: Sequence[float], *, harmless: Direction | None
) -> Excursion | None:
    """Compare a few samples with a recording of normal operation, whatever the distance in time.

    Spread: the largest of 1.4826 MAD, the 99th percentile of the deviation, and a thousandth of the level, so
    that a constant baseline does not make everything infinite. Only the worse half of the samples counts.
    """
    if len(baseline) < 5 or not values:
        return None
    usual = median(baseline)
    deviations = sorted(abs(value - usual) for value in baseline)
    high = deviations[min(len(deviations) - 1, math.ceil(0.99 * len(deviations)) - 1)]
    spread = max(1.4826 * median(deviations), high, 1e-3 * abs(usual), 1e-12)
    half = math.ceil(len(values) / 2)
    ordered = sorted(values)
    sides: dict[Direction, float] = {"up": median(ordered[-half:]), "down": median(ordered[:half])}
    bad: Direction | None = {"up": "down", "down": "up"}.get(harmless or "")  # type: ignore[assignment]
    side = bad or max(sides, key=lambda name: abs(sides[name] - usual))
    level = sides[side]
    if (level > usual) != (side == "up") or abs(level - usual) < 1.5 * spread:
        return None
    threshold = usual + (level - usual) / 2
    inside = [i for i, value in enumerate(values) if (value >= threshold) == (side == "up")]
    return Excursion(
        inside[0],
        inside[-1],
        usual,
        level,
        max(values) if side == "up" else min(values),
        abs(level - usual) / spread,
        side,
        "shift",
        recovered=False,
    )


def rates(times: Sequence[float], values: Sequence[float]) -> tuple[list[float], list[float]]:
    """Turn a counter into a rate per second; a fall is a reset and counts from zero."""
    out_times: list[float] = []
    out: list[float] = []
    for (t0, v0), (t1, v1) in zip(
        zip(times, values, strict=True), list(zip(times, values, strict=True))[1:], strict=False
    ):
        if t1 > t0:
            out_times.append(t1)
            out.append((v1 - v0 if v1 >= v0 else v1) / (t1 - t0))
    return out_times, out
