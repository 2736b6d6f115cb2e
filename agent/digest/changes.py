"""What was changed before and during the incident: records, and rollouts that object states show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from agent.digest.kubeevents import EventBook
from agent.digest.objects import Inventory
from agent.digest.observation import Observation, one_line, quoted
from agent.digest.wording import duration, listed
from agent.schema.evidence import Pointer
from tools.formats.records import ChangeRecord

_NEAR = timedelta(hours=24)


@dataclass(slots=True)
class ChangeBook:
    """Collects change records."""

    records: list[tuple[str, ChangeRecord]] = field(default_factory=list[tuple[str, ChangeRecord]])

    def read(self, artifact: str, records: Iterable[ChangeRecord]) -> None:
        """Add every change of one artifact."""
        self.records.extend((artifact, record) for record in records)


def observations(book: ChangeBook, onset: datetime | None) -> list[Observation]:
    """Say each change in one line; those within a day before the onset are surprising, the nearest most."""
    found: list[Observation] = []
    for artifact, record in book.records:
        near, gap = _nearness(record.time, onset)
        kind = "commit" if record.kind == "commit" else f"{record.kind} change"
        of = f" of {record.service}" if record.service else ""
        reference = f" ({record.ref})" if record.ref else ""
        attributes = {
            "ref": record.ref or "",
            "author": record.author or "",
            "title": record.title,
            "before_onset": gap,
            "change_kind": record.kind,
        }
        found.append(
            Observation(
                kind="C",
                statement=f"{kind.capitalize()}{of}{reference}: {one_line(record.title)}",
                pointers=(Pointer(artifact=artifact, lines=(record.line, record.end_line)),),
                service=record.service,
                start=record.time,
                end=record.time,
                quote=quoted(record.title),
                attributes={name: value for name, value in attributes.items() if value},
                surprise=near * (0.6 if record.kind == "commit" else 0.9),
                role="change" if near > 0.1 else "context",
            )
        )
    return found


def _nearness(time: datetime | None, onset: datetime | None) -> tuple[float, str]:
    if time is None or onset is None:
        return 0.2, ""
    lead = onset - time
    if lead < timedelta(0):
        return (0.3 if -lead < _NEAR else 0.05), ""
    text = duration(lead.total_seconds())
    if lead > _NEAR:
        return 0.05, text
    return 1.0 - 0.7 * (lead / _NEAR) ** 0.5, text


def rollouts(inventory: Inventory, events: EventBook, onset: datetime | None) -> list[Observation]:
    """Read rollouts from scaling events and from the age of replica sets; all at once is one installation."""
    found: dict[str, tuple[datetime, str, tuple[Pointer, ...]]] = {}
    for fold in events.folds.values():
        if fold.sample.reason == "ScalingReplicaSet" and fold.last:
            words = one_line(fold.sample.message)
            if fold.workload not in found or found[fold.workload][0] < fold.last:
                found[fold.workload] = (fold.last, words, tuple(fold.places[:3]))
    for thing in inventory.of("ReplicaSet"):
        created = _created(thing.get("created"))
        if created and thing.number("desired") and thing.workload not in found:
            found[thing.workload] = (created, f"Replica set {thing.name} created", tuple(thing.places[:2]))
    family = {t.workload for kind in ("Deployment", "ReplicaSet") for t in inventory.of(kind)}
    recent = {name: entry for name, entry in found.items() if onset is None or abs(onset - entry[0]) < _NEAR}
    if recent and len(recent) > max(3, 0.3 * len(family)):
        return [_installation(recent, onset)]
    return [_rollout(name, *recent[name], onset=onset) for name in sorted(recent)]


def _created(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _rollout(
    name: str, time: datetime, words: str, places: tuple[Pointer, ...], *, onset: datetime | None
) -> Observation:
    near, gap = _nearness(time, onset)
    scale = "scale" if re.search(r"\bfrom \d+|to 0\b", words) else "deploy"
    attributes = {"title": words, "before_onset": gap, "change_kind": scale}
    return Observation(
        kind="C",
        statement=f"{name} was rolled out or scaled: {words}",
        pointers=places,
        service=name,
        start=time,
        end=time,
        quote=quoted(words),
        attributes={key: value for key, value in attributes.items() if value},
        surprise=0.5 * near,
        role="change",
    )


def _installation(
    found: dict[str, tuple[datetime, str, tuple[Pointer, ...]]], onset: datetime | None
) -> Observation:
    names = sorted(found)
    times = [found[name][0] for name in names]
    places = tuple(place for name in names[:6] for place in found[name][2][:1])
    _, gap = _nearness(max(times), onset)
    attributes = {
        "title": "several workloads rolled out together",
        "before_onset": gap,
        "change_kind": "deploy",
        "members": ", ".join(names),
    }
    return Observation(
        kind="C",
        statement=f"{len(names)} workloads were rolled out or scaled together: {listed(names)}",
        pointers=places,
        start=min(times),
        end=max(times),
        attributes={key: value for key, value in attributes.items() if value},
        surprise=0.25,
        role="context",
        component_kind="other",
    )
