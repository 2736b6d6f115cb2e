"""Bundles: one sealed snapshot as it lies on disk, its artifacts there, dropped or encrypted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from agent.errors import NotAllowed, UserError
from agent.schema.base import format_utc, parse_json
from agent.schema.bundle import Artifact, Manifest, RawTreatment

MANIFEST = "manifest.json"
RAW = "raw.json"
ENCRYPTED = ".raw.age"
"""What an encrypted artifact's name ends with."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """One sealed snapshot: its folder and the manifest that vouches for it."""

    folder: Path
    manifest: Manifest
    manifest_sha256: str
    raw: RawTreatment | None = None
    """What was done with the artifacts after the digest; None while they are as they were sealed."""

    @property
    def name(self) -> str:
        """Name of the snapshot, such as `evidence` or `evidence.2`."""
        return self.folder.name

    def path(self, artifact: str) -> Path:
        """Locate an artifact.

        Raise UserError for a path that leaves the snapshot, NotAllowed for an artifact that was dropped or
        encrypted.
        """
        path = self._inside(artifact)
        if self.raw and not path.is_file():
            raise withheld(self, self.raw, artifact)
        return path

    def encrypted(self, artifact: str) -> Path:
        """Locate an artifact's encrypted form, whether it is there or not."""
        return self._inside(artifact + ENCRYPTED)

    def holds(self, artifact: Artifact) -> bool:
        """Whether an artifact can be read as it was sealed."""
        path = (self.folder / artifact.path).resolve()
        return path.is_relative_to(self.folder.resolve()) and path.is_file()

    def require_raw(self) -> None:
        """Raise NotAllowed where the artifacts were dropped or encrypted."""
        for artifact in self.manifest.artifacts if self.raw else ():
            self.path(artifact.path)

    def _inside(self, artifact: str) -> Path:
        path = (self.folder / artifact).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            raise UserError(
                f"{self.folder / 'manifest.json'}: artifact {artifact!r} points outside the snapshot"
            )
        return path


def open_bundle(folder: Path) -> Bundle:
    """Open a sealed snapshot; raise UserError where its manifest is missing or not valid."""
    file = folder / MANIFEST
    if not file.is_file():
        raise UserError(f"{file} does not exist, so {folder} is not a sealed snapshot.")
    data = file.read_bytes()
    manifest = parse_json(Manifest, data, where=str(file))
    treated = folder / RAW
    raw = parse_json(RawTreatment, treated.read_bytes(), where=str(treated)) if treated.is_file() else None
    return Bundle(folder, manifest, hashlib.sha256(data).hexdigest(), raw)


def withheld(bundle: Bundle, raw: RawTreatment, artifact: str) -> NotAllowed:
    """Say that an artifact is not there any more, since when, and what to do."""
    told = f"{bundle.folder / artifact} was {raw.treatment} on {format_utc(raw.at)} (keep_raw)"
    if raw.treatment == "dropped":
        hint = "`pm-agent draft --recollect` asks the sources again."
        return NotAllowed(f"{told}; only its hash and what was computed from it are kept.", hint=hint)
    hint = (
        f"`pm-agent raw {bundle.folder.parent.name} --restore`, with the secret key, makes it readable again."
    )
    return NotAllowed(f"{told}.", hint=hint)
