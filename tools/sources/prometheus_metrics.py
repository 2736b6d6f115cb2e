"""Which metrics a Prometheus has of an incident's services, and by which label they are theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tools.http import Json, Params, Service
from tools.sources import golden
from tools.sources.gathering import Gathering
from tools.sources.prometheus_answers import data_of, judged, strings
from tools.sources.source import Span
from tools.sources.stepping import span_params

_NAMES, _LABELS, _SERIES = "api/v1/label/__name__/values", "api/v1/labels", "api/v1/series"
_MOST_SERIES = 50_000
_MOST_SELECTORS = 3000
"""Characters of the selectors of one request; proxies refuse long addresses."""
_TELLING = ('le=~"|[+]Inf"', '__name__!~"(go|prometheus|promhttp|scrape|alertmanager)_.*|ALERTS.*"')
"""Of a histogram one bucket shows that it exists; what the programs tell of themselves is not asked about."""

_Found = dict[str, tuple[str, set[str]]]


@dataclass(frozen=True, slots=True)
class Discovery:
    """Asks one store what it had within the window, ended series too."""

    service: Service
    gathering: Gathering
    window: Span
    matchers: tuple[str, ...]
    """What every series must match."""
    services: tuple[str, ...]

    def metrics(self) -> list[golden.Metric]:
        """List the metrics of the services, each with the label that carries the service."""
        owned = self._of_series() if self.services else None
        if owned is None:
            owned = self._label_by_label()
        if not owned:
            if self.services:
                names = ", ".join(self.services)
                self.gathering.note(f"no series bears the name of {names}; asked about all services")
            labels = set(self._told(_LABELS, self.matchers))
            label = next((label for label in golden.OWNERS if label in labels), "")
            every = self._told(_NAMES, self.matchers)
            owned = {name: golden.Metric(name, owner=label, matchers=self.matchers) for name in every}
        types = self._types()
        none = golden.Metric("", matchers=self.matchers)
        return [
            replace(owned.get(name) or owned.get(f"{name}_bucket") or none, name=name, type=kind)
            for name, kind in golden.families(owned, types)
        ]

    def labelled(self, metric: golden.Metric) -> golden.Metric:
        """Add the names of its labels where they matter and are not known yet."""
        if metric.labels or not golden.needs_labels(metric.name, metric.type):
            return metric
        found = self._told(_LABELS, (f'__name__="{metric.name}"', *metric.matchers))
        return replace(metric, labels=tuple(found))

    def _of_series(self) -> dict[str, golden.Metric] | None:
        """Ask for the services' series at once; None where that is too much for one answer."""
        selectors = [f"{{{','.join((*self._narrowed(label), *_TELLING))}}}" for label in golden.OWNERS]
        if sum(map(len, selectors)) > _MOST_SELECTORS:
            return None
        params: Params = [
            *(("match[]", selector) for selector in selectors),
            *span_params(self.window),
            ("limit", str(_MOST_SERIES)),
        ]
        document = self.service.get_json(_SERIES, params)
        listed = data_of(document)
        series = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        told = f"{_SERIES}?" + "&".join(f"match[]={selector}" for selector in selectors)
        self.gathering.record(told, judged(document), rows=len(series), window=self.window)
        if not isinstance(listed, list) or len(series) >= _MOST_SERIES:
            return None
        return {
            name: golden.Metric(name, "", label, self._narrowed(label), tuple(sorted(labels)))
            for name, (label, labels) in self._owned(series).items()
        }

    def _owned(self, series: Iterable[Mapping[str, Json]]) -> _Found:
        """Give each metric the most telling label that bears a service, and the labels of those series."""
        patterns = {label: re.compile(_pattern(label, self.services)) for label in golden.OWNERS}
        found: _Found = {}
        for one in series:
            name = str(one.get("__name__", ""))
            for label, pattern in patterns.items():
                if pattern.fullmatch(str(one.get(label, ""))):
                    before, labels = found.get(name, (label, set[str]()))
                    if golden.OWNERS.index(label) < golden.OWNERS.index(before):
                        labels = set[str]()
                    if label == before or not labels:
                        found[name] = label, labels | set(one)
                    break
        return found

    def _label_by_label(self) -> dict[str, golden.Metric]:
        found: dict[str, golden.Metric] = {}
        labels = set(self._told(_LABELS, self.matchers)) if self.services else set[str]()
        for label in golden.OWNERS:
            if label in labels:
                for name in self._told(_NAMES, self._narrowed(label)):
                    found.setdefault(name, golden.Metric(name, "", label, self._narrowed(label)))
        return found

    def _narrowed(self, label: str) -> tuple[str, ...]:
        return (*self.matchers, f'{label}=~"{quoted(_pattern(label, self.services))}"')

    def _types(self) -> dict[str, str]:
        document = self.service.get_json("api/v1/metadata")
        found = data_of(document)
        types: dict[str, str] = {}
        for name, entries in (found if isinstance(found, dict) else {}).items():
            first = entries[0] if isinstance(entries, list) and entries else None
            if isinstance(first, dict) and isinstance(kind := first.get("type"), str):
                types[name] = kind
        self.gathering.record("api/v1/metadata", judged(document), rows=len(types))
        return types

    def _told(self, path: str, matchers: Sequence[str]) -> list[str]:
        params = [*span_params(self.window)]
        if matchers:
            params.append(("match[]", f"{{{','.join(matchers)}}}"))
        document = self.service.get_json(path, params)
        found = strings(data_of(document))
        told = path + (f"?match[]={{{','.join(matchers)}}}" if matchers else "")
        self.gathering.record(told, judged(document), rows=len(found), window=self.window)
        return found


def quoted(text: str) -> str:
    """Escape what stands between quotes in PromQL."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _pattern(label: str, services: Sequence[str]) -> str:
    names = "|".join(re.escape(name) for name in services)
    return {"pod": f"({names})(-.*)?", "job": f"(.*/)?({names})"}.get(label, names)
