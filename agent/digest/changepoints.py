"""The stretches of one level in many series at once.

Long series go to `mosum`, which needs numpy: it is imported when the first long series comes, so that an
incident with short series only never pays for it. Short ones (less than `LONG` samples) go to `cusum`: there
the noise cannot be learnt from the series itself, and a jump has to be judged on its own ground.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from agent.digest import cusum

if TYPE_CHECKING:
    from agent.digest.mosum import Cut

LONG = 60
"""Samples from which a series tells its own noise at several widths."""
_BATCH = 40_000
"""Samples that are looked at together: few enough to stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of samples with one level, or on the way from one level to the next; `end` is exclusive."""

    start: int
    end: int
    level: float
    ramp: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """One series cut into stretches, oldest first, without gap or overlap."""

    sigma: float
    """Robust spread of the noise in the series' unit; never zero."""
    segments: tuple[Segment, ...]

    @property
    def cuts(self) -> tuple[int, ...]:
        """The samples at which a change begins; a ramp counts once, at its foot."""
        pairs = itertools.pairwise(self.segments)
        return tuple(after.start for before, after in pairs if not before.ramp)


def courses(many: Sequence[Sequence[float]]) -> list[Course]:
    """Cut every series, each on its own; values must be finite and in order of time."""
    found: list[Course | None] = [None] * len(many)
    lengths: dict[int, list[int]] = {}
    for index, values in enumerate(many):
        if len(values) >= LONG:
            lengths.setdefault(len(values), []).append(index)
        else:
            found[index] = _short(values)
    for length, indices in lengths.items():
        size = max(1, _BATCH // length)
        for low in range(0, len(indices), size):
            batch = indices[low : low + size]
            for index, course in zip(batch, _long([many[i] for i in batch]), strict=True):
                found[index] = course
    return [course for course in found if course is not None]


def course(values: Sequence[float]) -> Course:
    """Cut one series."""
    return courses([values])[0]


def _short(values: Sequence[float]) -> Course:
    if not values:
        return Course(cusum.LEAST_NOISE, ())
    sigma = cusum.noise(values)
    if max(values) == min(values):
        return Course(sigma, (Segment(0, len(values), values[0]),))
    edges = [0, *cusum.cuts(values, sigma=sigma), len(values)]
    return Course(sigma, tuple(Segment(a, b, median(values[a:b])) for a, b in itertools.pairwise(edges)))


def _long(many: Sequence[Sequence[float]]) -> Iterable[Course]:
    import numpy as np  # noqa: PLC0415 - 0.1 s and 17 MB that only long series are worth

    from agent.digest import mosum  # noqa: PLC0415

    rows = np.array(many, dtype=np.float64)
    sigmas = mosum.noise(rows)
    found = mosum.cuts(rows, sigmas)
    middles = np.median(rows, axis=1).tolist()
    for values, sigma, cuts, middle in zip(many, sigmas.tolist(), found, middles, strict=True):
        whole = (Segment(0, len(values), middle),)
        yield Course(sigma, tuple(_stretches(values, cuts)) if cuts else whole)


def _stretches(values: Sequence[float], cuts: Sequence[Cut]) -> Iterable[Segment]:
    edge = 0
    for cut in cuts:
        if cut.start > edge:
            yield Segment(edge, cut.start, median(values[edge : cut.start]))
        if cut.end > cut.start:
            yield Segment(cut.start, cut.end, median(values[cut.start : cut.end]), ramp=True)
        edge = cut.end
    yield Segment(edge, len(values), median(values[edge:]))
