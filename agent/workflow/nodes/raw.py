"""Raw: leave, drop or encrypt the raw artifacts of an approved report, as the settings say."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.raw import treat
from agent.workflow.stages import Deps
from agent.workflow.state import State, Update


def raw(state: State, runtime: Runtime[Deps]) -> Update:
    """Do it last, when nothing needs the artifacts any more."""
    del state
    deps = runtime.context
    return {"notes": {"raw": treat(deps.folder, deps.settings.collect, deps.now())}}
