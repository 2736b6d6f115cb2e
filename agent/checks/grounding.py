"""Whether every statement of a draft is carried by what it cites, rules G01 to G06."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from agent.checks.places import Place, read_places
from agent.checks.quantity import read_sentence
from agent.checks.support import Support, gather
from agent.schema.base import format_utc
from agent.schema.digest import Digest
from agent.schema.finding import Finding, Level
from agent.schema.postmortem import PostMortem, TimelineRow

_COUNTED = re.compile(
    r"\b(?P<word>two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(?:\w+\s+){0,2}?(?:alerts?|"
    r"pods?|services?|errors?|restarts?|"
    r"nodes?|replicas?|containers?|requests?|deploys?|deployments?|changes|instances?|hosts?|databases?|"
    r"connections?)\b",
    re.IGNORECASE,
)
_VALUES = dict(
    zip(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
        range(2, 13),
        strict=True,
    )
)
_DENIED = re.compile(r"\b(?:no|not|nothing|never|none|unknown|without|cannot)\b|n't\b", re.IGNORECASE)
_HARD = frozenset("LMACKT")


def check_grounding(draft: PostMortem, digest: Digest) -> tuple[Finding, ...]:
    """Report citations that do not exist and statements that their citations do not carry."""
    found: list[Finding] = []
    services = known_services(digest)
    for place in read_places(draft):
        found.extend(_citations(place, digest))
        if place.grounded:
            support = gather(digest, draft.header, place.evidence, place.facts)
            found.extend(_numbers(place, support))
            found.extend(_times(place, support))
            found.extend(_names(place, support, services, digest))
    for number, row in enumerate(draft.timeline, 1):
        found.extend(_row_time(number, row, digest))
    found.extend(_cause(draft))
    return tuple(found)


def known_services(digest: Digest) -> frozenset[str]:
    """Collect every service name that the digest vouches for."""
    names = {item.service for item in digest.evidence if item.service}
    names.update(suspect.component for suspect in digest.suspects)
    names.update(name for edge in digest.topology for name in (edge.caller, edge.callee))
    return frozenset(names)


def _citations(place: Place, digest: Digest) -> Iterator[Finding]:
    for cited in place.evidence:
        if digest.find(cited) is None:
            yield _finding(
                place, "G01", "error", cited, f"cites {cited}, which does not exist", _nearest(place, digest)
            )
    for name in place.facts:
        fact = next((fact for fact in digest.facts if fact.name == name), None)
        if fact is None or not (fact.known or _DENIED.search(place.text)):
            message = f"uses the fact {name}, which is not known" + (
                f": {fact.note}" if fact and fact.note else ""
            )
            yield _finding(
                place, "G01", "error", name, message, "Say that it is not established, or leave it out."
            )
    if place.grounded and not place.evidence and not place.facts:
        yield _finding(
            place, "G01", "error", place.text, "cites nothing", "Cite the evidence or fact that shows it."
        )


def _nearest(place: Place, digest: Digest) -> str:
    words = set(re.findall(r"[a-z]{4,}", place.text.lower()))
    best = max(
        digest.evidence,
        key=lambda item: len(words & set(re.findall(r"[a-z]{4,}", item.statement.lower()))),
        default=None,
    )
    return f"{best.id} says: {best.statement}" if best else "The digest holds no evidence."


def _numbers(place: Place, support: Support) -> Iterator[Finding]:
    reading = read_sentence(place.text)
    for text, seconds, slack in reading.lengths:
        if not support.has_length(seconds, slack):
            yield _not_carried(place, "G02", text, support)
    for number in reading.numbers:
        if not support.has_number(number):
            yield _not_carried(place, "G02", number.text, support)
    for found in _COUNTED.finditer(place.text):
        value = _VALUES[found.group("word").lower()]
        words = re.search(rf"\b{found.group('word').lower()}\b", support.text)
        if (
            not words
            and not any(abs(number.value - value) < 1e-9 for number in support.reading.numbers)
            and not _counts(support, value)
        ):
            yield _not_carried(place, "G02", found.group(), support)


def _counts(support: Support, value: int) -> bool:
    facts = any(fact.count == value for fact in support.facts)
    return facts or value <= len(support.items) or value == len({item.service for item in support.items})


def _times(place: Place, support: Support) -> Iterator[Finding]:
    reading = read_sentence(place.text)
    for clock in reading.clocks:
        if not support.has_clock(clock):
            yield _not_carried(place, "G03", clock, support)
    for day in reading.dates:
        if not support.has_date(day):
            yield _not_carried(place, "G03", day, support)


def _names(place: Place, support: Support, services: frozenset[str], digest: Digest) -> Iterator[Finding]:
    for name in dict.fromkeys(read_sentence(place.text).names):
        if not support.has_name(name):
            yield _elsewhere(place, name, support, digest, "error")
    low = place.text.lower()
    for name in sorted(services):
        mentioned = name.lower() in low and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", place.text)
        if mentioned and not support.has_name(name):
            yield _elsewhere(
                place, name, support, digest, "error" if "-" in name or "_" in name else "warning"
            )


def _elsewhere(place: Place, name: str, support: Support, digest: Digest, level: Level) -> Finding:
    holders = [
        item.id
        for item in digest.evidence
        if name.lower() in f"{item.statement} {item.quote} {item.service}".lower()
    ]
    if holders:
        suggestion = f"{', '.join(holders[:3])} has it: cite that, or name what the cited evidence has."
        return _finding(
            place, "G04", level, name, f'"{name}" does not occur in the cited evidence', suggestion
        )
    return _not_carried(place, "G04", name, support, level)


def _row_time(number: int, row: TimelineRow, digest: Digest) -> Iterator[Finding]:
    if row.standing == "stated by a person":
        return
    items = [item for item in (digest.find(cited) for cited in row.evidence) if item is not None]
    own = [moment for item in items for moment in (item.start, item.end) if moment is not None]
    if not own or any(_same(row.time, moment) for moment in own):
        return
    place = Place(f"timeline.{number}", "timeline", row.event, row.evidence)
    have = ", ".join(f"{item.id} {format_utc(item.start)}" for item in items if item.start)
    message = f"is timed {format_utc(row.time)}, which no cited evidence has"
    yield _finding(place, "G05", "error", format_utc(row.time), message, f"Cited: {have}.")


def _same(row: datetime, moment: datetime) -> bool:
    apart = abs((row - moment).total_seconds())
    return apart <= 1 or (row.second == 0 and row.microsecond == 0 and apart < 60)


def _cause(draft: PostMortem) -> Iterator[Finding]:
    cause = draft.cause
    place = Place("cause.claim", "factor", cause.claim.text, cause.claim.evidence)
    if cause.verdict != "established":
        return
    if cause.claim.standing == "stated by a person":
        return
    if cause.claim.standing == "inferred":
        message = "is called established, but its claim is inferred"
        yield _finding(
            place, "G06", "error", cause.verdict, message, 'Use "probable", or cite evidence that shows it.'
        )
    if not any(cited[0] in _HARD for cited in cause.claim.evidence):
        message = "is called established without evidence from a system"
        yield _finding(
            place, "G06", "error", cause.verdict, message, 'Use "not established" and ask a question.'
        )


def _not_carried(place: Place, rule: str, words: str, support: Support, level: Level = "error") -> Finding:
    cited = "; ".join(f"{item.id}: {item.statement}" for item in support.items[:3])
    cited = cited or "; ".join(f"{fact.label}: {fact.text}" for fact in support.facts[:3])
    suggestion = (
        f"The citations have: {cited}" if cited else "The citations carry nothing; cite what shows it."
    )
    return _finding(place, rule, level, words, f'"{words}" does not occur in the cited evidence', suggestion)


def _finding(  # noqa: PLR0917 - private; every caller reads in this order
    place: Place, rule: str, level: Level, words: str, message: str, suggestion: str
) -> Finding:
    return Finding(
        rule=rule, level=level, message=message, suggestion=suggestion, text=words, section=place.section
    )
