"""The series of a sealed artifact by the names that pointers use."""

from __future__ import annotations

from collections.abc import Collection

from agent.schema.bundle import Artifact
from agent.store import Bundle
from tools.formats import read
from tools.formats.records import Clock, Series


def read_series(bundle: Bundle, artifact: Artifact, wanted: Collection[str]) -> dict[str, Series]:
    """Read the wanted series of one artifact in one pass; a name that it does not hold is left out."""
    clock = Clock(zone=artifact.assume_zone, recorded_at=artifact.recorded_at)
    reading = read(bundle.path(artifact.path), clock=clock, labels=artifact.labels)
    found: dict[str, Series] = {}
    for record in reading.records:
        if isinstance(record, Series):
            for name in (record.name, record.column):
                if name is not None and name in wanted:
                    found.setdefault(name, record)
    return found
