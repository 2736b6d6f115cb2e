"""Looks at metric series: what there is, its statistics, and two windows side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import fmean

from agent.digest import panel
from agent.digest.alertunits import unit_of
from agent.digest.metrickinds import meaning
from agent.digest.movements import spoken_name
from agent.digest.observation import Observation
from agent.digest.panel import Column
from agent.digest.wording import instant, listed, measured, number
from agent.drafting.looks import Answer, CompareWindows, FindSeries, Line
from agent.errors import ToolRefused
from agent.investigation.absences import NO_METRICS, window
from agent.investigation.minting import Minter
from agent.investigation.shelf import Shelf
from agent.schema.digest import Digest
from agent.schema.evidence import Pointer
from tools.formats.records import Series

MOST_SERIES, MOST_NAMES = 12, 60


@dataclass(frozen=True, slots=True)
class _Extract:
    """The finite samples of one series in a window; a counter as its rate a second."""

    column: Column
    times: tuple[float, ...]
    values: tuple[float, ...]
    low: int
    high: int
    """First and last sample of the whole series that the stretch stands on."""
    unit: str
    rate: bool

    @property
    def label(self) -> str:
        series, service = self.column.series, self.column.service
        extra = ", ".join(
            f"{key}={value}"
            for key, value in sorted(series.labels.items())
            if value != service and key not in {"namespace", "job", "instance", "__name__", "unit"}
        )
        name = f"the rate of {series.metric}" if self.rate else series.metric
        return f"{name} of {service or 'an unnamed service'}" + (f" ({extra})" if extra else "")

    def said(self, value: float) -> str:
        return measured(value, f"{self.unit}/s".strip("/") if self.rate and self.unit else self.unit)


def find(shelf: Shelf, digest: Digest, minter: Minter, look: FindSeries) -> Answer:
    """Tell statistics of the matching series, those that moved most first; without words list the names."""
    if not shelf.holds(Series):
        return Answer((), not_recorded=NO_METRICS)
    columns = [Column(artifact, series) for artifact, series in shelf.records(Series)]
    if not (look.metric or look.service or look.labels):
        return _listing(minter, columns)
    chosen = [column for column in columns if _matches(column, look.metric, look.service, look.labels)]
    if not chosen:
        return Answer((), not_recorded=f"series for {_words(look)}")
    units = _units(digest)
    stretches = [found for column in chosen if (found := _stretch(column, look.start, look.end, units))]
    if not stretches:
        return Answer((), not_recorded=f"samples of {_words(look)}{window(look.start, look.end)}")
    since = look.start or (None if look.end else digest.onset)
    ordered = sorted(
        stretches,
        key=lambda s: (-_moved(s, since, look.end), s.column.series.name, s.column.artifact),
    )
    lines = [
        _line(minter, _statistics(item), rank, item.label) for rank, item in enumerate(ordered[:MOST_SERIES])
    ]
    rest = sorted({item.label for item in ordered[MOST_SERIES:]})
    cut = f"{len(ordered) - MOST_SERIES} steadier series are not shown: {listed(rest, 12)}" if rest else ""
    return Answer(tuple(lines), minter.masked(cut))


def compare(shelf: Shelf, digest: Digest, minter: Minter, look: CompareWindows) -> Answer:
    """Put mean and peak of two windows side by side."""
    if not shelf.holds(Series):
        return Answer((), not_recorded=NO_METRICS)
    if look.first_end <= look.first_start or look.second_end <= look.second_start:
        raise ToolRefused("compare_windows: a window ends after it starts")
    lines: list[tuple[float, str, str, Observation]] = []
    matched, units = 0, _units(digest)
    for artifact, series in shelf.records(Series):
        column = Column(artifact, series)
        if not _matches(column, look.metric, look.service, ""):
            continue
        matched += 1
        one = _stretch(column, look.first_start, look.first_end, units)
        two = _stretch(column, look.second_start, look.second_end, units)
        if one and two:
            apart = _apart(fmean(one.values), fmean(two.values))
            lines.append((-apart, series.name, one.label, _comparison(one, two)))
    if not matched:
        return Answer((), not_recorded=f"series for {look.metric} {look.service}".rstrip())
    if not lines:
        return Answer((), not_recorded=f"samples of {look.metric} in both windows")
    lines.sort(key=lambda entry: entry[:2])
    shown = [_line(minter, seen, at, label) for at, (*_, label, seen) in enumerate(lines[:MOST_SERIES])]
    left = len(lines) - MOST_SERIES
    cut = f"{left} series that differ less are not shown: name a service for its own" if left > 0 else ""
    return Answer(tuple(shown), cut)


def _line(minter: Minter, seen: Observation, rank: int, label: str) -> Line:
    item = minter.mint(seen)
    return Line(f"{item.id} {item.statement}", item.id, rank, minter.masked(label))


def _units(digest: Digest) -> Mapping[str, str]:
    """Give the units that the digest knows of metrics, by name: an alert may state what the name does not."""
    return {
        item.attributes["metric"]: item.attributes["unit"]
        for item in digest.computed
        if item.kind == "M" and item.attributes.get("metric") and item.attributes.get("unit")
    }


def _words(look: FindSeries) -> str:
    return " ".join(word for word in (look.metric, look.service, look.labels) if word)


def _listing(minter: Minter, columns: Sequence[Column]) -> Answer:
    services: dict[str, set[str]] = {}
    for column in columns:
        services.setdefault(column.series.metric, set()).add(column.service or "-")
    lines = [f"{name}: {listed(sorted(services[name]), 8)}" for name in sorted(services)]
    left = len(lines) - MOST_NAMES
    cut = f"{left} more names are not shown" if left > 0 else ""
    return Answer(
        tuple(Line(minter.masked(line), rank=at) for at, line in enumerate(lines[:MOST_NAMES])), cut
    )


def _matches(column: Column, metric: str, service: str, labels: str) -> bool:
    series = column.series
    told = f"{series.metric} {series.column or ''}".casefold()
    about = f"{column.service or ''} {series.service or ''} {' '.join(series.labels.values())}".casefold()
    return (
        all(word in told for word in metric.casefold().split())
        and (not service or service.casefold() in about)
        and all(word.strip(" ,").casefold() in _labels(series) for word in labels.split())
    )


def _labels(series: Series) -> str:
    return " ".join(f"{key}={value}" for key, value in sorted(series.labels.items())).casefold()


def _stretch(
    column: Column, start: datetime | None, end: datetime | None, units: Mapping[str, str]
) -> _Extract | None:
    low = start.timestamp() if start else -math.inf
    high = end.timestamp() if end else math.inf
    ready = panel.samples(column)
    kept = [index for index, time in enumerate(ready.times) if low <= time <= high]
    if not kept:
        return None
    times = tuple(ready.times[index] for index in kept)
    values = tuple(ready.values[index] for index in kept)
    first, last = ready.places[kept[0]], ready.places[kept[-1]]
    unit = ready.meaning.unit or ("" if ready.rate else unit_of(spoken_name(column.series.metric), units))
    return _Extract(column, times, values, first, last, unit, ready.rate)


def _moved(item: _Extract, start: datetime | None, end: datetime | None) -> float:
    """Tell how far a window's mean lies from that of the rest, from 0 to 1; without a rest how it varied."""
    ready = panel.samples(item.column)
    low, high = (start.timestamp() if start else -math.inf), (end.timestamp() if end else math.inf)
    inside: list[float] = []
    rest: list[float] = []
    for time, value in zip(ready.times, ready.values, strict=True):
        (inside if low <= time <= high else rest).append(value)
    if not (inside and rest):
        return _apart(min(item.values), max(item.values)) / 2
    return _apart(fmean(rest), fmean(inside))


def _apart(one: float, two: float) -> float:
    return abs(two - one) / (abs(one) + abs(two) or 1)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _span(item: _Extract) -> str:
    """Write from when to when, the day once."""
    return f"from {instant(_moment(item.times[0]))} to {_clock(item.times[-1], item)}"


def _clock(seconds: float, item: _Extract) -> str:
    """Write a time of the day on which the stretch began; another day in full."""
    first, told = instant(_moment(item.times[0])), instant(_moment(seconds))
    return told[11:] if told[:10] == first[:10] else told


def _pointer(stretch: _Extract) -> Pointer:
    series = stretch.column.series
    return Pointer(
        artifact=stretch.column.artifact,
        series=series.name,
        samples=(stretch.low, stretch.high),
    )


def _statistics(item: _Extract) -> Observation:
    low, high = min(item.values), max(item.values)
    at_low, at_high = item.times[item.values.index(low)], item.times[item.values.index(high)]
    span = _span(item)
    if low == high:
        text = f"{item.label} stayed at {item.said(low)} {span}"
    else:
        text = (
            f"{item.label} ranged from {item.said(low)} at {_clock(at_low, item)} to {item.said(high)} at "
            f"{_clock(at_high, item)} {span}: first {item.said(item.values[0])}, "
            f"mean {item.said(fmean(item.values))}, last {item.said(item.values[-1])}"
        )
    return _observation(item, text, item.values[0], item.values[-1], _moment(at_high), None)


def _comparison(one: _Extract, two: _Extract) -> Observation:
    a, b = fmean(one.values), fmean(two.values)
    ratio = f", a factor of {number(b / a)}" if a and b / a >= 0 and abs(b - a) > 0.02 * abs(a) else ""
    text = (
        f"{one.label} averaged {one.said(a)} (peak {one.said(max(one.values))}) {_span(one)}, "
        f"and {two.said(b)} (peak {two.said(max(two.values))}) {_span(two)}{ratio}"
    )
    seen = _observation(two, text, a, b, _moment(two.times[0]), _moment(two.times[-1]))
    return Observation(
        kind="M",
        statement=seen.statement,
        pointers=(_pointer(one), _pointer(two)),
        service=seen.service,
        start=seen.start,
        end=seen.end,
        attributes=seen.attributes,
    )


def _observation(  # noqa: PLR0917 - private; both callers read in this order
    item: _Extract, text: str, before: float, after: float, start: datetime, end: datetime | None
) -> Observation:
    series = item.column.series
    what = meaning(series.metric, series.labels)
    attributes = {
        "metric": series.metric,
        "unit": item.unit,
        "labels": ", ".join(f"{key}={value}" for key, value in sorted(series.labels.items())),
        "before": number(before),
        "after": number(after),
        "peak": number(max(item.values, key=abs)),
        "metric_kind": what.kind,
    }
    return Observation(
        kind="M",
        statement=text[:1].upper() + text[1:] if item.rate else text,
        pointers=(_pointer(item),),
        service=item.column.service,
        start=start,
        end=end or start,
        attributes={key: value for key, value in attributes.items() if value},
    )
