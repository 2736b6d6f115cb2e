"""Facts that are counts: records, alerts, services and pods, and how far the recording reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.digest import measures
from agent.digest.factrows import fact, unknown
from agent.digest.onset import Onset
from agent.digest.wording import instant
from agent.schema.digest import Fact, FactName
from agent.schema.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Counts:
    """What the collectors counted."""

    log_lines: int
    error_lines: int
    error_lines_before: int | None
    """None where nothing was recorded before the onset."""
    pods_restarted: int | None
    """None where no pod state was recorded."""
    has_alerts: bool
    """Whether any alert source was asked and answered."""
    recording: tuple[datetime, datetime] | None
    shares: measures.Shares | None = None
    """None where nothing tells what came before the onset."""


def recording(counts: Counts) -> dict[FactName, Fact]:
    """Say when the recording starts and ends."""
    if counts.recording is None:
        why = "nothing in the bundle carries a time"
        return {
            "recording_start": unknown("recording_start", why),
            "recording_end": unknown("recording_end", why),
        }
    first, last = counts.recording
    return {
        "recording_start": fact("recording_start", instant(first), "first dated record", time=first),
        "recording_end": fact("recording_end", instant(last), "last dated record", time=last),
    }


def hits(item: Evidence, onset: Onset) -> bool:
    """Whether it is trouble that stands out and was going on since the onset, or is a state of then."""
    attributes = item.attributes
    if not item.service or item.salience < 0.4 or not _is_trouble(item):
        return False
    if attributes.get("over") == "yes" or attributes.get("leftover") or attributes.get("novelty") == "steady":
        return False
    dated = item.start is not None or attributes.get("source") == "state"
    return onset.time is None or (dated and (item.end is None or item.end >= onset.time))


def _is_trouble(item: Evidence) -> bool:
    """Whether it is an error, an alert that is no noise, or a metric that got worse and stayed so."""
    if item.severity in {"critical", "error"}:
        return True
    if item.kind == "M":
        return item.attributes.get("harm") == "bad" and item.attributes.get("change") != "spike"
    return item.kind == "A" and item.severity == "warning" and item.attributes.get("noise", "no") == "no"


def counted(
    counts: Counts, evidence: Sequence[Evidence], real: Sequence[Evidence], onset: Onset
) -> dict[FactName, Fact]:
    """Give the facts that are counts; `real` are the alerts that told somebody."""
    logs = counts.log_lines > 0
    none = "no logs were recorded"
    result: dict[FactName, Fact] = {
        "log_lines": _count("log_lines", counts.log_lines, "log records read")
        if logs
        else unknown("log_lines", none),
        "error_lines": _count("error_lines", counts.error_lines, "records of level error or fatal")
        if logs
        else unknown("error_lines", none),
    }
    before = counts.error_lines_before
    result["error_lines_before"] = (
        unknown("error_lines_before", "no logs from before the onset were recorded" if logs else none)
        if before is None
        else _count("error_lines_before", before, "records of level error or fatal before the onset")
    )
    result["alerts_fired"] = (
        _count(
            "alerts_fired",
            sum(int(e.attributes.get("count", "1")) if "members" in e.attributes else 1 for e in real),
            "episodes that are no noise",
            [e.id for e in real],
        )
        if counts.has_alerts
        else unknown("alerts_fired", "no alert source was recorded")
    )
    hit = [e for e in evidence if hits(e, onset)]
    services = sorted({e.service for e in hit if e.service})
    result["services_affected"] = (
        _count(
            "services_affected",
            len(services),
            "components with an error, an alert or a metric that got worse, of those that stand out since "
            f"the onset: {', '.join(services)}",
            [e.id for e in hit],
        )
        if services
        else unknown("services_affected", "no component shows trouble that stands out")
    )
    result["pods_restarted"] = (
        unknown("pods_restarted", "no pod state was recorded")
        if counts.pods_restarted is None
        else _count(
            "pods_restarted",
            counts.pods_restarted,
            "pods of the whole recording whose state counts a restart, at whatever time it was",
        )
    )
    return result


def _count(name: FactName, value: int, how: str, evidence: Sequence[str] = ()) -> Fact:
    return fact(name, str(value), how, count=value, evidence=evidence[:20])
