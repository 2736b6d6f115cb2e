"""Recorded incidents that come with the installation or with a package that adds some."""

from __future__ import annotations

import shutil
import tempfile
from importlib.metadata import entry_points
from pathlib import Path

from agent.schema.base import Model
from agent.schema.bundle import Signal
from agent.store import Home, IncidentFolder


class Sample(Model):
    """One recorded incident that can be drafted without any set-up."""

    id: str
    title: str
    system: str
    signals: tuple[Signal, ...]
    licence: str
    folder: Path
    """Incident folder (incident.yaml and evidence/) that is copied into the home when first drafted."""


def catalogue() -> tuple[Sample, ...]:
    """List every sample that an installed package offers under the entry-point group pm_agent.samples."""
    found: list[Sample] = []
    for entry in sorted(entry_points(group="pm_agent.samples"), key=lambda entry: entry.name):
        found.extend(entry.load()())
    return tuple(found)


def install(sample: Sample, home: Home) -> IncidentFolder:
    """Copy a sample into the home whole or not at all; the copy is the user's to edit.

    Where another process was faster, its copy is the one that counts.
    """
    target = home.path / sample.id
    home.path.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=home.path) as scratch:
        copy = shutil.copytree(sample.folder, Path(scratch) / sample.id)
        try:
            copy.rename(target)
        except OSError:
            if not (target / "incident.yaml").is_file():
                raise
    return IncidentFolder(target.resolve())
