"""Numbers and times computed from evidence; what the evidence does not hold is not known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agent.digest import lastseen, measures
from agent.digest.chat import Step
from agent.digest.countedfacts import Counts, counted, hits, recording
from agent.digest.factrows import LABELS, fact, unknown
from agent.digest.onset import Onset
from agent.digest.wording import duration, instant
from agent.schema.digest import Fact, FactName
from agent.schema.evidence import Evidence
from agent.schema.incident import Incident

_LATE = 3600.0
"""Seconds behind the first alert from which on a symptom cannot be what the alert was about."""
_NEAR_START = 60.0
"""Seconds from the start within which a symptom belongs to it."""


def facts(incident: Incident, onset: Onset, evidence: Sequence[Evidence], counts: Counts) -> tuple[Fact, ...]:
    """Every fact once, in the order of its table."""
    alerts = [e for e in evidence if e.kind == "A" and e.attributes.get("noise") == "no" and e.start]
    real = [alert for alert in alerts if alert.attributes.get("state") != "pending"]  # it told nobody yet
    alert = min(real, key=lambda e: (e.start is None, e.start, e.id), default=None)
    found: dict[FactName, Fact] = {}
    found["started"] = _started(onset, evidence)
    found["first_symptom"] = _first_symptom(onset, evidence, alert)
    found["first_alert"] = _moment("first_alert", alert, "no alert that tells of this incident was recorded")
    acknowledged = _step(evidence, "acknowledged")
    found["acknowledged"] = _moment(
        "acknowledged", acknowledged, "no acknowledgement was recorded in chat or alerts"
    )
    mitigated = _step(evidence, "mitigated")
    found["mitigated"] = _moment("mitigated", mitigated, "nothing recorded says when the effect was stopped")
    found["ended"] = _ended(incident, evidence, real, onset, counts)
    found.update(_durations(found))
    found.update(recording(counts))
    found.update(counted(counts, evidence, real, onset))
    told = tuple(found[name] for name in LABELS)
    return (*told, *measures.measures(onset.time, evidence, counts.shares))


def _started(onset: Onset, evidence: Sequence[Evidence]) -> Fact:
    if onset.time is None:
        return unknown("started", "neither the record nor any dated change in the evidence gives a start")
    near = [
        e
        for e in evidence
        if e.start and abs((e.start - onset.time).total_seconds()) <= 60 and e.severity != "info"
    ]
    note = (
        "given by the incident record"
        if onset.source == "record"
        else "the earliest of the telling changes in the evidence"
    )
    return fact(
        "started",
        instant(onset.time),
        note,
        time=onset.time,
        evidence=[e.id for e in near[:3]] if onset.source == "evidence" else [],
    )


def _first_symptom(onset: Onset, evidence: Sequence[Evidence], alert: Evidence | None) -> Fact:
    """Give the first symptom; not one that was recorded long after an alert on symptoms had fired."""
    bad = [
        e
        for e in evidence
        if e.start
        and e.severity in {"critical", "error", "warning"}
        and e.kind in {"L", "M", "K", "T"}
        and e.salience >= 0.3
        and e.attributes.get("source") != "state"
        and (onset.time is None or e.start >= onset.time.replace(microsecond=0))
        and e.attributes.get("novelty") not in {"steady", "silent"}
    ]
    first = min(bad, key=lambda e: (e.start is None, e.start, e.id), default=None)
    late = (
        (first.start - alert.start).total_seconds()
        if first and first.start and alert and alert.start
        else 0.0
    )
    if first and first.start and late > _LATE:
        why = (
            f"the earliest that was recorded, {first.id} at {instant(first.start)}, is {duration(late)} later"
        )
        return unknown("first_symptom", f"{why} than the first alert")
    return _moment("first_symptom", first, "no dated symptom at or after the start was recorded")


def _moment(name: FactName, item: Evidence | None, why: str) -> Fact:
    if item is None or item.start is None:
        return unknown(name, why)
    return fact(name, instant(item.start), item.statement, time=item.start, evidence=[item.id])


def _step(evidence: Sequence[Evidence], wanted: Step) -> Evidence | None:
    stated = [e for e in evidence if e.kind == "H" and e.start and e.attributes.get("step") == wanted]
    return min(stated, key=lambda e: (e.start is None, e.start, e.id), default=None)


def _ended(
    incident: Incident, evidence: Sequence[Evidence], real: Sequence[Evidence], onset: Onset, counts: Counts
) -> Fact:
    if incident.end is not None:
        return fact("ended", instant(incident.end), "given by the incident record", time=incident.end)
    if (said := _step(evidence, "resolved")) is not None:
        return _moment("ended", said, "")
    ends = [e.end for e in real]
    if real and None not in ends:
        last = max((e for e in real if e.end), key=lambda e: (e.end, e.id), default=None)
        if last is not None and last.end:
            note = f"the last alert resolved{_metrics_by(last.end, evidence)}"
            return fact("ended", instant(last.end), note, time=last.end, evidence=[last.id])
    if real:
        return unknown("ended", "alerts were still firing when the recording stopped")
    none = "the recording shows no recovery that ends the incident"
    until = counts.recording[1] if counts.recording else None
    last = lastseen.last_seen([e for e in evidence if hits(e, onset)], until)
    if last is None or until is None:
        return unknown("ended", none)
    return fact("ended", "not known", f"{none}; {lastseen.told(last, until)}", evidence=[last.id])


def _metrics_by(end: datetime, evidence: Sequence[Evidence]) -> str:
    """Say whether metrics that had moved for the worse were back by then; empty where none had."""
    moved = [e for e in evidence if e.kind == "M" and e.attributes.get("harm") == "bad" and e.salience >= 0.3]
    if not moved:
        return ""
    away = [e.id for e in moved if e.start and e.start <= end and (e.end is None or e.end > end)]
    later = [e.id for e in moved if e.start and e.start > end]
    parts = [f"{', '.join(away[:3])} had not recovered by then"] if away else []
    parts += [f"{', '.join(later[:3])} began after it"] if later else []
    return f"; of the metrics {' and '.join(parts)}" if parts else "; the metrics had recovered by then"


def _durations(found: dict[FactName, Fact]) -> dict[FactName, Fact]:
    pairs: tuple[tuple[FactName, FactName, str], ...] = (
        ("duration", "ended", "end minus start"),
        ("time_to_detect", "first_alert", "first alert minus start"),
        ("time_to_acknowledge", "acknowledged", "acknowledgement minus start"),
        ("time_to_mitigate", "mitigated", "mitigation minus start"),
        ("time_to_resolve", "ended", "end minus start"),
    )
    result: dict[FactName, Fact] = {}
    for name, until, how in pairs:
        start, stop = found["started"], found[until]
        if start.time is None or stop.time is None:
            missing = start if start.time is None else stop
            result[name] = unknown(
                name, f"{missing.label.lower()} is not known: {missing.note.partition(';')[0]}"
            )
            continue
        seconds = (stop.time - start.time).total_seconds()
        if name == "time_to_detect" and abs(seconds) < 1 and not _shown(found):
            result[name] = unknown(name, "the start is known only as the time of the first alert")
            continue
        ids = [*start.evidence, *stop.evidence]
        if seconds < 0:
            what = f"{stop.label.lower()} came {duration(seconds)} before the start"
            result[name] = fact(
                name, f"{duration(seconds)} before the start", what, seconds=seconds, evidence=ids
            )
        else:
            result[name] = fact(name, duration(seconds), how, seconds=seconds, evidence=ids)
    return result


def _shown(found: dict[FactName, Fact]) -> bool:
    """Whether a symptom near the start shows it apart from the alert."""
    start, symptom = found["started"].time, found["first_symptom"].time
    return bool(start and symptom and abs((symptom - start).total_seconds()) <= _NEAR_START)
