"""Whether a Markdown post-mortem agrees with itself, rules C01 to C07 and P01."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from agent.checks.actions import incident_date
from agent.checks.calendar_date import is_empty, read_date
from agent.checks.document import Document
from agent.checks.document_counts import check_counts
from agent.checks.document_spans import check_spans
from agent.checks.duration import Length, read_lengths, write_length
from agent.checks.items import read_entries
from agent.checks.pattern import Pattern
from agent.checks.report import Report, at
from agent.checks.timeline import CLOCK, Row, clock_offset, key_events, timeline_rows

if TYPE_CHECKING:
    from agent.schema.finding import Level

_FIELD = Pattern(
    r"^[\s>|*+-]*(?:\*\*|__)?(?P<name>(?:total |incident |outage )?duration|length|start(?:ed)?(?: time)?|"
    r"end(?:ed)?(?: time)?|resolved(?: at)?|"
    r"incident start|incident end)(?: \([^)]*\))?\s*(?:\*\*|__)?\s*[:|]\s*(?:\*\*|__)?\s*(?P<value>[^|\n]+)",
    re.IGNORECASE | re.MULTILINE,
)
_RANGE = Pattern(
    r"(?P<first>\b\d?\d:\d\d(?::\d\d)?)\s*(?:UTC|Z)?\s*(?:-|\u2013|\u2014|to|until|and|"
    r"through)\s*(?P<last>\d?\d:\d\d(?::\d\d)?)"
)
_DAY = timedelta(days=1)


def check_consistency(document: Document) -> tuple[Report, ...]:
    """Report where header, timeline and prose contradict each other; silent where a part is missing."""
    rows = timeline_rows(document)
    found: list[Report] = []
    found.extend(_duration(document, rows))
    found.extend(_order(document, rows))
    stated, started = _stated_duration(document), "start" in _header_fields(document)
    found.extend(check_spans(document, rows or key_events(document), stated, started=started))
    found.extend(check_counts(document))
    found.extend(_factors_named(document))
    found.extend(_sections_missing(document))
    return tuple(found)


def _header_fields(document: Document) -> dict[str, tuple[str, int, int]]:
    first_section = next(
        (item.start for item in document.headings if item.section not in {"other", "header"}),
        len(document.source),
    )
    fields: dict[str, tuple[str, int, int]] = {}
    for found in _FIELD.finditer(document.source, 0, max(first_section, 1500)):
        name = found.group("name").lower()
        key = "duration" if "duration" in name or name == "length" else "start" if "start" in name else "end"
        fields.setdefault(key, (found.group("value"), found.start("value"), found.end("value")))
    return fields


def _duration(document: Document, rows: tuple[Row, ...]) -> Iterator[Report]:
    fields = _header_fields(document)
    if "duration" not in fields:
        return
    text, start, end = fields["duration"]
    lengths = read_lengths(text)
    if len(lengths) != 1:
        return
    stated = lengths[0]
    end = start + len(text.rstrip(" *_|"))
    computed = _between(fields) or _range(text)
    if computed is not None and not stated.covers(computed):
        message = f"duration {stated.text} does not agree with its times, {write_length(computed)} apart"
        yield at(
            document,
            start,
            end,
            "C01",
            "warning",
            message,
            f"Use {write_length(computed)}, or correct the times.",
        )
    if len(rows) < 2:
        return
    span = max(row.at for row in rows) - min(row.at for row in rows)
    if not stated.covers(span) and _far_apart(stated, span):
        first, last = (
            document.source[rows[0].start : rows[0].end],
            document.source[rows[-1].start : rows[-1].end],
        )
        spans = f"{write_length(span)} ({first} to {last})"
        message = f"duration {stated.text} does not agree with the timeline, which spans {spans}"
        level: Level = "warning" if span < stated.length else "info"
        yield at(
            document, start, end, "C01", level, message, "Complete the timeline, or correct the duration."
        )


def _stated_duration(document: Document) -> Length | None:
    """Return the one duration of the header, with its place in the source."""
    fields = _header_fields(document)
    if "duration" not in fields:
        return None
    text, start, _ = fields["duration"]
    lengths = read_lengths(text)
    if len(lengths) != 1:
        return None
    return lengths[0]._replace(start=start + lengths[0].start, end=start + lengths[0].end)


def _far_apart(stated: Length, span: timedelta) -> bool:
    return abs(stated.length - span) > max(timedelta(minutes=5), stated.length * 0.1)


def _between(fields: dict[str, tuple[str, int, int]]) -> timedelta | None:
    """Return end minus start of the header, where both have a clock time."""
    if "start" not in fields or "end" not in fields:
        return None
    moments = [_moment(fields[name][0]) for name in ("start", "end")]
    first, last = moments
    if first is None or last is None:
        return None
    if first[0] is not None and last[0] is not None:
        return (datetime.combine(last[0], datetime.min.time()) + last[1]) - (
            datetime.combine(first[0], datetime.min.time()) + first[1]
        )
    return last[1] - first[1] if last[1] >= first[1] else last[1] - first[1] + _DAY


def _moment(text: str) -> tuple[date | None, timedelta] | None:
    clock = CLOCK.search(text.replace("T", " "))
    if clock is None:
        return None
    written = read_date(text)
    return (written.day if written else None), clock_offset(clock)


def _range(text: str) -> timedelta | None:
    found = _RANGE.search(text)
    if found is None:
        return None
    first, last = CLOCK.search(found.group("first")), CLOCK.search(found.group("last"))
    if first is None or last is None:
        return None
    length = clock_offset(last) - clock_offset(first)
    return length if length >= timedelta(0) else length + _DAY


def _order(document: Document, rows: tuple[Row, ...]) -> Iterator[Report]:
    table_of = {
        cell.start: number
        for number, table in enumerate(document.tables)
        for row in table.rows
        for cell in row
    }
    for before, after in itertools.pairwise(rows):
        if after.at < before.at:
            together = before.start in table_of and table_of[before.start] == table_of.get(after.start)
            # Lists often start a new day or a new strand without saying so.
            level: Level = "warning" if after.dated or together else "info"
            message = (
                f"timeline goes back in time here, from {document.source[before.start : before.end].strip()}"
            )
            yield at(
                document,
                after.start,
                after.end,
                "C02",
                level,
                message,
                "Order the rows by time, or correct it.",
            )


def _factors_named(document: Document) -> Iterator[Report]:
    """Report an item that addresses a factor which the document does not define."""
    defined = set(re.findall(r"^[\s#>*|+\d.-]*\**(F\d+)\b", document.source, re.MULTILINE))
    if not defined:
        return
    for entry in read_entries(document):
        for name in re.findall(r"\bF\d+\b", entry.fields.get("factor", "")):
            if name not in defined:
                start, end = entry.span("factor")
                message = f"action item addresses {name}, which the document does not define"
                yield at(
                    document,
                    start,
                    end,
                    "C04",
                    "warning",
                    message,
                    f"Use one of {', '.join(sorted(defined))}.",
                )


def _sections_missing(document: Document) -> Iterator[Report]:
    present = {heading.section for heading in document.headings} | {
        block.section for block in document.blocks
    }
    if len(document.headings) < 2:
        return
    wanted = {
        "timeline": "a timeline",
        "factor": "contributing factors",
        "action": "action items",
        "impact": "the impact",
    }
    missing = [words for section, words in wanted.items() if section not in present]
    if missing:
        message = f"the document has no section for {', '.join(missing)}"
        yield at(
            document,
            document.headings[0].start,
            document.headings[0].start,
            "P01",
            "info",
            message,
            "Add it, or say why not.",
        )
    if incident_date(document) is None and not is_empty(document.source):
        message = "the header has no date, so due dates cannot be checked"
        yield at(
            document,
            document.headings[0].start,
            document.headings[0].start,
            "P02",
            "info",
            message,
            "Add **Date**: <YYYY-MM-DD>.",
        )
