"""All checks of a structured draft: wording, action items, grounding, consistency."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from agent.checks.concreteness import judge_action
from agent.checks.draft_depth import check_depth
from agent.checks.grounding import check_grounding, known_services
from agent.checks.owner import unusable_owner
from agent.checks.places import read_places
from agent.checks.subject import Roster
from agent.checks.verdict import check_verdict
from agent.checks.wording import check_text
from agent.schema.base import format_utc, to_second
from agent.schema.digest import Digest, FactName
from agent.schema.finding import Finding, Level
from agent.schema.postmortem import ActionItem, PostMortem


def check_parts(draft: PostMortem, digest: Digest | None, *, now: datetime) -> tuple[Finding, ...]:
    """Report every finding, errors first, then in the order of the report."""
    found = [*_wording(draft, digest), *_actions(draft), *_consistency(draft, now), *check_depth(draft)]
    if digest is not None:
        found.extend(check_grounding(draft, digest))
        found.extend(check_verdict(draft, digest))
        found.extend(_header_against_facts(draft, digest))
    order = {"error": 0, "warning": 1, "info": 2}
    return tuple(sorted(found, key=lambda item: order[item.level]))


def _wording(draft: PostMortem, digest: Digest | None) -> Iterator[Finding]:
    services = known_services(digest) if digest is not None else frozenset(draft.header.services)
    roster = Roster(systems=frozenset(name.lower() for name in services))
    for place in read_places(draft):
        for rule, level, words, message, suggestion, confidence in check_text(
            _unquoted(place.text), place.context, roster
        ):
            yield Finding(
                rule=rule,
                level=level,
                message=message,
                suggestion=suggestion,
                text=words,
                section=place.section,
                confidence=confidence,
            )


def _unquoted(text: str) -> str:
    return re.sub(
        r'`[^`]*`|"[^"]*"|\u201c[^\u201d]*\u201d', lambda found: "\ufffc" * len(found.group()), text
    )


def _actions(draft: PostMortem) -> Iterator[Finding]:
    defined = {factor.id for factor in draft.factors}
    addressed: set[str] = set()
    for item in draft.actions:
        addressed.update(item.factors)
        yield from _action(draft, item, defined)
    for name in sorted(defined - addressed):
        yield _finding(
            f"factors.{name}",
            "A08",
            "info",
            name,
            "no action item addresses this factor",
            "Add one, or say why none is worth it.",
        )
    if draft.actions and all(item.strength in {"procedure", "training"} for item in draft.actions):
        message = "every action item is a weak control"
        yield _finding("actions", "A10", "info", "", message, "Add a guard that the system enforces.")
    kinds = {item.kind for item in draft.actions}
    if draft.actions and not kinds & {"prevent", "detect"}:
        yield _finding(
            "actions",
            "A04",
            "info",
            "",
            "no action item prevents or detects",
            "Add one that makes a repeat less likely or seen sooner.",
        )


def _action(draft: PostMortem, item: ActionItem, defined: set[str]) -> Iterator[Finding]:
    base = f"actions.{item.id}"
    if unusable_owner(item.owner):
        yield _finding(
            f"{base}.owner",
            "A01",
            "error",
            item.owner,
            f'"{item.owner}" is no owner',
            "Name one team or person.",
        )
    began = draft.header.start or draft.header.end
    if began is not None and item.deadline < began.date():
        message = f"deadline {item.deadline} lies before the incident of {began.date()}"
        yield _finding(
            f"{base}.deadline", "A02", "error", str(item.deadline), message, "Give a date after the incident."
        )
    verdict = judge_action(item.action)
    if verdict and judge_action(item.done_when):
        rule, words = ("A05", "is vague") if verdict == "vague" else ("A06", "has no end")
        yield _finding(
            f"{base}.action",
            rule,
            "error",
            item.action,
            f"action item {words}",
            "Name the artefact, threshold or test.",
        )
    if (
        re.sub(r"\W+", " ", item.done_when.lower()).strip()
        == re.sub(r"\W+", " ", item.action.lower()).strip()
    ):
        message = "done-when repeats the action"
        yield _finding(
            f"{base}.done_when",
            "A06",
            "warning",
            item.done_when,
            message,
            "Say which state a third person can check.",
        )
    for name in item.factors:
        if name not in defined:
            message = f"addresses {name}, which does not exist"
            yield _finding(
                f"{base}.factors",
                "A08",
                "error",
                name,
                message,
                f"Use one of {', '.join(sorted(defined)) or 'no factor'}.",
            )


def _consistency(draft: PostMortem, now: datetime) -> Iterator[Finding]:
    header = draft.header
    if header.start and header.end and header.end < header.start:
        yield _finding(
            "header.end",
            "C01",
            "error",
            to_second(header.end),
            "the end lies before the start",
            "Correct the record.",
        )
    if header.end is not None and header.end > now:
        yield _finding(
            "header.end",
            "C01",
            "warning",
            to_second(header.end),
            "the end lies in the future",
            "Correct the record.",
        )
    for number, (before, after) in enumerate(zip(draft.timeline, draft.timeline[1:], strict=False), 2):
        if after.time < before.time:
            shown = to_second if to_second(before.time) != to_second(after.time) else format_utc
            message = f"goes back in time, from {shown(before.time)} to {shown(after.time)}"
            yield _finding(
                f"timeline.{number}", "C02", "error", after.event, message, "Order the rows by time."
            )
    yield from _references(draft)


def _header_against_facts(draft: PostMortem, digest: Digest) -> Iterator[Finding]:
    """Compare a header that a person changed with the facts that sentences of the draft still cite."""
    cited = {name for place in read_places(draft) for name in place.facts}
    times: tuple[tuple[str, datetime | None, FactName], ...] = (
        ("start", draft.header.start, "started"),
        ("end", draft.header.end, "ended"),
    )
    for field, stated, name in times:
        computed = digest.fact(name).time
        if stated is None or computed is None or not cited & {name, "duration"}:
            continue
        if abs((stated - computed).total_seconds()) >= 1:
            message = f"the header's {field} is {to_second(stated)}, and sentences cite {to_second(computed)}"
            advice = "Correct incident.yaml and draft again, or change the sentences that cite the fact."
            yield _finding(f"header.{field}", "C01", "error", to_second(stated), message, advice)


def _references(draft: PostMortem) -> Iterator[Finding]:
    defined = {factor.id for factor in draft.factors}
    for name in draft.cause.factors:
        if name not in defined:
            yield _finding(
                "cause.factors",
                "C04",
                "error",
                name,
                f"rests on {name}, which does not exist",
                "Name a factor that exists.",
            )
    for section, ids in (
        ("factors", [factor.id for factor in draft.factors]),
        ("actions", [item.id for item in draft.actions]),
        ("open_questions", [question.id for question in draft.open_questions]),
    ):
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            yield _finding(
                section, "C05", "error", name, f"{name} occurs more than once", "Number them anew."
            )
    if draft.cause.verdict in {"established", "probable"} and not draft.factors:
        message = f"a cause is called {draft.cause.verdict}, but no factor is listed"
        yield _finding("cause", "C04", "error", draft.cause.verdict, message, "List the factors it rests on.")


def _finding(  # noqa: PLR0917 - private; every caller reads in this order
    section: str, rule: str, level: Level, words: str, message: str, suggestion: str
) -> Finding:
    return Finding(
        rule=rule, level=level, message=message, suggestion=suggestion, text=words, section=section
    )
