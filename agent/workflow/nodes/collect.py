"""Collect: fetch one source; the graph runs one of these for each source, side by side."""

from __future__ import annotations

import shutil
from pathlib import Path

from langgraph.runtime import Runtime

from agent.sourcing import Declared
from agent.workflow.stages import Deps
from agent.workflow.state import Collected, SourceTask, Update


def collect(task: SourceTask, runtime: Runtime[Deps]) -> Update:
    """Fetch a source into the staging folder, from scratch where a killed run left half of it."""
    deps = runtime.context
    staging = deps.folder.staging(task.snapshot)
    half = staging / task.spec.name
    if half.is_dir():
        shutil.rmtree(half)
    request, artifacts = deps.stages.fetch(
        Declared(task.spec, Path(task.file)), deps.folder, deps.settings, staging
    )
    note = f"{task.spec.name}: {request.outcome}, {len(artifacts)} files, {request.rows} rows"
    return {"collected": (Collected(request=request, artifacts=artifacts),), "notes": {"collect": note}}
