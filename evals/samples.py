"""The recorded incidents that come with the installation."""

from __future__ import annotations

from pathlib import Path

from agent.samples import Sample
from evals.expectation import read_expectation

BUNDLED = Path(__file__).parent / "incidents"


def catalogue() -> tuple[Sample, ...]:
    """List the bundled incidents by id; only their bundles are ever copied for a drafter to read."""
    return tuple(_sample(folder) for folder in sorted(BUNDLED.iterdir()) if (folder / "bundle").is_dir())


def _sample(folder: Path) -> Sample:
    told = read_expectation(folder / "expect.yaml")
    return Sample(
        id=told.id,
        title=told.title,
        system=told.system,
        signals=told.signals,
        licence=told.licence,
        folder=folder / "bundle",
    )
