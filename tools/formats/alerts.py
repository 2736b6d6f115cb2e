"""Alerts as Alertmanager and Prometheus list them, and alerting rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from tools.formats.documents import Document, Element, listing, mapping, string, strings
from tools.formats.joining import note_time
from tools.formats.logs_json import Json
from tools.formats.opening import spoil
from tools.formats.records import AlertRecord, AlertRule, Matcher, Silence, Tally
from tools.formats.stamps import Stamps

_STATES = {
    "active": "firing", "firing": "firing", "pending": "pending", "unprocessed": "firing",
    "resolved": "resolved",
    "suppressed": "suppressed", "silenced": "silenced", "inhibited": "inhibited", "expired": "resolved",
}  # fmt: skip


def is_alert(value: Json) -> bool:
    """Say whether an object is an alert of Alertmanager or Prometheus."""
    item = mapping(value)
    labels = item.get("labels")
    return isinstance(labels, dict) and ("startsAt" in item or "activeAt" in item)


def alerts_in(value: Json) -> list[Json]:
    """List the alerts of a value: itself, or those of a group or of a webhook's body."""
    if is_alert(value):
        return [value]
    return [item for item in listing(mapping(value).get("alerts")) if is_alert(item)]


def read_alerts(
    document: Document, path: tuple[str, ...], tally: Tally, stamps: Stamps
) -> Iterator[AlertRecord]:
    """Yield alerts of API v1, v2, `amtool -o json`, webhook bodies, groups or Prometheus' /api/v1/alerts."""
    for element in document.elements(tally, *path):
        found = alerts_in(element.value)
        if not found:
            spoil(tally, element.line, "an alert without labels or startsAt")
        for value in found:
            record = _alert(replace(element, value=value), stamps)
            tally.rows += 1
            tally.undated += record.starts_at is None
            note_time(tally, record.starts_at)
            note_time(tally, record.ends_at)
            yield record


def read_rules(document: Document, path: tuple[str, ...], tally: Tally) -> Iterator[AlertRule]:
    """Yield the alerting rules of /api/v1/rules; recording rules are no alerts and are left out."""
    for group in document.elements(tally, *path):
        for value in listing(mapping(group.value).get("rules")):
            rule = mapping(value)
            name = string(rule.get("name")) or string(rule.get("alert"))
            if rule.get("type") == "recording" or "record" in rule or not name or _records(rule):
                continue
            tally.rows += 1
            yield AlertRule(
                line=group.line,
                name=name,
                query=string(rule.get("query")) or string(rule.get("expr")),
                for_seconds=_seconds(rule.get("duration", rule.get("for"))),
                state=string(rule.get("state")),
                labels=strings(rule.get("labels")),
                annotations=strings(rule.get("annotations")),
            )


def is_silence(value: Json) -> bool:
    """Say whether an object is a silence of Alertmanager."""
    item = mapping(value)
    return isinstance(item.get("matchers"), list) and "startsAt" in item and "endsAt" in item


def read_silences(
    document: Document, path: tuple[str, ...], tally: Tally, stamps: Stamps
) -> Iterator[Silence]:
    """Yield the silences of API v2 or `amtool silence query -o json`."""
    for element in document.elements(tally, *path):
        item = mapping(element.value)
        if not is_silence(item):
            spoil(tally, element.line, "a silence without matchers or times")
            continue
        tally.rows += 1
        starts_at, ends_at = _time(item["startsAt"], stamps), _time(item["endsAt"], stamps)
        note_time(tally, starts_at)
        matchers = tuple(map(_matcher, map(mapping, listing(item["matchers"]))))
        author, comment = string(item.get("createdBy")), string(item.get("comment"))
        yield Silence(element.line, element.end_line, matchers, starts_at, ends_at, author, comment)


def _matcher(item: dict[str, Json]) -> Matcher:
    return Matcher(
        string(item.get("name")),
        string(item.get("value")),
        is_regex=item.get("isRegex") is True,
        is_equal=item.get("isEqual") is not False,
    )


def _records(rule: dict[str, Json]) -> bool:
    return not ({"state", "duration", "for", "alert", "annotations", "alerts"} & rule.keys())


def _alert(element: Element, stamps: Stamps) -> AlertRecord:
    item = mapping(element.value)
    labels = strings(item.get("labels"))
    ends_at = _time(item.get("endsAt"), stamps)
    state = _state(item, ends_at, stamps)
    return AlertRecord(
        line=element.line,
        end_line=element.end_line,
        name=labels.pop("alertname", "") or string(item.get("name")),
        state=state,
        starts_at=_time(item.get("startsAt", item.get("activeAt")), stamps),
        ends_at=ends_at if state == "resolved" else None,
        labels=labels,
        annotations=strings(item.get("annotations")),
        fingerprint=string(item.get("fingerprint")) or None,
    )


def _state(item: dict[str, Json], ends_at: datetime | None, stamps: Stamps) -> str:
    status = item.get("status", item.get("state"))
    detail = mapping(status)
    word = string(detail.get("state")) if detail else string(status)
    state = _STATES.get(word.lower(), "")
    if state == "suppressed":
        if listing(detail.get("inhibitedBy")):
            return "inhibited"
        return "silenced" if listing(detail.get("silencedBy")) else "suppressed"
    if state:
        return state
    over = ends_at is not None and stamps.recorded_at is not None and ends_at <= stamps.recorded_at
    return "resolved" if over else "firing"


def _time(value: Json, stamps: Stamps) -> datetime | None:
    text = string(value)
    return None if not text or text.startswith("0001-") else stamps.parse(text)


def _seconds(value: Json) -> float:
    if isinstance(value, (int, float)):
        return float(value)
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    text = string(value)
    return float(text[:-1]) * units[text[-1]] if text[:-1].isdigit() and text[-1:] in units else 0.0
