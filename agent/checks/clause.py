"""Which of the cited evidence a clause speaks of: by the component it names, by kind, by what is measured."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.checks.stem import stem
from agent.schema.evidence import Evidence

_BOUNDARY = re.compile(
    r"[;:.]\s+|,\s+|\b(?:while|but|whereas|and|before|after|although|though|when|once|until|because|without"
    r"|by the time|came with|coincided with|only after|just as|as soon as|together with|along with"
    r"|like|then|followed by|as)\b",
    re.IGNORECASE,
)
_ACCOMPANYING = re.compile(
    r"together with|along with|like|before|after|only after|without|just as|as soon as|as|by the time|until",
    re.IGNORECASE,
)
_KINDS = {
    "A": r"alerts?|alarms?|pages?|fired|firing|resolved|cleared|triggered",
    "C": r"deploy\w*|roll(?:ed )?outs?|rolled out|releases?|released|scaled|config\w*|merged|rollback",
    "L": r"logged|logs?|warnings?|errors?|exceptions?|messages?|lookups?|50[0-9]s",
    "K": r"events?|back-?offs?|probes?|evict\w*|killed|NotReady|CrashLoopBackOff|pods?|Job",
    "M": r"latency|latencies|cpu|memory|traffic|throughput|p\d\d|median|slow\w*|fast\w*|metrics?|level|usage",
}
_KIND = {kind: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for kind, words in _KINDS.items()}
_MEASURES = {
    "latency": "latency slow slowed slower fast faster median p50 p75 p90 p95 p99 response answer",
    "network": "traffic network packets bytes outgoing incoming outbound inbound sent received",
    "traffic": "requests rate workload orders load throughput operations traffic",
    "throttling": "throttling throttled cpu",
    "cpu": "cpu processor cores millicores",
    "memory": "memory heap",
    "errors": "errors error failures",
}
_REFERRING = re.compile(
    r"\b(?:its?|their|they|the latter|the former|that|both|neither|did(?! not\b|n.t\b))\b", re.IGNORECASE
)
_GENERIC = frozenset(
    """service services server client prod main data container function stage pool node worker group
    http grpc stress state error event value cluster system internal""".split()  # noqa: SIM905
)
_PARTS = re.compile(r"[A-Z]?[a-z]{4,}|[A-Z]{4,}")


def clause_at(text: str, start: int, end: int) -> str:
    """Return the clause that holds a place of a sentence."""
    begin = max((found.end() for found in _BOUNDARY.finditer(text, 0, start)), default=0)
    after = _BOUNDARY.search(text, end)
    return text[begin : after.start() if after else len(text)]


def meant_by(text: str, verb: re.Match[str], items: list[Evidence]) -> list[Evidence]:
    """Narrow evidence to what the clause of a verb speaks of; all where no clause up to it names any."""
    begin = max((found.end() for found in _BOUNDARY.finditer(text, 0, verb.start())), default=0)
    own = clause_at(text, verb.start(), verb.end())
    if found := spoken_of(own, text[:begin], items):
        return found
    for clause in reversed(_main_clauses(text[:begin])):
        if found := spoken_of(clause, "", items):
            return found
    return items


def _main_clauses(text: str) -> list[str]:
    """Divide a sentence into its clauses, without those that only accompany the one before them."""
    parts, last, joint = list[str](), 0, ""
    for found in (*_BOUNDARY.finditer(text), None):
        part = text[last : found.start() if found else len(text)]
        if part.strip() and not (parts and _ACCOMPANYING.fullmatch(joint)):
            parts.append(part)
        if found:
            last, joint = found.end(), found.group().strip()
    return parts


def spoken_of(clause: str, before: str, items: Sequence[Evidence]) -> list[Evidence]:
    """Return the cited items that a clause speaks of, none where it tells of no one in particular.

    A clause that names no component, or refers to one ("its alert"), means that of the clause before it.
    """
    own = _by_name(clause, items)
    referring = bool(_REFERRING.search(clause))
    named = own
    if not own:
        earlier = reversed(_main_clauses(before))
        named = next((found for part in earlier if (found := _by_name(part, items))), list[Evidence]())
    pool = named or list(items)
    measured = _by_measure(clause, pool)
    kinds = {kind for kind, words in _KIND.items() if words.search(clause)}
    alike = [item for item in pool if item.kind in kinds]
    if not alike and not own and not referring:
        alike = [item for item in items if item.kind in kinds]
    if kinds and alike:
        pool = alike
    if measured and ("M" in kinds or all(item in pool for item in measured)):
        return measured
    if measured and (close := [item for item in pool if item in measured]):
        return close
    if kinds and alike:
        return pool
    if own or (named and referring):
        quiet = [item for item in pool if item.kind != "A"]
        return quiet or pool
    return []


def _by_name(clause: str, items: Sequence[Evidence]) -> list[Evidence]:
    low = clause.lower()
    whole = [
        item
        for item in items
        if item.service and re.search(rf"(?<![\w-]){re.escape(item.service.lower())}(?![\w-])", low)
    ]
    if whole:
        return whole
    services = {item.service for item in items if item.service}
    said = set(re.findall(r"[a-z]{4,}", low)) - _GENERIC
    heard = {name for name in services if said & (_parts(name) - _shared(name, services))}
    return [item for item in items if item.service in heard]


def _parts(name: str) -> set[str]:
    return {part.lower() for part in _PARTS.findall(name)} - _GENERIC


def _shared(name: str, services: set[str]) -> set[str]:
    return {part for other in services if other != name for part in _parts(other)}


def _by_measure(clause: str, items: Sequence[Evidence]) -> list[Evidence]:
    """Return the metrics and alerts of which a clause has most words of what they measure."""
    said = {stem(word) for word in re.findall(r"[a-z]+\d*|\d+", clause.lower())}
    scores = {item.id: len(said & _measured(item)) for item in items if item.kind in {"M", "A"}}
    best = max(scores.values(), default=0)
    return [item for item in items if best and scores.get(item.id) == best]


def _measured(item: Evidence) -> set[str]:
    if item.kind == "A":
        told = re.search(r"\b(?:pps|[Nn]etwork)\b", item.statement)
        return {stem(word) for word in _MEASURES["network"].split()} if told else set()
    metric = item.attributes.get("metric", "")
    words = re.findall(r"[A-Z]?[a-z]{3,}|[A-Z]{2,}|[a-z]\d\d", metric)
    words += _MEASURES.get(item.attributes.get("metric_kind", ""), "").split()
    return {stem(word.lower()) for word in words}
