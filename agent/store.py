"""The incident folder: with agent.bundles the only module that knows file names in it.

<home>/<id>/
incident.yaml
evidence/manifest.json  evidence/<source>/...   first snapshot; the second is evidence.2/, and so on
evidence/raw.json                               where its artifacts were dropped or encrypted
digest.json  draft.json  draft.md  draft.html  findings.json
review.jsonl                                    append-only
postmortem.md  postmortem.json  postmortem.html after approval
history/draft-<version>.json                    drafts that were replaced
.pm-agent/checkpoints.sqlite  model-calls.jsonl
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from agent.bundles import MANIFEST, Bundle, open_bundle
from agent.errors import NotFound, UserError
from agent.saving import sha256_file, to_json, version_of, write_model, write_text
from agent.schema.base import M, parse, parse_json
from agent.schema.digest import Digest
from agent.schema.incident import Incident
from agent.schema.postmortem import PostMortem
from agent.schema.review import ReviewEvent

__all__ = [
    "MANIFEST", "Bundle", "Home", "IncidentFolder", "dump_incident", "open_bundle", "read_incident",
    "sha256_file",
    "to_json", "version_of", "write_model", "write_text",
]  # fmt: skip

_SNAPSHOT = re.compile(r"^evidence(?:\.([2-9]|[1-9][0-9]+))?$")


@dataclass(frozen=True, slots=True)
class IncidentFolder:
    """Reads and writes the files of one incident; every write is atomic."""

    path: Path

    @property
    def id(self) -> str:
        """The incident's id, which is the folder's name."""
        return self.path.name

    @property
    def incident_file(self) -> Path:
        """The incident record."""
        return self.path / "incident.yaml"

    @property
    def draft_file(self) -> Path:
        """The structured draft."""
        return self.path / "draft.json"

    @property
    def draft_markdown(self) -> Path:
        """The draft as people read and edit it."""
        return self.path / "draft.md"

    @property
    def checkpoints(self) -> Path:
        """The workflow's checkpoint database; its folder exists after this call."""
        folder = self.path / ".pm-agent"
        folder.mkdir(exist_ok=True)
        return folder / "checkpoints.sqlite"

    @property
    def model_calls(self) -> Path:
        """The replies that the present draft has paid for."""
        return self.path / ".pm-agent" / "model-calls.jsonl"

    def read_incident(self) -> Incident:
        """Read incident.yaml; raise UserError naming the file and field that is wrong."""
        return read_incident(self.incident_file)

    def update_incident(self, incident: Incident, *, keys: Iterable[str]) -> None:
        """Replace these top-level keys of incident.yaml and leave the rest of its text as people wrote it."""
        text = self.incident_file.read_text(encoding="utf-8")
        data = incident.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        for key in keys:
            text = re.sub(rf"^{key}:.*\n?(?:(?:[ \t-].*)?\n)*?(?=^[^\s-]|\Z)", "", text, flags=re.MULTILINE)
            if key in data:
                new = yaml.safe_dump({key: data[key]}, sort_keys=False, allow_unicode=True, width=100)
                text = text.rstrip("\n") + "\n" + new
        if parse(Incident, yaml.safe_load(text), where=str(self.incident_file)) == incident:
            write_text(self.incident_file, text)
        else:
            self.write_incident(incident)

    def write_incident(self, incident: Incident) -> None:
        """Write incident.yaml with what is known and nothing else."""
        write_text(self.incident_file, dump_incident(incident))

    def snapshots(self) -> tuple[Path, ...]:
        """Sealed snapshots, oldest first."""
        found = [
            (int(match.group(1) or 1), entry)
            for entry in self.path.iterdir()
            if (match := _SNAPSHOT.match(entry.name)) and (entry / MANIFEST).is_file()
        ]
        return tuple(entry for _, entry in sorted(found))

    def bundle(self, name: str | None = None) -> Bundle | None:
        """Open the newest snapshot, or the named one; None where nothing was collected yet."""
        if name is not None:
            return open_bundle(self.path / name)
        snapshots = self.snapshots()
        return open_bundle(snapshots[-1]) if snapshots else None

    @contextmanager
    def new_snapshot(self) -> Generator[Path]:
        """Yield a scratch folder for artifacts and manifest.json; on success it becomes the next snapshot.

        An earlier snapshot is never touched. What a killed collection left is removed, so the caller must
        hold the incident (`locked`).
        """
        for left in self.path.glob(".collecting-*"):
            shutil.rmtree(left)
        scratch = Path(tempfile.mkdtemp(prefix=".collecting-", dir=self.path))
        try:
            yield scratch
            target = self.path / self.next_snapshot()
            scratch.chmod(0o755)
            scratch.rename(target)
        finally:
            if scratch.exists():
                shutil.rmtree(scratch)

    def next_snapshot(self) -> str:
        """Name that the next snapshot will have."""
        number = len(self.snapshots()) + 1
        return "evidence" if number == 1 else f"evidence.{number}"

    def staging(self, snapshot: str) -> Path:
        """Folder where a snapshot grows before it is sealed; unlike new_snapshot's it survives a kill."""
        folder = self.path / ".pm-agent" / "staging" / snapshot
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def discard_staging(self) -> None:
        """Remove what collections that never ended have left."""
        folder = self.path / ".pm-agent" / "staging"
        if folder.is_dir():
            shutil.rmtree(folder)

    def adopt_staging(self, snapshot: str) -> Bundle:
        """Turn a staged snapshot with its manifest.json into a sealed one; where it is sealed, open it."""
        target = self.path / snapshot
        if not (target / MANIFEST).is_file():
            self.staging(snapshot).rename(target)
        return open_bundle(target)

    def read_digest(self) -> Digest | None:
        """Read digest.json, or None where there is none yet."""
        return _read(Digest, self.path / "digest.json")

    def digest_version(self) -> str | None:
        """sha256 of digest.json, or None where there is none."""
        file = self.path / "digest.json"
        return sha256_file(file) if file.is_file() else None

    def write_digest(self, digest: Digest) -> str:
        """Write digest.json and return its sha256."""
        return write_model(self.path / "digest.json", digest)

    def read_draft(self) -> PostMortem | None:
        """Read draft.json, or None where there is none yet."""
        return _read(PostMortem, self.draft_file)

    def write_draft(self, draft: PostMortem) -> str:
        """Write draft.json and return its version; a draft that it replaces is kept in history/."""
        if (old := self.draft_version()) is not None and old != version_of(draft):
            history = self.path / "history"
            history.mkdir(exist_ok=True)
            shutil.copyfile(self.draft_file, history / f"draft-{old[:12]}.json")
        return write_model(self.draft_file, draft)

    def draft_version(self) -> str | None:
        """sha256 of draft.json, or None where there is none."""
        return sha256_file(self.draft_file) if self.draft_file.is_file() else None

    def write_text(self, name: str, text: str) -> Path:
        """Write a rendered file, such as draft.md, and return its path."""
        write_text(self.path / name, text)
        return self.path / name

    def reviews(self) -> tuple[ReviewEvent, ...]:
        """Every decision so far, oldest first; raise UserError naming a line that cannot be read."""
        file = self.path / "review.jsonl"
        if not file.is_file():
            return ()
        lines = file.read_text(encoding="utf-8").splitlines()
        return tuple(
            parse_json(ReviewEvent, line, where=f"{file}:{number}")
            for number, line in enumerate(lines, 1)
            if line.strip()
        )

    def append_review(self, event: ReviewEvent) -> None:
        """Append one decision and force it to disk."""
        with (self.path / "review.jsonl").open("a", encoding="utf-8") as file:
            file.write(event.model_dump_json(exclude_none=True) + "\n")
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def locked(self) -> Generator[None]:
        """Hold the incident for one writer; raise UserError where another process has it."""
        folder = self.path / ".pm-agent"
        folder.mkdir(exist_ok=True)
        with (folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UserError(
                    f"Another pm-agent is working on {self.id}.", hint="Wait for it to end, then try again."
                ) from None
            yield


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds one folder an incident."""

    path: Path

    def incidents(self) -> tuple[IncidentFolder, ...]:
        """Every incident folder, by name."""
        if not self.path.is_dir():
            return ()
        return tuple(
            IncidentFolder(entry)
            for entry in sorted(self.path.iterdir())
            if (entry / "incident.yaml").is_file()
        )

    def open(self, incident_id: str) -> IncidentFolder:
        """Open an existing incident by id or path; raise NotFound with what there is instead."""
        if (folder := self.find(incident_id)) is not None:
            return folder
        known = [folder.id for folder in self.incidents()]
        listing = (
            f"{self.path} holds {', '.join(known[:8])}." if known else f"{self.path} holds no incident yet."
        )
        raise NotFound(
            f"No incident {incident_id!r}. {listing}",
            hint="`pm-agent new` makes one, `pm-agent samples` lists recorded ones.",
        )

    def find(self, incident_id: str) -> IncidentFolder | None:
        """Find an incident by path or by name below this home."""
        for candidate in (self.path / incident_id, Path(incident_id)):
            if (candidate / "incident.yaml").is_file():
                return IncidentFolder(candidate.resolve())
        return None

    def create(self, incident: Incident) -> IncidentFolder:
        """Make the incident's folder; raise UserError where it exists."""
        path = self.path / incident.id
        if path.exists() and any(path.iterdir()):
            raise UserError(
                f"{path} exists and is not empty.", hint="Choose another id, or edit its incident.yaml."
            )
        path.mkdir(parents=True, exist_ok=True)
        folder = IncidentFolder(path.resolve())
        folder.write_incident(incident)
        return folder


def read_incident(file: Path) -> Incident:
    """Read an incident record; raise UserError naming the file, and the field or line that is wrong."""
    try:
        data = yaml.safe_load(file.read_bytes())
    except FileNotFoundError:
        raise NotFound(f"{file} does not exist.", hint="`pm-agent new` makes one.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{file} is not readable YAML: {error}") from error
    return parse(Incident, data, where=str(file))


def dump_incident(incident: Incident) -> str:
    """Write an incident as YAML with what is known and nothing else."""
    data = incident.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)


def _read(model: type[M], path: Path) -> M | None:
    return parse_json(model, path.read_bytes(), where=str(path)) if path.is_file() else None
