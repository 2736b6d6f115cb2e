"""The whole workflow: which stage follows which."""
# Signatures of langgraph are typed in part only:
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Literal, Protocol, TypeVar

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send

from agent.sourcing import declared
from agent.workflow.nodes.assemble import assemble
from agent.workflow.nodes.check import check
from agent.workflow.nodes.collect import collect
from agent.workflow.nodes.contradictions import contradictions
from agent.workflow.nodes.digest import digest
from agent.workflow.nodes.factors import factors
from agent.workflow.nodes.follow_up import follow_up
from agent.workflow.nodes.investigate import investigate
from agent.workflow.nodes.present import present
from agent.workflow.nodes.publish import publish
from agent.workflow.nodes.raw import raw
from agent.workflow.nodes.review import review
from agent.workflow.nodes.revise import revise
from agent.workflow.nodes.rewrite import rewrite
from agent.workflow.nodes.seal import seal
from agent.workflow.nodes.timeline import timeline
from agent.workflow.nodes.withdraw import withdraw
from agent.workflow.nodes.writing import writing
from agent.workflow.progress import StageEvent
from agent.workflow.stages import Deps
from agent.workflow.state import SourceTask, State, Update

S_contra = TypeVar("S_contra", State, SourceTask, contravariant=True)
MAX_REVISIONS = 2
PATH = (seal, digest, investigate, timeline, factors, writing, assemble, contradictions, check)


class _Node(Protocol[S_contra]):
    def __call__(self, state: S_contra, *, runtime: Runtime[Deps]) -> Update: ...


def build() -> StateGraph[State, Deps, State, State]:
    """Wire the stages; whoever compiles the graph brings the checkpointer."""
    graph = StateGraph(State, context_schema=Deps)
    graph.add_node("collect", _watched("collect", collect), input_schema=SourceTask)
    for node in (*PATH, rewrite, revise, withdraw, present, review, publish, follow_up, raw):
        graph.add_node(node.__name__, _watched(node.__name__, node), input_schema=State)
    graph.add_conditional_edges(START, _sources, ["collect", "seal"])
    graph.add_edge("collect", "seal")
    for before, after in pairwise(PATH):
        graph.add_edge(before.__name__, after.__name__)
    graph.add_conditional_edges("check", _checked, ["revise", "withdraw", "present"])
    graph.add_edge("revise", "check")
    graph.add_edge("withdraw", "check")
    graph.add_edge("present", "review")
    graph.add_conditional_edges("review", _decided, ["publish", "timeline", "rewrite", END])
    graph.add_edge("rewrite", "check")
    graph.add_edge("publish", "follow_up")
    graph.add_edge("follow_up", "raw")
    graph.add_edge("raw", END)
    return graph


def _sources(state: State, runtime: Runtime[Deps]) -> list[Send] | Literal["seal"]:
    if not state.collect:
        return "seal"
    deps = runtime.context
    sources = declared(deps.folder.read_incident(), deps.folder.incident_file, deps.settings)
    return [
        Send("collect", SourceTask(spec=item.spec, file=str(item.file), snapshot=state.snapshot))
        for item in sources
    ] or "seal"


def _checked(state: State) -> Literal["revise", "withdraw", "present"]:
    if not state.errors:
        return "present"
    if state.revisions < MAX_REVISIONS:
        return "revise"
    return "present" if state.withdrawn else "withdraw"


def _decided(state: State) -> str:
    again = "rewrite" if state.section else "timeline"
    return {"approve": "publish", "request changes": again, "reject": END}[state.decided.verdict]


def _watched(name: str, node: Callable[[S_contra, Runtime[Deps]], Update]) -> _Node[S_contra]:
    def run(state: S_contra, *, runtime: Runtime[Deps]) -> Update:
        tell = runtime.context.progress
        tell(StageEvent(name, "started"))
        begun = time.perf_counter()
        update = node(state, runtime)
        seconds = time.perf_counter() - begun
        tell(StageEvent(name, "finished", seconds, update.get("notes", {}).get(name, "")))
        update["seconds"] = {name: seconds}
        return update

    return run
