"""The timed rows of a document's timeline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from agent.checks.calendar_date import read_date, read_day
from agent.checks.document import Document
from agent.checks.pattern import Pattern

CLOCK = Pattern(
    r"(?<![\d:.-])(?P<h>[01]?\d|"
    r"2[0-3]):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?:\s*(?P<half>[AaPp]\.?[Mm]))?(?!\d)"
)
_DAY = timedelta(days=1)
_DAY_NAME = Pattern(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
    re.IGNORECASE,
)


class Row(NamedTuple):
    """One timed line of a timeline; `at` counts from midnight of the first row's day."""

    at: timedelta
    text: str
    start: int
    end: int
    dated: bool = False
    """Whether its day is known, from its own cell or the row above."""


@lru_cache(maxsize=1)  # several checks ask for those of the document at hand
def timeline_rows(document: Document) -> tuple[Row, ...]:
    """Read the timed rows and items of the timeline in the order of the text.

    Without days, a step back of more than twelve hours is taken for midnight.
    """
    cells: list[tuple[int, int, str, str]] = []
    for table in document.tables:
        if table.section == "timeline" and "time" in table.roles:
            column = table.roles.index("time")
            for row in table.rows:
                if column < len(row):
                    text = " ".join(cell.prose.text for cell in row if cell is not row[column])
                    cells.append((row[column].start, row[column].end, row[column].prose.text, text))
    for block in document.blocks:
        if block.section == "timeline" and block.kind in {"item", "paragraph", "heading"}:
            head = block.prose.text[:40]
            found = CLOCK.search(head)
            if found and not re.search(r"[A-Za-z]{4,}", _DAY_NAME.sub("", head[: found.start()])):
                start, end = block.prose.span(found.start(), found.end())
                cells.append((start, end, head, block.prose.text))
    return tuple(_timed(sorted(cells)))


_KEY_EVENT = Pattern(r"^\W{0,4}(?P<label>[A-Za-z][A-Za-z /-]{2,40}?)\W{1,6}(?=\d{4}-\d\d-\d\d[ T]\d\d?:\d\d)")


_BEGINNING = Pattern(r"\b(?:detected|start|began|begin|impact|onset|first)", re.IGNORECASE)


@lru_cache(maxsize=1)
def key_events(document: Document) -> tuple[Row, ...]:
    """Read labelled times such as "First detected: 2026-02-17 13:42"; none without a beginning."""
    cells: list[tuple[int, int, str, str]] = []
    for block in document.blocks:
        text = block.prose.text
        found = _KEY_EVENT.match(text) if block.kind in {"item", "paragraph"} and len(text) < 120 else None
        clock = CLOCK.search(text.replace("T", " "), found.end()) if found else None
        if found and clock:
            start, end = block.prose.span(found.end(), clock.end())
            cells.append(
                (start, end, text[found.end() : clock.end()].replace("T", " "), found.group("label"))
            )
    rows = tuple(_timed(sorted(cells)))
    return rows if rows and _BEGINNING.search(rows[0].text) else ()


def _timed(cells: list[tuple[int, int, str, str]]) -> Iterator[Row]:
    day: date | None = None
    first: date | None = None
    shift = timedelta(0)
    previous: timedelta | None = None
    for start, end, clock_text, text in cells:
        clock = CLOCK.search(clock_text)
        if clock is None:
            continue
        written = read_date(clock_text) or read_day(clock_text)
        if written is not None and written.day is not None:
            day = _in_year(written.day, day)
            first = first or day
        offset = clock_offset(clock)
        if day is not None and first is not None:
            at = offset + (day - first)
        else:
            if previous is not None and offset + shift < previous - timedelta(hours=12):
                shift += _DAY
            at = offset + shift
        previous = at
        yield Row(at, text, start, end, dated=day is not None)


def _in_year(written: date, previous: date | None) -> date:
    """Give a day without a year, read as one of 2000, the year of the day before it."""
    if previous is None or written.year != 2000 or previous.year == 2000:
        return written
    try:
        return written.replace(year=previous.year)
    except ValueError:  # 29 February of a common year
        return previous


def clock_offset(clock: re.Match[str]) -> timedelta:
    """Return the time since midnight of a CLOCK match."""
    hours = int(clock.group("h"))
    half = (clock.group("half") or "").lower().replace(".", "")
    if half == "pm" and hours < 12:
        hours += 12
    elif half == "am" and hours == 12:
        hours = 0
    return timedelta(hours=hours, minutes=int(clock.group("m")), seconds=int(clock.group("s") or 0))
