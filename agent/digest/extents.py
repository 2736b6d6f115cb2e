"""How far the symptoms of each component went, beside the furthest of all in the same unit."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from agent.digest.panel import Panel, Samples
from agent.digest.topology import CallGraph

_LEAST_SERVICES = 3
"""A statistic that fewer components have compares nobody."""
_FAMILY: Mapping[str, str] = {"latency": "latency", "errors": "errors", "availability": "errors"}
_QUANTILE = re.compile(r"p\d{2,3}|median|mean|avg|average|max")
_WAITS = 0.5
_HEARD = 0.3
"""A callee that went less than this share as far as its caller does not explain it."""


def _none() -> dict[tuple[str, str], float]:
    return {}


@dataclass(frozen=True, slots=True)
class Extents:
    """Share of the furthest move, from 0 to 1, by component and kind of symptom (latency or errors)."""

    shares: Mapping[tuple[str, str], float] = field(default_factory=_none)
    slower: Mapping[str, float] = field(default_factory=dict[str, float])
    """How much slower each component became, in the unit of the metric of latency that most of them have;
    0 or more for each that has it, and nothing for the others."""

    @classmethod
    def of(cls, panel: Panel, onset: datetime | None) -> Extents:
        """Compare medians: what was usual against the worse half of the samples from the onset on."""
        if onset is None:
            return cls()
        normal = panel.normal()
        sizes: dict[tuple[str, str, str], dict[str, float]] = {}
        for item, _ in panel.judged():
            service, series = item.column.service, item.column.series
            usual = normal.get((service, series.name))
            size = _size(item, onset.timestamp(), usual.values if usual else ())
            if service and size is not None:
                statistic = item.quantile or series.labels.get("statistic", "")
                of_all = sizes.setdefault((_FAMILY[item.meaning.kind], series.metric, statistic), {})
                of_all[service] = max(of_all.get(service, 0.0), size)
        shares: dict[tuple[str, str], float] = {}
        for (family, _, _), by_service in sizes.items():
            most = max(by_service.values())
            if len(by_service) >= _LEAST_SERVICES and most > 0:
                for service, size in by_service.items():
                    key = service, family
                    shares[key] = max(shares.get(key, 0.0), size / most)
        return cls(shares, _slower(sizes))

    def heard(self, name: str, graph: CallGraph) -> float:
        """Sum up how much slower the nearest callees became whose latency was measured."""
        heard, seen, pending = 0.0, {name}, [name]
        while pending:
            for callee in sorted(graph.callees(pending.pop()) - seen):
                seen.add(callee)
                if callee in self.slower:
                    heard += self.slower[callee]
                else:
                    pending.append(callee)
        return heard

    def waits(self, name: str, graph: CallGraph) -> bool:
        """Tell whether a component that became slower waits for callees that did, by most of it."""
        own = self.slower.get(name, 0.0)
        return own > 0 and self.heard(name, graph) >= _WAITS * own

    def weight(self, service: str, kind: str) -> float:
        """Weigh a symptom, from 0.4 for a trifle to 1 for the furthest or for what cannot be compared."""
        share = self.shares.get((service, _FAMILY.get(kind, "")))
        return 1.0 if share is None else 0.4 + 0.6 * math.sqrt(share)

    def explains(self, callee: str, caller: str) -> bool:
        """Tell whether a callee went far enough to be felt in its caller, where both can be compared.

        Slowness of a callee shows as slowness or, by timeouts, as errors; errors show as errors.
        """
        families = ("latency", "errors")
        known = [(f, a, b) for f in families if (a := self.shares.get((callee, f))) is not None
                 and (b := self.shares.get((caller, f))) is not None]  # fmt: skip
        return not known or any(share >= _HEARD * own and share > 0 for _, share, own in known if own > 0.1)


def _slower(sizes: Mapping[tuple[str, str, str], Mapping[str, float]]) -> dict[str, float]:
    """Take the largest size over the quantiles of the one metric that most components have."""
    stems: dict[str, dict[str, float]] = {}
    for (family, metric, _), by_service in sizes.items():
        if family == "latency":
            most = stems.setdefault(_QUANTILE.sub("", metric), {})
            for service, size in by_service.items():
                most[service] = max(most.get(service, 0.0), size)
    return max((stems[stem] for stem in sorted(stems)), key=len) if stems else {}


def _size(item: Samples, onset: float, usual: Sequence[float]) -> float | None:
    if item.meaning.kind not in _FAMILY or item.meaning.harmless is None:
        return None
    sign = -1.0 if item.meaning.harmless == "up" else 1.0
    pairs = list(zip(item.times, item.values, strict=True))
    before = usual or [value for time, value in pairs if time < onset]
    after = sorted(sign * value for time, value in pairs if time >= onset)
    if len(before) < 2 or not after:
        return None
    return max(0.0, median(after[len(after) // 2 :]) - sign * median(before))
