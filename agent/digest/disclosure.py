"""What leaves the sealed artifacts: the digest with secrets and personal data masked."""

from __future__ import annotations

from agent.digest import engine
from agent.schema.digest import Coverage, Digest, Edge, Fact, SourceQuery, Suspect
from agent.schema.evidence import Evidence, Pointer
from agent.schema.incident import Incident
from agent.store import Bundle
from tools.redact import Redactor
from tools.redaction.names import Names


def digest(bundle: Bundle, incident: Incident, names: Names | None = None) -> Digest:
    """Compute the digest and mask every text of it, `names` too; the same bytes give the same digest.

    The lines that pointers lead to stay as they were recorded, readable on this machine only.
    """
    return masked(engine.digest(bundle, incident), Redactor(salt=incident.id.encode(), names=names))


def masked(found: Digest, redactor: Redactor) -> Digest:
    """Mask statements, quotes, attributes, names and notes; ids, times and numbers stay."""
    return found.model_copy(
        update={
            "evidence": tuple(masked_evidence(item, redactor) for item in found.evidence),
            "facts": tuple(_fact(item, redactor) for item in found.facts),
            "coverage": tuple(_coverage(item, redactor) for item in found.coverage),
            "queries": tuple(_query(item, redactor) for item in found.queries),
            "suspects": tuple(_suspect(item, redactor) for item in found.suspects),
            "topology": tuple(_edge(item, redactor) for item in found.topology),
            "notes": tuple(redactor.text(note) for note in found.notes),
        }
    )


def masked_evidence(item: Evidence, redactor: Redactor) -> Evidence:
    """Mask every text of one piece of evidence."""
    return item.model_copy(
        update={
            "service": item.service and redactor.text(item.service),
            "statement": redactor.text(item.statement, cut=True),
            "quote": redactor.text(item.quote, cut=True),
            "attributes": {key: _attribute(key, text, redactor) for key, text in item.attributes.items()},
            "pointers": tuple(_pointer(pointer, redactor) for pointer in item.pointers),
        }
    )


def _attribute(key: str, text: str, redactor: Redactor) -> str:
    """Mask a value as it stands beside its key, so that `password` tells what an innocent word is."""
    alone = redactor.text(text, cut=True)
    head = f"{key}="
    beside = redactor.text(head + text)
    return alone if alone != text or not beside.startswith(head) else beside[len(head) :]


def _pointer(pointer: Pointer, redactor: Redactor) -> Pointer:
    """Point at the artifact's first line where the labels of a series hold a secret."""
    if pointer.series is None or redactor.text(pointer.series) == pointer.series:
        return pointer
    return Pointer(artifact=pointer.artifact, lines=(1, 1))


def _fact(item: Fact, redactor: Redactor) -> Fact:
    return item.model_copy(update={"text": redactor.text(item.text), "note": redactor.text(item.note)})


def _coverage(item: Coverage, redactor: Redactor) -> Coverage:
    return item.model_copy(update={"query": redactor.text(item.query), "note": redactor.text(item.note)})


def _query(item: SourceQuery, redactor: Redactor) -> SourceQuery:
    return item.model_copy(update={"query": redactor.text(item.query), "note": redactor.text(item.note)})


def _suspect(item: Suspect, redactor: Redactor) -> Suspect:
    return item.model_copy(
        update={"component": redactor.text(item.component), "reason": redactor.text(item.reason, cut=True)}
    )


def _edge(item: Edge, redactor: Redactor) -> Edge:
    return item.model_copy(
        update={"caller": redactor.text(item.caller), "callee": redactor.text(item.callee)}
    )
