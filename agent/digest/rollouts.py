"""Roll-outs that events and replica sets show: of one workload, or of a namespace at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from agent.digest import waves
from agent.digest.kubeevents import EventBook
from agent.digest.objects import Inventory
from agent.digest.observation import Observation, one_line, quoted
from agent.digest.waves import NEAR, nearness
from agent.digest.wording import listed
from agent.schema.evidence import Pointer

_MANY = 3
_SHARE = 0.3
"""More workloads than this, and more than this share of their namespace, were rolled out together."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """The latest roll-out or scaling of one workload."""

    workload: str
    namespace: str
    time: datetime
    words: str
    places: tuple[Pointer, ...]


def rollouts(inventory: Inventory, events: EventBook, onset: datetime | None) -> list[Observation]:
    """Say each roll-out in one line; those of a namespace within minutes are one, as at an installation."""
    recent = [item for item in _found(inventory, events) if onset is None or abs(onset - item.time) < NEAR]
    family = Counter(namespace for _, namespace in _family(inventory))
    told: list[Observation] = []
    for namespace in sorted({item.namespace for item in recent}):
        for wave in waves.of((i for i in recent if i.namespace == namespace), lambda item: item.time):
            if len(wave) > max(_MANY, _SHARE * family[namespace]):
                told.append(_together(wave, onset))
            else:
                told.extend(_alone(item, onset) for item in wave)
    return told


def _family(inventory: Inventory) -> set[tuple[str, str]]:
    usual = inventory.namespace()
    return {
        (thing.workload, thing.namespace or usual)
        for kind in ("Deployment", "ReplicaSet")
        for thing in inventory.of(kind)
    }


def _found(inventory: Inventory, events: EventBook) -> list[Rollout]:
    usual = inventory.namespace()
    found: dict[tuple[str, str], Rollout] = {}
    for fold in events.folds.values():
        if fold.sample.reason == "ScalingReplicaSet" and fold.last:
            item = Rollout(
                fold.workload,
                fold.sample.namespace or usual,
                fold.last,
                one_line(fold.sample.message),
                tuple(fold.places[:3]),
            )
            key = item.namespace, item.workload
            if key not in found or found[key].time < item.time:
                found[key] = item
    for thing in inventory.of("ReplicaSet"):
        created, key = _created(thing.get("created")), (thing.namespace or usual, thing.workload)
        if created and thing.number("desired") and key not in found:
            words = f"Replica set {thing.name} created"
            found[key] = Rollout(key[1], key[0], created, words, tuple(thing.places[:2]))
    return [found[key] for key in sorted(found)]


def _created(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _alone(item: Rollout, onset: datetime | None) -> Observation:
    near, gap = nearness(item.time, onset)
    scale = "scale" if re.search(r"\bfrom \d+|to 0\b", item.words) else "deploy"
    attributes = {"title": item.words, "before_onset": gap, "change_kind": scale}
    return Observation(
        kind="C",
        statement=f"{item.workload} was rolled out or scaled: {item.words}",
        pointers=item.places,
        service=item.workload,
        start=item.time,
        end=item.time,
        quote=quoted(item.words),
        attributes={key: value for key, value in attributes.items() if value},
        surprise=0.5 * near,
        role="change",
    )


def _together(wave: Sequence[Rollout], onset: datetime | None) -> Observation:
    ordered = sorted(wave, key=lambda item: item.workload)
    names = [item.workload for item in ordered]
    times = [item.time for item in ordered]
    _, gap = nearness(max(times), onset)
    attributes = {
        "title": "several workloads rolled out together",
        "before_onset": gap,
        "change_kind": "deploy",
        "members": ", ".join(names),
    }
    return Observation(
        kind="C",
        statement=f"{len(names)} workloads were rolled out or scaled together: {listed(names)}",
        pointers=tuple(place for item in ordered[:6] for place in item.places[:1]),
        start=min(times),
        end=max(times),
        attributes={key: value for key, value in attributes.items() if value},
        surprise=0.25,
        role="context",
        component_kind="other",
    )
