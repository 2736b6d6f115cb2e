"""An incident's record from past alerts: one alert, or those of a rule group, as `ALERTS` remembers them.

`ALERTS` says when an alert was pending or firing; the value of `ALERTS_FOR_STATE` is the time since when its
condition holds. Neither carries annotations: a title comes from the rule as it is today.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tools.formats.documents import listing, mapping, string
from tools.http import Json, Service
from tools.sources.alert_labels import gravest, owner_of
from tools.sources.prometheus_answers import data_of, judged
from tools.sources.source import IncidentRecord, Span
from tools.sources.stepping import span_params, step_for

LOOKBACK = timedelta(days=7)
"""Where no window is told; then the last firings count."""
_APART = 1800.0
"""Seconds without any firing that part two incidents."""
_TEMPLATE = re.compile(r"\{\{")


@dataclass(frozen=True, slots=True)
class _Series:
    labels: Mapping[str, str]
    times: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class AlertHistory:
    """Asks a Prometheus what has fired."""

    service: Service
    matchers: Sequence[str] = ()
    """Label matchers that every series must have."""

    def record(self, ident: str, window: Span | None, now: datetime) -> IncidentRecord:
        """Find the firings of an alert, or of the alerts of a rule group; see Recorder."""
        asked = window or Span(now - LOOKBACK, now)
        rules = self._rules()
        names = (ident,)
        found = self._stretch(names, asked, whole=window is not None)
        if found is None and (grouped := tuple(rule for group, rule in rules if group == ident)):
            names = grouped
            found = self._stretch(names, asked, whole=window is not None)
        if found is None:
            told = f"from {asked.start:%Y-%m-%dT%H:%MZ} to {asked.end:%Y-%m-%dT%H:%MZ}"
            raise LookupError(
                f"no alert, and no alert of a rule group, of that name fired {told}; "
                "--since and --until say another time"
            )
        return self._told(ident, names, found, asked, rules)

    def _stretch(self, names: Sequence[str], asked: Span, *, whole: bool) -> Span | None:
        """Say roughly when these fired: all of it in a window that was told, else the last time."""
        step = step_for(asked)
        selector = self._selector("ALERTS", names, 'alertstate="firing"')
        fired = self._range(f"max_over_time({selector}[{step:g}s])", asked, step)
        times = sorted({time for series in fired for time in series.times})
        if not times:
            return None
        first = times[0]
        for before, after in itertools.pairwise(times):
            if not whole and after - before > max(_APART, 2 * step):
                first = after
        margin = step + 60
        start, end = (datetime.fromtimestamp(time, UTC) for time in (first - margin, times[-1] + margin))
        return Span(start, min(end, asked.end))

    def _told(
        self,
        ident: str,
        names: Sequence[str],
        stretch: Span,
        asked: Span,
        rules: Mapping[tuple[str, str], Mapping[str, str]],
    ) -> IncidentRecord:
        step = step_for(stretch)
        fired = self._range(self._selector("ALERTS", names, 'alertstate="firing"'), stretch, step)
        active = self._range(self._selector("ALERTS_FOR_STATE", names), stretch, step)
        starts = [series.times[0] for series in fired]
        firing = {time for series in fired for time in series.times}
        starts += [
            value
            for series in active
            for time, value in zip(series.times, series.values, strict=True)
            if time in firing and 0 < value <= time
        ]
        last = max(firing)
        over = asked.end.timestamp() - last > 2 * step
        labels = [series.labels for series in fired]
        nothing: Mapping[str, str] = {}
        annotations = next((rules[key] for key in rules if key[1] in names), nothing)
        title, summary = (_plain(annotations.get(key, "")) for key in ("summary", "description"))
        return IncidentRecord(
            title=title or ident,
            start=datetime.fromtimestamp(min(starts), UTC),
            end=datetime.fromtimestamp(last, UTC) if over else None,
            severity=gravest(one.get("severity", "") for one in labels),
            services=tuple(dict.fromkeys(filter(None, map(owner_of, labels)))),
            summary=summary,
        )

    def _selector(self, metric: str, names: Sequence[str], *more: str) -> str:
        pattern = "|".join(map(re.escape, names)).replace("\\", "\\\\").replace('"', '\\"')
        inner = ",".join((f'alertname=~"{pattern}"', *more, *self.matchers))
        return f"{metric}{{{inner}}}"

    def _range(self, query: str, span: Span, step: float) -> list[_Series]:
        """Ask a range query; raise ValueError where it was not answered."""
        params = [("query", query), *span_params(span), ("step", f"{step:g}")]
        document = self.service.get_json("api/v1/query_range", params)
        answer = judged(document)
        if answer.outcome != "ok":
            raise ValueError(answer.note or "the answer is empty")
        found = map(_series, listing(mapping(data_of(document)).get("result")))
        return [series for series in found if series.times]

    def _rules(self) -> dict[tuple[str, str], Mapping[str, str]]:
        """Read annotations by group and alert; none where the rules may not be read."""
        document = self.service.get_json("api/v1/rules", [("type", "alert")])
        found: dict[tuple[str, str], Mapping[str, str]] = {}
        for group in map(mapping, listing(mapping(data_of(document)).get("groups"))):
            for rule in map(mapping, listing(group.get("rules"))):
                annotations = {key: string(text) for key, text in mapping(rule.get("annotations")).items()}
                found[string(group.get("name")), string(rule.get("name"))] = annotations
        return found


def _series(value: Json) -> _Series:
    item = mapping(value)
    labels = {key: string(text) for key, text in mapping(item.get("metric")).items()}
    pairs = list(_pairs(listing(item.get("values"))))
    return _Series(labels, tuple(time for time, _ in pairs), tuple(value for _, value in pairs))


def _pairs(values: Sequence[Json]) -> Iterable[tuple[float, float]]:
    for value in values:
        pair = listing(value)
        if len(pair) == 2 and isinstance(pair[0], (int, float)):
            yield float(pair[0]), float(string(pair[1]) or 0)


def _plain(annotation: str) -> str:
    """Take an annotation as it stands; one with a template says nothing without its alert."""
    return "" if _TEMPLATE.search(annotation) else " ".join(annotation.split())
