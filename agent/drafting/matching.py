"""Which failure patterns the evidence shows, and on which component."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from agent.drafting.catalogue import Condition, Pattern
from agent.drafting.telling import sentence, told
from agent.schema.evidence import Evidence

_TEXT_LIMIT = 6000
_LINE = "matched_line"
_VERBATIM = ("message=", "description=", "summary=", "text=")
"""Attributes that hold words of the evidence itself, so that a sentence may quote them."""
_SHOWN = 160
_ADDRESS = re.compile(r"[0-9.:\[\]]+")


@dataclass(frozen=True, slots=True)
class Match:
    """One pattern on one component, with the evidence for and against it, most telling first."""

    pattern: Pattern
    component: str
    evidence: tuple[Evidence, ...]
    also: tuple[Evidence, ...]
    against: tuple[Evidence, ...]
    values: Mapping[str, str]
    """What templates may use: the component, and what the first evidence holds."""


def find(patterns: Iterable[Pattern], evidence: Iterable[Evidence]) -> tuple[Match, ...]:
    """Match every pattern against every piece of evidence, grouped by component, in catalogue order."""
    items = tuple(sorted(evidence, key=lambda item: (-item.salience, item.id)))
    texts = {item.id: text_of(item) for item in items}
    return tuple(match for pattern in patterns for match in _matches(pattern, items, texts))


def holds(
    conditions: Iterable[Condition], evidence: Evidence, text: str | None = None
) -> dict[str, str] | None:
    """Named groups of the first condition that holds for the evidence, or None; `text` is its text_of."""
    text = text_of(evidence) if text is None else text
    for condition in conditions:
        if (groups := _holds(condition, evidence, text)) is not None:
            return groups
    return None


def same(one: str | None, other: str | None) -> bool:
    """Whether two names mean one component: case and namespace do not count."""
    if not one or not other:
        return False
    first, second = one.casefold(), other.casefold()
    return first == second or first.endswith("/" + second) or second.endswith("/" + first)


def short(name: str) -> str:
    """Strip scheme, path, port and cluster domain from the name of a host."""
    name = name.rsplit("//", 1)[-1].rsplit("/", 1)[-1].strip("'\"`[]().,;")
    if _ADDRESS.fullmatch(name):
        return name
    host = name.split(":", 1)[0]
    return host.split(".", 1)[0] if ".svc" in host or host.endswith((".local", ".internal")) else host


def about(evidence: Evidence, component: str) -> bool:
    """Whether the evidence is about the component: its service, node, object, or the far end of a call."""
    names = (evidence.service, *(evidence.attributes.get(key) for key in ("node", "object", "callee")))
    return any(same(name, component) for name in names)


def text_of(evidence: Evidence) -> str:
    """All words of the evidence: statement, quote, then one `key=value` line an attribute; bounded."""
    lines = [evidence.statement, evidence.quote]
    lines.extend(f"{key}={value}" for key, value in sorted(evidence.attributes.items()))
    return "\n".join(lines)[:_TEXT_LIMIT]


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


def _holds(condition: Condition, evidence: Evidence, text: str) -> dict[str, str] | None:
    if condition.kinds and evidence.kind not in condition.kinds:
        return None
    if not _attributes_fit(condition, evidence):
        return None
    if condition.unless and _compiled(condition.unless).search(text):
        return None
    if not condition.text:
        return {}
    found = _compiled(condition.text).search(text)
    if found is None:
        return None
    groups = {key: value for key, value in found.groupdict().items() if value}
    line = text[text.rfind("\n", 0, found.start()) + 1 :].split("\n", 1)[0]
    return {**groups, _LINE: line} if condition.text != "." else groups


def _attributes_fit(condition: Condition, evidence: Evidence) -> bool:
    attributes = evidence.attributes
    return all(attributes.get(key) for key in condition.present) and all(
        attributes.get(key, "").casefold() in {choice.casefold() for choice in allowed}
        for key, allowed in condition.where.items()
    )


def _matches(pattern: Pattern, items: tuple[Evidence, ...], texts: Mapping[str, str]) -> Iterator[Match]:
    groups: dict[str, list[tuple[Evidence, dict[str, str]]]] = {}
    names: dict[str, str] = {}
    for item in items:
        found = holds(pattern.match, item, texts[item.id])
        if found is None:
            continue
        name = _component(pattern, item, found)
        groups.setdefault(name.casefold(), []).append((item, found))
        names.setdefault(name.casefold(), name)
    for key, hits in groups.items():
        component = names[key]
        hits.sort(key=lambda hit: not _shows(*hit))
        first, found = hits[0]
        matched = tuple(item for item, _ in hits)
        ids = {item.id for item in matched}
        near = tuple(item for item in items if item.id not in ids and about(item, component))
        yield Match(
            pattern=pattern,
            component=component,
            evidence=matched,
            also=tuple(item for item in near if holds(pattern.also, item, texts[item.id]) is not None),
            against=tuple(
                item
                for item in near
                if _bears(item) and holds(pattern.against, item, texts[item.id]) is not None
            ),
            values=_values(first, found, component),
        )


def _bears(item: Evidence) -> bool:
    """Whether it was going on during the incident, so that it can speak against something."""
    return not any(item.attributes.get(key) == "yes" for key in ("over", "passing", "chance"))


def _component(pattern: Pattern, evidence: Evidence, groups: Mapping[str, str]) -> str:
    for rule in pattern.component:
        if rule in groups:
            name = short(groups[rule])
        else:
            name = evidence.service if rule == "service" else evidence.attributes.get(rule)
        name = name.split(",", 1)[0].strip() if name else ""
        if name and not _ADDRESS.fullmatch(name):
            return name
    return evidence.service or "the system"


def _values(evidence: Evidence, groups: Mapping[str, str], component: str) -> dict[str, str]:
    found = {key: value for key, value in evidence.attributes.items() if value}
    found.update(groups)
    found["seen"] = _seen(evidence, groups.get(_LINE, ""))
    found["component"] = component
    if evidence.service:
        found["service"] = evidence.service
    return {key: " ".join(value.split())[:420] for key, value in found.items()}


def _shows(evidence: Evidence, groups: Mapping[str, str]) -> bool:
    """Whether the statement itself holds what matched, so that a reader needs no second look."""
    line = groups.get(_LINE, "")
    return not line or line in evidence.statement or evidence.statement in line


def _seen(evidence: Evidence, line: str) -> str:
    """Give the statement, with the line that told where the statement itself does not show it."""
    said = told(evidence)
    for key in _VERBATIM:
        line = line.removeprefix(key)
    shown = " ".join(line.split())
    if not shown or shown[:40] in sentence(evidence.statement) or line not in _verbatim(evidence):
        return said
    return f'{said}; it reads "{shown[:_SHOWN].rstrip()}"'


def _verbatim(evidence: Evidence) -> str:
    kept = (evidence.attributes.get(key.rstrip("="), "") for key in _VERBATIM)
    return "\n".join([evidence.quote, *kept])
