"""Prometheus query results as JSON: matrix and vector, ALERTS series as episodes, Loki streams."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import cast

from tools.formats.documents import Document, Element, listing, mapping, string, strings
from tools.formats.joining import note_time
from tools.formats.logs_json import Json
from tools.formats.opening import spoil
from tools.formats.records import AlertRecord, Series, Tally
from tools.formats.workloads import workload_of

_OWNERS = (
    "app",
    "app_kubernetes_io_name",
    "deployment",
    "workload",
    "statefulset",
    "daemonset",
    "service_name",
)
_Samples = tuple[tuple[float, ...], tuple[float, ...]]
"""Times and values."""
_YEAR_10000 = 253_402_300_800
"""Epoch seconds from which a time cannot be told; milliseconds are beyond it too."""
_SELECTOR = re.compile(
    r'^\s*(?P<name>[A-Za-z_:][\w:]*)?\{(?P<labels>(?:[A-Za-z_]\w*="(?:[^"\\]|\\.)*",? ?)+)\}\s*$'
)
_PAIR = re.compile(r'([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"')
ALERT_SERIES = frozenset({"ALERTS", "ALERTS_FOR_STATE"})


def read_series(
    document: Document, path: tuple[str, ...], tally: Tally, query: Callable[[], str] = str
) -> Iterator[Series]:
    """Yield one series a result; `query` is asked for the name of series whose metric name was dropped."""
    for element in document.elements(tally, *path):
        sample = _series(element, query, tally)
        if sample is not None:
            tally.rows += len(sample.times)
            if sample.times:
                note_time(tally, datetime.fromtimestamp(sample.times[0], UTC))
                note_time(tally, datetime.fromtimestamp(sample.times[-1], UTC))
            yield sample


def read_alert_series(
    document: Document, path: tuple[str, ...], tally: Tally, until: datetime | None = None
) -> Iterator[AlertRecord]:
    """Yield the episodes of ALERTS series: samples more than two steps apart belong to two episodes.

    An episode that reaches the end of what was asked for (`until`, else the last sample of the whole result)
    has no end. One that was there at its first sample began before: where ALERTS_FOR_STATE is there too, its
    value says when.
    """
    found: list[Series] = [series for series in read_series(document, path, tally) if series.times]
    tally.rows = 0
    first = min((series.times[0] for series in found), default=0.0)
    asked = until.timestamp() if until else 0.0
    last = max((series.times[-1] for series in found), default=0.0)
    last = max(last, asked)
    since = {_alert_key(series): series for series in found if series.metric == "ALERTS_FOR_STATE"}
    steps = [
        later - earlier
        for series in found
        for earlier, later in zip(series.times, series.times[1:], strict=False)
    ]
    step = min(steps, default=60.0)
    for series in found:
        if series.metric == "ALERTS_FOR_STATE" and any(other.metric == "ALERTS" for other in found):
            continue
        for start, end in _episodes(series, step):
            tally.rows += 1
            labels = {
                key: value for key, value in series.labels.items() if key not in {"alertname", "alertstate"}
            }
            firing = series.labels.get("alertstate", "firing")
            ended = last - end > 2 * step
            active = since.get(_alert_key(series))
            cut_off = start == first and series.metric == "ALERTS"
            began = _active_since(active, start) if cut_off and active else start
            yield AlertRecord(
                line=series.line,
                end_line=series.line,
                name=series.labels.get("alertname", ""),
                state="resolved" if ended and firing == "firing" else firing,
                starts_at=datetime.fromtimestamp(began, UTC),
                ends_at=datetime.fromtimestamp(end, UTC) if ended else None,
                labels=labels,
            )


def selector(title: str) -> tuple[str, dict[str, str]]:
    """Split `metric{label="value"}`, as dashboards title series, into name and labels; else all is name."""
    match = _SELECTOR.match(title)
    if match is None:
        return title, {}
    return match["name"] or "value", dict(_PAIR.findall(match["labels"]))


def service_of(labels: Mapping[str, str]) -> str | None:
    """Guess the workload that a series is about from its usual labels."""
    for key in _OWNERS:
        if labels.get(key):
            return labels[key]
    if labels.get("pod"):
        return workload_of(labels["pod"])
    return next((labels[key] for key in ("container", "service", "node", "job") if labels.get(key)), None)


def _alert_key(series: Series) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((key, value) for key, value in series.labels.items() if key != "alertstate"))


def _active_since(series: Series, time: float) -> float:
    """Read the value of ALERTS_FOR_STATE at a time; the time itself where that is no earlier time."""
    values = [value for at, value in zip(series.times, series.values, strict=True) if at == time]
    return values[0] if values and 0 < values[0] < time else time


def _episodes(series: Series, step: float) -> Iterator[tuple[float, float]]:
    active = [time for time, value in zip(series.times, series.values, strict=True) if value > 0]
    if not active:
        return
    start = end = active[0]
    for time in active[1:]:
        if time - end > 2 * step:
            yield start, end
            start = time
        end = time
    yield start, end


def _series(element: Element, query: Callable[[], str], tally: Tally) -> Series | None:
    result = mapping(element.value)
    if "metric" not in result:
        spoil(tally, element.line, "a result has no metric")
        return None
    labels = strings(result["metric"])
    name = labels.pop("__name__", "") or query() or "value"
    values = listing(result.get("values")) or ([result["value"]] if "value" in result else [])
    if "histograms" in result or "histogram" in result:
        spoil(tally, element.line, f"native histograms of {name} are not read")
    times, numbers = _in_order(values) or _sorted(values)
    if bad := len(values) - len(times):
        spoil(tally, element.line, f"{bad} samples of {name} are not [time, value]")
    return Series(
        metric=name,
        labels=labels,
        times=times,
        values=numbers,
        line=element.line,
        service=service_of(labels),
    )


def _in_order(values: Sequence[Json]) -> _Samples | None:
    """Take samples apart that are as Prometheus writes them, [time, "value"] in order; else give None."""
    if not values or set(map(type, values)) != {list}:
        return None
    try:
        times, texts = zip(*cast("Sequence[list[Json]]", values), strict=True)
        if not set(map(type, times)) <= {int, float} or set(map(type, texts)) != {str}:
            return None
        seconds, numbers = tuple(map(float, times)), tuple(map(float, texts))
    except ValueError:
        return None
    ascending = all(map(operator.lt, seconds, islice(seconds, 1, None)))
    return (seconds, numbers) if ascending and seconds[0] >= 0 and seconds[-1] < _YEAR_10000 else None


def _sorted(values: Sequence[Json]) -> _Samples:
    """Take apart what samples there are, in order of time."""
    samples = sorted(pair for pair in map(_sample, values) if pair is not None)
    return tuple(time for time, _ in samples), tuple(value for _, value in samples)


def _sample(item: Json) -> tuple[float, float] | None:
    pair = listing(item)
    if len(pair) != 2 or not isinstance(pair[0], (int, float)):
        return None
    if not 0 <= pair[0] < _YEAR_10000:
        return None
    try:
        return float(pair[0]), float(string(pair[1]))
    except ValueError:
        return None
