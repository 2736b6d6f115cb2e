"""Check: run every rule over the draft."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.drafting.contradictions import as_findings
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def check(state: State, runtime: Runtime[Deps]) -> Update:
    """Report what the rules find in the draft as it stands."""
    deps = runtime.context
    draft, digest = state.drafted, deps.folder.read_digest()
    found = [
        *deps.stages.check(draft, digest, now=deps.now()),
        *as_findings(draft, state.contradictions),
    ]
    order = {"error": 0, "warning": 1, "info": 2}
    findings = tuple(sorted(found, key=lambda item: order[item.level]))
    counts = [
        f"{sum(finding.level == level for finding in findings)} {level}s" for level in ("error", "warning")
    ]
    return {"findings": findings, "notes": {"check": ", ".join(counts)}}
