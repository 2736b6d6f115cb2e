"""Declarations of sources for tests."""

from __future__ import annotations

from agent.schema.incident import SourceSpec


def files_spec(*paths: str, name: str = "files", **more: object) -> SourceSpec:
    """Declare files, as incident.yaml would."""
    return SourceSpec.model_validate({"kind": "files", "name": name, "paths": list(paths), **more})
