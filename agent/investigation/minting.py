"""Evidence from looks: numbered on from the digest's, masked like it, the same thing never minted twice."""

from __future__ import annotations

from agent.digest.disclosure import masked_evidence
from agent.digest.observation import Observation, one_line
from agent.drafting.looks import Line
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence, EvidenceKind, Pointer
from tools.redact import Redactor

_Count = tuple[str, Pointer, str, str]
_MOST_KNOWN, _KNOWN = 140, 0.6
"""Characters by which the digest's own evidence is told again, and how much more ordinary that makes it."""


class Minter:
    """Gives observations ids; the same looks in the same order give the same ids."""

    def __init__(self, digest: Digest, redactor: Redactor) -> None:
        self._redactor = redactor
        self._known = {_identity(item): item for item in digest.computed}
        self._same: dict[_Count | None, Evidence] = {
            name: item for item in digest.computed if (name := _count_of(item))
        }
        self._told = {item.id for item in digest.computed}
        self._last: dict[EvidenceKind, int] = {}
        for item in digest.computed:
            self._last[item.kind] = max(self._last.get(item.kind, 0), int(item.id[1:]))
        self.found: list[Evidence] = []

    def mint(self, seen: Observation) -> Evidence:
        """Return the evidence for an observation; the digest's own where it has the same."""
        raw = Evidence(
            id=f"{seen.kind}{self._last.get(seen.kind, 0) + 1}",
            kind=seen.kind,
            service=seen.service,
            start=seen.start,
            end=seen.start if seen.start and seen.end and seen.end < seen.start else seen.end,
            severity=seen.severity,
            statement=seen.statement,
            quote=seen.quote,
            attributes=dict(seen.attributes),
            pointers=seen.pointers,
        )
        item = masked_evidence(raw, self._redactor)
        if known := self._known.get(_identity(item)) or self._same.get(_count_of(item)):
            return known
        self._known[_identity(item)] = item
        self._last[item.kind] = int(item.id[1:])
        self.found.append(item)
        return item

    def shown(self, item: Evidence, time: str, *, rank: float, name: str) -> Line:
        """Tell evidence in a line; what the record has already is told shortly and left out before others."""
        if item.id in self._told:
            return Line(
                f"{item.id} {time} {one_line(item.statement, _MOST_KNOWN)}", item.id, rank + _KNOWN, name
            )
        return Line(f"{item.id} {time} {item.statement}", item.id, rank, name)

    def masked(self, text: str) -> str:
        """Mask secrets and personal data in a text that is shown without an id."""
        return self._redactor.text(text, cut=True)


def _identity(item: Evidence) -> tuple[str, str, Pointer]:
    return item.kind, item.statement, item.pointers[0]


def _count_of(item: Evidence) -> _Count | None:
    """Name lines or events by where they begin, their number and the time of the last; None for all else."""
    if item.kind not in {"L", "K"} or item.start is None or not item.pointers[0].lines:
        return None
    if item.kind == "K" and item.attributes.get("source", "event") != "event":
        return None
    end = (item.end or item.start).isoformat()
    return item.kind, item.pointers[0], item.attributes.get("count", "1"), end
