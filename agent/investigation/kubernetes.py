"""Looks at Kubernetes: events, and what objects looked like when they were recorded."""

from __future__ import annotations

from agent.digest.kubeevents import EventBook, EventFold
from agent.digest.objects import Inventory, KubeObject
from agent.digest.observation import Observation, one_line, quoted
from agent.digest.wording import instant, times
from agent.drafting.looks import Answer, SearchKubernetes
from agent.errors import ToolRefused
from agent.investigation.absences import NO_KUBERNETES, holding
from agent.investigation.minting import Minter
from agent.investigation.shelf import Shelf
from tools.formats.records import KubeEvent, ObjectState

MOST_EVENTS, MOST_OBJECTS, MOST_FIELDS = 12, 12, 6


def search(shelf: Shelf, minter: Minter, look: SearchKubernetes) -> Answer:
    """List matching events by reason and workload, then matching objects with the fields that match."""
    words = look.text.casefold().split()
    if not words:
        raise ToolRefused("search_kubernetes: give words to look for")
    if not (shelf.holds(KubeEvent) or shelf.holds(ObjectState)):
        return Answer((), not_recorded=NO_KUBERNETES)
    events = _events(shelf, words, look.kind)
    objects = [] if look.kind.casefold() == "event" else _objects(shelf, words, look.kind)
    if not (events or objects):
        what = f"{look.kind} object or event" if look.kind else "Kubernetes event or object"
        return Answer((), empty=f"No recorded {what}{holding(look.text)}")
    items = [minter.mint(_of_event(fold)) for fold in events[:MOST_EVENTS]]
    items += [minter.mint(_of_object(thing, fields, words)) for thing, fields in objects[:MOST_OBJECTS]]
    left = [
        f"{len(found) - most} more {what} are not shown"
        for found, most, what in ((events, MOST_EVENTS, "events"), (objects, MOST_OBJECTS, "objects"))
        if len(found) > most
    ]
    lines = [f"{item.id} {instant(item.start) if item.start else 'state'} {item.statement}" for item in items]
    return Answer(tuple(lines), "; ".join(left))


def _events(shelf: Shelf, words: list[str], kind: str) -> list[EventFold]:
    book = EventBook()
    for artifact, record in shelf.records(KubeEvent):
        book.add(artifact, record)
    wanted = kind.casefold()
    found: list[EventFold] = []
    for key in sorted(book.folds):
        fold = book.folds[key]
        sample = fold.sample
        told = f"{fold.workload} {sample.object_name} {sample.reason} {sample.message} {sample.node or ''}"
        if wanted in {"", "event", sample.object_kind.casefold()} and _has(told, words):
            found.append(fold)
    return sorted(found, key=lambda fold: (fold.sample.type != "Warning", -fold.count))


def _objects(shelf: Shelf, words: list[str], kind: str) -> list[tuple[KubeObject, dict[str, str]]]:
    inventory = Inventory()
    for artifact, record in shelf.records(ObjectState):
        inventory.add(artifact, record)
    found: list[tuple[KubeObject, dict[str, str]]] = []
    for key in sorted(inventory.objects):
        thing = inventory.objects[key]
        if kind and thing.kind.casefold() != kind.casefold():
            continue
        name = f"{thing.kind} {thing.name}"
        rest = [word for word in words if word not in name.casefold()]
        fields = {field: value for field, value in thing.fields.items() if _any(f"{field} {value}", rest)}
        if not rest:
            found.append((thing, dict(thing.fields)))
        elif fields and _has(f"{name} {' '.join(f'{k} {v}' for k, v in fields.items())}", rest):
            found.append((thing, fields))
    return found


def _has(text: str, words: list[str]) -> bool:
    told = text.casefold()
    return all(word in told for word in words)


def _any(text: str, words: list[str]) -> bool:
    told = text.casefold()
    return any(word in told for word in words)


def _of_event(fold: EventFold) -> Observation:
    sample = fold.sample
    span = ""
    if fold.first and fold.last:
        span = f", from {instant(fold.first)} to {instant(fold.last)}"
        if fold.first == fold.last:
            span = f" at {instant(fold.first)}"
    text = f"{sample.object_kind} {fold.workload}: {sample.reason}, {one_line(sample.message, 200)}"
    attributes = {
        "source": "event",
        "reason": sample.reason,
        "object_kind": sample.object_kind,
        "object": ", ".join(sorted(fold.objects)[:4]),
        "namespace": sample.namespace or "",
        "node": sample.node or "",
        "message": quoted(sample.message),
        "count": str(fold.count),
        "type": sample.type,
    }
    return Observation(
        kind="K",
        statement=f"{text} ({times(fold.count)}{span})",
        pointers=tuple(fold.places[:3]),
        service=fold.workload,
        start=fold.first or fold.last,
        end=fold.last,
        severity="warning" if sample.type == "Warning" else "info",
        quote=quoted(sample.message),
        attributes={key: value for key, value in attributes.items() if value},
    )


def _of_object(thing: KubeObject, fields: dict[str, str], words: list[str]) -> Observation:
    shown = dict(sorted(fields.items(), key=lambda pair: (_dull(pair[0]), pair[0]))[:MOST_FIELDS])
    left = f" and {len(fields) - MOST_FIELDS} more fields" if len(fields) > MOST_FIELDS else ""
    parts = [f"{name} {one_line(value, 120, _first(value, words))}" for name, value in shown.items()]
    told = "; ".join(parts) or "no field was recorded"
    attributes = {"source": "state", "object_kind": thing.kind, "object": thing.name}
    attributes |= {"namespace": thing.namespace or "", "node": thing.get("node")}
    return Observation(
        kind="K",
        statement=f"{thing.kind} {thing.name} was recorded with {told}{left}",
        pointers=tuple(thing.places[:3]),
        service=thing.workload,
        attributes={key: value for key, value in attributes.items() if value},
    )


def _first(value: str, words: list[str]) -> str:
    return next((word for word in words if word in value.casefold()), "")


def _dull(field: str) -> bool:
    return field.startswith(("container.", "labels", "selector", "created")) and ".env." not in field
