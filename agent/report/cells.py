"""The tables of an edited draft: timeline rows and action items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from agent.report.claims import Line, claim_fields, only_marks, read_line
from agent.report.inline import unescape_list
from agent.report.moments import read_moment, restore
from agent.report.outline import Outline, Row
from agent.schema.postmortem import ActionItem, TimelineRow

_CELL = re.compile(r"(?:\\.|[^|\\])*")
_RULE = re.compile(r"^[\s|:-]+$")
_KIND = re.compile(r"^(?P<kind>[^,]*),\s*(?P<strength>.*)$")


def read_timeline(
    outline: Outline, rows: tuple[Row, ...], base: tuple[TimelineRow, ...], day: datetime | None
) -> tuple[TimelineRow, ...]:
    """Read the timeline's rows; a time of day alone counts on the day of the row above.

    Fractions of seconds, which are not shown, come from the row of `base` that was shown so.
    """
    found: list[TimelineRow] = []
    unused = list(base)
    for row, cells in _table(outline, rows, ("Time", "Event", "Source", "Actor")):
        time = _read_time(outline, row, cells[0], found[-1].time if found else day)
        event = read_line(cells[1])
        fields = _claim(outline, row, event)
        if event.facts:
            raise outline.wrong(row, "a timeline row cites evidence such as [L4], not a fact.")
        plain = {"source": read_line(cells[2]).text, "actor": read_line(cells[3]).text}
        body = {"event": fields["text"], "evidence": fields["evidence"], "standing": fields["standing"]}
        built = outline.build(TimelineRow, row, {"time": time, **body, **plain})
        found.append(_with_fraction(built, unused))
    return tuple(found)


def _with_fraction(row: TimelineRow, unused: list[TimelineRow]) -> TimelineRow:
    same_second = [known for known in unused if restore(row.time, known.time) is known.time]
    if not same_second:
        return row
    known = next((known for known in same_second if known.event == row.event), same_second[0])
    unused.remove(known)
    return row.model_copy(update={"time": known.time})


def read_actions(outline: Outline, rows: tuple[Row, ...]) -> tuple[ActionItem, ...]:
    """Read the action items; they stay proposals while any cell is marked *(proposed)*."""
    titles = ("ID", "Action", "Owner", "Deadline", "Priority", "Kind", "Done when", "Addresses")
    return tuple(_read_action(outline, row, cells) for row, cells in _table(outline, rows, titles))


def _read_action(outline: Outline, row: Row, cells: list[str]) -> ActionItem:
    action, owner, deadline = read_line(cells[1]), read_line(cells[2]), read_line(cells[3])
    kind = _KIND.match(cells[5])
    if kind is None:
        raise outline.wrong(row, "Kind is a kind and a strength, such as `prevent, engineering control`.")
    tickets = [text.removeprefix("ticket ") for text in action.marks if text.startswith("ticket ")]
    _check_marks(outline, row, owner, ("proposed",))
    _check_marks(outline, row, deadline, ("proposed",))
    _check_marks(outline, row, action, [f"ticket {text}" for text in tickets])
    fields = {
        "id": read_line(cells[0]).text,
        "action": action.text,
        "done_when": read_line(cells[6]).text,
        "owner": owner.text,
        "deadline": deadline.text,
        "priority": cells[4],
        "kind": kind["kind"].strip(),
        "strength": kind["strength"].strip(),
        "factors": unescape_list(cells[7]),
        "proposed": bool(owner.marks or deadline.marks),
        "ticket": tickets[-1] if tickets else None,
    }
    return outline.build(ActionItem, row, fields)


def _table(
    outline: Outline, rows: tuple[Row, ...], titles: tuple[str, ...]
) -> Iterator[tuple[Row, list[str]]]:
    """Yield the rows below a table's head; raise UserError for other text and for missing cells."""
    body = False
    for row in rows:
        if row.blank:
            continue
        text = row.text.strip()
        if not text.startswith("|"):
            raise outline.wrong(row, f"expected a table row with {len(titles)} cells: {' | '.join(titles)}.")
        if not body:
            body = _RULE.match(text) is not None
            continue
        cells = _split(text)
        if len(cells) != len(titles):
            wanted = " | ".join(titles)
            raise outline.wrong(row, f"expected {len(titles)} cells ({wanted}), found {len(cells)}.")
        yield row, cells


def _split(text: str) -> list[str]:
    inner = text.removeprefix("|")
    cells: list[str] = []
    position = 0
    while position <= len(inner):
        match = _CELL.match(inner, position)
        end = match.end() if match else position
        cells.append(inner[position:end].strip(" \t"))
        position = end + 1
    return cells[:-1] if len(cells) > 1 and not cells[-1] else cells


def _read_time(outline: Outline, row: Row, text: str, day: datetime | None) -> datetime:
    try:
        return read_moment(text, day=day)
    except ValueError:
        raise outline.wrong(row, "expected a time in UTC, such as `2026-01-31 14:05:09`.") from None


def _claim(outline: Outline, row: Row, line: Line) -> dict[str, object]:
    try:
        return claim_fields(line)
    except ValueError as error:
        raise outline.wrong(row, f"{error}.") from None


def _check_marks(outline: Outline, row: Row, line: Line, allowed: list[str] | tuple[str, ...]) -> None:
    try:
        only_marks(line, allowed)
    except ValueError as error:
        raise outline.wrong(row, f"{error}.") from None
