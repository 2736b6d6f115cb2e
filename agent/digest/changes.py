"""What was changed before and during the incident, by its records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agent.digest import waves
from agent.digest.observation import Observation, one_line, quoted
from agent.digest.waves import nearness
from agent.digest.wording import listed
from agent.schema.evidence import Pointer
from tools.formats.records import ChangeRecord

_RELEASES = frozenset({"deploy", "image", "config", "rollback", "scale"})
_MANY = 3
"""More services than this whose records of one kind come within minutes were changed together."""


@dataclass(slots=True)
class ChangeBook:
    """Collects change records."""

    records: list[tuple[str, ChangeRecord]] = field(default_factory=list[tuple[str, ChangeRecord]])

    def read(self, artifact: str, records: Iterable[ChangeRecord]) -> None:
        """Add every change of one artifact."""
        self.records.extend((artifact, record) for record in records)


def observations(book: ChangeBook, onset: datetime | None) -> list[Observation]:
    """Say each change in one line; those within a day before the onset are surprising, the nearest most.

    Services that are changed together, as by the upgrade of a chart, are one change of all.
    """
    ordered = [(artifact, r, r.time) for artifact, r in book.records if r.time and r.service]
    releases = [(artifact, r, time) for artifact, r, time in ordered if r.kind in _RELEASES]
    together = [
        [(artifact, record) for artifact, record, _ in wave]
        for wave in waves.of(releases, lambda entry: entry[2])
        if len({record.service for _, record, _ in wave}) > _MANY
    ]
    grouped = {id(record) for wave in together for _, record in wave}
    alone = [(artifact, record) for artifact, record in book.records if id(record) not in grouped]
    return [_alone(artifact, record, onset) for artifact, record in alone] + [
        _together(wave, onset) for wave in together
    ]


def _alone(artifact: str, record: ChangeRecord, onset: datetime | None) -> Observation:
    near, gap = nearness(record.time, onset)
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
    return Observation(
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


def _together(wave: Sequence[tuple[str, ChangeRecord]], onset: datetime | None) -> Observation:
    names = sorted({record.service for _, record in wave if record.service})
    times = [record.time for _, record in wave if record.time]
    near, gap = nearness(max(times), onset)
    kinds = sorted({record.kind for _, record in wave})
    titles = sorted({record.title for _, record in wave})
    attributes = {
        "title": one_line("; ".join(titles), 300),
        "before_onset": gap,
        "change_kind": kinds[0] if len(kinds) == 1 else "deploy",
        "members": ", ".join(names),
    }
    return Observation(
        kind="C",
        statement=f"{len(names)} services were changed together ({' and '.join(kinds)}): {listed(names)}",
        pointers=tuple(Pointer(artifact=a, lines=(r.line, r.end_line)) for a, r in wave[:6]),
        start=min(times),
        end=max(times),
        attributes={name: value for name, value in attributes.items() if value},
        surprise=0.9 * near,
        role="change" if near > 0.1 else "context",
        component_kind="other",
    )
