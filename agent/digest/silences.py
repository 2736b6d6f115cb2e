"""Stretches in which series have no samples, or the same one over and over, while others go on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from agent.digest.observation import Observation, Role
from agent.digest.panel import Panel, Samples
from agent.digest.wording import duration, measured
from agent.schema.evidence import Pointer

_LEAST_SAMPLES = 10
_MISSING = 4.5
"""Steps without a sample from which samples are missing; scrapes come late by less."""
_IRREGULAR = 3
"""Gaps from which a series is one that is written on occasion only."""
_FROZEN = 10
"""Equal samples in a row from which a series that otherwise always changes is frozen."""


@dataclass(frozen=True, slots=True)
class Gap:
    """No number of one series between two samples, or after one; times are epoch seconds."""

    samples: Samples
    last: int
    start: float
    end: float | None


def observations(panel: Panel) -> list[Observation]:
    """Say which services have no samples for a while, and which series froze."""
    items = [item for item, _ in panel.judged() if not item.quantile]
    return [*_gaps(items), *(_frozen(item, run) for item in items if (run := _same(item)))]


def _gaps(items: Sequence[Samples]) -> Iterator[Observation]:
    by_artifact: dict[str, list[Samples]] = {}
    for item in items:
        by_artifact.setdefault(item.column.artifact, []).append(item)
    for artifact in sorted(by_artifact):
        members = by_artifact[artifact]
        last = max(item.times[-1] for item in members)
        times: dict[tuple[float, float], list[Gap]] = {}
        for item in members:
            for gap in _of(item, last):
                near = max(2 * item.step, 1.0)
                times.setdefault((gap.start // near, (gap.end or 0.0) // near), []).append(gap)
        for _, found in sorted(times.items()):
            if len(found) >= 0.8 * len(members):
                yield _told(found, None, "context")
            else:
                yield from _by_service(found, members)


def _by_service(found: Sequence[Gap], members: Sequence[Samples]) -> Iterator[Observation]:
    """Tell a service that is silent from one that lacks some series, such as latency without requests."""
    for service in sorted({gap.samples.column.service or "" for gap in found}):
        ours = [gap for gap in found if (gap.samples.column.service or "") == service]
        all_of_it = sum((item.column.service or "") == service for item in members)
        if not _taken_over(ours, members):
            yield _told(ours, service or None, "symptom" if len(ours) >= 0.8 * all_of_it else "context")


def _of(item: Samples, last: float) -> list[Gap]:
    step = item.step
    if len(item.times) < _LEAST_SAMPLES or step <= 0:
        return []
    found = [
        Gap(item, index, before, after)
        for index, (before, after) in enumerate(itertools.pairwise(item.times))
        if after - before > _MISSING * step
    ]
    if len(found) >= _IRREGULAR:
        return []
    if last - item.times[-1] > max(_MISSING * step, 0.05 * (last - item.times[0])):
        found.append(Gap(item, len(item.times) - 1, item.times[-1], None))
    return found


def _taken_over(found: Sequence[Gap], members: Sequence[Samples]) -> bool:
    """Say whether a sibling series, such as that of the next pod, has samples in the meantime."""
    gap = found[0]
    name, service = gap.samples.column.series.metric, gap.samples.column.service
    silent = {id(other.samples) for other in found}
    return any(
        item.column.series.metric == name
        and item.column.service == service
        and id(item) not in silent
        and any(gap.start < time < (gap.end or item.times[-1] + 1) for time in item.times)
        for item in members
    )


def _told(found: Sequence[Gap], service: str | None, role: Role) -> Observation:
    ordered = sorted(
        found, key=lambda gap: (gap.samples.column.series.name, gap.samples.column.service or "")
    )
    gap, column = ordered[0], ordered[0].samples.column
    lasted = "any more, while others go on" if gap.end is None else f"for {duration(gap.end - gap.start)}"
    name = f"{service or ''} {column.series.metric}".strip() if len(ordered) == 1 else ""
    whose = f" of {service}" if service else ""
    text = (
        f"{name} has no samples {lasted}"
        if name
        else f"{len(ordered)} series{whose} have no samples {lasted}"
    )
    return Observation(
        kind="M",
        statement=text,
        pointers=tuple(_pointer(other.samples, other.last, other.last + 1) for other in ordered[:6]),
        service=service,
        start=datetime.fromtimestamp(gap.start, UTC),
        end=None if gap.end is None else datetime.fromtimestamp(gap.end, UTC),
        severity="warning" if role == "symptom" else "info",
        attributes={
            "metric": column.series.metric,
            "members": ", ".join(sorted({other.samples.column.series.metric for other in ordered})),
            "metric_kind": gap.samples.meaning.kind,
            "change": "gap",
            "harm": "neutral",
        },
        surprise=0.45 if role == "symptom" else 0.2,
        role=role,
    )


def _pointer(item: Samples, first: int, last: int) -> Pointer:
    places = item.places[first : last + 1]
    return Pointer(
        artifact=item.column.artifact, series=item.column.series.name, samples=(min(places), max(places))
    )


def _same(item: Samples) -> tuple[int, int] | None:
    """Find where a series that otherwise changes with every sample keeps one value, other than zero."""
    if item.rate or len(item.values) < 3 * _FROZEN:
        return None
    runs: list[tuple[int, int]] = []
    start = 0
    for _, group in itertools.groupby(item.values):
        length = len(list(group))
        runs.append((length, start))
        start += length
    longest, where = max(runs)
    rest = len(item.values) - longest
    lively = rest >= 2 * _FROZEN and len(runs) - 1 >= 0.9 * rest
    least = max(_FROZEN, len(item.values) // 10)
    return (where, where + longest - 1) if lively and longest >= least and item.values[where] else None


def _frozen(item: Samples, run: tuple[int, int]) -> Observation:
    first, last = run
    column, value = item.column, item.values[first]
    others = item.values[:first] + item.values[last + 1 :]
    unit = item.meaning.unit
    name = " ".join(part for part in (column.service, column.series.metric) if part)
    ended = last + 1 < len(item.values)
    return Observation(
        kind="M",
        statement=f"{name} stayed at exactly {measured(value, unit)} for {last - first + 1} samples; "
        f"otherwise it moved between {measured(min(others), unit)} and {measured(max(others), unit)}",
        pointers=(_pointer(item, max(0, first - 5), last),),
        service=column.service,
        start=datetime.fromtimestamp(item.times[first], UTC),
        end=datetime.fromtimestamp(item.times[last], UTC) if ended else None,
        severity="info",
        attributes={
            "metric": column.series.metric,
            "unit": unit,
            "before": measured(value, unit),
            "metric_kind": item.meaning.kind,
            "change": "frozen",
            "harm": "neutral",
        },
        surprise=0.4,
        role="context",
    )
