"""Who calls whom, as evidence: a sentence about a caller can cite the record of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from agent.digest.observation import Observation, one_line
from agent.digest.wording import listed
from agent.drafting.looks import Answer, Line, ListCalls
from agent.errors import ToolRefused
from agent.investigation.absences import NO_CALLS
from agent.investigation.minting import Minter
from agent.investigation.shelf import Shelf
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence, Pointer
from tools.formats import workload_of
from tools.formats.records import CallEdge, Span

MOST_SUSPECTS, MOST_NAMES, MOST_POINTERS = 4, 8, 3
_MOST_TEXT = 290


def list_calls(shelf: Shelf, digest: Digest, minter: Minter, look: ListCalls) -> Answer:
    """Tell callers and callees of one service."""
    if not look.service:
        raise ToolRefused("list_calls: name a service")
    if not digest.topology:
        return Answer((), not_recorded=NO_CALLS)
    seen = _of(shelf, digest, look.service)
    if seen is None:
        return Answer((), empty=f"No recorded call has {look.service} at either end")
    item = minter.mint(seen)
    callers, callees = _ends(digest, look.service)
    hidden = [
        f"all {what}: {', '.join(n)}" for what, n in (("callers", callers), ("callees", callees)) if _long(n)
    ]
    return Answer((Line(f"{item.id} {item.statement}", item.id),), minter.masked("; ".join(hidden)))


def standing(shelf: Shelf, digest: Digest) -> Iterator[Observation]:
    """Yield the calls of the likeliest suspects, one piece of evidence each."""
    seen = (_of(shelf, digest, suspect.component) for suspect in digest.suspects)
    yield from islice((item for item in seen if item is not None), MOST_SUSPECTS)


def is_of_calls(item: Evidence) -> bool:
    """Whether evidence tells who calls whom."""
    return item.kind == "T" and "calls" in item.attributes


def _of(shelf: Shelf, digest: Digest, service: str) -> Observation | None:
    callers, callees = _ends(digest, service)
    if not (callers or callees):
        return None
    parts = [f"calls {listed(callees, MOST_NAMES)}"] if callees else []
    parts += [f"is called by {listed(callers, MOST_NAMES)}"] if callers else []
    return Observation(
        kind="T",
        statement=one_line(f"{service} {' and '.join(parts)}", _MOST_TEXT),
        pointers=_pointers(shelf, service),
        service=service,
        attributes={"calls": "recorded"},
    )


def _ends(digest: Digest, service: str) -> tuple[list[str], list[str]]:
    callers = [edge.caller for edge in digest.topology if edge.callee == service]
    return callers, [edge.callee for edge in digest.topology if edge.caller == service]


def _long(names: list[str]) -> bool:
    return len(names) > MOST_NAMES


def _pointers(shelf: Shelf, service: str) -> tuple[Pointer, ...]:
    """Point at the first recorded edges of a service; where spans told of the calls, at all spans."""
    found: list[Pointer] = []
    for artifact, edge in shelf.records(CallEdge):
        if service in {workload_of(edge.caller), workload_of(edge.callee)}:
            found.append(Pointer(artifact=artifact, lines=(edge.line, edge.line)))
        if len(found) == MOST_POINTERS:
            break
    return tuple(found) or shelf.whole(Span)
