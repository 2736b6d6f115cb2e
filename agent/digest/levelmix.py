"""Services whose share of warnings and errors rose with the onset."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.digest.logs import LogBook, Pattern
from agent.digest.novelty import upper_tail

ALPHA = 1e-2
"""Chance of any false change in one bundle, over all services and levels (Bonferroni)."""
LEAST = 5
"""Records of the level since the onset below which nothing is said."""
_LEAST_LINES = 40
"""Records of a service on each side of the onset, of any level, below which its mix is not known."""
_FACTOR = 2.0
_BLOCKS = 8
"""Stretches of the baseline, alike in time, that show how much the mix varies by itself."""
_OVER_WORST = 1.5
"""The share since the onset is so many times that of the worst stretch before."""
_LEVELS = {"errors": frozenset({"error", "fatal"}), "warnings": frozenset({"warning"})}


@dataclass(frozen=True, slots=True)
class Mix:
    """How many records of a service had a level, on both sides of the onset."""

    service: str
    level: str
    """"errors" (with fatal ones) or "warnings"."""
    before: tuple[int, int]
    """Records of the level and of all levels."""
    after: tuple[int, int]
    p_value: float
    """Times the number of services and levels compared."""
    patterns: tuple[Pattern, ...]
    """Those of the level, the most frequent since the onset first."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """Records by stretch of the baseline, and since the onset: of the level, and all."""

    stretches: list[tuple[int, int]]
    after: tuple[int, int]

    @property
    def before(self) -> tuple[int, int]:
        return sum(own for own, _ in self.stretches), sum(whole for _, whole in self.stretches)


def changes(book: LogBook, patterns: Sequence[Pattern], onset: datetime | None) -> list[Mix]:
    """Compare each service's share of errors, and of warnings, before and since the onset.

    Conditional binomial test of two shares on counts divided by their dispersion over the stretches of the
    baseline. A share must be twice what it was and 1.5 times that of the worst stretch.
    """
    if onset is None:
        return []
    services: dict[str, list[Pattern]] = {}
    for pattern in patterns:
        if pattern.service:
            services.setdefault(pattern.service, []).append(pattern)
    tested = [
        (name, level, counted)
        for name in sorted(services)
        for level in _LEVELS
        if (counted := _counted(book, name, services[name], level, onset)) is not None
    ]
    found = (_judged(services[name], name, level, counted, len(tested)) for name, level, counted in tested)
    return [mix for mix in found if mix is not None]


def _counted(
    book: LogBook, name: str, patterns: Sequence[Pattern], level: str, onset: datetime
) -> _Counted | None:
    first = book.services[name].first
    if first is None or first >= onset:
        return None
    begun, told = first.timestamp(), onset.timestamp()
    own, whole = [0] * (_BLOCKS + 1), [0] * (_BLOCKS + 1)
    for pattern in patterns:
        wanted = pattern.level in _LEVELS[level]
        edge = int((told - book.origin) // pattern.width)
        for slot, count in pattern.buckets.items():
            at = _BLOCKS
            if slot < edge:
                time = book.origin + slot * pattern.width
                at = min(_BLOCKS - 1, max(0, int((time - begun) / (told - begun) * _BLOCKS)))
            whole[at] += count
            own[at] += count if wanted else 0
    counted = _Counted(list(zip(own[:-1], whole[:-1], strict=True)), (own[-1], whole[-1]))
    enough = counted.before[1] >= _LEAST_LINES and counted.after[1] >= _LEAST_LINES
    return counted if enough else None


def _judged(patterns: Sequence[Pattern], name: str, level: str, counted: _Counted, many: int) -> Mix | None:
    (own, whole), (hits, total) = counted.before, counted.after
    if hits < LEAST:
        return None
    share, usual = hits / total, own / whole
    worst = max((part / size for part, size in counted.stretches if size >= _LEAST_LINES // 4), default=usual)
    if share < _FACTOR * usual or share < _OVER_WORST * worst:
        return None
    noise = _dispersion(counted.stretches, usual)
    fewer, all_of = math.floor(hits / noise), math.floor((hits + own) / noise)
    p = many * upper_tail(fewer, all_of, total / (total + whole))
    if p >= ALPHA:
        return None
    mine = [pattern for pattern in patterns if pattern.level in _LEVELS[level]]
    mine.sort(key=lambda pattern: (-pattern.count, pattern.template))
    return Mix(name, level, counted.before, counted.after, p, tuple(mine))


def _dispersion(stretches: Sequence[tuple[int, int]], share: float) -> float:
    """Estimate variance over that of a binomial count, at least 1 (Pearson's chi-square over its freedom)."""
    sizes = [(own, whole) for own, whole in stretches if whole]
    if share <= 0 or len(sizes) < 2:
        return 1.0
    chi = sum((own - whole * share) ** 2 / (whole * share) for own, whole in sizes)
    return max(1.0, chi / (len(sizes) - 1))
