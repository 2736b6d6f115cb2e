"""Alert episodes -> evidence: flapping told once, storms folded, what a graver alert covers put behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.digest.alerts import Episode, Noise, noise, subject
from agent.digest.metrickinds import meaning
from agent.digest.observation import Observation, Role, one_line, quoted
from agent.digest.wording import instant, listed, times
from agent.schema.evidence import Severity
from tools.formats.records import AlertRecord

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


_FLAP = timedelta(minutes=15)
"""Time between the end of one firing and the next within which an alert flaps."""
_FLAPS = 3
_STORM = 5
_WAVE = timedelta(minutes=5)
"""Firings of one alert this far apart belong to one storm."""
_MEMBERS = 50
"""Members of a storm that are listed by name; the rest is counted."""
_GRAVITY: Mapping[Severity, int] = {"critical": 3, "error": 2, "warning": 1, "info": 0}
_FIRED: Mapping[str, str] = {
    "pending": "was pending",
    "suppressed": "fired while it was silenced",
    "silenced": "fired while it was silenced",
    "inhibited": "fired while it was inhibited",
}
_ABOUT = ("node", "nodename", "instance", "deployment", "statefulset", "daemonset", "service", "app", "pod")
"""Labels by which a graver alert covers another, as `equal` of an inhibition rule does."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Firings of one alert that are told as one: a single one, or several in quick succession."""

    episodes: tuple[Episode, ...]
    noise: Noise

    @property
    def first(self) -> Episode:
        return self.episodes[0]

    @property
    def severity(self) -> Severity:
        return _SEVERITIES.get(self.first.record.labels.get("severity", "").lower(), "warning")

    @property
    def start(self) -> datetime | None:
        return self.first.record.starts_at

    @property
    def end(self) -> datetime | None:
        return self.episodes[-1].record.ends_at


def observations(
    episodes: Sequence[Episode], onset: datetime | None, nodes: frozenset[str], services: Sequence[str] = ()
) -> list[Observation]:
    """Say each alert in one line; a flapping one once, more than five of one name in a wave as a storm."""
    runs = _runs(episodes, onset, services)
    graver = _graver(runs)
    waves: dict[tuple[str, Noise], list[_Run]] = {}
    for run in runs:
        waves.setdefault((run.first.record.name, run.noise), []).append(run)
    found: list[Observation] = []
    for key in sorted(waves):
        for wave in _waves(waves[key]):
            told = [_observe(run, nodes, _cover(run, graver)) for run in wave]
            found.extend([_storm(told)] if len(told) > _STORM else told)
    return found


def _runs(episodes: Sequence[Episode], onset: datetime | None, services: Sequence[str]) -> list[_Run]:
    by_alert: dict[tuple[str, ...], list[Episode]] = {}
    for episode in episodes:
        by_alert.setdefault(episode.identity, []).append(episode)
    found: list[_Run] = []
    for key in sorted(by_alert):
        chains: list[list[Episode]] = []
        for episode in by_alert[key]:
            if chains and _again(chains[-1][-1], episode):
                chains[-1].append(episode)
            else:
                chains.append([episode])
        for chain in chains:
            parts = [chain] if len(chain) >= _FLAPS else [[episode] for episode in chain]
            found.extend(_Run(tuple(part), noise(part[-1], onset, services)) for part in parts)
    return found


def _again(before: Episode, after: Episode) -> bool:
    ended, began = before.record.ends_at, after.record.starts_at
    same = before.record.state != "pending" and after.record.state != "pending"
    return same and ended is not None and began is not None and began - ended <= _FLAP


def _waves(runs: Sequence[_Run]) -> list[list[_Run]]:
    found: list[list[_Run]] = []
    for run in sorted(runs, key=lambda run: (run.start is not None, run.start, run.first.identity)):
        before = found[-1][-1].start if found else None
        near = bool(found) and (
            run.start is None and before is None
            if run.start is None or before is None
            else run.start - before <= _WAVE
        )
        if near:
            found[-1].append(run)
        else:
            found.append([run])
    return found


@dataclass(slots=True)
class _Cover:
    """A stretch in which a grave alert about one thing was firing; `end` is None while it is."""

    alert: str
    namespace: str | None
    gravity: int
    start: datetime
    end: datetime | None

    def covers(self, run: _Run) -> bool:
        """Say whether a less grave alert of the same namespace began meanwhile, or just before."""
        namespace = run.first.record.labels.get("namespace")
        return (
            run.start is not None
            and self.gravity > _GRAVITY[run.severity]
            and (namespace == self.namespace or namespace is None or self.namespace is None)
            and self.start - _WAVE <= run.start
            and (self.end is None or run.start <= self.end)
        )


def _graver(runs: Sequence[_Run]) -> dict[str, list[_Cover]]:
    """Index the alerts that can cover others by what they are about; what overlaps is one stretch."""
    found: dict[str, dict[tuple[str, str], list[_Cover]]] = {}
    for run in sorted((run for run in runs if run.start), key=lambda run: (run.start, run.first.identity)):
        record, gravity = run.first.record, _GRAVITY[run.severity]
        name = subject(record.labels)[0]
        if run.start is None or not name or run.noise != "no" or gravity < 2 or record.state == "pending":
            continue
        namespace = record.labels.get("namespace")
        stretches = found.setdefault(name, {}).setdefault((record.name, namespace or ""), [])
        if stretches and (stretches[-1].end is None or run.start <= stretches[-1].end):
            held = stretches[-1]
            held.end = None if held.end is None or run.end is None else max(held.end, run.end)
            held.gravity = max(held.gravity, gravity)
        else:
            stretches.append(_Cover(record.name, namespace, gravity, run.start, run.end))
    return {name: [cover for key in sorted(kinds) for cover in kinds[key]] for name, kinds in found.items()}


def _cover(run: _Run, graver: Mapping[str, Sequence[_Cover]]) -> str:
    """Name the graver alert about the same thing that was firing when this one began."""
    labels = run.first.record.labels
    names = {labels[key] for key in _ABOUT if labels.get(key)} | {subject(labels)[0] or ""}
    covers = (cover for name in sorted(names) for cover in graver.get(name, ()) if cover.covers(run))
    return next((cover.alert for cover in covers), "")


def _observe(run: _Run, nodes: frozenset[str], covered_by: str) -> Observation:
    episode, kind, severity = run.first, run.noise, run.severity
    record = run.episodes[-1].record
    name, component_kind = subject(record.labels)
    if name in nodes:
        component_kind = "node"
    summary = _annotation(record, "summary", "message", "title", "description")
    flaps = len(run.episodes)
    attributes = {
        "alertname": record.name,
        "severity": record.labels.get("severity", ""),
        "summary": quoted(summary),
        "description": quoted(_annotation(record, "description", "message")),
        "count": str(sum(item.count for item in run.episodes)),
        "state": record.state,
        "noise": kind,
        "flaps": str(flaps) if flaps > 1 else "",
        "covered_by": covered_by,
        "pending_since": instant(episode.pending_since) if episode.pending_since else "",
    }
    fired = f"flapped, firing {times(flaps)}" if flaps > 1 else _fired(record.state)
    text = f"{_called(record.name)} {fired}{_about(name, record.name)}"
    if summary and summary != record.name:
        text += f": {one_line(summary, 180)}"
    surprise = 0.45 if covered_by or record.state == "pending" else 0.7
    return Observation(
        kind="A",
        statement=text,
        pointers=tuple(place for item in run.episodes[:4] for place in item.places[: 4 if flaps == 1 else 1]),
        service=name,
        start=run.start,
        end=run.end,
        severity=severity if kind == "no" else "info",
        quote=quoted(summary),
        attributes={key: value for key, value in attributes.items() if value},
        surprise=surprise if kind == "no" else 0.0,
        role="noise" if kind != "no" else _role(episode) if component_kind == "node" else "symptom",
        component_kind=component_kind,
    )


def _called(name: str) -> str:
    return f'Alert "{name}"' if " " in name else f"Alert {name}"


def _about(service: str | None, alert: str) -> str:
    return f" for {service}" if service and service not in alert else ""


def _fired(state: str) -> str:
    """Say what the alert did when it began; that it resolved is told by its end."""
    return _FIRED.get(state, "fired")


def _role(episode: Episode) -> Role:
    kind = meaning(episode.noise_text[:300], {}).kind
    resource = {"cpu", "throttling", "memory", "disk", "saturation", "replication"}
    lost = re.search(r"retrans|packet.?loss|drop", episode.noise_text, re.IGNORECASE)
    return "resource" if kind in resource or lost else "symptom"


def _annotation(record: AlertRecord, *names: str) -> str:
    return next((value for name in names if (value := record.annotations.get(name))), "")


def _storm(members: Sequence[Observation]) -> Observation:
    """Fold a wave of one alert: the gravest of its members speaks for it."""
    first = min(members, key=lambda member: (-_GRAVITY[member.severity], member.start is None, member.key))
    names = sorted({member.service for member in members if member.service})
    alert = first.attributes["alertname"]
    flaps = sum(int(member.attributes.get("flaps", "1")) for member in members)
    text = f"{_called(alert)} fired {times(flaps)}" + (f" for {listed(names)}" if names else "")
    ends = [member.end for member in members]
    starts = [member.start for member in members if member.start]
    one = len(names) == 1
    states = {member.attributes["state"] for member in members}
    attributes = {**first.attributes, "count": str(flaps), "members": ", ".join(names[:_MEMBERS])}
    if len(names) > _MEMBERS:
        attributes["members"] += f" and {len(names) - _MEMBERS} more"
    if "firing" in states:
        attributes["state"] = "firing"
    if any("covered_by" not in member.attributes for member in members):
        attributes.pop("covered_by", None)
    return replace(
        first,
        statement=text,
        pointers=tuple(place for member in members[:6] for place in member.pointers[:1]),
        service=first.service if one else None,
        start=min(starts, default=None),
        end=None if None in ends else max(end for end in ends if end),
        attributes=attributes,
        surprise=max(member.surprise for member in members),
        component_kind=first.component_kind if one else "other",
    )
