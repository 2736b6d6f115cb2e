"""What was sought and is not there, as evidence: a sentence about an absence can cite the search."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from agent.digest.observation import Observation, one_line
from agent.digest.wording import instant
from agent.drafting.assembly import gap
from agent.investigation.shelf import Shelf
from agent.schema.digest import Digest
from tools.formats.records import (
    AlertRecord,
    ChangeRecord,
    ChatMessage,
    KubeEvent,
    LogRecord,
    ObjectState,
    Record,
    Series,
)

NO_LOGS, NO_METRICS, NO_ALERTS = "log lines", "metrics", "alerts"
NO_CHANGES = "changes (deploys, configuration, commits)"
NO_CHAT, NO_KUBERNETES = "chat", "Kubernetes events or objects"
NO_CALLS = "record of which services call each other"
_KINDS: tuple[tuple[str, tuple[type[Record], ...]], ...] = (
    (NO_LOGS, (LogRecord,)),
    (NO_METRICS, (Series,)),
    (NO_ALERTS, (AlertRecord,)),
    (NO_CHANGES, (ChangeRecord,)),
    (NO_CHAT, (ChatMessage,)),
    (NO_KUBERNETES, (KubeEvent, ObjectState)),
)
_MOST_TEXT = 300


def absence(shelf: Shelf, text: str, *searched: type[Record], about: str = "") -> Observation:
    """Say that something is not there; it points at all of the first files that were searched for it."""
    return Observation(
        kind="N", statement=one_line(text, _MOST_TEXT), pointers=shelf.whole(*searched, about=about)
    )


def window(start: datetime | None, end: datetime | None) -> str:
    """Say which stretch of time was searched; empty for all of it."""
    return "".join(
        f" {word} {instant(time)}" for word, time in (("from", start), ("to", end)) if time is not None
    )


def holding(text: str) -> str:
    """Say which words were sought; empty where none were."""
    return f' with "{one_line(text, 120)}"' if text.strip() else ""


def not_recorded(what: str) -> str:
    """Say that a kind of record is missing."""
    return f"The recording holds no {what}"


def standing(shelf: Shelf, digest: Digest) -> Iterator[Observation]:
    """Yield what the recording lacks whatever is looked for: kinds of record, and gaps of the ledger."""
    known = {item.kind for item in digest.computed}
    for what, records in _KINDS:
        if what == NO_CHANGES and "C" in known:
            continue  # roll-outs were read off the objects
        if not any(shelf.holds(record) for record in records):
            yield absence(shelf, not_recorded(what))
    if not digest.topology:
        yield absence(shelf, not_recorded(NO_CALLS))
    for row in digest.coverage:
        if row.gap:
            yield absence(shelf, gap((row,)))
