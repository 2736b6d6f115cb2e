"""Digest: compute the evidence from the sealed snapshot."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.naming import hidden_names
from agent.store import open_bundle
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def digest(state: State, runtime: Runtime[Deps]) -> Update:
    """Compute the digest and write digest.json."""
    deps = runtime.context
    bundle = open_bundle(deps.folder.path / state.snapshot)
    incident = deps.folder.read_incident()
    computed = deps.stages.digest(bundle, incident, hidden_names(incident, deps.settings))
    gaps = sum(row.gap for row in computed.coverage)
    return {
        "digest_sha256": deps.folder.write_digest(computed),
        "notes": {"digest": f"{len(computed.evidence)} evidence, {gaps} gaps"},
    }
