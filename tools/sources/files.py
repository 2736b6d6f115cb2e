"""Evidence that already lies on disk, found by glob and copied byte for byte."""

from __future__ import annotations

import re
import shutil
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePath

from tools.formats import read, sniff, surveying
from tools.formats.records import Clock, Sniffed, Tally
from tools.sources.places import labels_of
from tools.sources.source import Fetched, FetchedArtifact

_MAGIC = re.compile(r"[*?\[]")
_MANY = 10
"""Lines without any known form that are no accident any more."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._@+=-]+")


def _nothing() -> frozenset[Path]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class FileSource:
    """Files, folders and globs below a base folder, or absolute."""

    name: str
    base: Path
    patterns: tuple[str, ...]
    clock: Clock = field(default_factory=Clock)
    excluded: frozenset[Path] = field(default_factory=_nothing)
    """Files and folders that are never taken, such as earlier snapshots."""

    def fetch(self, window: tuple[datetime, datetime] | None, destination: Path) -> Fetched:  # noqa: ARG002 - files are taken whole
        """Copy and read every match, each file once; what cannot be read is named in the note."""
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
            target = destination / _free_name(relative, names)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(path, target)
            except PermissionError:
                denied += 1
                trouble.append(f"{relative.as_posix()} may not be read")
                continue
            except OSError as error:
                trouble.append(f"{relative.as_posix()} could not be read: {error.strerror or error}")
                continue
            labels = labels_of(relative)
            sniffed, tally = examine(target, clock=self.clock, labels=labels)
            labels = labels if sniffed.signal == "logs" else {}
            taken.append(FetchedArtifact(target, pattern, sniffed, tally, labels, self.clock))
        trouble.extend(_shapeless(taken))
        return Fetched(
            query=", ".join(self.patterns),
            outcome=_outcome(taken, len(found), denied, trouble),
            artifacts=tuple(taken),
            note="; ".join(trouble),
        )

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


def examine(path: Path, *, clock: Clock, labels: Mapping[str, str]) -> tuple[Sniffed, Tally]:
    """Sniff a file and read it once, for the tally; raise ValueError for a zone that does not exist."""
    sniffed = sniff(path)
    if sniffed.format in surveying.FORMATS and path.stat().st_size >= surveying.LARGE:
        return sniffed, surveying.survey(path, clock, labels)
    reading = read(path, clock=clock, labels=labels, sniffed=sniffed)
    deque(reading.records, maxlen=0)
    return sniffed, reading.tally


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


def _outcome(taken: Sequence[FetchedArtifact], found: int, denied: int, trouble: list[str]) -> str:
    filled = [artifact.tally for artifact in taken if artifact.sniffed.format != "empty"]
    if filled and all(tally.malformed and not tally.rows for tally in filled):
        return "failed"
    if taken:
        whole = not trouble and not any(tally.malformed or tally.truncated for tally in filled)
        return "ok" if whole else "partial"
    if denied or any("may not be read" in text for text in trouble):
        return "denied"
    return "failed" if found else "empty"
