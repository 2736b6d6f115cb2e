"""Hand-made digests that say what recorded incidents say, and a small checker of what drafts may state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import get_args

import pytest

from agent.drafting.assembly import assemble
from agent.drafting.drafter import Brief, Comment
from agent.drafting.offline import OfflineDrafter
from agent.schema.digest import Coverage, Digest, Edge, Fact, FactName, Suspect
from agent.schema.evidence import Evidence, Pointer
from agent.schema.incident import Incident
from agent.schema.postmortem import Claim, OpenQuestion, PostMortem

NOW = datetime(2026, 3, 21, 9, 0, tzinfo=UTC)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_PLAIN = re.compile(r"\d+(?:\.\d+)?")


class Making:
    """Builds evidence, digests and drafts in few words."""

    def item(
        self,
        name: str,
        statement: str,
        *,
        service: str | None = None,
        at: str | None = None,
        until: str | None = None,
        severity: str = "error",
        salience: float = 0.7,
        quote: str = "",
        **attributes: str,
    ) -> Evidence:
        return Evidence.model_validate(
            {
                "id": name,
                "kind": name[0],
                "service": service,
                "start": at,
                "end": until,
                "severity": severity,
                "statement": statement,
                "quote": quote,
                "attributes": attributes,
                "salience": salience,
                "pointers": (Pointer(artifact="files/a.log", lines=(1, 2)),),
            }
        )

    def facts(self, **known: Fact) -> tuple[Fact, ...]:
        return tuple(
            known.get(name)
            or Fact(name=name, label=name.replace("_", " "), text="not known", note="no such event recorded")
            for name in get_args(FactName)
        )

    def suspect(self, component: str, *evidence: str, kind: str = "service", score: float = 1.0) -> Suspect:
        return Suspect.model_validate(
            {
                "component": component,
                "component_kind": kind,
                "reason": "stands out",
                "score": score,
                "evidence": evidence,
            }
        )

    def digest(
        self,
        *evidence: Evidence,
        suspects: tuple[Suspect, ...] = (),
        edges: tuple[tuple[str, str], ...] = (),
        onset: str | None = None,
        coverage: tuple[Coverage, ...] = (),
        **known: Fact,
    ) -> Digest:
        ordered = tuple(sorted(evidence, key=lambda item: (-item.salience, item.id)))
        return Digest.model_validate(
            {
                "incident": "inc-1",
                "snapshot": "evidence",
                "manifest_sha256": "0" * 64,
                "window": None,
                "onset": onset,
                "onset_source": "evidence" if onset else "not known",
                "evidence": ordered,
                "facts": self.facts(**known),
                "coverage": coverage,
                "suspects": suspects,
                "topology": tuple(Edge(caller=a, callee=b) for a, b in edges),
            }
        )

    def brief(
        self,
        digest: Digest,
        *,
        answers: tuple[OpenQuestion, ...] = (),
        comments: tuple[Comment, ...] = (),
        incident: Incident | None = None,
    ) -> Brief:
        record = incident or Incident(id="inc-1", title="Service availability disruption")
        return Brief(incident=record, digest=digest, answers=answers, comments=comments)

    def draft(self, brief: Brief) -> PostMortem:
        drafter = OfflineDrafter(today=NOW.date)
        timeline = drafter.timeline(brief)
        analysis = drafter.analyse(brief, timeline)
        actions = drafter.actions(brief, analysis)
        narrative = drafter.narrate(brief, timeline, analysis)
        return assemble(
            brief, timeline, analysis, actions, narrative,
            drafter=drafter.name, now=NOW, version="0.1.0", digest_sha256="0" * 64,
        )  # fmt: skip


def claims(draft: PostMortem) -> Iterator[Claim]:
    for section in (
        "summary",
        "impact",
        "detection",
        "response",
        "went_well",
        "went_badly",
        "lucky",
        "lessons",
    ):
        yield from getattr(draft, section)
    yield from draft.prevention
    yield draft.cause.claim
    yield from (factor.claim for factor in draft.factors)
    yield from (hypothesis.against for hypothesis in draft.ruled_out)


def ungrounded(draft: PostMortem, digest: Digest) -> list[str]:
    """Every citation that does not exist and every number that its citations do not hold."""
    problems: list[str] = []
    for claim in claims(draft):
        if claim.standing == "stated by a person":
            continue
        problems.extend(f"{name} does not exist" for name in claim.evidence if digest.find(name) is None)
        source = " ".join(_words(item) for item in digest.evidence if item.id in claim.evidence)
        source += " ".join(fact.text for fact in digest.facts if fact.name in claim.facts)
        problems.extend(
            f"{number} in {claim.text!r}"
            for number in _NUMBER.findall(claim.text)
            if not _holds(source, number)
        )
    for row in draft.timeline:
        cited = [digest.find(name) for name in row.evidence]
        times = [time for item in cited if item for time in (item.start, item.end)]
        if row.time not in times:
            problems.append(f"no cited evidence has the time {row.time}")
    for factor in draft.factors:
        for why in factor.whys:
            if why.basis == "evidenced":
                source = " ".join(_words(item) for item in digest.evidence if item.id in why.evidence)
                problems.extend(n for n in _NUMBER.findall(why.answer) if not _holds(source, n))
    return problems


def _holds(source: str, number: str) -> bool:
    """Whether the number stands there, or the same in a unit a thousand or a million times smaller."""
    if number in source or not _PLAIN.fullmatch(number):
        return number in source
    written = (f"{float(number) * times:.12g}" for times in (1e3, 1e6))
    return any(re.search(rf"(?<![\d.]){re.escape(text)}(?![\d.]\d|\d)", source) for text in written)


def _words(item: Evidence) -> str:
    parts = [item.statement, item.quote, item.service or "", str(item.start), str(item.end)]
    return " ".join([*parts, *item.attributes.values()])


@pytest.fixture
def make() -> Making:
    return Making()
