"""Series -> what changed level and when; series that move together are one observation."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import median

from agent.digest import shifts
from agent.digest.metrickinds import Harm, Meaning, meaning
from agent.digest.observation import Observation, Role
from agent.digest.wording import measured, number
from agent.schema.evidence import Pointer, Severity
from tools.formats import workload_of
from tools.formats.records import Series

_MOST_PER_SERIES = 5


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


@dataclass(frozen=True, slots=True)
class Move:
    """One excursion of one series, in time."""

    column: Column
    meaning: Meaning
    excursion: shifts.Excursion
    start: float
    end: float | None
    step: float
    """Typical distance of two samples in seconds."""
    first_sample: int
    last_sample: int
    rate: bool
    importance: float = 1.0
    """Size of the move beside the level that the same metric has elsewhere; 1 where it is of that size."""

    @property
    def harm(self) -> Harm:
        """Whether it hurts, by kind and direction."""
        return self.meaning.harm(self.excursion.direction)

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
        return (0.5 * by_sigma + 0.5 * by_ratio) * brief * self.importance


@dataclass(slots=True)
class Panel:
    """Collects the series of a bundle."""

    columns: list[Column] = field(default_factory=list[Column])

    def read(self, artifact: str, records: Iterable[Series], *, baseline: bool) -> None:
        """Add every series of one artifact."""
        self.columns.extend(Column(artifact, series, baseline) for series in records)

    def extent(self) -> tuple[float, float] | None:
        """First and last sample of what is not baseline, in epoch seconds."""
        live = [c.series.times for c in self.columns if not c.baseline and c.series.times]
        return (min(times[0] for times in live), max(times[-1] for times in live)) if live else None


def moves(panel: Panel, onset: datetime | None) -> list[Move]:
    """Find every excursion of every series; samples before `onset` are what is usual."""
    normal: dict[tuple[str | None, str], Column] = {
        (c.service, c.series.name): c for c in panel.columns if c.baseline
    }
    found: list[Move] = []
    for column in panel.columns:
        if not column.baseline:
            found.extend(_moves_of(column, normal.get((column.service, column.series.name)), onset))
    scales = _scales(panel)
    return [
        replace(move, importance=_importance(move, scales.get(move.column.series.metric))) for move in found
    ]


def _scales(panel: Panel) -> dict[str, float]:
    """Level that a metric reaches in its largest series, where at least four services have it."""
    levels: dict[str, list[float]] = {}
    for column in panel.columns:
        sizes = sorted(abs(value) for value in column.series.values if math.isfinite(value))
        if sizes and not column.baseline:
            levels.setdefault(column.series.metric, []).append(sizes[math.ceil(0.9 * len(sizes)) - 1])
    return {metric: max(sizes) for metric, sizes in levels.items() if len(sizes) >= 4}


def _importance(move: Move, scale: float | None) -> float:
    if not scale or move.rate:
        return 1.0
    size = abs(move.excursion.after - move.excursion.before)
    return min(1.0, 1.2 * (size / scale) ** 0.25)


def _clean(column: Column, what: Meaning) -> tuple[list[float], list[float], list[int], bool]:
    series = column.series
    kept = [i for i, value in enumerate(series.values) if math.isfinite(value)]
    times = [series.times[i] for i in kept]
    values = [series.values[i] for i in kept]
    if what.counter and len(values) >= 3:
        rate_times, rate_values = shifts.rates(times, values)
        return rate_times, rate_values, kept[1:][: len(rate_times)], True
    return times, values, kept, False


def _moves_of(column: Column, normal: Column | None, onset: datetime | None) -> list[Move]:
    what = meaning(column.series.metric, column.series.labels)
    times, values, index, rate = _clean(column, what)
    if not values:
        return []
    step = median([b - a for a, b in itertools.pairwise(times)]) if len(times) > 1 else 0.0
    if normal is not None:
        usual = [value for value in normal.series.values if math.isfinite(value)]
        compared = shifts.against(values, usual, harmless=what.harmless)
        found = [compared] if compared else []
    else:
        count = sum(time < onset.timestamp() for time in times) if onset else 0
        found = list(shifts.excursions(values, baseline=count))
    found = sorted(found, key=lambda item: -item.sigmas)[:_MOST_PER_SERIES]
    return [
        Move(
            column,
            what,
            item,
            times[item.first],
            times[item.last + 1] if item.recovered and item.last + 1 < len(times) else None,
            step,
            index[item.first],
            index[item.last],
            rate,
        )
        for item in found
    ]


def telling(found: Sequence[Move]) -> list[Move]:
    """Select the moves that hurt; where none does by its name, those whose name says nothing about harm."""
    bad = [move for move in found if move.harm == "bad"]
    return bad or [move for move in found if move.harm == "neutral"]


def observations(found: Sequence[Move], nodes: frozenset[str]) -> list[Observation]:
    """Join moves of one service and kind that began together, and say each in one line."""
    sharing = {id(move) for move in telling(found)}
    groups: dict[tuple[str, str, str], list[list[Move]]] = {}
    ordered = sorted(found, key=lambda m: (m.start, m.column.artifact, m.column.series.name))
    for move in ordered:
        key = (move.column.service or "", move.meaning.kind, move.excursion.direction)
        if move.meaning.kind == "other" or not move.column.service:
            key = (f"{key[0]} {move.column.series.metric}", key[1], key[2])
        bins = groups.setdefault(key, [])
        home = next((b for b in bins if move.start - b[0].start <= max(2 * move.step, 30.0)), None)
        if home is None:
            bins.append([move])
        else:
            home.append(move)
    return [
        _observe(group, nodes, counts=any(id(move) in sharing for move in group))
        for key in sorted(groups)
        for group in groups[key]
    ]


def _observe(group: Sequence[Move], nodes: frozenset[str], *, counts: bool) -> Observation:
    lead = max(group, key=lambda move: (move.surprise, move.column.series.name))
    item, what = lead.excursion, lead.meaning
    service = lead.column.service
    node = bool(service) and service in nodes
    members = sorted({move.column.series.metric for move in group})
    ends = [move.end for move in group]
    ratio = item.ratio
    role, severity = _weight(lead) if counts else ("context", "info")
    attributes = {
        "metric": lead.column.series.metric,
        "unit": what.unit,
        "labels": ", ".join(f"{k}={v}" for k, v in sorted(lead.column.series.labels.items())),
        "members": ", ".join(members),
        "before": number(item.before),
        "after": number(item.after),
        "peak": number(item.peak),
        "sigmas": number(round(min(item.sigmas, 9999.0), 1)),
        "metric_kind": what.kind,
        "change": item.change,
        "direction": item.direction,
        "harm": lead.harm,
    }
    if not math.isinf(ratio):
        attributes["ratio"] = number(ratio)
    return Observation(
        kind="M",
        statement=_statement(lead, service),
        pointers=tuple(_pointer(move) for move in _leading(group, lead)),
        service=service,
        start=datetime.fromtimestamp(min(move.start for move in group), UTC),
        end=None if None in ends else datetime.fromtimestamp(max(e for e in ends if e is not None), UTC),
        severity=severity,
        attributes={key: value for key, value in attributes.items() if value},
        surprise=lead.surprise,
        role=role,
        component_kind="node" if node else "service",
    )


def _leading(group: Sequence[Move], lead: Move) -> list[Move]:
    rest = sorted(
        (move for move in group if move is not lead), key=lambda m: (-m.surprise, m.column.series.name)
    )
    return [lead, *rest[:5]]


def _pointer(move: Move) -> Pointer:
    low = max(0, move.first_sample - 5)
    return Pointer(
        artifact=move.column.artifact, series=move.column.series.name, samples=(low, move.last_sample)
    )


def _weight(move: Move) -> tuple[Role, Severity]:
    kind, harm = move.meaning.kind, move.harm
    strong = move.surprise >= 0.6
    if harm != "bad":
        return ("symptom", "warning") if harm == "neutral" else ("context", "info")
    resource = {
        "cpu",
        "throttling",
        "memory",
        "disk",
        "network",
        "saturation",
        "queue",
        "replication",
        "clock",
    }
    if kind in resource:
        return "resource", "warning"
    if kind == "traffic":
        return "symptom", "warning" if strong else "info"
    return "symptom", "error" if strong else "warning"


_FUNCTION = re.compile(r"[a-z_]+(?= *(?:\(|by\b|without\b))|\{[^}]*\}|\([a-z_, ]+\)|\[[^\]]*\]")


def spoken_name(metric: str) -> str:
    """Name a series by its metric; a PromQL expression by the metrics that it reads."""
    if not re.search(r"[({ ]", metric):
        return metric
    read = re.findall(r"[a-zA-Z_:][\w:]{5,}", _FUNCTION.sub(" ", metric))
    return (
        " / ".join(dict.fromkeys(read).keys() if len(set(read)) <= 2 else list(dict.fromkeys(read))[:2])
        or metric
    )


_VERBS = {
    ("shift", "up"): "rose",
    ("shift", "down"): "fell",
    ("ramp", "up"): "climbed",
    ("ramp", "down"): "declined",
    ("spike", "up"): "spiked",
    ("spike", "down"): "dipped",
}


def _statement(move: Move, service: str | None) -> str:
    item, unit = move.excursion, move.meaning.unit
    name = spoken_name(move.column.series.metric)
    subject = name if not service or name.startswith(service) else f"{service} {name}"
    if statistic := move.column.series.labels.get("statistic"):
        subject += f" ({statistic})"
    if move.rate:
        subject += " per second"
    verb = _VERBS[(item.change if item.change in {"shift", "ramp", "spike"} else "shift"), item.direction]
    text = f"{subject} {verb} from {measured(item.before, unit)} to {measured(item.after, unit)}"
    ratio = item.ratio
    if 1.5 <= ratio < 1e5 and item.direction == "up":
        text += f" ({number(round(ratio, 1 if ratio < 10 else 0))}x)"
    if item.peak != item.after and item.change != "spike":
        text += f", {'peak' if item.direction == 'up' else 'lowest'} {measured(item.peak, unit)}"
    return text
