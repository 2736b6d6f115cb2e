"""Alert records -> episodes, and which of them say nothing about this incident."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from agent.digest.observation import ComponentKind
from agent.schema.evidence import Pointer
from tools.formats import workload_of
from tools.formats.records import AlertRecord

Noise = Literal["always-firing", "informational", "old", "no"]

OLD = timedelta(hours=12)
"""An alert that began this long before the incident and never resolved belongs to something else."""
_HEARTBEAT_NAME = re.compile(
    r"^(watchdog|info_?inhibitor|dead_?mans?_?(switch|snitch)|heartbeat)s?$", re.IGNORECASE
)
_HEARTBEAT_TEXT = re.compile(
    r"(always|meant to|designed to|supposed to|should)\b.{0,30}\bfir(e|ing)\b|dead ?man'?s? ?(switch|snitch)"
    r"|functional at all times|used to inhibit",
    re.IGNORECASE | re.DOTALL,
)
_EXPORTER = re.compile(r"kube-state-metrics|node-exporter|blackbox|cadvisor|kubelet|^prometheus")


_SAME = timedelta(minutes=2)
"""Two sources date one firing this far apart: rule interval, group wait and scrapes."""
_SENDER = frozenset(
    {"alertname", "alertstate", "prometheus", "prometheus_replica", "replica", "receive", "monitor"}
)
"""Labels that say how an alert came here and not what it is about."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One firing of one alert, whatever the number of snapshots and sources that show it."""

    record: AlertRecord
    places: tuple[Pointer, ...]
    count: int
    pending_since: datetime | None = None
    """When its condition began to hold, where that was recorded."""

    @property
    def noise_text(self) -> str:
        """Name and annotations, for rules on words."""
        return f"{self.record.name} {' '.join(self.record.annotations.values())}"

    @property
    def identity(self) -> tuple[str, ...]:
        """Name and labels: the same for every firing of one alert."""
        return _identity(self.record)


@dataclass(slots=True)
class AlertBook:
    """Collects alert records; the same episode in several snapshots or sources is one."""

    alerts: dict[tuple[str, ...], list[tuple[str, AlertRecord]]] = field(
        default_factory=dict[tuple[str, ...], list[tuple[str, AlertRecord]]]
    )
    _folded: list[Episode] | None = None

    def read(self, artifact: str, records: Iterable[AlertRecord]) -> None:
        """Add every alert of one artifact."""
        for record in records:
            self.alerts.setdefault(_identity(record), []).append((artifact, record))
        self._folded = None

    def folded(self) -> Sequence[Episode]:
        """Give every episode once, by name, labels and start; computed once for what was read."""
        if self._folded is None:
            self._folded = [episode for key in sorted(self.alerts) for episode in _episodes(self.alerts[key])]
        return self._folded


def _identity(record: AlertRecord) -> tuple[str, ...]:
    return record.name, *(f"{k}={v}" for k, v in sorted(record.labels.items()) if k not in _SENDER)


def _episodes(seen: Sequence[tuple[str, AlertRecord]]) -> Iterator[Episode]:
    """Join what one alert's records say of the same firing, and the pending time that led to it."""
    ordered = sorted(seen, key=lambda item: (_began(item[1]), item[0], item[1].line))
    firings: list[list[tuple[str, AlertRecord]]] = []
    for item in ordered:
        if item[1].state == "pending":
            continue
        if firings and _same_firing(firings[-1][0][1], item[1]):
            firings[-1].append(item)
        else:
            firings.append([item])
    pending = [item for item in ordered if item[1].state == "pending"]
    for members in firings:
        led = [item for item in pending if _leads(item[1], members[0][1])]
        pending = [item for item in pending if item not in led]
        yield _episode(members, led)
    yield from (_episode([item], []) for item in _once(pending))


def _began(record: AlertRecord) -> float:
    return record.starts_at.timestamp() if record.starts_at else 0.0


def _same_firing(first: AlertRecord, other: AlertRecord) -> bool:
    """Say whether two records, in order of start, tell of one firing that did not end in between."""
    if first.ends_at and other.starts_at and first.ends_at < other.starts_at:
        return False
    return _began(other) - _began(first) <= _SAME.total_seconds()


def _leads(pending: AlertRecord, firing: AlertRecord) -> bool:
    """Say whether an alert was pending right until it fired."""
    if pending.starts_at is None or firing.starts_at is None or pending.starts_at > firing.starts_at:
        return False
    return pending.ends_at is None or abs(firing.starts_at - pending.ends_at) <= _SAME


def _once(pending: Sequence[tuple[str, AlertRecord]]) -> list[tuple[str, AlertRecord]]:
    return list({_began(record): (name, record) for name, record in pending}.values())


def _episode(members: Sequence[tuple[str, AlertRecord]], led: Sequence[tuple[str, AlertRecord]]) -> Episode:
    """Take the record that knows the end, or else most words; the start is the earliest told."""
    last = max(members, key=lambda m: (m[1].ends_at is not None, len(m[1].annotations), m[0]))[1]
    told = max((record for _, record in members), key=lambda record: len(record.annotations))
    record = replace(last, starts_at=members[0][1].starts_at, annotations=told.annotations)
    places = tuple(Pointer(artifact=name, lines=(r.line, r.end_line)) for name, r in [*members, *led][:4])
    since = min((item.starts_at for _, item in led if item.starts_at), default=None)
    return Episode(record, places, len(members), since)


def noise(episode: Episode, onset: datetime | None, services: Sequence[str] = ()) -> Noise:
    """Say whether an alert is no sign of this incident, and why.

    An alert about a service that the incident's record names is never put aside for its severity or its age.
    """
    record = episode.record
    severity = record.labels.get("severity", "").lower()
    if _HEARTBEAT_NAME.match(record.name) or (
        severity in {"none", "info", ""} and _HEARTBEAT_TEXT.search(episode.noise_text)
    ):
        return "always-firing"
    if subject(record.labels)[0] in services:
        return "no"
    if severity in {"none", "info", "informational", "debug"}:
        return "informational"
    if onset and record.starts_at and record.ends_at is None and record.starts_at < onset - OLD:
        return "old"
    return "no"


def subject(labels: Mapping[str, str]) -> tuple[str | None, ComponentKind]:
    """Name what an alert is about; a label of the exporter that measured it does not count."""
    for key in ("deployment", "statefulset", "daemonset", "workload", "cronjob"):
        if value := labels.get(key):
            return value, "service"
    if value := labels.get("job_name"):
        return value, "job"
    for key in ("app", "pod", "service", "container"):
        value = labels.get(key)
        if value and not _EXPORTER.search(value):
            return (workload_of(value) if key == "pod" else value), "service"
    for key in ("node", "nodename", "instance"):
        if value := labels.get(key):
            return value, "node" if key != "instance" else "service"
    job = labels.get("job", "")
    return (job, "service") if job and not _EXPORTER.search(job) else (None, "other")
