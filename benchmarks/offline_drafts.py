"""Offline drafts of recorded incidents, made on the fly for a measurement."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent.drafting.choosing import choose
from agent.schema.digest import Digest
from agent.schema.postmortem import PostMortem
from agent.settings import Settings
from agent.store import IncidentFolder
from agent.workflow.run import run_draft
from evals.samples import BUNDLED


@dataclass(frozen=True, slots=True)
class Sample:
    """One case with its draft and digest."""

    case: str
    draft: PostMortem
    digest: Digest


def offline_drafts(cases: Path | None = None, only: Collection[str] = ()) -> Iterator[Sample]:
    """Draft every case below a folder; raise SystemExit naming the folder where there is none."""
    folder = cases or BUNDLED
    found = [path for path in sorted(folder.glob("*")) if (path / "bundle").is_dir()]
    if not found:
        raise SystemExit(f"{folder} holds no case; `python -m evals.importers` makes cases.")
    settings = Settings()
    writer = choose("offline", settings)
    for path in found:
        if only and path.name not in only:
            continue
        with tempfile.TemporaryDirectory(prefix="pm-agent-mutations-") as home:
            target = Path(home).resolve() / path.name
            shutil.copytree(path / "bundle", target)
            incident = IncidentFolder(target)
            run_draft(incident, drafter=writer, settings=settings, now=lambda: datetime.now(UTC))
            draft, digest = incident.read_draft(), incident.read_digest()
        if draft is None or digest is None:
            raise SystemExit(f"Drafting {path.name} left no draft or no digest.")
        yield Sample(path.name, draft, digest)
