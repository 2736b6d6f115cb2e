"""Incidents and alerts as PagerDuty and Opsgenie export them, as alerts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tools.formats.documents import Element, listing, mapping, string
from tools.formats.joining import note_time
from tools.formats.logs_json import Json
from tools.formats.opening import spoil
from tools.formats.records import AlertRecord, Tally
from tools.formats.stamps import Stamps

_OVER = frozenset({"resolved", "closed"})


def is_page(value: Json) -> bool:
    """Say whether a value is an incident of PagerDuty's API, alone or wrapped, or an alert of Opsgenie's."""
    item = mapping(value)
    if isinstance(item.get("incident"), dict):
        item = mapping(item["incident"])
    duty = {"created_at", "status"} <= item.keys() and bool({"urgency", "incident_number"} & item.keys())
    return duty or {"tinyId", "createdAt", "status", "message"} <= item.keys()


def read_pages(elements: Iterator[Element], tally: Tally, stamps: Stamps) -> Iterator[AlertRecord]:
    """Yield one alert an incident; when somebody acknowledged stands in the annotation `acknowledged_at`."""
    for element in elements:
        if not is_page(element.value):
            spoil(tally, element.line, "not an incident of PagerDuty or Opsgenie")
            continue
        item = mapping(element.value)
        item = mapping(item.get("incident")) or item
        record = _opsgenie(item, element, stamps) if "tinyId" in item else _pagerduty(item, element, stamps)
        tally.rows += 1
        tally.undated += record.starts_at is None
        note_time(tally, record.starts_at)
        note_time(tally, record.ends_at)
        yield record


def _pagerduty(item: dict[str, Json], element: Element, stamps: Stamps) -> AlertRecord:
    over = string(item.get("status")) in _OVER
    ended = string(item.get("resolved_at")) or string(item.get("last_status_change_at"))
    acknowledgements = listing(item.get("acknowledgements"))
    acknowledgement = mapping(acknowledgements[0]) if acknowledgements else {}
    return _record(
        element,
        name=string(item.get("title")) or string(item.get("summary")),
        ident=string(item.get("id")),
        span=(stamps.parse(string(item.get("created_at"))), stamps.parse(ended) if over else None, over),
        labels={
            "service": string(mapping(item.get("service")).get("summary")),
            "severity": string(mapping(item.get("priority")).get("summary")) or string(item.get("urgency")),
        },
        annotations={
            "number": string(item.get("incident_number")),
            "acknowledged_at": string(acknowledgement.get("at")),
            "url": string(item.get("html_url")),
        },
    )


def _opsgenie(item: dict[str, Json], element: Element, stamps: Stamps) -> AlertRecord:
    started = stamps.parse(string(item.get("createdAt")))
    report = mapping(item.get("report"))
    over = string(item.get("status")) in _OVER
    acknowledged = _after(started, report.get("ackTime"))
    ended = _after(started, report.get("closeTime")) or stamps.parse(string(item.get("updatedAt")))
    return _record(
        element,
        name=string(item.get("message")),
        ident=string(item.get("id")),
        span=(started, ended if over else None, over),
        labels={"service": string(item.get("entity")), "severity": string(item.get("priority"))},
        annotations={
            "number": string(item.get("tinyId")),
            "acknowledged_at": acknowledged.isoformat() if acknowledged else "",
            "description": string(item.get("description")),
        },
    )


def _record(
    element: Element,
    *,
    name: str,
    ident: str,
    span: tuple[datetime | None, datetime | None, bool],
    labels: dict[str, str],
    annotations: dict[str, str],
) -> AlertRecord:
    starts_at, ends_at, over = span
    return AlertRecord(
        line=element.line,
        end_line=element.end_line,
        name=name,
        state="resolved" if over else "firing",
        starts_at=starts_at,
        ends_at=ends_at,
        labels={key: text for key, text in labels.items() if text},
        annotations={key: text for key, text in annotations.items() if text},
        fingerprint=ident or None,
    )


def _after(start: datetime | None, millis: Json) -> datetime | None:
    """Add Opsgenie's milliseconds since creation."""
    if start is None or isinstance(millis, bool) or not isinstance(millis, (int, float)):
        return None
    return start + timedelta(milliseconds=millis)
