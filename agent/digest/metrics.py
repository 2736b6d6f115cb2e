"""Series -> when each left its usual level, by how much, and whether that hurts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agent.digest import shifts
from agent.digest.metrickinds import Harm, Meaning
from agent.digest.panel import Column, Panel, Samples

_MOST_PER_SERIES = 5
_SAME_UNIT = frozenset({"cpu", "throttling", "memory", "disk"})
"""Kinds that services have in common measure: a move that is tiny beside the others' is no news."""

_TINY = 1.2 * 0.05**0.25
"""Importance of a move of a twentieth of what the metric reaches elsewhere."""


@dataclass(frozen=True, slots=True)
class Move:
    """One excursion of one series, in time."""

    samples: Samples
    excursion: shifts.Excursion
    start: float
    end: float | None
    importance: float = 1.0
    """Size of the move beside the level that the same metric has elsewhere; 1 where it is of that size."""
    habitual: bool = False
    """Whether the same metric moves like that, and comes back, in other services at other times."""

    @property
    def column(self) -> Column:
        """The series that moved."""
        return self.samples.column

    @property
    def meaning(self) -> Meaning:
        """What it measures."""
        return self.samples.meaning

    @property
    def step(self) -> float:
        """Typical distance of two samples in seconds."""
        return self.samples.step

    @property
    def first_sample(self) -> int:
        """Place of the first sample of the move in the recorded series."""
        return self.samples.places[self.excursion.first]

    @property
    def last_sample(self) -> int:
        """Place of the last sample of the move in the recorded series."""
        return self.samples.places[self.excursion.last]

    @property
    def harm(self) -> Harm:
        """Whether it hurts, by kind and direction."""
        return self.meaning.harm(self.excursion.direction)

    @property
    def size(self) -> float:
        """Distance of the levels, in the unit of the series."""
        return abs(self.excursion.after - self.excursion.before)

    @property
    def brief(self) -> bool:
        """Whether it came back within three samples or a fifth of the record, or is its last two samples."""
        length, count = self.excursion.last - self.excursion.first + 1, len(self.samples.values)
        return length <= max(3, count // 4) if self.excursion.recovered else length <= 2 and count >= 12

    @property
    def ordinary(self) -> bool:
        """Whether it is no news on its own: a habit of its metric, or tiny beside other services."""
        tiny = self.meaning.kind in _SAME_UNIT and self.importance < _TINY
        return self.habitual or tiny

    @property
    def surprise(self) -> float:
        """How far from usual, 0 to 1: half by sigmas, half by factor."""
        by_sigma = 1 - math.exp(-self.excursion.sigmas / 10)
        ratio = self.excursion.ratio
        by_ratio = 1.0 if math.isinf(ratio) else min(1.0, math.log2(max(ratio, 1.0)) / 5)
        if self.meaning.kind == "availability":
            by_ratio = 1.0
        lasting = {1: 0.6, 2: 0.8}.get(self.excursion.last - self.excursion.first + 1, 1.0)
        brief = lasting if self.excursion.recovered else 1.0
        return (0.5 * by_sigma + 0.5 * by_ratio) * brief * self.importance * (0.5 if self.habitual else 1.0)


def moves(panel: Panel, onset: datetime | None) -> list[Move]:
    """Find every excursion of every series; samples before `onset` are what is usual."""
    normal = panel.normal()
    judged = panel.judged()
    baselines = [sum(time < onset.timestamp() for time in item.times) if onset else 0 for item, _ in judged]
    plain = shifts.excursions_of([item.values for item, _ in judged], baselines, [cut for _, cut in judged])
    found: list[Move] = []
    for (item, _), excursions in zip(judged, plain, strict=True):
        usual = normal.get((item.column.service, item.column.series.name))
        found.extend(_moves_of(item, excursions if usual is None else _compared(item, usual)))
    scales = _scales(panel)
    found = [
        replace(move, importance=_importance(move, scales.get(move.column.series.metric))) for move in found
    ]
    return _with_habits(found)


def _compared(item: Samples, usual: Samples) -> tuple[shifts.Excursion, ...]:
    found = shifts.against(item.values, usual.values, harmless=item.meaning.harmless)
    return (found,) if found else ()


def _moves_of(item: Samples, found: Sequence[shifts.Excursion]) -> list[Move]:
    strongest = sorted(found, key=lambda excursion: -excursion.sigmas)[:_MOST_PER_SERIES]
    return [
        Move(
            item,
            excursion,
            item.times[excursion.first],
            item.times[excursion.last + 1]
            if excursion.recovered and excursion.last + 1 < len(item.times)
            else None,
        )
        for excursion in strongest
    ]


def _scales(panel: Panel) -> dict[str, float]:
    """Level that a metric reaches in its largest series, where at least four services have it."""
    levels: dict[str, list[float]] = {}
    for item, _ in panel.judged():
        sizes = sorted(abs(value) for value in item.values)
        levels.setdefault(item.column.series.metric, []).append(sizes[math.ceil(0.9 * len(sizes)) - 1])
    return {metric: max(sizes) for metric, sizes in levels.items() if len(sizes) >= 4}


def _importance(move: Move, scale: float | None) -> float:
    if not scale or move.samples.rate:
        return 1.0
    return min(1.0, 1.2 * (move.size / scale) ** 0.25)


def _with_habits(found: Sequence[Move]) -> list[Move]:
    """Mark brief moves that the same metric makes in at least three other services at other times."""
    alike: dict[tuple[str, str], list[Move]] = {}
    for move in found:
        if move.brief:
            alike.setdefault((move.column.series.metric, move.excursion.direction), []).append(move)
    return [
        replace(
            move,
            habitual=_is_habit(move, alike[move.column.series.metric, move.excursion.direction]),
        )
        if move.brief
        else move
        for move in found
    ]


def _is_habit(move: Move, alike: Sequence[Move]) -> bool:
    near = max(2 * move.step, 60.0)
    others = {
        other.column.service
        for other in alike
        if _comparable(other, move) and abs(other.start - move.start) > near
    }
    return len(others - {move.column.service}) >= 3


def _comparable(other: Move, move: Move) -> bool:
    """Say whether a move is of the order of another: half its size, or half its factor's logarithm."""
    if move.meaning.kind in _SAME_UNIT or math.isinf(move.excursion.ratio):
        return other.size >= 0.5 * move.size
    return other.excursion.ratio >= math.sqrt(move.excursion.ratio)


def telling(found: Sequence[Move]) -> list[Move]:
    """Select the moves that hurt; where none does by its name, those whose name says nothing about harm.

    Ordinary moves are neither.
    """
    told = [move for move in found if not move.ordinary]
    bad = [move for move in told if move.harm == "bad"]
    return bad or [move for move in told if move.harm == "neutral"]
