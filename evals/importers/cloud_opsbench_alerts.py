"""The alerts of Cloud-OpsBench: metrics that left their range, and requests that clients saw fail.

Upstream's failing client requests carry no time. They become log lines without a time rather than alerts,
for an alert needs a start, and the time at which the list was read would pass for the time at which it fired.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, TypeAdapter

from agent.errors import UserError
from evals.importers import alertmanager
from evals.importers.casefolder import Piece
from evals.importers.upstream import Upstream

ZONE = "+08:00"
"""Clock of the clusters; upstream writes most times without a zone."""

_RANGE = re.compile(r"^\s*(\S+ \S+)\s*~\s*(\S+ \S+)\s*$")

Text = Annotated[str, BeforeValidator(lambda value: value or "")]
"""Upstream writes null where it has nothing to say."""


class Alert(BaseModel):
    """One entry of alert.json: a metric that left its range, or a request that clients saw fail."""

    type: Text = ""
    name: Text = ""
    time_range: Text = ""
    evidence: tuple[str, ...] = ()
    request_method: Text = ""
    business_action: Text = ""
    entry_service: Text = ""
    url: Text = ""
    occurrences: int = 0
    raw_error: Text = ""


class Alerts(BaseModel):
    """Upstream's alert.json; empty where nothing was recorded."""

    alerts: tuple[Alert, ...] = ()


def pieces(upstream: Upstream) -> Iterator[Piece]:
    """Write what upstream listed: alerts where it gives times, log lines where it does not."""
    alerts = listed(upstream)
    breaches = [breach for alert in alerts if alert.time_range for breach in _breaches(upstream, alert)]
    if breaches:
        yield Piece("alertmanager", "alerts.json", alertmanager.dump(breaches), query="GetAlerts")
    failing = [_undated(alert) for alert in alerts if not alert.time_range]
    if failing:
        lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in failing)
        yield Piece(
            "clients",
            "client-errors.jsonl",
            lines.encode(),
            query="GetAlerts",
            note="What upstream saw without saying when, one line a kind; failing requests were counted.",
        )


def _breaches(upstream: Upstream, alert: Alert) -> Iterator[alertmanager.Alert]:
    match = _RANGE.match(alert.time_range)
    if match is None:
        raise UserError(
            f"{upstream.path / 'alert.json'}: time_range {alert.time_range!r} is not `start ~ end`."
        )
    start, end = (datetime.fromisoformat(f"{stamp}{ZONE}") for stamp in match.groups())
    place = "node" if alert.type.lower() == "node" else "service"
    for text in alert.evidence:
        category, _, detail = text.partition(" ")
        yield alertmanager.Alert(
            labels={"alertname": category, place: alert.name, "severity": "warning"},
            annotations={"summary": _summary(detail), "description": text},
            starts_at=start,
            ends_at=end,
            state="resolved",
        )


def _summary(detail: str) -> str:
    """Write `[Slow Response] | p90: ...` as `Slow Response: p90: ...`; the description keeps it verbatim."""
    return re.sub(r"^\[([^\]]+)\]\s*\|\s*", r"\1: ", detail.strip())


def listed(upstream: Upstream) -> tuple[Alert, ...]:
    """Read alert.json, which says in several ways that there was nothing."""
    if upstream.bytes("alert.json").strip().strip(b'"') in {b"", b"clean"}:
        return ()
    return upstream.json("alert.json", TypeAdapter(Alerts)).alerts


def _undated(alert: Alert) -> dict[str, str | int]:
    service = alert.entry_service or alert.name
    line: dict[str, str | int] = {"level": "error", "msg": "; ".join(alert.evidence)}
    if alert.raw_error:
        request = " ".join(part for part in (alert.request_method, alert.url) if part)
        line["msg"] = f"client request {request} failed: {alert.raw_error}"
        line["action"] = alert.business_action
        line["occurrences"] = alert.occurrences
    if service and not service.lower().startswith("unknown"):
        line["service"] = service
    return line
