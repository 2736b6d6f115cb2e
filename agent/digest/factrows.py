"""A fact of the digest, known or not, with the label of its name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agent.schema.digest import Fact, FactName

LABELS: dict[FactName, str] = {
    "started": "Started",
    "first_symptom": "First symptom",
    "first_alert": "First alert",
    "acknowledged": "Acknowledged",
    "mitigated": "Mitigated",
    "ended": "Ended",
    "duration": "Duration",
    "time_to_detect": "Time to detect",
    "time_to_acknowledge": "Time to acknowledge",
    "time_to_mitigate": "Time to mitigate",
    "time_to_resolve": "Time to resolve",
    "recording_start": "Recording starts",
    "recording_end": "Recording ends",
    "log_lines": "Log records",
    "error_lines": "Error records",
    "error_lines_before": "Error records before the onset",
    "alerts_fired": "Alerts fired",
    "services_affected": "Services affected",
    "pods_restarted": "Pods restarted",
}
"""Labels by name, in the order in which facts are told."""


def fact(
    name: FactName,
    text: str,
    note: str = "",
    *,
    time: datetime | None = None,
    seconds: float | None = None,
    count: int | None = None,
    evidence: Sequence[str] = (),
) -> Fact:
    """Make a fact."""
    return Fact(
        name=name,
        label=LABELS[name],
        text=text,
        note=note,
        time=time,
        seconds=seconds,
        count=count,
        evidence=tuple(evidence),
    )


def unknown(name: FactName, why: str) -> Fact:
    """Say that something is not known, and why."""
    return fact(name, "not known", why)
