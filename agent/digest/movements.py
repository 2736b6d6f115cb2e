"""Moves of series -> evidence: what moved together in one line, with its samples."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from agent.digest.metrics import Move, telling
from agent.digest.observation import Observation, Role
from agent.digest.wording import duration, instant, measured, number
from agent.schema.evidence import Pointer, Severity

_NO_UNITS: Mapping[str, str] = {}


def observations(
    found: Sequence[Move], nodes: frozenset[str], units: Mapping[str, str] = _NO_UNITS
) -> list[Observation]:
    """Join moves of one service and kind that began together, and say each in one line.

    `units` are those of metrics whose names tell none. Levels, factor and peak are those of the series that
    moved furthest; `start`, `end` and `recovered_after` are of all that moved with it: from when the first
    left its level until the last was back, and no end while one is away (`not_recovered` names it).
    """
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
        _observe(group, nodes, units, counts=any(id(move) in sharing for move in group))
        for key in sorted(groups)
        for group in groups[key]
    ]


def _observe(
    group: Sequence[Move], nodes: frozenset[str], units: Mapping[str, str], *, counts: bool
) -> Observation:
    lead = max(group, key=lambda move: (move.surprise, move.column.series.name))
    item, what = lead.excursion, lead.meaning
    service = lead.column.service
    node = bool(service) and service in nodes
    unit = what.unit or units.get(lead.column.series.metric, "")
    members = sorted({spoken_name(move.column.series.metric) for move in group})
    began, ends = min(move.start for move in group), [move.end for move in group]
    ended = None if None in ends else max(end for end in ends if end is not None)
    away = sorted({spoken_name(move.column.series.metric) for move in group if move.end is None})
    ratio = item.ratio
    role, severity = _weight(lead) if counts else ("context", "info")
    attributes = {
        "metric": spoken_name(lead.column.series.metric),
        "unit": unit,
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
        "quantile": lead.samples.quantile,
        "peak_at": _peak_at(lead),
        "recovered_after": duration(ended - began) if ended is not None else "",
        "not_recovered": ", ".join(away) if lead.end is not None else "",
        "usual_elsewhere": "true" if lead.habitual else "",
    }
    if not math.isinf(ratio):
        attributes["ratio"] = number(ratio)
    return Observation(
        kind="M",
        statement=_statement(lead, service, unit),
        pointers=tuple(_pointer(move) for move in _leading(group, lead)),
        service=service,
        start=datetime.fromtimestamp(began, UTC),
        end=None if ended is None else datetime.fromtimestamp(ended, UTC),
        severity=severity,
        attributes={key: value for key, value in attributes.items() if value},
        surprise=lead.surprise,
        role=role,
        component_kind="node" if node else "service",
    )


def _peak_at(move: Move) -> str:
    """Tell when the furthest sample of a move was taken."""
    item = move.excursion
    values = move.samples.values
    far = min(range(item.first, item.last + 1), key=lambda at: (abs(values[at] - item.peak), at))
    return instant(datetime.fromtimestamp(move.samples.times[far], UTC))


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
    if move.ordinary:
        return "context", "info"
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


def _statement(move: Move, service: str | None, unit: str) -> str:
    item = move.excursion
    name = spoken_name(move.column.series.metric)
    if move.samples.quantile:
        base = name.removesuffix("_bucket").removesuffix("_sum")
        name = f"{base} {move.samples.quantile}"
    subject = name if not service or name.startswith(service) else f"{service} {name}"
    if statistic := move.column.series.labels.get("statistic"):
        subject += f" ({statistic})"
    if move.samples.rate:
        subject += " per second"
    verb = _VERBS[(item.change if item.change in {"shift", "ramp", "spike"} else "shift"), item.direction]
    text = f"{subject} {verb} from {measured(item.before, unit)} to {measured(item.after, unit)}"
    ratio = item.ratio
    if 1.5 <= ratio < 1e5 and item.direction == "up":
        text += f" ({number(round(ratio, 1 if ratio < 10 else 0))}x)"
    if item.peak != item.after and item.change != "spike":
        text += f", {'peak' if item.direction == 'up' else 'lowest'} {measured(item.peak, unit)}"
    return text
