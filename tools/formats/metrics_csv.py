"""Metrics as CSV: a column a series, or a row a component and time."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from tools.formats.csv_rows import TIME_TITLES, delimiter, header_depth, rows
from tools.formats.joining import note_time
from tools.formats.metrics_prometheus import selector, service_of
from tools.formats.opening import spoil
from tools.formats.quantities import base, quantity
from tools.formats.records import Clock, Series, Tally
from tools.formats.stamps import Stamps
from tools.formats.workloads import workload_of

_OWNERS = frozenset({
    "podname", "pod", "pod_name", "service", "servicename", "service_name", "microservice", "component",
    "node",
    "nodename", "container", "instance", "host", "hostname", "cmdb_id", "app", "workload", "deployment",
})  # fmt: skip
_LABELS = {
    "podname": "pod", "pod_name": "pod", "servicename": "service", "service_name": "service",
    "microservice": "service", "nodename": "node", "hostname": "host",
}  # fmt: skip
_METRIC = frozenset(
    {"metric", "metric_name", "metricname", "kpi", "kpi_name", "name", "measure", "__name__", "series"}
)
_VALUE = frozenset({"value", "val", "v"})
Row = tuple[int, list[str]]


def read_metrics(path: Path, clock: Clock, tally: Tally, labels: Mapping[str, str]) -> Iterator[Series]:
    """Yield one series a column, or a column and component; samples in order of time."""
    stamps = Stamps(clock, tally)
    source = rows(path, tally)
    head = list(islice(source, 12))
    depth = max(header_depth([cells for _, cells in head]), 1)
    table = _Table([cells for _, cells in head[:depth]], labels, stamps, tally)
    table.comma_ends_cell = delimiter(path) == ","
    for line, cells in (*head[depth:], *source):
        table.add(line, cells)
    yield from table.series()


class _Column:
    """Collects one series."""

    def __init__(
        self, metric: str, labels: dict[str, str], service: str | None, line: int, title: str
    ) -> None:
        self.metric, self.labels, self.service = metric, labels, service
        self.line, self.title = line, title
        self.times = array("d")
        self.values = array("d")
        self.units: list[str] = []
        self.unit_of = array("B")
        """For each value the place of its unit in `units`."""

    def add(self, time: float, value: float, unit: str) -> None:
        if unit not in self.units:
            self.units.append(unit)
        self.times.append(time)
        self.values.append(value)
        self.unit_of.append(self.units.index(unit))

    def series(self) -> Series:
        """Give the samples in order of time, in the unit that all share, or else in its base unit."""
        order = sorted(range(len(self.times)), key=self.times.__getitem__)
        written = [unit for unit in self.units if unit]
        values: Sequence[float] = self.values
        if len(written) > 1:
            pairs = zip(self.values, self.unit_of, strict=True)
            values = [base(value, self.units[place])[0] for value, place in pairs]
        unit = base(0, written[0])[1] if len(written) > 1 else "".join(written)
        return Series(
            metric=self.metric,
            labels=self.labels | ({"unit": unit} if unit else {}),
            times=tuple(self.times[index] for index in order),
            values=tuple(values[index] for index in order),
            line=self.line,
            column=self.title,
            service=self.service,
        )


class _Table:
    """Knows what each column is from the titles, and sorts cells into series."""

    def __init__(
        self, titles: list[list[str]], labels: Mapping[str, str], stamps: Stamps, tally: Tally
    ) -> None:
        self._titles = [title.strip() for title in titles[0]]
        self._heads = titles
        self._labels, self._stamps, self._tally = labels, stamps, tally
        low = [title.lower() for title in self._titles]
        self._times = [index for index, title in enumerate(low) if title in TIME_TITLES] or [0]
        self._owners = [index for index, title in enumerate(low) if title in _OWNERS and len(titles) == 1]
        self._metric = next(
            (index for index, title in enumerate(low) if title in _METRIC and len(titles) == 1), None
        )
        self._value = next((index for index, title in enumerate(low) if title in _VALUE), None)
        self._columns: dict[tuple[int, tuple[str, ...]], _Column] = {}
        self._named = (
            _split_titles(self._titles, self._times) if len(titles) == 1 and not self._owners else {}
        )
        self._text: set[int] = set()
        self.comma_ends_cell = True

    def add(self, line: int, cells: list[str]) -> None:
        """Take one row of samples."""
        if len(cells) != len(self._titles):
            spoil(self._tally, line, f"{len(cells)} cells where the titles are {len(self._titles)}")
            return
        time = self._time(cells)
        if time is None:
            spoil(self._tally, line, "no readable time")
            return
        note_time(self._tally, time)
        stamp = time.timestamp()
        owner = tuple(cells[index] for index in self._owners)
        long_form = self._metric is not None and self._value is not None
        for index in [self._value] if long_form and self._value is not None else range(len(cells)):
            if (
                index in self._times
                or index in self._owners
                or index == self._metric
                or not cells[index].strip()
            ):
                continue
            found = quantity(cells[index], comma_ends_cell=self.comma_ends_cell)
            if found is None:
                if index not in self._text:
                    self._note_text(index, line, cells[index])
                continue
            self._tally.rows += 1
            key = (index, (*owner, cells[self._metric]) if self._metric is not None else owner)
            column = self._columns.get(key)
            if column is None:
                column = self._columns[key] = self._column(index, cells, line)
            column.add(stamp, *found)

    def series(self) -> Iterator[Series]:
        """Yield what was collected."""
        for column in self._columns.values():
            yield column.series()

    def _note_text(self, index: int, line: int, cell: str) -> None:
        if any(key[0] == index for key in self._columns):
            spoil(self._tally, line, f"{cell[:40]!r} in column {self._titles[index]!r} is no number")
        else:
            self._text.add(index)

    def _time(self, cells: Sequence[str]) -> datetime | None:
        found: datetime | None = None
        for index in self._times:
            stamp = self._stamps.leading(cells[index].strip())
            if stamp is not None and stamp.zoned:
                return stamp.time
            found = found or (stamp.time if stamp else None)
        return found

    def _column(self, index: int, cells: Sequence[str], line: int) -> _Column:
        title = self._titles[index]
        if len(self._heads) > 1:
            return self._headed(index, line)
        owners = {self._owner_name(at): cells[at] for at in self._owners}
        metric = cells[self._metric] if self._metric is not None else title
        service: str | None = None
        if index in self._named:
            service, metric = self._named[index]
        metric, named = selector(metric)
        named |= owners
        service = service or _service(owners) or service_of(named) or self._labels.get("service")
        if self._metric is None and self._value == index and len(self._titles) == 2:
            metric = self._labels.get("metric", title)
        return _Column(metric, named, service, line, title)

    def _owner_name(self, index: int) -> str:
        title = self._titles[index].lower()
        return _LABELS.get(title, title)

    def _headed(self, index: int, line: int) -> _Column:
        parts = {
            row[0].strip().lower(): row[index].strip()
            for row in self._heads
            if row[index:] and row[index].strip()
        }
        metric = next((text for key, text in parts.items() if key in _METRIC), self._titles[index])
        service = next((text for key, text in parts.items() if key in _OWNERS), None)
        labels = {key: text for key, text in parts.items() if key not in _METRIC and key not in TIME_TITLES}
        return _Column(metric, labels, service, line, "/".join(parts.values()))


def _service(owners: Mapping[str, str]) -> str | None:
    for key in (
        "service",
        "servicename",
        "service_name",
        "microservice",
        "app",
        "workload",
        "deployment",
        "component",
    ):
        if owners.get(key):
            return owners[key]
    for key in ("podname", "pod", "pod_name", "cmdb_id"):
        if owners.get(key):
            return workload_of(owners[key])
    return next((text for text in owners.values() if text), None)


def _split_titles(titles: Sequence[str], times: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Split `<service>-<metric>` titles where the same services and metrics come back in many columns."""
    for mark in ("-", "|", "/", ":", "."):
        split = {
            index: (parts[0], parts[2])
            for index, title in enumerate(titles)
            if index not in times and (parts := title.rpartition(mark))[0] and parts[2]
        }
        services = Counter(service for service, _ in split.values())
        metrics = Counter(metric for _, metric in split.values())
        wanted = len(titles) - len(times)
        repeated = max(services.values(), default=0) > 1 or max(metrics.values(), default=0) > 1
        if repeated and len(split) >= 0.8 * wanted:
            return split
    return {}
