"""Paging: a list that a service gives in pieces, read to its end, with every piece in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, Literal, TypeVar

import orjson

from tools.http import Answer, Document, Json, clock_difference
from tools.sources.gathering import Gathering
from tools.sources.source import Health, Span

C = TypeVar("C")


class Refused(Exception):  # noqa: N818 - reads as the outcome it is
    """A successful answer that says the request was not served."""

    def __init__(self, note: str, outcome: Literal["denied", "failed"] = "failed") -> None:
        """Take what the service said."""
        super().__init__(note)
        self.note, self.outcome = note, outcome


@dataclass(frozen=True, slots=True)
class Page(Generic[C]):
    """One piece: its items, and how the next one is asked for."""

    items: Sequence[Json]
    following: C | None = None
    """None at the end of the list."""


@dataclass(frozen=True, slots=True)
class Paged(Generic[C]):
    """A list: how a piece is asked for, and how an answer is understood."""

    told: str
    """The request in the ledger's words."""
    ask: Callable[[C], Document]
    read: Callable[[Json, C], Page[C]]
    """Understand an answer to a cursor; raise Refused for one that is an error or no such list."""
    first: C
    most: int = 10_000
    """Items after which no further piece is asked for."""
    lookup: bool = False
    """Whether the list only serves to ask the next query."""


def read_all(
    gathering: Gathering,
    paged: Paged[C],
    write: Callable[[list[Json]], None] = lambda _: None,
    *,
    window: Span | None = None,
) -> list[Json]:
    """Read every piece; `write` gets what came, also where a later piece failed and GivenUp is raised."""
    found: list[Json] = []
    cursor: C | None = paged.first
    try:
        while cursor is not None:
            document = paged.ask(cursor)
            answer, page = _understood(document, paged, cursor)
            found.extend(page.items)
            cursor = page.following
            if cursor is not None and len(found) >= paged.most:
                note = f"stopped after {len(found)} of {paged.told}; there are more"
                answer, cursor = replace(answer, outcome="partial", note=note), None
            gathering.record(paged.told, answer, rows=len(page.items), window=window, lookup=paged.lookup)
    finally:
        if found:
            write(found)
    return found


def write_lines(path: Path, items: Sequence[Json]) -> None:
    """Write a JSON array, one item a line, so that a pointer finds its item."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"[\n" + b",\n".join(map(orjson.dumps, items)) + b"\n]\n")


def objects_in(value: Json, *keys: str) -> list[dict[str, Json]]:
    """Give the objects of the list below `keys`; raise Refused where the answer holds none there."""
    at = value
    for key in keys:
        at = at.get(key) if isinstance(at, dict) else None
    if not isinstance(at, list):
        what = ".".join(keys) or "items"
        said = _said(value)
        raise Refused(f"the answer is no JSON list of {what}{said}")
    return [item for item in at if isinstance(item, dict)]


def health_of(document: Document, ahead_of: Callable[[Answer], float | None], *, version: str = "") -> Health:
    """Say what a first request tells of a service."""
    answer = document.answer
    if document.value is not None:
        return Health(reachable=True, authenticated=True, version=version, clock_seconds=ahead_of(answer))
    if answer.outcome == "denied":
        hint = "Check token_env, and what the token may read."
        return Health(reachable=True, authenticated=False, problem=answer.note, suggestion=hint)
    if answer.status is None:
        return Health(reachable=False, problem=answer.note, suggestion="Check url, proxy and network.")
    problem = answer.note or "the answer is empty"
    return Health(reachable=True, problem=problem, suggestion="Is `url` the address of its API?")


def _understood(document: Document, paged: Paged[C], cursor: C) -> tuple[Answer, Page[C]]:
    answer = document.answer
    if answer.outcome != "ok":
        return answer, Page(())
    try:
        return answer, paged.read(document.value, cursor)
    except Refused as refusal:
        return replace(answer, outcome=refusal.outcome, note=refusal.note), Page(())


def _said(value: Json) -> str:
    if not isinstance(value, dict):
        return ""
    error = value.get("error") or value.get("message") or value.get("errors")
    text = error if isinstance(error, str) else orjson.dumps(error).decode() if error else ""
    return f": {text[:200]}" if text else ""


__all__ = [
    "Page", "Paged", "Refused", "clock_difference", "health_of", "objects_in", "read_all", "write_lines",
]  # fmt: skip
