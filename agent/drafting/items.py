"""Action items: deliverables from the factors' templates, with owner and deadline proposed by rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from agent.drafting import catalogue
from agent.drafting.catalogue import ActionTemplate, Entry, Pattern
from agent.drafting.drafter import Brief
from agent.drafting.matching import find, same
from agent.drafting.phrasing import fill, listed
from agent.drafting.telling import told
from agent.schema.postmortem import ActionItem, ActionKind, Factor, Priority

MOST_ITEMS = 9
_DAYS: Mapping[Priority, int] = {"P0": 7, "P1": 14, "P2": 30, "P3": 60}
_PER_FACTOR = 2
_LEAD = 3
"""Items that the first factor may have."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    template: ActionTemplate
    action: str
    done_when: str
    owner: str
    factor: str
    component: str = ""

    def form(self, text: str) -> str:
        """Give the text without the component's name."""
        return text.replace(self.component, "\0") if self.component else text


def items(brief: Brief, factors: tuple[Factor, ...], today: Callable[[], date]) -> tuple[ActionItem, ...]:
    """Propose items for the factors, most telling factor first; one text never twice."""
    wanted: list[_Wanted] = []
    for index, factor in enumerate(factors):
        entry = catalogue.entry(factor.pattern)
        if entry is not None:
            room = _LEAD if index == 0 else _PER_FACTOR
            wanted.extend(_wanted(brief, factor, entry)[:room])
    kept = _balanced(_without_repeats(wanted))
    start = reference_date(brief, today)
    return tuple(_item(number, chosen, start) for number, chosen in enumerate(kept, start=1))


def reference_date(brief: Brief, today: Callable[[], date]) -> date:
    """Date that deadlines count from: the end, else the onset, else the last thing recorded."""
    digest, incident = brief.digest, brief.incident
    times = [digest.fact("ended").time, incident.end, digest.onset, incident.start]
    known = next((time for time in times if time is not None), None)
    if known is not None:
        return known.date()
    recorded = [time for item in digest.evidence for time in (item.start, item.end) if time is not None]
    return max(recorded).date() if recorded else today()


def deadline(start: date, priority: Priority) -> date:
    """Deadline by priority, moved to Monday where it would be on a weekend."""
    day = start + timedelta(days=_DAYS[priority])
    return day + timedelta(days=(7 - day.weekday()) if day.weekday() >= 5 else 0)


def owner_of(brief: Brief, component: str | None, hint: str | None) -> str:
    """Propose an owner: whoever the record names for the component, else the component's team."""
    for person in brief.incident.people:
        role = (person.role or "").casefold()
        if component and component.casefold() in role:
            return person.handle
    if hint:
        return hint[:1].upper() + hint[1:]
    for person in brief.incident.people:
        if "on-call" in (person.role or "").casefold():
            return person.handle
    if _is_node(brief, component):
        return "Platform team"
    return f"{component} team" if component and " " not in component else "Service team"


def _is_node(brief: Brief, component: str | None) -> bool:
    suspects = brief.digest.suspects
    return any(item.component_kind == "node" and same(item.component, component) for item in suspects)


def _wanted(brief: Brief, factor: Factor, entry: Entry) -> list[_Wanted]:
    values = _values(brief, factor, entry)
    return [
        _Wanted(
            template=template,
            action=fill(template.action, values),
            done_when=fill(template.done_when, values),
            owner=owner_of(brief, factor.component, template.owner or entry.owner),
            factor=factor.id,
            component=factor.component or "",
        )
        for template in entry.actions
    ]


def _values(brief: Brief, factor: Factor, entry: Entry) -> dict[str, str]:
    component = factor.component or "the system"
    if isinstance(entry, Pattern):
        for match in find((entry,), brief.digest.evidence):
            if same(match.component, component):
                return {"service": component, **match.values}
    first = brief.digest.find(factor.claim.evidence[0]) if factor.claim.evidence else None
    values = {"seen": told(first) if first else factor.title}
    if first is not None:
        values.update({key: value for key, value in first.attributes.items() if value})
    if _is_node(brief, component):
        values["node_name"] = component
    return {"service": component, **values, "component": component}


def _without_repeats(wanted: Iterable[_Wanted]) -> list[tuple[_Wanted, tuple[str, ...]]]:
    """Keep each text once; a repeat, be it about another component, adds to the item that is there."""
    groups: dict[tuple[str, str], list[_Wanted]] = {}
    for item in wanted:
        groups.setdefault((item.form(item.action).casefold(), item.owner), []).append(item)
    return [
        (_joined(group), tuple(dict.fromkeys(item.factor for item in group))) for group in groups.values()
    ]


def _joined(group: list[_Wanted]) -> _Wanted:
    """Write one item for all the components that need the same."""
    names = list(dict.fromkeys(item.component for item in group if item.component))
    first = group[0]
    if len(names) < 2 or not first.component or first.form(first.action) == first.action:
        return first
    every = listed(names)
    return replace(
        first,
        action=first.action.replace(first.component, every),
        done_when=first.done_when.replace(first.component, every),
    )


def _balanced(
    wanted: list[tuple[_Wanted, tuple[str, ...]]],
) -> list[tuple[_Wanted, tuple[str, ...]]]:
    """Cut to what a team can carry, but keep one item that prevents and one that detects."""
    kept = wanted[:MOST_ITEMS]
    for kind in ("prevent", "detect"):
        if not any(item.template.kind == kind for item, _ in kept):
            kept.extend([chosen for chosen in wanted if chosen[0].template.kind == kind][:1])
    order: Mapping[Priority, int] = {"P0": 0, "P1": 1, "P2": 2, "P3": 3}
    return sorted(kept, key=lambda chosen: order[chosen[0].template.priority])


def _item(number: int, chosen: tuple[_Wanted, tuple[str, ...]], start: date) -> ActionItem:
    wanted, factors = chosen
    kind: ActionKind = wanted.template.kind
    return ActionItem(
        id=f"AI-{number}",
        action=wanted.action,
        done_when=wanted.done_when,
        owner=wanted.owner,
        deadline=deadline(start, wanted.template.priority),
        priority=wanted.template.priority,
        kind=kind,
        strength=wanted.template.strength,
        factors=factors,
        proposed=True,
    )
