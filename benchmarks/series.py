"""Time series with planted changes of level, and how well found changes agree with them.

Of the series 60 % do not change; 20 % step, 10 % step and come back after 20 to 120 samples, 10 % climb or
fall over 60 samples. Changes are 2 to 8 sigmas of the noise, up or down, at least 60 samples from either end.
Level 10, noise of sigma 1 (1.4826 MAD) of four kinds:

white     independent, normal
ar1       each sample keeps 0.6 of the one before; the whole has sigma 1
spikes    white, and 1 % of the samples are 6 to 15 sigmas away
daily     white on a sine of amplitude 1 with 288 samples a period (a day at 5 minutes), any phase
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

NOISES = ("white", "ar1", "spikes", "daily")
STEP_TOLERANCE = 5
RAMP, RAMP_TOLERANCE = 60, 65
_LEVEL, _EDGE, _PERIOD = 10.0, 60, 288


@dataclass(frozen=True, slots=True)
class Change:
    """A planted change: where it begins, and how many samples away a find still counts."""

    at: int
    tolerance: int


@dataclass(frozen=True, slots=True)
class Planted:
    """One series and its changes; healthy without any."""

    values: tuple[float, ...]
    changes: tuple[Change, ...]


def make(noise: str, seed: int, *, count: int = 500, length: int = 720) -> list[Planted]:
    """Generate series of one noise; the same seed gives the same series."""
    rng = random.Random(f"{noise}-{seed}")  # noqa: S311 - repeatable on purpose
    return [_one(noise, rng, length) for _ in range(count)]


def _one(noise: str, rng: random.Random, length: int) -> Planted:
    values = [_LEVEL + value for value in _noise(noise, rng, length)]
    shape, size = rng.random(), rng.uniform(2, 8) * rng.choice((-1, 1))
    last = length - _EDGE
    if shape < 0.6:
        return Planted(tuple(values), ())
    if shape < 0.8:
        at = rng.randrange(_EDGE, last)
        bumps = [size if index >= at else 0.0 for index in range(length)]
        changes = (Change(at, STEP_TOLERANCE),)
    elif shape < 0.9:
        long = rng.randrange(20, 121)
        at = rng.randrange(_EDGE, last - long)
        bumps = [size if at <= index < at + long else 0.0 for index in range(length)]
        changes = (Change(at, STEP_TOLERANCE), Change(at + long, STEP_TOLERANCE))
    else:
        at = rng.randrange(_EDGE, last - RAMP)
        bumps = [size * min(1.0, max(0.0, (index - at) / RAMP)) for index in range(length)]
        changes = (Change(at, RAMP_TOLERANCE),)
    return Planted(tuple(a + b for a, b in zip(values, bumps, strict=True)), changes)


def _noise(noise: str, rng: random.Random, length: int) -> list[float]:
    draws = [rng.gauss(0, 1) for _ in range(length)]
    if noise == "ar1":
        last = rng.gauss(0, 1)
        for index, draw in enumerate(draws):
            last = draws[index] = 0.6 * last + 0.8 * draw
    elif noise == "spikes":
        for index in range(length):
            if rng.random() < 0.01:
                draws[index] += rng.uniform(6, 15) * rng.choice((-1, 1))
    elif noise == "daily":
        phase = rng.random()
        draws = [draw + math.sin(2 * math.pi * (index / _PERIOD + phase)) for index, draw in enumerate(draws)]
    return draws


@dataclass(frozen=True, slots=True)
class Score:
    """F1 over changes, share of first changes found, share of healthy series with any find."""

    f1: float
    onset: float
    alarmed: float


def score(planted: Sequence[Planted], found: Sequence[Sequence[int]]) -> Score:
    """Match each planted change with the nearest find within its tolerance; a find counts once."""
    hits = missed = surplus = onsets = alarms = 0
    for series, cuts in zip(planted, found, strict=True):
        left = list(cuts)
        for change in series.changes:
            near = [cut for cut in left if abs(cut - change.at) <= change.tolerance]
            if near:
                left.remove(min(near, key=lambda cut: abs(cut - change.at)))
            hits += bool(near)
            missed += not near
        surplus += len(left)
        if series.changes:
            first = series.changes[0]
            onsets += any(abs(cut - first.at) <= first.tolerance for cut in cuts)
        else:
            alarms += bool(cuts)
    changed = sum(bool(series.changes) for series in planted)
    healthy = len(planted) - changed
    return Score(
        f1=round(2 * hits / (2 * hits + missed + surplus), 3) if hits + missed + surplus else 1.0,
        onset=round(onsets / changed, 3) if changed else 1.0,
        alarmed=round(alarms / healthy, 3) if healthy else 0.0,
    )
