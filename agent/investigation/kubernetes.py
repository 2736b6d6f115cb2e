"""Looks at Kubernetes: events, and what objects looked like when they were recorded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from agent.digest.kubeevents import EventBook, EventFold, weight_of
from agent.digest.objects import Inventory, KubeObject
from agent.digest.observation import Observation, one_line, quoted
from agent.digest.wording import instant, listed, times
from agent.drafting.looks import Answer, Line, SearchKubernetes
from agent.errors import ToolRefused
from agent.investigation.absences import NO_KUBERNETES, holding
from agent.investigation.minting import Minter
from agent.investigation.shelf import Shelf
from tools.formats.records import KubeEvent, ObjectState

MOST_EVENTS, MOST_OBJECTS = 12, 12
MOST_TOLD, MOST_VALUE, MOST_WHOLE, MOST_NAMES = 230, 120, 800, 6
"""Characters of an object's fields, of one of several values and of a lone one, and how many fields are named
where cut."""
_SCRIPT = re.compile(r"(?:^|\.)(?:args|command)$")
"""Fields that hold what a container runs; how it ends tells more than where a sought word stands in it."""
_TELLING = tuple(
    re.compile(rf"(?:^|\.)(?:{field})")
    for field in (
        "args|command|dns_policy|ingress|egress|spec|data",
        "liveness|startup|readiness",
        "exit_code|last_reason|pods|backoff_limit|endpoints|message",
        "limits|reason",
    )
)
"""Fields that say how something was set or why it stopped, the most telling first."""
_EVERYWHERE = len(_TELLING) + 2
_DULL = re.compile(
    r"^(?:age|created|labels|started|ip|owner|priority|service_account|tolerations|revision|node|image$|up_to_date"
    r"|updated|total|current|condition\.)|\.(?:since|ready|image_pull_policy|last_started|last_finished)$"
)
"""Fields that every object has and that seldom tell anything."""


def search(shelf: Shelf, minter: Minter, look: SearchKubernetes) -> Answer:
    """List matching events by reason and workload and matching objects, the most telling first."""
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
    lines = [_event_line(minter, fold) for fold in events[:MOST_EVENTS]]
    lines += [_object_line(minter, thing, fields, look) for thing, fields in objects[:MOST_OBJECTS]]
    left = [
        f"{len(found) - most} more {what} are not shown: {listed(sorted(set(names)), MOST_NAMES)}"
        for found, most, what, names in (
            (events, MOST_EVENTS, "events", [_called(fold) for fold in events[MOST_EVENTS:]]),
            (objects, MOST_OBJECTS, "objects", [f"{o.kind} {o.name}" for o, _ in objects[MOST_OBJECTS:]]),
        )
        if len(found) > most
    ]
    left = [*_unread(objects[:MOST_OBJECTS], words), *left]
    return Answer(tuple(sorted(lines, key=lambda line: line.rank)), minter.masked("; ".join(left)))


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
    return sorted(found, key=lambda fold: (_ordinary(fold), -fold.count))


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
        rest = _beside(thing, words)
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


def _called(fold: EventFold) -> str:
    return f"{fold.sample.reason} of {fold.workload}"


def _ordinary(fold: EventFold) -> float:
    """Rank an event: 0 to 1 where it tells of trouble, 3 for ordinary life."""
    weight = weight_of(fold)
    return 1 - weight.surprise if weight else 3.0


def _event_line(minter: Minter, fold: EventFold) -> Line:
    item = minter.mint(_of_event(fold))
    time = instant(item.start) if item.start else "no time"
    return minter.shown(item, time, rank=_ordinary(fold), name=minter.masked(_called(fold)))


def _object_line(
    minter: Minter, thing: KubeObject, fields: Mapping[str, str], look: SearchKubernetes
) -> Line:
    """Tell an object; one of the sought name or kind comes before one that only mentions the words."""
    words = look.text.casefold().split()
    item = minter.mint(_of_object(thing, _told(fields, _beside(thing, words))))
    rank = 0.5 if _is_named(thing, words) and thing.kind != "ReplicaSet" else 1.5
    line = minter.shown(item, "state", rank=rank, name=minter.masked(f"{thing.kind} {thing.name}"))
    return replace(line, whole=len(fields) == 1)


def _beside(thing: KubeObject, words: list[str]) -> list[str]:
    """Give the words that are not of the object's own name: they ask for fields."""
    name = f"{thing.kind} {thing.name}".casefold()
    return [word for word in words if word not in name]


def _is_named(thing: KubeObject, words: list[str]) -> bool:
    return any(word in thing.name.casefold() for word in words)


def _told(fields: Mapping[str, str], words: list[str]) -> dict[str, str]:
    """Choose fields until the line is full, sought and telling ones first; a lone one is given at length."""
    chosen: dict[str, str] = {}
    room = MOST_TOLD
    telling = [name for name in fields if _dullness(name, words) < _EVERYWHERE]
    for name in sorted(telling or fields, key=lambda name: (_dullness(name, words), name)):
        sought = "" if _SCRIPT.search(name) else _first(fields[name], words)
        value = one_line(fields[name], MOST_WHOLE if len(fields) == 1 else MOST_VALUE, sought)
        if chosen and len(name) + len(value) > room:
            continue
        chosen[name] = value
        room -= len(name) + len(value) + 3
    return chosen


def _dullness(name: str, words: list[str]) -> int:
    if any(word in name.casefold() for word in words):
        return 0
    if _DULL.search(name):
        return _EVERYWHERE
    return next((at for at, field in enumerate(_TELLING, 1) if field.search(name)), len(_TELLING) + 1)


def _unread(objects: list[tuple[KubeObject, dict[str, str]]], words: list[str]) -> list[str]:
    """Name fields that were not told of the one object that is sought, so that they can be asked for."""
    sought = [entry for entry in objects if _is_named(entry[0], words)]
    if len(sought) != 1:
        short = any(len(_told(fields, _beside(thing, words))) < len(fields) for thing, fields in objects)
        return ["not every field is told: name one object and a field for its value"] if short else []
    [(thing, fields)] = sought
    rest = _beside(thing, words)
    told = _told(fields, rest)
    left = (name for name in fields if name not in told)
    names = sorted(left, key=lambda name: (_dullness(name, rest), name))
    return [f"other fields of {thing.kind} {thing.name}: {listed(names, MOST_NAMES)}"] if names else []


def _of_object(thing: KubeObject, shown: Mapping[str, str]) -> Observation:
    told = "; ".join(f"{name} {value}" for name, value in shown.items()) or "no field was recorded"
    attributes = {"source": "state", "object_kind": thing.kind, "object": thing.name}
    attributes |= {"namespace": thing.namespace or "", "node": thing.get("node")}
    return Observation(
        kind="K",
        statement=f"{thing.kind} {thing.name} was recorded with {told}",
        pointers=tuple(thing.places[:3]),
        service=thing.workload,
        attributes={key: value for key, value in attributes.items() if value},
    )


def _first(value: str, words: list[str]) -> str:
    return next((word for word in words if word in value.casefold()), "")
