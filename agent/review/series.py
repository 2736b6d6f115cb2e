"""The series of a sealed artifact by the names that pointers use."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from agent.schema.bundle import Artifact
from agent.store import Bundle
from tools.formats import read
from tools.formats.records import Clock, Series


def read_series(bundle: Bundle, artifact: Artifact, wanted: Collection[str]) -> tuple[Series, ...]:
    """Read the wanted series of one artifact in one pass, by name or by column title."""
    clock = Clock(zone=artifact.assume_zone, recorded_at=artifact.recorded_at)
    reading = read(bundle.path(artifact.path), clock=clock, labels=artifact.labels)
    return tuple(
        record
        for record in reading.records
        if isinstance(record, Series) and (record.name in wanted or record.column in wanted)
    )


def choose(series: Iterable[Series], name: str, service: str | None) -> Series | None:
    """Pick the series that a pointer means; None where several have the name and none the service.

    In a wide table the columns of several services share a metric's name.
    """
    named = [record for record in series if name in (record.column, record.name)]
    exact = [record for record in named if record.column == name]
    ours = [record for record in named if record.service == service]
    for candidates in (exact, ours, named):
        if len(candidates) == 1:
            return candidates[0]
    return None
