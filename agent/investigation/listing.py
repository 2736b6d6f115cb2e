"""Looks at alerts, changes and what people wrote; an entry that the digest has keeps its id."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from agent.digest import changes, chat, firings
from agent.digest.alerts import AlertBook
from agent.digest.changes import ChangeBook
from agent.digest.chat import ChatBook
from agent.digest.observation import Observation, one_line
from agent.digest.wording import instant
from agent.drafting.looks import Answer, Line, ListAlerts, ListChanges, SearchChat
from agent.investigation.absences import NO_ALERTS, NO_CHANGES, NO_CHAT, holding, window
from agent.investigation.minting import Minter
from agent.investigation.shelf import Shelf
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence
from tools.formats.records import AlertRecord, ChangeRecord, ChatMessage

MOST, MOST_NAME = 15, 60


def list_alerts(shelf: Shelf, digest: Digest, minter: Minter, look: ListAlerts) -> Answer:
    """List episodes that match, with those that always fire or only inform marked."""
    book = AlertBook()
    for artifact, record in shelf.records(AlertRecord):
        book.read(artifact, [record])
    if not (episodes := book.folded()):
        return Answer((), not_recorded=NO_ALERTS)
    nodes = frozenset(s.component for s in digest.suspects if s.component_kind == "node")
    seen = firings.observations(episodes, digest.onset, nodes, ())
    return _listed(minter, seen, look, "alert")


def list_changes(shelf: Shelf, digest: Digest, minter: Minter, look: ListChanges) -> Answer:
    """List recorded changes that match."""
    known = [item for item in digest.computed if item.kind == "C"]
    if not (known or shelf.holds(ChangeRecord)):
        return Answer((), not_recorded=NO_CHANGES)
    book = ChangeBook()
    for artifact, record in shelf.records(ChangeRecord):
        book.read(artifact, [record])
    seen = changes.observations(book, digest.onset)
    return _listed(minter, seen, look, "change", known)


def search_chat(shelf: Shelf, digest: Digest, minter: Minter, look: SearchChat) -> Answer:
    """List messages that match."""
    if not shelf.holds(ChatMessage):
        return Answer((), not_recorded=NO_CHAT)
    book = ChatBook()
    for artifact, record in shelf.records(ChatMessage):
        book.read(artifact, [record])
    seen = chat.observations(book, digest.onset)
    return _listed(minter, seen, look, "message")


def _listed(
    minter: Minter,
    seen: Iterable[Observation],
    look: ListAlerts | ListChanges | SearchChat,
    what: str,
    known: Iterable[Evidence] = (),
) -> Answer:
    """List what matches in order of time; `known` is of the digest and was read off something else."""
    chosen = sorted((o for o in seen if _matches(o, look)), key=lambda o: o.key[1:])
    items = {item.id: item for item in (minter.mint(entry) for entry in chosen[:MOST])}
    items |= {item.id: item for item in known if _matches(item, look)}
    if not items:
        return Answer((), empty=f"No recorded {what}{window(look.start, look.end)}{holding(look.text)}")
    left = len(chosen) - MOST
    return Answer(
        tuple(_line(item) for item in items.values()),
        f"{left} later {what}s are not shown" if left > 0 else "",
    )


def _line(item: Evidence) -> Line:
    """Tell an entry; an alert that is no sign of the incident is the first to be left out."""
    marked = _marked(item.attributes.get("noise"))
    text = f"{item.id} {_at(item.start)} {item.statement}{marked}"
    return Line(text, item.id, rank=1.0 if marked else 0.0, name=one_line(item.statement, MOST_NAME))


def _matches(seen: Observation | Evidence, look: ListAlerts | ListChanges | SearchChat) -> bool:
    text, start, end = look.text, look.start, look.end
    if start is not None and (seen.end or seen.start or start) < start:
        return False
    if end is not None and seen.start is not None and seen.start > end:
        return False
    told = " ".join((seen.service or "", seen.statement, seen.quote, *seen.attributes.values())).casefold()
    return all(word in told for word in text.casefold().split())


def _at(time: datetime | None) -> str:
    return instant(time) if time else "no time"


def _marked(noise: str | None) -> str:
    return f" ({noise}: no sign of this incident)" if noise and noise != "no" else ""
