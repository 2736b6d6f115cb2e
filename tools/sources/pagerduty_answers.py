"""What PagerDuty's objects say, as records, alerts and messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from tools.formats.documents import listing, mapping, string
from tools.http import Json
from tools.sources.source import IncidentRecord, Responder

_STEPS = {"acknowledge_log_entry": "acknowledged", "resolve_log_entry": "resolved"}
_SAYS = {
    "trigger_log_entry": "opened the incident",
    "acknowledge_log_entry": "acknowledged the incident",
    "resolve_log_entry": "resolved the incident",
    "unacknowledge_log_entry": "the acknowledgement ran out",
    "escalate_log_entry": "escalated the incident",
    "assign_log_entry": "assigned the incident",
    "reach_ack_limit_log_entry": "the acknowledgement ran out",
}
"""Without people's names, which the summaries repeat and which roles may have to replace."""
_QUIET = frozenset({"notify_log_entry"})
"""Entries that tell who was called by which channel; the trigger and the escalation say the same."""


def record_of(item: dict[str, Json]) -> IncidentRecord:
    """Read an incident as the record of one."""
    start, end = _time(item.get("created_at")), None
    if item.get("status") == "resolved":
        end = _time(item.get("resolved_at")) or _time(item.get("last_status_change_at"))
    service = service_of(item)
    return IncidentRecord(
        title=string(item.get("title")) or string(item.get("summary")),
        start=start,
        end=end if start is None or end is None or end >= start else None,
        severity=_severity(item),
        services=(service,) if service else (),
        people=_people(item),
        summary=string(mapping(item.get("body")).get("details")) or string(item.get("description")),
    )


def _people(item: dict[str, Json]) -> tuple[Responder, ...]:
    found: dict[str, Responder] = {}
    users = [
        *(
            ("on-call responder", mapping(one).get("acknowledger"))
            for one in listing(item.get("acknowledgements"))
        ),
        *(("assigned responder", mapping(one).get("assignee")) for one in listing(item.get("assignments"))),
        *(("responder", mapping(one).get("user")) for one in listing(item.get("incidents_responders"))),
    ]
    for role, value in users:
        user = mapping(value)
        name = string(user.get("name")) or string(user.get("summary"))
        if name and "user" in string(user.get("type")):
            found.setdefault(name, Responder(name, role, string(user.get("email"))))
    return tuple(found.values())


def _severity(item: dict[str, Json]) -> str:
    return string(mapping(item.get("priority")).get("summary")) or string(item.get("urgency"))


def service_of(item: dict[str, Json]) -> str:
    """Name the service that an incident or alert belongs to."""
    return string(mapping(item.get("service")).get("summary"))


def page_of(item: dict[str, Json]) -> Json:
    """Give an incident in Alertmanager's form: somebody was paged."""
    record = record_of(item)
    return _alert_like(
        item,
        {"alertname": record.title, "severity": record.severity, "service": service_of(item)},
        record.end,
    )


def alert_of(item: dict[str, Json]) -> Json:
    """Give an alert in Alertmanager's form."""
    resolved = item.get("status") == "resolved"
    end = _time(item.get("resolved_at")) if resolved else None
    labels = {"alertname": string(item.get("summary")), "severity": string(item.get("severity"))}
    return _alert_like(item, {**labels, "service": service_of(item)}, end)


def _alert_like(item: dict[str, Json], labels: dict[str, str], end: datetime | None) -> Json:
    over = item.get("status") == "resolved"
    found: dict[str, Json] = {
        "labels": {key: text for key, text in labels.items() if text},
        "annotations": {"url": string(item.get("html_url"))},
        "startsAt": string(item.get("created_at")),
        "status": {"state": "resolved" if over else "active"},
        "fingerprint": string(item.get("id")),
    }
    return {**found, "endsAt": iso(end)} if end else found


def entries_of(items: Sequence[dict[str, Json]], *, alone: bool) -> list[Json]:
    """Give log entries as messages; of several incidents none is said to be a step of this one."""
    found: list[Json] = []
    for item in items:
        kind, agent = string(item.get("type")), mapping(item.get("agent"))
        if kind in _QUIET:
            continue
        channel = mapping(item.get("channel"))
        said = string(channel.get("summary")) if kind == "annotate_log_entry" else ""
        text = said or _SAYS.get(kind) or string(item.get("summary")) or kind.removesuffix("_log_entry")
        step = _STEPS.get(kind, "none") if alone else "none"
        human = "user" in string(agent.get("type"))
        message = _message(item, string(agent.get("summary")), text, step, bot=not human)
        found.append({**message, "deed": True} if text == _SAYS.get(kind) else message)
    return found


def note_of(item: dict[str, Json]) -> Json:
    """Give a note as a message."""
    return _message(item, string(mapping(item.get("user")).get("summary")), string(item.get("content")), "")


def _message(
    item: dict[str, Json], author: str, text: str, step: str, *, bot: bool = False
) -> dict[str, Json]:
    time = _time(item.get("created_at"))
    message: dict[str, Json] = {
        "type": "message",
        "ts": f"{time.timestamp():.6f}" if time else "",
        "username": author or "PagerDuty",
        "text": text,
        "pagerduty": {"id": item.get("id"), "type": item.get("type")},
    }
    return message | ({"step": step} if step else {}) | ({"bot_id": "pagerduty"} if bot else {})


def _time(value: Json) -> datetime | None:
    try:
        return datetime.fromisoformat(string(value)).astimezone(UTC) if value else None
    except ValueError:
        return None


def iso(time: datetime) -> str:
    """Write a time to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
