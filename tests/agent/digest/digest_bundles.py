"""Bundles made of the recorded evidence beside the tests."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from agent.schema.bundle import Artifact, Manifest, Request
from agent.schema.incident import Incident
from agent.store import Home, IncidentFolder, write_model
from tools.formats import sniff

DATA = Path(__file__).parent / "data"
RECORDED: Mapping[str, datetime] = {
    "probe": datetime(2026, 1, 8, 7, 41, 50, tzinfo=UTC),
    "job": datetime(2025, 5, 29, 10, 57, 59, tzinfo=UTC),
}


def incident(name: str) -> Incident:
    return Incident(id=name, title=f"The {name} incident")


def folder(name: str, home: Path, *, backwards: bool = False) -> IncidentFolder:
    """Seal recorded evidence as the first snapshot of an incident."""
    made = Home(home).create(incident(name))
    with made.new_snapshot() as scratch:
        shutil.copytree(DATA / name, scratch, dirs_exist_ok=True)
        files = sorted(path for path in scratch.rglob("*") if path.is_file())
        seal(scratch, name, files[::-1] if backwards else files)
    return made


def seal(scratch: Path, name: str, files: Sequence[Path]) -> None:
    artifacts = tuple(describe(file, scratch, RECORDED.get(name)) for file in files)
    request = Request(
        source="files", query="**/*", outcome="ok", artifacts=tuple(artifact.path for artifact in artifacts)
    )
    manifest = Manifest(
        incident=name,
        sealed_at=datetime(2026, 2, 1, tzinfo=UTC),
        requests=(request,),
        artifacts=artifacts,
    )
    write_model(scratch / "manifest.json", manifest)


def describe(file: Path, scratch: Path, recorded: datetime | None) -> Artifact:
    seen = sniff(file)
    labels: dict[str, str] = {"service": file.stem} if file.parent.name == "logs" else {}
    return Artifact(
        path=file.relative_to(scratch).as_posix(),
        source="files",
        signal=seen.signal,  # type: ignore[arg-type]  # the readers name the same signals
        format=seen.format,
        query=file.name,
        bytes=file.stat().st_size,
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        assume_zone="+08:00" if recorded and recorded.year == 2026 else None,
        recorded_at=recorded,
        labels=labels,
    )
