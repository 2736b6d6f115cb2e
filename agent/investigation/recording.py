"""The sealed bundle as a model may look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from agent.drafting.looks import (
    Answer,
    CompareWindows,
    FindSeries,
    Line,
    LinesAround,
    ListAlerts,
    ListCalls,
    ListChanges,
    Look,
    SearchChat,
    SearchKubernetes,
    SearchLogs,
)
from agent.investigation import absences, calls, kubernetes, lines, listing, series
from agent.investigation.minting import Minter
from agent.investigation.shelf import Shelf
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence
from agent.store import Bundle
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
from tools.redact import Redactor
from tools.redaction.names import Names

_SEARCHED: Mapping[type[Look], tuple[type[Record], ...]] = {
    SearchLogs: (LogRecord,),
    LinesAround: (LogRecord,),
    FindSeries: (Series,),
    CompareWindows: (Series,),
    ListAlerts: (AlertRecord,),
    ListChanges: (ChangeRecord,),
    SearchChat: (ChatMessage,),
    SearchKubernetes: (KubeEvent, ObjectState),
    ListCalls: (),
}
"""The records that a look goes through."""


class SealedRecording:
    """Answers looks from one snapshot and collects the evidence that they mint."""

    def __init__(self, bundle: Bundle, digest: Digest, names: Names | None = None) -> None:
        self._shelf, self._digest = Shelf(bundle, digest), digest
        self._minter = Minter(digest, Redactor(salt=digest.incident.encode(), names=names))

    @property
    def found(self) -> tuple[Evidence, ...]:
        """Evidence minted so far, in the order of the looks."""
        return tuple(self._minter.found)

    def standing(self) -> tuple[Evidence, ...]:
        """Mint what holds whatever is looked for: missing kinds of record, gaps, who calls the suspects."""
        shelf, digest = self._shelf, self._digest
        seen = (*absences.standing(shelf, digest), *calls.standing(shelf, digest))
        return tuple(self._minter.mint(item) for item in seen)

    def answer(self, look: Look) -> Answer:
        """Answer one look, an empty one by evidence that says so; raise ToolRefused where it cannot be."""
        found = self._found(look)
        said = found.empty or (absences.not_recorded(found.not_recorded) if found.not_recorded else "")
        if not said:
            return found
        about = getattr(look, "service", "")
        seen = absences.absence(self._shelf, said, *_SEARCHED[type(look)], about=about)
        item = self._minter.mint(seen)
        return replace(found, lines=(Line(f"{item.id} {item.statement}", item.id),))

    def _found(self, look: Look) -> Answer:
        shelf, digest, minter = self._shelf, self._digest, self._minter
        match look:
            case SearchLogs():
                answer = lines.search(shelf, digest, minter, look)
            case LinesAround():
                answer = lines.around(shelf, minter, look)
            case FindSeries():
                answer = series.find(shelf, digest, minter, look)
            case CompareWindows():
                answer = series.compare(shelf, digest, minter, look)
            case ListAlerts():
                answer = listing.list_alerts(shelf, digest, minter, look)
            case ListChanges():
                answer = listing.list_changes(shelf, digest, minter, look)
            case SearchChat():
                answer = listing.search_chat(shelf, digest, minter, look)
            case SearchKubernetes():
                answer = kubernetes.search(shelf, minter, look)
            case ListCalls():
                answer = calls.list_calls(shelf, digest, minter, look)
        return answer
