"""Seal: turn what was collected into a snapshot that nobody rewrites."""

from __future__ import annotations

from collections.abc import Sequence

from langgraph.runtime import Runtime

from agent.errors import ExitCode, UserError
from agent.schema.bundle import Request
from agent.store import Bundle, IncidentFolder, open_bundle
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def seal(state: State, runtime: Runtime[Deps]) -> Update:
    """Seal a new snapshot or open the sealed one; raise UserError where it holds nothing to draft from."""
    folder = runtime.context.folder
    bundle = _sealed(state, runtime.context) if state.collect else open_bundle(folder.path / state.snapshot)
    manifest = bundle.manifest
    if not any(artifact.rows for artifact in manifest.artifacts):
        raise _nothing(folder, manifest.requests, f"{bundle.folder / 'manifest.json'} has the ledger")
    rows = sum(artifact.rows for artifact in manifest.artifacts)
    return {"notes": {"seal": f"{state.snapshot}: {len(manifest.artifacts)} artifacts, {rows} rows"}}


def _sealed(state: State, deps: Deps) -> Bundle:
    folder = deps.folder
    if not (folder.path / state.snapshot / "manifest.json").is_file():
        requests = [part.request for part in state.collected]
        if not any(part.artifacts for part in state.collected):
            raise _nothing(folder, requests, "Nothing was sealed")
        parts = tuple((part.request, part.artifacts) for part in state.collected)
        deps.stages.seal(folder.staging(state.snapshot), folder.read_incident(), parts, deps.now())
    return folder.adopt_staging(state.snapshot)


def _nothing(folder: IncidentFolder, requests: Sequence[Request], ledger: str) -> UserError:
    rows = "".join(
        f"\n  - {request.source} {request.query}: {request.outcome}"
        + (f" ({request.note})" if request.note else "")
        for request in requests
    )
    asked = rows or " No source was asked."
    return UserError(
        f"{folder.id} has no evidence to draft from: no source gave a readable row.{asked}",
        hint=f"{ledger}. Correct `sources` in {folder.incident_file}, then run draft with --recollect.",
        exit_code=ExitCode.NO_EVIDENCE,
    )
