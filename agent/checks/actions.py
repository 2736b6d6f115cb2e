"""Action items of any Markdown post-mortem, rules A01 to A10."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from agent.checks.calendar_date import is_empty, read_date, read_due
from agent.checks.coaching import exhorts, is_public, learner_of
from agent.checks.concreteness import count_deliverables, judge_action
from agent.checks.configuration import DEFAULT, Configuration
from agent.checks.coverage import check_coverage, control_strength
from agent.checks.document import Document
from agent.checks.entry import Entry
from agent.checks.field_values import is_priority
from agent.checks.items import read_entries
from agent.checks.owner import is_nobody
from agent.checks.pattern import Pattern
from agent.checks.report import Report
from agent.checks.sanction import is_guard, is_mood, names_sanction
from agent.checks.subject import Roster
from agent.checks.wording import check_text

if TYPE_CHECKING:
    from agent.schema.finding import Level

_UNSETTLED = Pattern(
    r"\?|^\W*(?:after|not before|from|around|about|approx\w*|circa|ca\.|~|earliest|probably|maybe|hopefully"
    r"|tentative\w*)(?:\b|(?<=~))|\bor (?:later|so)\b",
    re.IGNORECASE,
)
_HEADER_DATE = Pattern(
    r"^\W*(?:incident |event |outage )?(?:date|start(?:ed)?|start time|date of incident|when|occurred)(?: "
    r"of (?:the )?(?:incident|outage))?"
    r"\W{0,6}[:|]\W*(?P<value>[^\n]{4,60})",
    re.IGNORECASE | re.MULTILINE,
)
_JOINED = Pattern(r"\s(?:and|&|\+)\s|,|\s/\s")


def check_actions(document: Document, configuration: Configuration = DEFAULT) -> tuple[Report, ...]:
    """Report what each action item lacks; error where it cannot be followed up as it stands."""
    entries = read_entries(document)
    incident = incident_date(document)
    if len(entries) > 1 and not any(entry.fields.get(name) for entry in entries for name in _NEEDED):
        return tuple(_bare_list(document, [entry for entry in entries if not entry.finished]))
    found: list[Report] = list(check_coverage(document, entries))
    unsaid = _lacking_throughout([entry for entry in entries if not entry.finished])
    found.extend(_lacking_together(document, entries, unsaid))
    for entry in entries:
        found.extend(_check_entry(document, entry, incident, configuration.priorities, unsaid))
    return tuple(found)


_NEEDED = {"owner": "an owner", "due": "a due date", "priority": "a priority"}
_NEEDED_BY = {"A01": "owner", "A02": "due", "A03": "priority"}


def _lacking_throughout(entries: list[Entry]) -> frozenset[str]:
    """Name the fields that no open item of a list has: that is how the house writes."""
    if len(entries) < 2:
        return frozenset()
    return frozenset(name for name in _NEEDED if all(_lacks(entry, name) for entry in entries))


def _lacks(entry: Entry, name: str) -> bool:
    value = entry.fields.get(name, "")
    return is_empty(value) and not (name == "priority" and is_priority(value))


def _lacking_together(
    document: Document, entries: tuple[Entry, ...], unsaid: frozenset[str]
) -> Iterator[Report]:
    count = sum(not entry.finished for entry in entries)
    first = next((entry for entry in entries if not entry.finished), None)
    for rule, name in _NEEDED_BY.items():
        if first is not None and name in unsaid:
            message = f"none of the {count} open action items has {_NEEDED[name]}"
            ask = f"Add {_NEEDED[name]} to each."
            yield _finding(document, first, "action", rule, "error", message, ask)


def _bare_list(document: Document, entries: list[Entry]) -> Iterator[Report]:
    """Report once what a whole list lacks: where no item has an owner, that is how the house writes."""
    if not entries:
        return
    subject = f"none of the {len(entries)} action items has" if len(entries) > 1 else "action item has no"
    rest = "an owner, a due date or a priority" if len(entries) > 1 else "owner, no due date and no priority"
    ask = "Add to each: owner <one team or person>, due <YYYY-MM-DD>, priority <P0-P4>."
    yield _finding(document, entries[0], "action", "A01", "error", f"{subject} {rest}", ask)


def incident_date(document: Document) -> date | None:
    """Read the incident's date from the header lines; None where they have none."""
    head = "\n".join(document.source.split("\n")[:60])
    for found in _HEADER_DATE.finditer(head):
        written = read_date(found.group("value"))
        if written is not None and written.day is not None:
            return written.day
    return None


def _check_entry(
    document: Document,
    entry: Entry,
    incident: date | None,
    scale: tuple[str, ...],
    unsaid: frozenset[str],
) -> Iterator[Report]:
    checks = [
        _owner(entry),
        _due(entry, incident),
        _priority(entry, scale),
        *_wording(entry),
        *_advice(entry),
    ]
    for found in checks:
        if found is None:
            continue
        rule, level, field, message, suggestion = found
        if _NEEDED_BY.get(rule) in unsaid:
            continue
        if entry.finished and rule not in {"A04", "A07", "A08"}:
            continue
        yield _finding(document, entry, field, rule, level, message, suggestion)


_Defect = tuple[str, "Level", str, str, str]


def _owner(entry: Entry) -> _Defect | None:
    owner = entry.fields.get("owner", "")
    if is_empty(owner):
        return (
            "A01",
            "error",
            "owner",
            "action item has no owner",
            "Name one team or person: owner <team or person>.",
        )
    if is_nobody(owner):
        return (
            "A01",
            "error",
            "owner",
            f'"{owner}" is no owner: nobody in particular has to act',
            "Name one team or person.",
        )
    if _JOINED.search(owner):
        return (
            "A01",
            "info",
            "owner",
            "action item has more than one owner",
            "Name one accountable owner; others can help.",
        )
    return None


def _due(entry: Entry, incident: date | None) -> _Defect | None:
    due = entry.fields.get("due", "")
    ask = "Give a calendar date: due <YYYY-MM-DD>."
    if is_empty(due):
        return "A02", "error", "due", "action item has no due date", ask
    written = None if _UNSETTLED.search(due) else read_due(due, incident)
    if written is None:
        return "A02", "error", "due", f'"{due}" is not a calendar date', ask
    if written.day is None:
        return "A02", "error", "due", f'"{due}" does not exist in the calendar', ask
    if incident is not None and written.day < incident:
        return "A02", "error", "due", f"due date {written.day} lies before the incident of {incident}", ask
    return None


def _priority(entry: Entry, scale: tuple[str, ...]) -> _Defect | None:
    priority = entry.fields.get("priority", "")
    ask = f"Use one of {', '.join(scale)}." if scale else "Use P0 to P4, or high, medium, low."
    if _lacks(entry, "priority"):
        return "A03", "error", "priority", "action item has no priority", ask
    known = priority.strip(" *`[]()").lower() in {name.lower() for name in scale}
    if not (known if scale else is_priority(priority)):
        return "A03", "error", "priority", f'"{priority}" is not on the priority scale', ask
    return None


def _wording(entry: Entry) -> Iterator[_Defect]:
    text = re.sub(r"\*\*|(?<!\w)[*_]|[*_](?!\w)|`", "", entry.text)
    learner = learner_of(text)
    blaming = [
        hit
        for hit in check_text(text, "action", Roster())
        if ((hit[0] in {"B01", "B07"} and hit[1] != "info") or hit[:2] == ("B04", "error"))
        and not is_guard(hit[2], text)
        and not is_mood(hit[2])
        and not (hit[0] == "B07" and (learner == "group" or is_public(text)))
    ]
    if learner == "person" or exhorts(text):
        ask = "Name a guard in the system, or what a whole team practises and how that is measured."
        yield "A07", "error", "action", "action item works on people: it teaches or exhorts a person", ask
        return
    if blaming:
        yield "A07", "error", "action", f"action item works on people: {blaming[0][3]}", blaming[0][4]
        return
    if names_sanction(text):
        ask = "Name a guard that makes the act harmless or impossible: <check, limit, default>."
        yield "A07", "error", "action", "action item works on people: it is done to a person", ask
        return
    verdict = judge_action(entry.text)
    if verdict == "vague" and not entry.fields.get("done"):
        ask = "Name the artefact, threshold or test: <verb> <what> so that <condition>."
        yield "A05", "error", "action", "action item is vague: nothing in it can be pointed at", ask
    elif verdict == "open" and not entry.fields.get("done"):
        yield (
            "A06",
            "error",
            "action",
            "action item has no end",
            "Say when it is done: <state that a third person can check>.",
        )


def _advice(entry: Entry) -> Iterator[_Defect]:
    if not entry.fields.get("type"):
        yield (
            "A04",
            "info",
            "action",
            "action item has no type",
            "Add one: prevent, detect, mitigate or process.",
        )
    if not entry.fields.get("ticket") or is_empty(entry.fields["ticket"]):
        yield "A08", "info", "action", "action item has no ticket", "Link the ticket that tracks it."
    if not entry.fields.get("factor") or is_empty(entry.fields["factor"]):
        yield (
            "A08",
            "info",
            "action",
            "action item names no contributing factor",
            "Say which factor it addresses.",
        )
    if count_deliverables(entry.text) > 2:
        yield (
            "A09",
            "info",
            "action",
            "action item asks for more than one thing",
            "Split it: one deliverable, one owner, one date each.",
        )
    if control_strength(entry.text) == "weak":
        yield (
            "A10",
            "info",
            "action",
            "action item is a weak control",
            "Prefer a guard in the system to a text about it.",
        )


def _finding(  # noqa: PLR0917 - private; every caller reads in this order
    document: Document, entry: Entry, field: str, rule: str, level: Level, message: str, suggestion: str
) -> Report:
    start, end = entry.span(field)
    line, column = document.place(start)
    end_line, end_column = document.place(end)
    return Report(
        rule=rule,
        level=level,
        message=message,
        suggestion=suggestion,
        text=document.source[start:end],
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        confidence=0.8 if rule in {"A05", "A06"} else 0.97,
    )
