"""Alert records -> episodes, and which of them say nothing about this incident."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from agent.digest.metrickinds import meaning
from agent.digest.observation import ComponentKind, Observation, Role, one_line, quoted
from agent.digest.wording import instant, listed, times
from agent.schema.evidence import Pointer, Severity
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


@dataclass(frozen=True, slots=True)
class Episode:
    """One firing of one alert: all its records with one start."""

    record: AlertRecord
    places: tuple[Pointer, ...]
    count: int

    @property
    def noise_text(self) -> str:
        """Name and annotations, for rules on words."""
        return f"{self.record.name} {' '.join(self.record.annotations.values())}"


@dataclass(slots=True)
class AlertBook:
    """Collects alert records; the same episode in several snapshots is one."""

    episodes: dict[tuple[str, ...], list[tuple[str, AlertRecord]]] = field(
        default_factory=dict[tuple[str, ...], list[tuple[str, AlertRecord]]]
    )

    def read(self, artifact: str, records: Iterable[AlertRecord]) -> None:
        """Add every alert of one artifact."""
        for record in records:
            key = (
                record.name,
                record.starts_at.isoformat() if record.starts_at else "",
                *(f"{k}={v}" for k, v in sorted(record.labels.items())),
            )
            self.episodes.setdefault(key, []).append((artifact, record))

    def folded(self) -> list[Episode]:
        """Every episode once, by start and name."""
        found: list[Episode] = []
        for key in sorted(self.episodes):
            members = self.episodes[key]
            last = max(members, key=lambda m: (m[1].ends_at is not None, m[0]))[1]
            places = [Pointer(artifact=name, lines=(r.line, r.end_line)) for name, r in members[:4]]
            found.append(Episode(last, tuple(places), len(members)))
        return found


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


_SEVERITIES: Mapping[str, Severity] = {
    "critical": "critical",
    "page": "critical",
    "high": "error",
    "error": "error",
    "major": "error",
    "warning": "warning",
    "medium": "warning",
    "minor": "warning",
    "low": "warning",
}


def observations(
    episodes: Sequence[Episode], onset: datetime | None, nodes: frozenset[str], services: Sequence[str] = ()
) -> list[Observation]:
    """Say each episode in one line; more than five of one name and start are folded."""
    storms: dict[tuple[str, str], list[Episode]] = {}
    for episode in episodes:
        began = episode.record.starts_at
        storms.setdefault((episode.record.name, instant(began)[:16] if began else ""), []).append(episode)
    found: list[Observation] = []
    for key in sorted(storms):
        members = storms[key]
        if len(members) > 5:
            found.append(_storm([_observe(m, noise(m, onset, services), nodes) for m in members]))
        else:
            found.extend(_observe(m, noise(m, onset, services), nodes) for m in members)
    return found


def _observe(episode: Episode, kind: Noise, nodes: frozenset[str]) -> Observation:
    record = episode.record
    name, component_kind = subject(record.labels)
    if name in nodes:
        component_kind = "node"
    summary = _annotation(record, "summary", "message", "title", "description")
    attributes = {
        "alertname": record.name,
        "severity": record.labels.get("severity", ""),
        "summary": quoted(summary),
        "description": quoted(_annotation(record, "description", "message")),
        "count": str(episode.count),
        "state": record.state,
        "noise": kind,
    }
    severity = _SEVERITIES.get(record.labels.get("severity", "").lower(), "warning")
    text = f"{_called(record.name)} {_fired(record.state)}{_about(name, record.name)}"
    if summary and summary != record.name:
        text += f": {one_line(summary, 180)}"
    return Observation(
        kind="A",
        statement=text,
        pointers=episode.places,
        service=name,
        start=record.starts_at,
        end=record.ends_at,
        severity=severity if kind == "no" else "info",
        quote=quoted(summary),
        attributes={key: value for key, value in attributes.items() if value},
        surprise=0.7 if kind == "no" else 0.0,
        role="noise" if kind != "no" else _role(episode) if component_kind == "node" else "symptom",
        component_kind=component_kind,
    )


def _called(name: str) -> str:
    return f'Alert "{name}"' if " " in name else f"Alert {name}"


def _about(service: str | None, alert: str) -> str:
    return f" for {service}" if service and service not in alert else ""


def _fired(state: str) -> str:
    """Say what the alert did when it began; that it resolved is told by its end."""
    return {"pending": "was pending", "suppressed": "fired while it was silenced"}.get(state, "fired")


def _role(episode: Episode) -> Role:
    kind = meaning(episode.noise_text[:300], {}).kind
    resource = {"cpu", "throttling", "memory", "disk", "saturation", "replication"}
    lost = re.search(r"retrans|packet.?loss|drop", episode.noise_text, re.IGNORECASE)
    return "resource" if kind in resource or lost else "symptom"


def _annotation(record: AlertRecord, *names: str) -> str:
    return next((value for name in names if (value := record.annotations.get(name))), "")


def _storm(members: Sequence[Observation]) -> Observation:
    first = members[0]
    names = sorted({member.service for member in members if member.service})
    alert = first.attributes["alertname"]
    text = f"{_called(alert)} fired {times(len(members))}" + (f" for {listed(names)}" if names else "")
    ends = [member.end for member in members]
    one = len(names) == 1
    return replace(
        first,
        statement=text,
        pointers=tuple(place for member in members[:6] for place in member.pointers[:1]),
        service=first.service if one else None,
        end=None if None in ends else max(end for end in ends if end),
        attributes={**first.attributes, "count": str(len(members)), "members": ", ".join(names)},
        component_kind=first.component_kind if one else "other",
    )
