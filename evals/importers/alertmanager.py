"""Alerts in the form in which Alertmanager's API v2 lists them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from agent.schema.base import format_utc


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert; without an end, or with a predicted one, it was active when it was listed."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime | None = None
    state: str = "active"
    generator: str = ""
    fingerprint: str = ""


def dump(alerts: Iterable[Alert]) -> bytes:
    """Write alerts as `GET /api/v2/alerts` lists them; a resolved one keeps its end."""
    return (json.dumps([_entry(alert) for alert in alerts], indent=2, ensure_ascii=False) + "\n").encode()


def _entry(alert: Alert) -> dict[str, object]:
    entry: dict[str, object] = {
        "labels": dict(alert.labels),
        "annotations": dict(alert.annotations),
        "startsAt": format_utc(alert.starts_at),
        "status": _status(alert.state),
        "receivers": [],
        "fingerprint": alert.fingerprint or _fingerprint(alert.labels),
        "generatorURL": alert.generator,
    }
    if alert.ends_at:
        entry["endsAt"] = format_utc(alert.ends_at)
    return entry


def _status(state: str) -> str | dict[str, object]:
    """Give the state as the API does, or for a resolved alert as notifications do."""
    return state if state == "resolved" else {"state": state, "inhibitedBy": [], "silencedBy": []}


def _fingerprint(labels: Mapping[str, str]) -> str:
    text = "\x00".join(f"{key}\x00{value}" for key, value in sorted(labels.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
