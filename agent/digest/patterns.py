"""Log patterns -> observations: what is new, burst, fell silent, or is bad by its level."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agent.digest import bursts, novelty
from agent.digest.farside import far_side
from agent.digest.logs import LogBook, Pattern, Place
from agent.digest.novelty import Verdict
from agent.digest.observation import Observation, Role, one_line, quoted
from agent.digest.wording import duration, headline, instant, quotation, times
from agent.schema.evidence import Pointer, Severity

_MOST = 60
_MOST_SLOTS = 100_000
"""Slots of a pattern that are searched for a burst; more are between dates that are wrong."""
_MOST_QUIET = 8
"""Patterns below warning that are kept because they are new, burst or fell silent."""
_UNKNOWN = re.compile(
    r"(?:no servers? available for|unable to find (?:an )?instance (?:for|of)|no instances? available for|"
    r"does not (?:have|contain) an instance for)(?: the)?(?: service)?:? \W?(?P<host>[a-z][a-z0-9.-]{2,80})",
    re.IGNORECASE,
)
"""What load balancers and gateways say of a service that they do not find."""
_IDS = re.compile(
    r"(?:\b(?:trace|span|request|correlation|session)[_ -]?id\b\W{1,3}[\w-]{8,}\s*"
    r"|^\d\d:\d\d:\d\d[.,]?\d*\s+)+",
    re.IGNORECASE,
)
"""Words at the head of a message that only make it longer."""
_HARD = re.compile(
    r"access denied|authentication failed|permission denied|out ?of ?memory|no space left|"
    r"too many open files|"
    r"certificate (has )?expired|x509|unknown ?host|no such host|name resolution|(cannot|unable to) resolve|"
    r"no route to host|deadlock|too many connections|pool (is )?exhausted|"
    r"invalid (credential|password|config)|read-only file",
    re.IGNORECASE,
)


_KUBECTL = re.compile(r"(?:error: )?error from server(?: \(\w+\))?: ", re.IGNORECASE)
"""How kubectl begins when it could not fetch what was asked; the workload itself did not log that."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A pattern with its counts on both sides of the onset."""

    pattern: Pattern
    before: int
    after: int
    verdict: Verdict | None
    """None where there is nothing to compare with."""
    exposure: float
    """Seconds of the service's log before the onset."""

    @property
    def surprise(self) -> float:
        """How unlike the baseline, 0 to 1."""
        if self.verdict is None:
            return 0.35
        by_kind = {"new": 0.75, "burst": 0.6, "silent": 0.4, "changed": 0.3, "steady": 0.08}
        size = min(1.0, math.log10(1 + self.after) / 3)
        return min(
            1.0,
            by_kind[self.verdict.novelty] + (0.25 * size if self.verdict.novelty in {"new", "burst"} else 0),
        )


def compare(book: LogBook, patterns: Sequence[Pattern], onset: datetime | None) -> list[Reading]:
    """Count every pattern before and after the onset, and judge it by the time its service was recorded."""
    whole = book.extent()
    if onset is None or whole is None:
        return [Reading(pattern, 0, pattern.count, None, 0.0) for pattern in patterns]
    found: list[Reading] = []
    laid: list[bursts.Counts | None] = []
    for pattern in patterns:
        log = book.services[pattern.service]
        if log.first is None or log.last is None:
            found.append(Reading(pattern, 0, pattern.count, None, 0.0))
            laid.append(None)
            continue
        seconds_before = max(0.0, (onset - log.first).total_seconds())
        seconds_after = max(0.0, (whole[1] - max(onset, log.first)).total_seconds()) + 1.0
        before = pattern.between(book.origin, None, onset)
        after = pattern.between(book.origin, onset, None)
        judged = seconds_before >= 20
        verdict = novelty.judge(before, after, seconds_before, seconds_after) if judged else None
        found.append(Reading(pattern, before, after, verdict, seconds_before))
        counted = _laid_out(book, pattern, log.first, onset, whole[1]) if judged and pattern.buckets else None
        laid.append(counted)
    tide = bursts.tides([counted for counted in laid if counted])
    return [
        replace(reading, verdict=bursts.revised(reading.verdict, counted, tide))
        if reading.verdict and counted
        else reading
        for reading, counted in zip(found, laid, strict=True)
    ]


def _laid_out(
    book: LogBook, pattern: Pattern, first: datetime, onset: datetime, last: datetime
) -> bursts.Counts | None:
    slots = [int((time.timestamp() - book.origin) // pattern.width) for time in (first, onset, last)]
    if slots[2] - slots[0] > _MOST_SLOTS:
        return None
    return bursts.counts(pattern.buckets, slots[0], slots[1], slots[2])


def chosen(book: LogBook, readings: Sequence[Reading]) -> list[Reading]:
    """Keep the patterns worth a reader's time, the most surprising first."""
    loud = _loud(readings)
    quiet = [  # a coarse key counts kinds together, so that those met before it seem to fall silent
        r
        for r in readings
        if not r.pattern.bad()
        and not book.services[r.pattern.service].coarse
        and r.verdict
        and r.verdict.novelty in {"new", "burst", "silent"}
    ]
    return sorted(loud, key=_worth)[: _MOST - _MOST_QUIET] + sorted(quiet, key=_worth)[:_MOST_QUIET]


def _loud(readings: Sequence[Reading]) -> list[Reading]:
    return [r for r in readings if r.pattern.bad() and (r.after > 0 or r.verdict is None or r.before > 0)]


def observations(
    book: LogBook,
    readings: Sequence[Reading],
    head: Sequence[Reading],
    onset: datetime | None,
    known: frozenset[str],
) -> list[Observation]:
    """Say each of the chosen patterns in one line; all `readings` tell which services share a message."""
    shared: dict[str, set[str]] = {}
    for reading in _loud(readings):
        shared.setdefault(reading.pattern.template, set()).add(reading.pattern.service or "")
    return [_observe(book, r, onset, known, shared.get(r.pattern.template, set())) for r in head]


def _worth(reading: Reading) -> tuple[float, str, str, str]:
    level = {"fatal": 0.4, "error": 0.3, "warning": 0.12}.get(reading.pattern.level, 0.0)
    hard = 0.2 if _HARD.search(reading.pattern.exemplar[:2000]) else 0.0
    score = reading.surprise + level + hard + 0.05 * math.log10(1 + reading.pattern.count)
    return (-score, reading.pattern.service or "", reading.pattern.template, reading.pattern.level)


_SEVERITIES: dict[str, Severity] = {"fatal": "critical", "error": "error", "warning": "warning"}


def _observe(
    book: LogBook, reading: Reading, onset: datetime | None, known: frozenset[str], sharing: set[str]
) -> Observation:
    pattern = reading.pattern
    start, places = pattern.first, pattern.places
    if (
        onset
        and reading.verdict
        and reading.verdict.novelty == "burst"
        and (hit := pattern.since(book.origin, onset))
    ):
        start, places = hit[0], [hit[1], *pattern.places[:2]]
    message = headline(_IDS.sub("…", pattern.exemplar))
    steady = reading.verdict is not None and reading.verdict.novelty == "steady"
    others = sorted(name for name in sharing - {pattern.service or ""} if name)
    attributes = {
        "template": pattern.template,
        "level": pattern.level,
        "count": str(pattern.count),
        "baseline_count": str(reading.before) if reading.verdict else "",
        "incident_count": str(reading.after) if reading.verdict else "",
        "novelty": reading.verdict.novelty if reading.verdict else "",
        "p_value": f"{reading.verdict.p_value:.2g}"
        if reading.verdict and reading.verdict.novelty != "steady"
        else "",
        "pod": ", ".join(sorted(pattern.pods)[:5]),
        "container": ", ".join(sorted(pattern.containers)[:5]),
        "node": ", ".join(sorted(pattern.nodes)[:5]),
        "exception": pattern.exception,
        "values": _values(pattern, 10) if pattern.values else "",
        "code": pattern.event.partition(" ")[2],
        "code_kind": pattern.event.partition(" ")[0],
        "also_in": ", ".join(others[:8]),
        "unknown_service": _unknown(pattern.exemplar, known),
        "logged_by": "kubectl" if _KUBECTL.match(message) else "",
    }
    return Observation(
        kind="L",
        statement=_statement(reading, message),
        pointers=tuple(_pointer(place) for place in places),
        service=pattern.service,
        start=start,
        end=pattern.last,
        severity=_SEVERITIES.get(pattern.level, "info"),
        quote=quoted(pattern.exemplar),
        attributes={name: value for name, value in attributes.items() if value},
        surprise=reading.surprise,
        role=_role(pattern, steady=steady),
        blames=far_side(pattern.exemplar, known, pattern.service) if pattern.bad() else (),
    )


def _values(pattern: Pattern, most: int = 3) -> str:
    """Say which words stand in the varying place, the most frequent first, and how often."""
    ranked = sorted(pattern.values.items(), key=lambda item: (-item[1], item[0]))
    said = [f"{value} {times(count)}" for value, count in ranked[:most]]
    if more := len(ranked) - most if len(ranked) > most else 0:
        said.append(f"{more} further")
    return ", ".join(said)


def _unknown(text: str, known: frozenset[str]) -> str:
    """Name the service that was looked for in vain and is not among the recorded ones; else empty."""
    match = _UNKNOWN.search(text[:3000])
    host = match.group("host").rstrip(".-") if match else ""
    return host if known and host and host.split(".")[0] not in known else ""


def _pointer(place: Place) -> Pointer:
    return Pointer(artifact=place.artifact, lines=(place.first, place.last))


def _role(pattern: Pattern, *, steady: bool) -> Role:
    if steady or not pattern.bad():
        return "context"
    return "resource" if _HARD.search(pattern.exemplar[:3000]) else "symptom"


def _statement(reading: Reading, message: str) -> str:
    pattern, verdict = reading.pattern, reading.verdict
    who = pattern.service or "an unnamed service"
    what = {"fatal": "fatal error", "error": "error", "warning": "warning"}.get(pattern.level, "message")
    text = (
        f"{quotation(one_line(headline(pattern.form), 180))} ({_values(pattern)})"
        if pattern.values
        else quotation(one_line(message, 180))
    )
    if _KUBECTL.match(message):
        return f"The logs of {who} could not be fetched: kubectl answered {text} {times(pattern.count)}"
    if verdict is None or verdict.novelty == "steady":
        return f"{who} logged the {what} {text} {times(pattern.count)}"
    span = duration(reading.exposure)
    if verdict.novelty == "new":
        return f"{who} logged the {what} {text} {times(reading.after)}, never in the {span} before the onset"
    if verdict.novelty == "silent":
        last = f" after {instant(pattern.last)}" if pattern.last else ""
        many = times(reading.before)
        return f"{who} stopped logging {text}{last}; it did so {many} in the {span} before the onset"
    return (
        f"{who} logged the {what} {text} {times(reading.after)} since the onset, "
        f"against {times(reading.before)} in the {span} before"
    )
