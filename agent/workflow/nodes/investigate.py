"""Investigate: let the drafter look into the recording; what it found becomes evidence."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.store import open_bundle
from agent.workflow.briefing import brief_of
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def investigate(state: State, runtime: Runtime[Deps]) -> Update:
    """Offer the recording; write what was minted into digest.json, so that everything can resolve it.

    A run that was killed here starts again from the computed digest and finds the same.
    """
    deps, brief = runtime.context, brief_of(state, runtime.context)
    digest = brief.digest.with_found(())
    recording = deps.stages.recording(open_bundle(deps.folder.path / state.snapshot), digest)
    brief = brief.model_copy(update={"digest": digest})
    investigation = deps.drafter.investigate(brief, recording)
    if investigation is None:
        return {"notes": {"investigate": f"{deps.drafter.name}: no model looked beyond the digest"}}
    note = f"{investigation.looks} looks, {len(recording.found)} more evidence"
    return {
        "investigation": investigation,
        "digest_sha256": deps.folder.write_digest(digest.with_found(recording.found)),
        "notes": {"investigate": f"{note}; {investigation.ended}" if investigation.ended else note},
    }
