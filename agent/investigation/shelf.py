"""The records of a bundle by their type, read when a look asks for them; small artifacts are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TypeVar

from agent.digest import bulk, offsets
from agent.investigation.large import LargeLog
from agent.schema.bundle import Artifact, Signal
from agent.schema.digest import Digest
from agent.schema.evidence import Pointer
from agent.store import MANIFEST, Bundle
from tools.formats import read
from tools.formats.opening import count_lines
from tools.formats.records import (
    AlertRecord,
    CallEdge,
    ChangeRecord,
    ChatMessage,
    Clock,
    KubeEvent,
    LogRecord,
    ObjectState,
    Record,
    Series,
    Span,
)

R = TypeVar("R", bound=Record)
_KEPT_ROWS = 400_000
_MOST_POINTERS = 3
_SIGNALS: Mapping[type[Record], frozenset[Signal]] = {
    LogRecord: frozenset({"logs"}),
    Series: frozenset({"metrics"}),
    AlertRecord: frozenset({"alerts", "metrics"}),
    ChangeRecord: frozenset({"changes"}),
    ChatMessage: frozenset({"chat"}),
    KubeEvent: frozenset({"events", "objects"}),
    ObjectState: frozenset({"objects", "events"}),
    CallEdge: frozenset({"topology", "traces"}),
    Span: frozenset({"traces"}),
}


class Shelf:
    """Reads a sealed bundle again and again, and never anything else."""

    def __init__(self, bundle: Bundle, digest: Digest) -> None:
        self._bundle = bundle
        self._around = digest.onset or (digest.window and digest.window.start)
        self._shifts = {shift.artifact: timedelta(seconds=shift.seconds) for shift in digest.shifts}
        self._kept: dict[str, tuple[Record, ...]] = {}
        self._large: dict[str, LargeLog] = {}
        self._rows = 0

    def holds(self, wanted: type[Record]) -> bool:
        """Whether any artifact that was read has rows of the kind that gives such records."""
        return any(artifact.rows for artifact in self._artifacts(wanted))

    def records(self, wanted: type[R]) -> Iterator[tuple[str, R]]:
        """Yield every record of a type with its artifact, in the order of paths."""
        for artifact in self._artifacts(wanted):
            for record in self._read(artifact):
                if isinstance(record, wanted):
                    yield artifact.path, record

    def small(self) -> Iterator[tuple[str, LogRecord]]:
        """Yield the log records of all artifacts but those that `large` gives."""
        for artifact in self._artifacts(LogRecord):
            if not self._is_large(artifact):
                for record in self._read(artifact):
                    if isinstance(record, LogRecord):
                        yield artifact.path, record

    def large(self) -> Iterator[tuple[str, LargeLog]]:
        """Yield the logs that are too large for reading each record at every look."""
        for artifact in self._artifacts(LogRecord):
            if self._is_large(artifact):
                yield artifact.path, self._opened(artifact)

    def whole(self, *wanted: type[Record], about: str = "") -> tuple[Pointer, ...]:
        """Point at all of the first files with such records, those named after `about` before others.

        Where there are none it points at the manifest, which lists every file and every request.
        """
        paths = list(dict.fromkeys(a.path for kind in wanted for a in self._artifacts(kind) if a.rows))
        paths.sort(key=lambda path: about.casefold() not in path.casefold())
        return tuple(
            Pointer(artifact=path, lines=(1, max(1, count_lines(self._bundle.path(path)))))
            for path in paths[:_MOST_POINTERS] or [MANIFEST]
        )

    def _artifacts(self, wanted: type[Record]) -> list[Artifact]:
        found = [
            artifact
            for artifact in self._bundle.manifest.artifacts
            if artifact.signal in _SIGNALS[wanted] and artifact.format not in {"binary", "empty", "unknown"}
        ]
        return sorted(found, key=lambda artifact: artifact.path)

    def _is_large(self, artifact: Artifact) -> bool:
        return artifact.format in bulk.FORMATS and bulk.is_large(self._bundle.path(artifact.path))

    def _opened(self, artifact: Artifact) -> LargeLog:
        found = self._large.get(artifact.path)
        if found is None:
            path, shift = self._bundle.path(artifact.path), self._shifts.get(artifact.path, timedelta())
            found = LargeLog(path, self._clock(artifact), artifact.labels, shift)
            self._large[artifact.path] = found
        return found

    def _clock(self, artifact: Artifact) -> Clock:
        return Clock(zone=artifact.assume_zone, recorded_at=artifact.recorded_at, around=self._around)

    def _read(self, artifact: Artifact) -> Iterator[Record]:
        if (kept := self._kept.get(artifact.path)) is not None:
            return iter(kept)
        path, shift = self._bundle.path(artifact.path), self._shifts.get(artifact.path)
        records = read(path, clock=self._clock(artifact), labels=artifact.labels).records
        if shift:
            records = (offsets.shifted(record, shift) for record in records)
        if self._rows + artifact.rows > _KEPT_ROWS:
            return records
        self._rows += artifact.rows
        kept = self._kept[artifact.path] = tuple(records)
        return iter(kept)
