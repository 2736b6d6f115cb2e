"""The series of a bundle made ready: in order, finite, counters as rates, buckets as quantiles."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import median

from agent.digest import changepoints, histograms
from agent.digest.metrickinds import Meaning, distribution, meaning
from tools.formats import workload_of
from tools.formats.records import Series

_LEAST_SAMPLES = 6
"""Fewer samples of a series show no change without a baseline."""
_LARGEST = 1e150
"""Values beyond it are what a broken exporter writes; their squares would not be finite."""


@dataclass(frozen=True, slots=True)
class Column:
    """One series of one artifact, and which stretch of it is about now."""

    artifact: str
    series: Series
    baseline: bool = False
    """A recording of normal operation, kept for comparison only."""

    @property
    def service(self) -> str | None:
        """The workload that it measures; for a node's metric the node, where a label names it."""
        labels = self.series.labels
        if self.series.metric.lower().startswith("node"):
            return labels.get("node") or labels.get("instance")
        if self.series.service:
            return self.series.service
        for key in ("service", "app", "job_name", "deployment", "workload", "microservice"):
            if value := labels.get(key):
                return value
        if pod := labels.get("pod") or labels.get("pod_name"):
            return workload_of(pod)
        return labels.get("container") or labels.get("node") or labels.get("instance") or labels.get("job")


@dataclass(frozen=True)
class Samples:
    """What is judged of one series: ascending times, finite values, and where each stands in the artifact."""

    column: Column
    meaning: Meaning
    times: tuple[float, ...]
    values: tuple[float, ...]
    places: tuple[int, ...]
    """Index of each sample in the recorded series; for a rate that of the later one of its two."""
    rate: bool = False
    """Whether the values are increases per second of a recorded counter."""
    quantile: str = ""
    """The statistic that the values are: p95 from a histogram's buckets, mean from a sum and its count."""

    @cached_property
    def step(self) -> float:
        """Typical distance of two samples in seconds; 0 where there is only one."""
        return median(b - a for a, b in itertools.pairwise(self.times)) if len(self.times) > 1 else 0.0


@dataclass(slots=True)
class Panel:
    """Collects the series of a bundle."""

    columns: list[Column] = field(default_factory=list[Column])
    _judged: list[tuple[Samples, changepoints.Course]] | None = None

    def read(self, artifact: str, records: Iterable[Series]) -> None:
        """Add every series of one artifact."""
        self.columns.extend(Column(artifact, series) for series in records)
        self._judged = None

    def set_apart(self, artifacts: Collection[str]) -> None:
        """Mark the artifacts that are recordings of normal operation."""
        self.columns = [replace(column, baseline=column.artifact in artifacts) for column in self.columns]
        self._judged = None

    def extent(self) -> tuple[float, float] | None:
        """First and last sample of what is not baseline, in epoch seconds."""
        live = [c.series.times for c in self.columns if not c.baseline and c.series.times]
        return (min(times[0] for times in live), max(times[-1] for times in live)) if live else None

    def services(self) -> frozenset[str]:
        """Name the services of which something was sampled often enough to show a change."""
        live = (c for c in self.columns if not c.baseline and len(c.series.times) >= _LEAST_SAMPLES)
        return frozenset(name for column in live if (name := column.service))

    def normal(self) -> dict[tuple[str | None, str], Samples]:
        """Give the samples of normal operation by service and series name."""
        kept = [samples(column) for column in self.columns if column.baseline]
        return {(item.column.service, item.column.series.name): item for item in kept if item.values}

    def judged(self) -> list[tuple[Samples, changepoints.Course]]:
        """Cut every series that is not baseline into stretches of one level; computed once."""
        if self._judged is None:
            live = [column for column in self.columns if not column.baseline]
            whole = [samples(column) for column in _without_parts(live)]
            ready = [*_quantiles(live), *_means(live), *whole]
            ready = [item for item in ready if item.values]
            cut = changepoints.courses([item.values for item in ready])
            self._judged = list(zip(ready, cut, strict=True))
        return self._judged


def samples(column: Column) -> Samples:
    """Make one series ready: samples without a number left out, of two at one time the later kept."""
    series = column.series
    what = meaning(series.metric, series.labels)
    usable = [
        index
        for index, (time, value) in enumerate(zip(series.times, series.values, strict=True))
        if math.isfinite(time) and abs(value) <= _LARGEST
    ]
    by_time = {series.times[index]: index for index in usable}
    places = [by_time[time] for time in sorted(by_time)]
    times = [series.times[index] for index in places]
    values = [series.values[index] for index in places]
    if what.counter and len(values) >= 3 and _counts_up(values, sure=not series.metric.endswith("_count")):
        rate = tuple(rates(times, values))
        return Samples(column, what, tuple(times[1:]), rate, tuple(places[1:]), rate=True)
    return Samples(column, what, tuple(times), tuple(values), tuple(places))


def judged_as(series: Sequence[Series], record: Series, quantile: str) -> Samples:
    """Make one of an artifact's series ready, or the statistic of the histogram or summary it is part of."""
    column = Column("", record)
    if quantile:
        parts = {_key(column, record.metric), _key(column, _count_of(column))}
        beside = [
            other
            for other in (Column("", item) for item in series)
            if _key(other, other.series.metric) in parts
        ]
        found = [item for item in (*_quantiles(beside), *_means(beside)) if item.quantile == quantile]
        if found:
            return found[0]
    return samples(column)


def _counts_up(values: Sequence[float], *, sure: bool) -> bool:
    """Say whether a series falls as rarely as a counter that is reset does, and is never negative.

    Gauges are called `_count` too (replicas, threads): where the name is not `sure`, it must rise often.
    """
    falls = sum(b < a for a, b in itertools.pairwise(values))
    rises = sum(b > a for a, b in itertools.pairwise(values))
    often = sure or rises >= 0.2 * len(values)
    return often and falls <= max(1, 0.1 * len(values)) and min(values) >= 0


def rates(times: Sequence[float], values: Sequence[float]) -> list[float]:
    """Turn a counter into increases per second, one less than its samples; a fall is a reset from zero.

    Times must ascend. Rule: Prometheus' `rate()`, without its extrapolation to the edges of a window.
    """
    pairs = itertools.pairwise(zip(times, values, strict=True))
    return [(v1 - v0 if v1 >= v0 else v1) / (t1 - t0) for (t0, v0), (t1, v1) in pairs]


def _without_parts(columns: Sequence[Column]) -> list[Column]:
    """Leave out buckets and sums of what has a count too: quantiles and means are judged instead."""
    named = {_key(column, column.series.metric) for column in columns}
    return [
        column
        for column in columns
        if not histograms.is_bucket(column.series)
        and not (column.series.metric.endswith("_sum") and _key(column, _count_of(column)) in named)
    ]


def _count_of(column: Column) -> str:
    return column.series.metric.removesuffix("_sum") + "_count"


def _key(column: Column, metric: str) -> tuple[object, ...]:
    """Name a series by artifact, metric and labels; for a bucket its histogram."""
    labels = tuple(sorted((key, value) for key, value in column.series.labels.items() if key != "le"))
    return column.artifact, metric, labels


def _means(columns: Sequence[Column]) -> list[Samples]:
    """Divide sums by their counts, over time, where there are no buckets: mean latency, mean size."""
    by_key = {_key(column, column.series.metric): column for column in columns}
    found: list[Samples] = []
    for column in columns:
        base = column.series.metric.removesuffix("_sum")
        count = by_key.get(_key(column, _count_of(column)))
        if base == column.series.metric or count is None or _key(column, f"{base}_bucket") in by_key:
            continue
        total, number = samples(column), samples(count)
        if not (total.rate and number.rate):
            continue
        per_second = dict(zip(number.times, number.values, strict=True))
        rows = [
            (time, value / per_second[time], place)
            for time, value, place in zip(total.times, total.values, total.places, strict=True)
            if per_second.get(time, 0) > 0
        ]
        if rows:
            times, values, places = zip(*rows, strict=True)
            what = distribution(base, column.series.labels)
            found.append(Samples(column, what, times, values, places, quantile="mean"))
    return found


def _quantiles(columns: Sequence[Column]) -> list[Samples]:
    """Compute p50, p95 and p99 over time of every histogram."""
    groups: dict[tuple[object, ...], list[Column]] = {}
    for column in columns:
        if histograms.is_bucket(column.series):
            groups.setdefault(_key(column, column.series.metric), []).append(column)
    found: list[Samples] = []
    for members in groups.values():
        ready = [samples(member) for member in members]
        for quantile, course in histograms.quantiles([_buckets(item) for item in ready]).items():
            member = members[course.widest]
            what = distribution(member.series.metric.removesuffix("_bucket"), member.series.labels)
            where = dict(zip(ready[course.widest].times, ready[course.widest].places, strict=True))
            places = tuple(where[time] for time in course.times)
            found.append(Samples(member, what, course.times, course.values, places, quantile=quantile))
    return found


def _buckets(item: Samples) -> histograms.Bucket:
    bound = float(item.column.series.labels["le"])
    return histograms.Bucket(bound, dict(zip(item.times, item.values, strict=True)))
