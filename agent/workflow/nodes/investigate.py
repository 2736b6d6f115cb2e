"""Investigate: let the drafter look into the recording; what it found becomes evidence."""

from __future__ import annotations

from itertools import islice, zip_longest

from langgraph.runtime import Runtime

from agent.drafting.drafter import Investigation
from agent.investigation.calls import is_of_calls
from agent.naming import hidden_names
from agent.schema.evidence import Evidence
from agent.store import open_bundle
from agent.workflow.briefing import brief_of
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update

MOST_UNCITED = 6
"""Pieces of evidence that are kept though no explanation cites them: of each look the most telling first."""


def telling(found: tuple[Evidence, ...], investigation: Investigation) -> tuple[Evidence, ...]:
    """Keep what the explanations rest on, absences, calls, and of each look what tells most; ids stay."""
    cited = {
        name for item in investigation.explanations for name in (*item.evidence_for, *item.evidence_against)
    }
    always = {item.id for item in found if item.kind == "N" or is_of_calls(item)}
    minted = {item.id for item in found}
    by_turns = zip_longest(*(look.found for look in investigation.looked))
    rest = (name for turn in by_turns for name in turn if name in minted - cited - always)
    kept = cited | always | set(islice(dict.fromkeys(rest), MOST_UNCITED))
    return tuple(item for item in found if item.id in kept)


def investigate(state: State, runtime: Runtime[Deps]) -> Update:
    """Offer the recording; write what was minted into digest.json, so that everything can resolve it.

    A run that was killed here starts again from the computed digest and finds the same.
    """
    deps, brief = runtime.context, brief_of(state, runtime.context)
    digest = brief.digest.with_found(())
    names = hidden_names(deps.folder.read_incident(), deps.settings)
    recording = deps.stages.recording(open_bundle(deps.folder.path / state.snapshot), digest, names)
    brief = brief.model_copy(update={"digest": digest})
    investigation = deps.drafter.investigate(brief, recording)
    if investigation is None:
        return {"notes": {"investigate": f"{deps.drafter.name}: no model looked beyond the digest"}}
    kept = telling(recording.found, investigation)
    note = f"{investigation.looks} looks, {len(kept)} more evidence"
    return {
        "investigation": investigation,
        "digest_sha256": deps.folder.write_digest(digest.with_found(kept)),
        "notes": {"investigate": f"{note}; {investigation.ended}" if investigation.ended else note},
    }
