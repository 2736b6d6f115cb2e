"""Check: run every rule over the draft."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def check(state: State, runtime: Runtime[Deps]) -> Update:
    """Report what the rules find in the draft as it stands."""
    deps = runtime.context
    findings = deps.stages.check(state.drafted, deps.folder.read_digest(), now=deps.now())
    counts = [
        f"{sum(finding.level == level for finding in findings)} {level}s" for level in ("error", "warning")
    ]
    return {"findings": findings, "notes": {"check": ", ".join(counts)}}
