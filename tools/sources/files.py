"""Evidence that already lies on disk, found by glob and copied byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePath

from pydantic import AwareDatetime, Field, field_validator

from tools import files
from tools.formats.records import Clock
from tools.formats.zones import zone
from tools.pace import Pace
from tools.sources.places import labels_of
from tools.sources.settings import SourceSettings
from tools.sources.source import (
    Fetched,
    FetchedArtifact,
    Health,
    Outcome,
    Scope,
    SourceKind,
    Surroundings,
    examine,
)

_MAGIC = re.compile(r"[*?\[]")
_MANY = 10
"""Lines without any known form that are no accident any more."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._@+=-]+")


def _nothing() -> frozenset[Path]:
    return frozenset()


class FileSettings(SourceSettings):
    """Evidence that already lies on disk."""

    paths: tuple[str, ...] = Field(min_length=1)
    """Files, folders or globs (`**` allowed), relative to the incident's folder."""
    assume_zone: str | None = None
    """Zone of time stamps that carry none: "UTC", "+08:00" or an IANA name. Without it they count as UTC
    and the coverage ledger says so."""
    recorded_at: AwareDatetime | None = None
    """When the files were recorded; resolves relative ages such as kubectl's "5m"."""

    timeout: float | None = Field(default=3600.0, gt=0)
    """Local disks rarely hang, but large exports take their time."""

    @field_validator("assume_zone")
    @classmethod
    def _exists(cls, name: str | None) -> str | None:
        if name and zone(name) is None:
            raise ValueError(
                f"{name!r} is no time zone; write UTC, an offset such as +08:00, or a name as Europe/Berlin"
            )
        return name

    @field_validator("recorded_at")
    @classmethod
    def _utc(cls, time: datetime | None) -> datetime | None:
        return time.astimezone(UTC) if time else None


@dataclass(frozen=True, slots=True)
class FileSource:
    """Files, folders and globs below a base folder, or absolute."""

    base: Path
    patterns: tuple[str, ...]
    clock: Clock = field(default_factory=Clock)
    excluded: frozenset[Path] = field(default_factory=_nothing)
    """Files and folders that are never taken, such as earlier snapshots."""

    def fetch(self, scope: Scope, destination: Path) -> Fetched:
        """Copy and read every match, each file once; what cannot be read is named in the note.

        Files are taken whole, whatever the window.
        """
        taken: list[FetchedArtifact] = []
        trouble: list[str] = []
        denied = 0
        found: dict[Path, tuple[Path, str]] = {}
        for pattern in self.patterns:
            matches = list(self._matches(pattern, trouble))
            if not matches:
                trouble.append(f"{pattern} matched nothing")
            for path, relative in matches:
                found.setdefault(path.resolve(), (relative, pattern))
        names: set[str] = set()
        for path, (relative, pattern) in sorted(
            found.items(), key=lambda item: (item[1][0].as_posix(), item[0])
        ):
            if scope.deadline.passed:
                trouble.append(f"stopped at {relative.as_posix()} after {scope.deadline.seconds:.0f} s")
                break
            target = destination / _free_name(relative, names)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                pace = Pace(f"copying {relative.as_posix()}", path.stat().st_size)
                files.copy(path, target)
                pace.end()
            except PermissionError:
                denied += 1
                trouble.append(f"{relative.as_posix()} may not be read")
                continue
            except OSError as error:
                target.unlink(missing_ok=True)
                trouble.append(f"{relative.as_posix()} could not be read: {error.strerror or error}")
                continue
            taken.append(self._examined(target, relative, pattern))
        trouble.extend(_shapeless(taken))
        return Fetched(
            query=", ".join(self.patterns),
            outcome=_outcome(taken, len(found), denied, trouble),
            artifacts=tuple(taken),
            note="; ".join(trouble),
        )

    def _examined(self, target: Path, relative: Path, pattern: str) -> FetchedArtifact:
        """Read a copy, and hash it meanwhile."""
        hashing, labels = files.Hashing(target), labels_of(relative)
        sniffed, tally = examine(target, clock=self.clock, labels=labels)
        labels = labels if sniffed.signal == "logs" else {}
        return FetchedArtifact(target, pattern, sniffed, tally, labels, self.clock, hashing.sha256())

    def probe(self, scope: Scope) -> Health:  # noqa: ARG002 - files are there or not
        """Look whether anything matches and may be read."""
        trouble: list[str] = []
        found = sum(1 for pattern in self.patterns for _ in self._matches(pattern, trouble))
        if trouble:
            return Health(reachable=True, problem="; ".join(trouble), suggestion="Give read rights to us.")
        if not found:
            return Health(
                reachable=True,
                problem="nothing matches",
                suggestion=f"Correct `paths`; they are relative to {self.base}.",
            )
        return Health(reachable=True, retention=f"{found} files")

    def _matches(self, pattern: str, trouble: list[str]) -> Iterator[tuple[Path, Path]]:
        """Yield (file, path relative to where the pattern begins to vary)."""
        parts = Path(pattern).expanduser().parts
        fixed = next((index for index, part in enumerate(parts) if _MAGIC.search(part)), len(parts))
        root, rest = self.base.joinpath(*parts[:fixed]), parts[fixed:]
        try:
            matches = sorted(root.glob(str(PurePath(*rest)))) if rest else [root]
            for match in matches:
                for file in _files(match):
                    if not self._is_excluded(file):
                        yield file, _relative(file, self.base, root if rest or root.is_dir() else root.parent)
        except PermissionError as error:
            trouble.append(f"{error.filename or pattern} may not be read")

    def _is_excluded(self, file: Path) -> bool:
        place = file.resolve()
        return any(place == other or other in place.parents for other in self.excluded)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(entry for entry in path.rglob("*") if entry.is_file())
    return [path] if path.is_file() else []


def _relative(file: Path, base: Path, root: Path) -> Path:
    for folder in (base, root):
        if file.is_relative_to(folder):
            return file.relative_to(folder)
    return Path(file.name)


def _free_name(relative: Path, names: set[str]) -> PurePath:
    parts = [_UNSAFE.sub("_", part).lstrip(".") or "_" for part in relative.parts if part not in {"..", "/"}]
    wanted = PurePath(*parts)
    free, number = wanted, 2
    while free.as_posix().lower() in names:
        free = wanted.with_name(f"{number}-{wanted.name}")
        number += 1
    names.add(free.as_posix().lower())
    return free


def _shapeless(taken: Sequence[FetchedArtifact]) -> Iterator[str]:
    for artifact in taken:
        tally = artifact.tally
        if tally.plain == tally.rows >= _MANY:
            yield f"{artifact.path.name}: none of {tally.rows} lines has a time, a level or a known form"


def _outcome(taken: Sequence[FetchedArtifact], found: int, denied: int, trouble: list[str]) -> Outcome:
    filled = [artifact.tally for artifact in taken if artifact.sniffed.format != "empty"]
    if filled and all(tally.malformed and not tally.rows for tally in filled):
        return "failed"
    if taken:
        whole = not trouble and not any(tally.malformed or tally.truncated for tally in filled)
        return "ok" if whole else "partial"
    if denied or any("may not be read" in text for text in trouble):
        return "denied"
    return "failed" if found else "empty"


def _make(settings: FileSettings, surroundings: Surroundings) -> FileSource:
    clock = Clock(settings.assume_zone, settings.recorded_at)
    return FileSource(surroundings.base, settings.paths, clock, surroundings.excluded)


KIND = SourceKind("files", FileSettings, _make, local=True)
