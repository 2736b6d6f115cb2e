"""The whole digest on one screen: take in, find the onset, observe, rank, mint, count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from agent.digest import (
    alerting,
    alertunits,
    baselines,
    bearing,
    changes,
    chat,
    coverage,
    eventwaves,
    farside,
    firings,
    kubeevents,
    levels,
    logged,
    measures,
    metrics,
    movements,
    onset,
    placing,
    ranking,
    rollouts,
    sampling,
    silences,
    states,
    steadiness,
    suspects,
    traces,
    transit,
)
from agent.digest.countedfacts import Counts
from agent.digest.extents import Extents
from agent.digest.facts import facts
from agent.digest.families import merged
from agent.digest.intake import Intake, take_in
from agent.digest.logs import Pattern
from agent.digest.minting import mint
from agent.digest.observation import Observation
from agent.schema.digest import ClockShift, Digest
from agent.schema.evidence import Evidence
from agent.schema.incident import Incident, Window
from agent.store import Bundle


def digest(bundle: Bundle, incident: Incident) -> Digest:
    """Compute ranked evidence, facts, coverage and suspects; the same bytes give the same digest."""
    intake = take_in(bundle, incident)
    found_patterns = merged(intake.logs)
    healthy = states.healthy(intake.inventory)
    start = _onset(intake, incident, found_patterns, healthy)
    calls = intake.traces.calls()
    traces.link(calls, intake.graph)
    moves = metrics.moves(intake.panel, start.shows)
    observed = _observe(
        sampling.Recorded(bundle, intake.logs, intake.shifts),
        intake,
        incident,
        found_patterns,
        calls,
        moves=moves,
        start=start.shows,
        healthy=healthy,
        stated=start.shows if start.source == "record" else None,
    )
    observed += levels.observations(intake.panel, observed)
    observed += steadiness.observations(intake, moves, found_patterns, observed, start.shows)
    extents = Extents.of(intake.panel, start.shows)
    observed = placing.placed(observed, placing.Layout.of(intake.inventory, intake.graph, extents))
    observed = farside.accusing(observed, intake.graph)
    logged = intake.logs.extent()
    crashed = bearing.crashing(intake.inventory)
    complaint = bearing.complained(f"{incident.title}\n{incident.summary or ''}")
    observed = bearing.weighed(observed, start.shows, crashed, logged[0] if logged else None, complaint)
    observed = eventwaves.folded(observed)
    ranked = ranking.rank(observed, start.shows)
    evidence = mint(ranked)
    recording = _recording(intake)
    counts = _counts(intake, found_patterns, start.time, recording, bundle)
    return Digest(
        incident=incident.id,
        snapshot=bundle.name,
        manifest_sha256=bundle.manifest_sha256,
        window=_window(incident, recording),
        onset=start.time,
        onset_source=start.source,
        evidence=evidence,
        facts=facts(incident, start, evidence, counts),
        coverage=coverage.ledger(bundle.manifest, intake.offsets, intake.damage),
        queries=coverage.queries(bundle.manifest),
        suspects=suspects.suspects(
            _pairs(ranked, evidence),
            intake.graph,
            intake.inventory,
            complained=frozenset(incident.services),
            complaint=complaint,
            extents=extents,
            watched=intake.panel.services() if start.shows is None else frozenset(),
        ),
        topology=intake.graph.listed(),
        shifts=tuple(
            ClockShift(artifact=name, seconds=shift.total_seconds())
            for name, shift in sorted(intake.shifts.items())
        ),
        notes=_notes(intake, start, counts.shares, len(observed) - len(evidence)),
    )


def _onset(
    intake: Intake,
    incident: Incident,
    found: Sequence[Pattern],
    healthy: frozenset[str],
) -> onset.Onset:
    gone = states.gone(intake.inventory, (fold.workload for fold in intake.events.folds.values()))
    signs = [
        *onset.of_moves(metrics.moves(intake.panel, None)),
        *onset.of_alerts(intake.alerts.folded(), incident.services),
        *onset.of_events(intake.events, healthy | gone),
        *onset.of_logs(intake.logs, found),
    ]
    return onset.find(incident, signs, _since(intake))


def _since(intake: Intake) -> datetime | None:
    """Tell when the last of the signals that go on in time began to be recorded."""
    logs = intake.logs.extent()
    spans = (intake.panel.extent(), intake.traces.extent(), (logs[0].timestamp(), 0.0) if logs else None)
    firsts = [span[0] for span in spans if span]
    return datetime.fromtimestamp(max(firsts), UTC) if len(firsts) > 1 else None


def _observe(
    recorded: sampling.Recorded,
    intake: Intake,
    incident: Incident,
    found: Sequence[Pattern],
    calls: Sequence[traces.Call],
    *,
    moves: Sequence[metrics.Move],
    start: datetime | None,
    healthy: frozenset[str],
    stated: datetime | None,
) -> list[Observation]:
    inventory, episodes = intake.inventory, intake.alerts.folded()
    nodes = inventory.nodes()
    workloads = frozenset(thing.workload for thing in inventory.objects.values()) | intake.graph.names()
    known = workloads | nodes | frozenset(name for name in intake.logs.services if name)
    gone = states.gone(inventory, (fold.workload for fold in intake.events.folds.values()))
    episodes = intake.alerts.folded()
    alert_texts = (text for episode in episodes for text in episode.record.annotations.values())
    complaints = "\n".join(pattern.exemplar[:2000] for pattern in found if pattern.bad())
    return [
        *logged.observations(recorded, found, start, known),
        *movements.observations(moves, nodes, alertunits.stated(alert_texts, moves)),
        *silences.observations(intake.panel),
        *alerting.explained(
            firings.observations(episodes, start, nodes, incident.services), intake.alerting, episodes
        ),
        *alerting.observations(intake.alerting, episodes, start, incident.end),
        *kubeevents.observations(
            intake.events,
            start,
            healthy,
            gone,
            filled=states.filled(inventory),
            namespace=inventory.namespace(),
            stated=stated,
        ),
        *states.observations(inventory, workloads, complaints),
        *changes.observations(intake.changes, start),
        *rollouts.rollouts(inventory, intake.events, start),
        *chat.observations(intake.chat, start),
        *traces.observations(calls, start),
        *transit.observations(calls, start),
    ]


def _pairs(
    ranked: Sequence[tuple[Observation, float]], evidence: Sequence[Evidence]
) -> list[tuple[Observation, Evidence]]:
    ordered = sorted(ranked, key=lambda entry: (-entry[1], entry[0].key))
    return [(item, minted) for (item, _), minted in zip(ordered, evidence, strict=True)]


def _recording(intake: Intake) -> tuple[datetime, datetime] | None:
    spans: list[tuple[float, float]] = []
    if extent := intake.logs.extent():
        spans.append((extent[0].timestamp(), extent[1].timestamp()))
    spans.extend(span for span in (intake.panel.extent(), intake.traces.extent()) if span)
    folds = intake.events.folds.values()
    spans.extend(
        (fold.first.timestamp(), fold.last.timestamp()) for fold in folds if fold.first and fold.last
    )
    times = [m.time.timestamp() for _, m in intake.chat.messages if m.time]
    times += [e.record.starts_at.timestamp() for e in intake.alerts.folded() if e.record.starts_at]
    spans.extend((time, time) for time in times)
    if not spans:
        return None
    return (
        datetime.fromtimestamp(min(low for low, _ in spans), UTC),
        datetime.fromtimestamp(max(high for _, high in spans), UTC),
    )


def _window(incident: Incident, recording: tuple[datetime, datetime] | None) -> Window | None:
    if incident.window:
        return incident.window
    return Window(start=recording[0], end=recording[1]) if recording and recording[0] < recording[1] else None


def _counts(
    intake: Intake,
    found: Sequence[Pattern],
    start: datetime | None,
    recording: tuple[datetime, datetime] | None,
    bundle: Bundle,
) -> Counts:
    wrong = [pattern for pattern in found if pattern.level in {"error", "fatal"}]
    extent = intake.logs.extent()
    has_before = start is not None and extent is not None and extent[0] < start
    pods = intake.inventory.of("Pod")
    return Counts(
        log_lines=intake.logs.lines,
        error_lines=sum(pattern.count for pattern in wrong),
        error_lines_before=sum(p.between(intake.logs.origin, None, start) for p in wrong)
        if has_before
        else None,
        pods_restarted=sum((pod.number("restarts") or 0) > 0 for pod in pods) if pods else None,
        has_alerts=any(artifact.signal == "alerts" for artifact in bundle.manifest.artifacts),
        recording=recording,
        shares=_shares(intake, found, start) if has_before else None,
    )


def _shares(intake: Intake, found: Sequence[Pattern], start: datetime | None) -> measures.Shares:
    def count(low: datetime | None, high: datetime | None, *, wrong: bool) -> int:
        kept = (p for p in found if not wrong or p.level in {"error", "fatal"})
        return sum(pattern.between(intake.logs.origin, low, high) for pattern in kept)

    return measures.Shares(
        errors_before=count(None, start, wrong=True),
        lines_before=count(None, start, wrong=False),
        errors_since=count(start, None, wrong=True),
        lines_since=count(start, None, wrong=False),
    )


def _notes(
    intake: Intake, start: onset.Onset, shares: measures.Shares | None, left_out: int
) -> tuple[str, ...]:
    notes = [*sorted(intake.notes), *(offset.sentence() for offset in intake.offsets)]
    notes.extend(f"{coverage.broken_off(*each)}." for each in sorted(intake.damage.items()))
    extent = intake.logs.extent()
    if start.time is None:
        notes.append("The onset is not known, so nothing could be compared with a time before it.")
    elif extent and extent[0] >= start.time:
        notes.append("No logs from before the onset were recorded, so log patterns have no baseline.")
    if start.time is not None:
        notes.extend(baselines.notes(intake, start.time, shares))
    if intake.logs.overflowed:
        notes.append(f"{intake.logs.overflowed} log records of rare kinds were counted together.")
    if intake.traces.left_out:
        notes.append(f"{intake.traces.left_out} spans beyond the first {traces.MAX_SPANS} were not compared.")
    if left_out > 0:
        notes.append(f"{left_out} observations of low rank were left out.")
    return tuple(notes)
