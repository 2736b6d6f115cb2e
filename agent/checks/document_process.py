"""How far a foreign document is through the blameless process, and rules P05 and P06."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from agent.checks.actions import incident_date
from agent.checks.calendar_date import read_date
from agent.checks.document import Document
from agent.checks.items import read_entries
from agent.checks.pattern import Pattern
from agent.checks.report import Report, at
from agent.checks.timeline import key_events, timeline_rows

_PUBLISHED = Pattern(
    r"^[\s>|*+-]*(?:\*\*|__)?(?:published|distributed|shared|sent out|report(?:ed)? (?:date|on)"
    r"|post-?mortem (?:date|published)|"
    r"date of (?:report|publication))(?: on| at)?\s*(?:\*\*|__)?\s*[:|]?\s*(?:\*\*|__)?\s*(?P<value>[^"
    r"|\n]{6,40})",
    re.IGNORECASE | re.MULTILINE,
)
_FOLLOW_UP = Pattern(
    r"\b(?:follow[- ]?up (?:review|meeting)|action[- ]item review|(?:four|4)[- ]week review"
    r"|30[- ]day review|review (?:of|meeting for) (?:the )?"
    r"(?:action )?items)\b(?P<value>[^\n]{0,60})",
    re.IGNORECASE,
)
_HELD = Pattern(r"\b(?:held|done|took place|completed|was on)\b", re.IGNORECASE)
_WITHHELD = Pattern(
    r"\b(?:do not (?:share|distribute|forward)|not for (?:wider )?(?:distribution|sharing)"
    r"|(?:management|leadership|eyes)[- ]only|strictly confidential|"
    r"attorney[- ]client|legally privileged|details (?:are |were )?(?:withheld|omitted|redacted)"
    r"|cannot be (?:shared|disclosed))\b",
    re.IGNORECASE,
)
_WITHIN = timedelta(hours=48)
_STALE = timedelta(days=7)
_FOUR_WEEKS = timedelta(weeks=4)


class State(NamedTuple):
    """One step with its state: done, not done, not known or overdue."""

    step: str
    state: str
    detail: str
    due: str | None = None
    """ISO date by which it is due, where that can be known."""


def check_process(document: Document) -> Iterator[Report]:
    """Report a post-mortem that came late (P05) and words that keep it from readers (P06)."""
    published, began = _published(document), incident_date(document)
    if published is not None and began is not None and published[0] - began > _WITHIN + timedelta(days=1):
        days = (published[0] - began).days
        stale = published[0] - began > _STALE
        words = (
            "after more than a week: memories and evidence are stale" if stale else "more than 48 hours later"
        )
        message = f"published {days} days after the incident, {words}"
        advice = "Share a first version within 48 hours, and say what is still open."
        yield at(document, published[1], published[2], "P05", "warning" if stale else "info", message, advice)
    for block in document.blocks:
        for found in _WITHHELD.finditer(block.prose.text):
            start, end = block.prose.span(found.start(), found.end())
            message = "keeps readers from what happened"
            yield at(
                document,
                start,
                end,
                "P06",
                "info",
                message,
                "Take out what must stay secret, and share the rest.",
            )


def document_states(document: Document, reports: Sequence[Report]) -> tuple[State, ...]:
    """Tell each step's state from the document alone; the day of reading plays no part."""
    grave = [report for report in reports if report.level != "info"]
    return (
        _timeline(document, [report for report in grave if report.rule == "C02"]),
        _factors(document),
        _depth([report for report in reports if report.rule == "P03"]),
        _actions(document, [report for report in grave if report.rule[0] == "A"]),
        _wording([report for report in grave if report.rule[0] == "B"]),
        _distributed(document),
        _tracked(document),
        _follow_up(document),
    )


def _timeline(document: Document, disordered: Sequence[Report]) -> State:
    rows = timeline_rows(document) or key_events(document)
    if len(rows) < 2:
        return State("timeline complete", "not done", f"{len(rows)} timed rows")
    if disordered:
        return State("timeline complete", "not done", f"goes back in time in line {disordered[0].line}")
    return State("timeline complete", "done", f"{len(rows)} rows in order of time")


def _factors(document: Document) -> State:
    items = sum(item.section == "factor" and item.parent < 0 for item in document.items)
    rows = sum(len(table.rows) for table in document.tables if table.section == "factor")
    heads = sum(heading.section == "factor" for heading in document.headings)
    blocks = sum(block.section == "factor" and block.kind == "paragraph" for block in document.blocks)
    count = max(items + rows, heads - 1)
    if count > 1:
        return State("several factors", "done", f"{count} factors")
    if heads and blocks > 1:
        return State("several factors", "not known", "the analysis is prose: its factors cannot be counted")
    return State("several factors", "not done", f"{max(count, min(blocks, 1))} factors")


def _depth(shallow: Sequence[Report]) -> State:
    if not shallow:
        return State("analysis deep enough", "not known", "no chain of whys that ends early")
    return State("analysis deep enough", "not done", shallow[0].message)


def _actions(document: Document, findings: Sequence[Report]) -> State:
    count = len(read_entries(document))
    if not count:
        return State("actions complete", "not done", "0 items")
    state = "not done" if findings else "done"
    return State("actions complete", state, f"{count} items, {len(findings)} findings")


def _wording(findings: Sequence[Report]) -> State:
    return State("blameless wording", "not done" if findings else "done", f"{len(findings)} findings")


def _distributed(document: Document) -> State:
    published, began = _published(document), incident_date(document)
    due = (began + _WITHIN).isoformat() if began else None
    if published is None or began is None:
        missing = "no date of publication" if published is None else "no date of the incident"
        return State("distributed within 48 h", "not known", f"the document has {missing}", due)
    # Only days are known, so the second day after the incident's own still counts.
    late = published[0] - began > _WITHIN + timedelta(days=1)
    detail = f"published {published[0]}, {(published[0] - began).days} days after the incident"
    return State("distributed within 48 h", "overdue" if late else "done", detail, due)


def _tracked(document: Document) -> State:
    entries = read_entries(document)
    tracked = sum(bool(entry.fields.get("ticket")) for entry in entries)
    state = "done" if entries and tracked == len(entries) else "not done"
    return State("items tracked", state, f"{tracked} of {len(entries)} items have a ticket")


def _follow_up(document: Document) -> State:
    step = "follow-up review in four weeks"
    base = _published(document)
    since = base[0] if base else incident_date(document)
    due = (since + _FOUR_WEEKS).isoformat() if since else None
    for found in _FOLLOW_UP.finditer(document.source):
        written = read_date(found["value"])
        if written is not None and written.day is not None:
            held = bool(_HELD.search(found["value"]))
            return State(
                step,
                "done" if held else "not done",
                f"{'held' if held else 'planned for'} {written.day}",
                due,
            )
    return State(step, "not known", "the document has no date of a follow-up review", due)


def _published(document: Document) -> tuple[date, int, int] | None:
    found = _PUBLISHED.search(document.source, 0, 4000)
    written = read_date(found["value"]) if found else None
    if found is None or written is None or written.day is None:
        return None
    start = found.start("value")
    return written.day, start, start + len(found["value"].rstrip(" *_|"))
