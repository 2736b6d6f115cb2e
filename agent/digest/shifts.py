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
    """Find where one series left its level: `excursions_of` for a single series."""
    return excursions_of([values], [baseline])[0]


def excursions_of(
    many: Sequence[Sequence[float]],
    baselines: Sequence[int] = (),
    courses: Sequence[changepoints.Course] | None = None,
) -> list[tuple[Excursion, ...]]:
    """Find where each series left its level; a baseline counts leading samples known to be from before.

    The usual level is that of the baseline, else the first segment's, else (from 200 samples on, where the
    start says little about what is usual) the middle one of all. Values must be finite and in order of time;
    their courses are computed where they are not given.
    """
    counts = baselines or [0] * len(many)
    cut = changepoints.courses(many) if courses is None else courses
    return [
        _excursions(values, course, count) for values, course, count in zip(many, cut, counts, strict=True)
    ]


def _excursions(values: Sequence[float], course: changepoints.Course, baseline: int) -> tuple[Excursion, ...]:
    if len(values) < 6:
        return ()
    sigma, parts = course.sigma, course.segments
    usual = _usual(values, parts, baseline)
    found = _runs(values, parts, usual, sigma)
    found.extend(_spikes(values, parts, usual, sigma, found))
    return tuple(sorted(found, key=lambda item: item.first))


def _usual(values: Sequence[float], parts: Sequence[changepoints.Segment], baseline: int) -> float:
    if baseline >= 3:
        return median(values[:baseline])
    return _middle(parts) if len(values) >= 200 else parts[0].level


def _middle(parts: Sequence[changepoints.Segment]) -> float:
    """Give the level that half of the samples are at or below: one that the series had, not one between."""
    ordered = sorted(parts, key=lambda part: part.level)
    seen = itertools.accumulate(part.end - part.start for part in ordered)
    half = parts[-1].end / 2
    return next(part.level for part, count in zip(ordered, seen, strict=True) if count >= half)


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
            found.append(_excursion(values, _with_foot(group, parts), usual, sigma))
            group = []
        if away and part is not None:
            group.append(part)
    found = [item for item in found if item.first > 0 or len(values) >= 200]
    return [item for item in found if not _habitual(item, found, len(values))]


def _with_foot(
    group: Sequence[changepoints.Segment], parts: Sequence[changepoints.Segment]
) -> list[changepoints.Segment]:
    """Put the ramp that led to the first stretch in front: its middle may still be near the usual level."""
    before = next((part for part in parts if part.end == group[0].start), None)
    return [before, *group] if before is not None and before.ramp else list(group)


def _habitual(item: Excursion, found: Sequence[Excursion], count: int) -> bool:
    """Say whether a series goes there again and again, as by the time of day: in three of its fifths."""
    alike = [
        other
        for other in found
        if other.direction == item.direction
        and abs(other.after - other.before) >= 0.8 * abs(item.after - item.before)
    ]
    return len(alike) > 3 and len({5 * other.first // count for other in alike}) >= 3


def _excursion(
    values: Sequence[float], group: Sequence[changepoints.Segment], usual: float, sigma: float
) -> Excursion:
    first, last = group[0].start, group[-1].end - 1
    up = group[-1].level > usual
    stretch = values[first : last + 1]
    flat = [part for part in group if not part.ramp]
    after = median(values[flat[0].start : last + 1] if flat else stretch)
    recovered = last + 1 < len(values)
    rising = len(group) >= 3 and all((b.level > a.level) == up for a, b in itertools.pairwise(group))
    change: Change = "ramp" if group[0].ramp or rising else "shift"
    if recovered and last - first < max(3, len(values) // 100):
        change = "spike"
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
    runs: Sequence[Excursion],
) -> list[Excursion]:
    """Single samples far away; a series that spikes all the time has none unless one dwarfs the others."""
    smallest = 6 * sigma
    if not any(_reach(values, part) >= smallest for part in parts):
        return []
    sizes = [abs(value - part.level) for part in parts for value in values[part.start : part.end]]
    covered = {index for item in runs for index in range(item.first, item.last + 1)}
    near = max(2, len(values) // 300)
    habit = _grouped([i for i, size in enumerate(sizes) if size >= smallest and i not in covered], near)
    least = _spike_size(sizes, usual, sigma)
    if len(habit) > 2 and habit[-1][0] - habit[0][0] > len(values) / 5:
        least = max(least, 2.5 * median(max(sizes[index] for index in group) for group in habit))
    far = [
        index
        for group in habit
        for index in group
        if sizes[index] >= least and abs(values[index] - usual) >= smallest
    ]
    if len(far) > max(2, len(values) // 100):
        far = sorted(sorted(far, key=lambda index: -sizes[index])[: max(2, len(values) // 400)])
    return [_spike(values, group, usual, sigma) for group in _grouped(far, near)]


def _reach(values: Sequence[float], part: changepoints.Segment) -> float:
    stretch = values[part.start : part.end]
    return max(max(stretch) - part.level, part.level - min(stretch))


def _grouped(places: Sequence[int], near: int) -> list[list[int]]:
    groups: list[list[int]] = []
    for place in places:
        if groups and place - groups[-1][-1] <= near:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _spike_size(sizes: Sequence[float], usual: float, sigma: float) -> float:
    """Tell a spike from a heavy tail: by its own 99th percentile in a long series, else by factor."""
    if len(sizes) >= 1000:
        tail = sorted(sizes)[math.ceil(0.99 * len(sizes)) - 1]
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
