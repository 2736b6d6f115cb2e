"""Small differences that last, against a recording of normal operation.

A detector that looks at single samples must allow for the largest that the baseline holds, and a baseline
with a few spikes then hides a level that is plainly another one. Medians over as many samples as the incident
has are compared here: a spike of the baseline moves none of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from agent.digest.metrickinds import Meaning, meaning
from agent.digest.observation import Observation
from agent.digest.panel import Column, Panel
from agent.digest.wording import measured, number
from agent.schema.evidence import Pointer

_LEAST = 3
_RARE = 0.03
"""Share of stretches of the baseline that may be as far off."""
_FACTOR = 1.2
_SIGMAS = 3.0
_KINDS = frozenset({"latency", "errors", "availability"})
_SURPRISE = 0.3


@dataclass(frozen=True, slots=True)
class Level:
    """The level of a series in the incident and in the baseline."""

    column: Column
    meaning: Meaning
    usual: float
    now: float
    sigmas: float
    first: int
    """Index of the first sample of the stretch that is off."""


def observations(panel: Panel, found: Sequence[Observation]) -> list[Observation]:
    """Say the clearest level of each service that no detector has said to be in trouble."""
    told = {o.service for o in found if o.kind == "M" and o.attributes.get("harm") == "bad"}
    normal = {(c.service, c.series.name): c for c in panel.columns if c.baseline}
    best: dict[str, Level] = {}
    for column in panel.columns:
        usual = normal.get((column.service, column.series.name))
        if column.baseline or usual is None or column.service is None or column.service in told:
            continue
        level = _compare(column, usual)
        if level and (column.service not in best or level.sigmas > best[column.service].sigmas):
            best[column.service] = level
    return [_observe(name, best[name]) for name in sorted(best)]


def _compare(column: Column, normal: Column) -> Level | None:
    what = meaning(column.series.metric, column.series.labels)
    values = [value for value in column.series.values if math.isfinite(value)]
    usual = [value for value in normal.series.values if math.isfinite(value)]
    width = max(_LEAST, math.ceil(len(values) / 2))
    if what.kind not in _KINDS or what.harmless is None or len(values) < width or len(usual) < 4 * width:
        return None
    sign = -1.0 if what.harmless == "up" else 1.0
    stretches = [median(values[n : n + width]) for n in range(len(values) - width + 1)]
    first = max(range(len(stretches)), key=lambda n: (sign * stretches[n], n))
    now, middle = stretches[first], median(usual)
    spread = 1.4826 * median(abs(value - middle) for value in usual)
    spread = max(spread, 1e-3 * abs(middle), 1e-12)
    before = [median(usual[n : n + width]) for n in range(len(usual) - width + 1)]
    as_far = sum(sign * value >= sign * now for value in before) / len(before)
    far_enough = what.kind == "availability" or now >= _FACTOR * middle
    sigmas = sign * (now - middle) / spread
    if sigmas < _SIGMAS or as_far > _RARE or not far_enough:
        return None
    return Level(column, what, middle, now, sigmas, first)


def _observe(name: str, level: Level) -> Observation:
    series, unit = level.column.series, level.meaning.unit
    width = max(_LEAST, math.ceil(len(series.values) / 2))
    kind = f" ({statistic})" if (statistic := series.labels.get("statistic")) else ""
    verb = "above" if level.now > level.usual else "below"
    now, usual = measured(level.now, unit), measured(level.usual, unit)
    text = f"{name} {series.metric}{kind} was {now} over {width} samples, {verb} its usual {usual}"
    attributes = {
        "metric": series.metric,
        "unit": unit,
        "labels": ", ".join(f"{key}={value}" for key, value in sorted(series.labels.items())),
        "before": number(level.usual),
        "after": number(level.now),
        "peak": number(level.now),
        "sigmas": number(round(min(level.sigmas, 9999.0), 1)),
        "metric_kind": level.meaning.kind,
        "change": "shift",
        "direction": "up" if level.now > level.usual else "down",
        "harm": "bad",
    }
    last = min(len(series.values), level.first + width) - 1
    return Observation(
        kind="M",
        statement=text,
        pointers=(Pointer(artifact=level.column.artifact, series=series.name, samples=(level.first, last)),),
        service=name,
        start=datetime.fromtimestamp(series.times[level.first], UTC),
        severity="warning",
        attributes={key: value for key, value in attributes.items() if value},
        surprise=_SURPRISE * min(1.0, level.sigmas / 10 + 0.4),
        role="symptom",
    )
