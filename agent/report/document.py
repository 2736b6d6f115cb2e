"""The report as one JSON document: the post-mortem and the evidence that it cites."""

from __future__ import annotations

from agent.report.citations import cited_evidence, cited_facts
from agent.schema.base import Model
from agent.schema.digest import Digest, Fact
from agent.schema.evidence import Evidence
from agent.schema.postmortem import PostMortem


class Document(Model):
    """A post-mortem that can be read without its incident folder."""

    version: int = 1
    post_mortem: PostMortem
    evidence: tuple[Evidence, ...]
    """Every piece of evidence that a statement cites."""
    facts: tuple[Fact, ...]
    """Every fact that a statement cites."""
    snapshot: str | None
    manifest_sha256: str | None
    """Vouches for the artifacts that the evidence points into."""


def document(draft: PostMortem, digest: Digest | None) -> Document:
    """Put a post-mortem and its cited evidence together."""
    return Document(
        post_mortem=draft,
        evidence=cited_evidence(draft, digest),
        facts=cited_facts(draft, digest),
        snapshot=digest.snapshot if digest else None,
        manifest_sha256=digest.manifest_sha256 if digest else None,
    )
