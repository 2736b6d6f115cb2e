"""One pass over a bundle: every record goes to the collector of its type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from agent.digest import bulklogs, clocks, metrics
from agent.digest.alerting import Alerting
from agent.digest.alerts import AlertBook, subject
from agent.digest.bulk import Counted
from agent.digest.bulklogs import clock_of, origin_of, readable
from agent.digest.changes import ChangeBook
from agent.digest.chat import ChatBook
from agent.digest.clocks import ClockBook
from agent.digest.kubeevents import EventBook
from agent.digest.logs import LogBook
from agent.digest.objects import Inventory
from agent.digest.offsets import Offset, shifted, shifts
from agent.digest.panel import Panel
from agent.digest.restarts import RestartBook
from agent.digest.topology import CallGraph
from agent.digest.traces import TraceBook
from agent.schema.bundle import Artifact
from agent.schema.incident import Incident
from agent.store import Bundle
from tools.formats import read
from tools.formats.logs_text import LineReader
from tools.formats.opening import decode, head
from tools.formats.records import (
    AlertRecord,
    AlertRule,
    CallEdge,
    ChangeRecord,
    ChatMessage,
    Clock,
    KubeEvent,
    LogRecord,
    ObjectState,
    Record,
    Series,
    Silence,
    Span,
    Tally,
)
from tools.formats.stamps import Stamps

ZONELESS = "Some times carry no zone and none was told; they count as UTC."
YEARLESS = (
    "The stamps of {} carry no year; it is that of the dated lines beside them, or of the incident's record."
)
_HEAD, _LINES = 64 << 10, 200
"""Bytes and lines of a large log that show how its times are written."""


@dataclass(slots=True)
class Intake:
    """All collectors, filled."""

    logs: LogBook = field(default_factory=LogBook)
    panel: Panel = field(default_factory=Panel)
    alerts: AlertBook = field(default_factory=AlertBook)
    events: EventBook = field(default_factory=EventBook)
    inventory: Inventory = field(default_factory=Inventory)
    graph: CallGraph = field(default_factory=CallGraph)
    traces: TraceBook = field(default_factory=TraceBook)
    changes: ChangeBook = field(default_factory=ChangeBook)
    chat: ChatBook = field(default_factory=ChatBook)
    clocks: ClockBook = field(default_factory=ClockBook)
    restarts: RestartBook = field(default_factory=RestartBook)
    offsets: tuple[Offset, ...] = ()
    """Clocks that ran apart; the times of their artifacts were shifted by as much."""
    shifts: Mapping[str, timedelta] = field(default_factory=dict[str, timedelta])
    """What is taken from the times of an artifact."""
    damage: dict[str, str] = field(default_factory=dict[str, str])
    """What broke off a packed log, by artifact; what stands before it was read."""
    alerting: Alerting = field(default_factory=Alerting)
    notes: set[str] = field(default_factory=set[str])

    def add(self, artifact: str, record: Record) -> None:
        """Hand one record to its collector."""
        match record:
            case LogRecord():
                self.clocks.log(artifact, record)
                self.restarts.log(artifact, record)
                self.logs.add(artifact, shifted(record, self.shifts.get(artifact)))
            case Series():
                self.panel.read(artifact, [shifted(record, self.shifts.get(artifact))])
            case AlertRecord():
                self.alerts.read(artifact, [record])
            case KubeEvent():
                self.events.add(artifact, record)
                self.restarts.event(record)
            case ObjectState():
                self.inventory.add(artifact, record)
            case CallEdge():
                self.graph.read([record])
            case Span():
                self.clocks.span(record)
                self.traces.read(artifact, [record])
            case ChangeRecord():
                self.changes.read(artifact, [record])
            case ChatMessage():
                self.chat.read(artifact, [record])
            case AlertRule():
                self.alerting.rules.append((artifact, record))
            case Silence():
                self.alerting.silences.append((artifact, record))


def take_in(bundle: Bundle, incident: Incident) -> Intake:
    """Read every artifact once, by path, so that the manifest's order does not matter.

    Where clocks turn out to run apart, all is read again with the times of those artifacts shifted.
    """
    large = bulklogs.count(bundle, incident)
    intake = _take_in(bundle, incident, {}, large)
    by_ids = intake.clocks.offsets()
    by_restarts = intake.restarts.offsets(intake.inventory, {offset.artifact for offset in by_ids})
    found = (*by_ids, *by_restarts, *_by_alerts(intake))
    if found:
        offsets = tuple(bulklogs.whole(offset) if offset.artifact in large else offset for offset in found)
        if taken := shifts(offsets):
            large, again = bulklogs.shifted(bundle, incident, large, taken)
            intake = _take_in(bundle, incident, taken, large)
            intake.notes.update(again)
        intake.offsets = offsets
    return intake


def _take_in(
    bundle: Bundle, incident: Incident, shifts: Mapping[str, timedelta], large: Mapping[str, Counted]
) -> Intake:
    intake = Intake(logs=LogBook(origin=origin_of(incident)), shifts=shifts)
    for artifact in readable(bundle):
        path, clock = bundle.path(artifact.path), clock_of(artifact, incident)
        if counted := large.get(artifact.path):
            _absorb(artifact, path, clock, counted, intake)
        else:
            _read(artifact, path, clock, intake)
    _set_baselines_apart(intake.panel, incident)
    return intake


def _absorb(artifact: Artifact, path: Path, clock: Clock, counted: Counted, intake: Intake) -> None:
    from agent.digest import absorbing  # noqa: PLC0415 - numpy, which large logs alone are worth

    absorbing.absorb(intake.logs, artifact.path, counted, clock, artifact.labels)
    intake.clocks.counted(artifact.path, bulklogs.first_times(counted, clock))
    if counted.damage and counted.damage not in artifact.note:  # what collecting met is told already
        intake.damage[artifact.path] = counted.damage
    if counted.zone_assumed or artifact.assume_zone:
        intake.clocks.zoneless.add(artifact.path)
    if counted.zone_assumed:
        intake.notes.add(ZONELESS)
    if _yearless(path, clock):
        intake.notes.add(YEARLESS.format(artifact.path))


def _by_alerts(intake: Intake) -> list[Offset]:
    """Compare metric tables whose times name no zone with the alerts."""
    alerted = [
        (name, episode.record.starts_at.timestamp())
        for episode in intake.alerts.folded()
        if episode.record.starts_at and (name := subject(episode.record.labels)[0])
    ]
    tables = {c.artifact for c in intake.panel.columns if not c.baseline} & intake.clocks.zoneless
    if not alerted or not tables:
        return []
    moved: dict[str, dict[str, list[float]]] = {}
    for move in metrics.moves(intake.panel, None):
        if move.column.artifact in tables and move.column.service:
            services = moved.setdefault(move.column.artifact, {})
            services.setdefault(move.column.service, []).append(move.start)
    found = (clocks.hours_by_alerts(name, moved[name], alerted) for name in sorted(moved))
    return [offset for offset in found if offset is not None]


def _read(artifact: Artifact, path: Path, clock: Clock, intake: Intake) -> None:
    reading = read(path, clock=clock, labels=artifact.labels)
    for record in reading.records:
        intake.add(artifact.path, record)
    if reading.tally.zone_assumed or artifact.assume_zone:
        intake.clocks.zoneless.add(artifact.path)
    if reading.tally.zone_assumed:
        intake.notes.add(ZONELESS)
    if reading.tally.year_assumed:
        intake.notes.add(YEARLESS.format(artifact.path))


def _yearless(path: Path, clock: Clock) -> bool:
    """Tell whether a large log's stamps lack their year, by its first lines."""
    tally = Tally()
    reader = LineReader(Stamps(clock, tally))
    sample, _ = head(path, _HEAD)
    for line in sample.split(b"\n")[:_LINES]:
        reader.read(decode(line[:4096]))
    return tally.year_assumed


def _set_baselines_apart(panel: Panel, incident: Incident) -> None:
    """Mark recordings of normal operation: the same series in another artifact, at another time.

    Where neither start nor window says when the incident was, a file called baseline is the normal one.
    """
    first: dict[str, tuple[float, float]] = {}
    for column in panel.columns:
        if times := column.series.times:
            low, high = first.get(column.artifact, (times[0], times[-1]))
            first[column.artifact] = (min(low, times[0]), max(high, times[-1]))
    names: dict[str, set[str]] = {}
    for column in panel.columns:
        names.setdefault(column.series.name, set()).add(column.artifact)
    shared = {artifact for members in names.values() if len(members) > 1 for artifact in members}
    if len(shared) < 2:
        return
    apart = {artifact for artifact in shared if _is_baseline(artifact, first, shared, incident)}
    if apart and apart != shared:
        panel.set_apart(apart)


def _is_baseline(
    artifact: str, extents: dict[str, tuple[float, float]], shared: set[str], incident: Incident
) -> bool:
    low, high = extents[artifact]
    others = [extents[name] for name in shared if name != artifact]
    if any(a <= high and low <= b for a, b in others):
        return False
    start = incident.start or (incident.window.start if incident.window else None)
    if start is not None:
        moment = start.timestamp()
        distance = max(low - moment, moment - high, 0.0)
        nearest = min(max(a - moment, moment - b, 0.0) for a, b in others)
        return distance > nearest
    return "baseline" in artifact.lower()
