"""Buckets of a Prometheus histogram -> quantiles over time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.formats.records import Series

QUANTILES: Mapping[str, float] = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@dataclass(frozen=True, slots=True)
class Bucket:
    """Observations per second at or below a bound, by time."""

    bound: float
    rates: Mapping[float, float]


@dataclass(frozen=True, slots=True)
class Quantile:
    """One quantile over time, in the unit of the bounds."""

    times: tuple[float, ...]
    values: tuple[float, ...]
    widest: int
    """Which of the buckets counts all observations."""


def is_bucket(series: Series) -> bool:
    """Say whether a series is a bucket with a readable bound."""
    if not series.metric.endswith("_bucket") or "le" not in series.labels:
        return False
    try:
        return not math.isnan(float(series.labels["le"]))
    except ValueError:
        return False


def quantiles(buckets: Sequence[Bucket]) -> dict[str, Quantile]:
    """Compute the quantiles at each time that all buckets have and something was observed.

    Needs a bucket without bound and one with; else nothing. Rule: Prometheus' `histogram_quantile`, linear
    within the bucket, the highest finite bound for what lies beyond it. Counts that fall from one bucket to
    the next (samples of a scrape that was torn) are raised to the one before.
    """
    order = sorted(range(len(buckets)), key=lambda index: buckets[index].bound)
    bounds = [buckets[index].bound for index in order]
    if len(order) < 2 or not math.isinf(bounds[-1]) or math.isinf(bounds[0]):
        return {}
    shared = set[float].intersection(*(set(buckets[index].rates) for index in order))
    rows: list[tuple[float, list[float]]] = []
    for time in sorted(shared):
        counts: list[float] = []
        for index in order:
            counts.append(max(buckets[index].rates[time], counts[-1] if counts else 0.0))
        if counts[-1] > 0:
            rows.append((time, counts))
    times = tuple(time for time, _ in rows)
    return {
        name: Quantile(times, tuple(_within(bounds, counts, share) for _, counts in rows), order[-1])
        for name, share in QUANTILES.items()
        if rows
    }


def _within(bounds: Sequence[float], counts: Sequence[float], share: float) -> float:
    rank = share * counts[-1]
    at = next(index for index, count in enumerate(counts) if count >= rank)
    if math.isinf(bounds[at]):
        return bounds[at - 1]
    low = bounds[at - 1] if at else min(0.0, bounds[at])
    below = counts[at - 1] if at else 0.0
    inside = counts[at] - below
    return bounds[at] if inside <= 0 else low + (bounds[at] - low) * (rank - below) / inside
