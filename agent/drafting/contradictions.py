"""Passages of a draft that cannot both be so: by rule against verdict and facts, or as a model found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import get_args

from agent.drafting.drafter import Contradiction
from agent.schema.digest import Digest
from agent.schema.finding import Finding, Level
from agent.schema.postmortem import Claim, PostMortem, SectionName

RULE = "C06"
_SECTIONS: tuple[SectionName, ...] = get_args(SectionName)
_CAUSED = re.compile(
    r"\b(?:was|were) (?:directly )?caused by\b|\b(?:root )?cause (?:of [^.]{3,60} )?(?:was|were)\b"
    r"|\bwas the (?:root )?cause\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:probabl[ey]|likely|may|might|could|appear\w*|suggest\w*|points? (?:at|to)|possib\w+"
    r"|not established|unknown|unclear|not known|no recorded|did not)\b",
    re.IGNORECASE,
)
_NO_ALERT = re.compile(r"\bno alerts? (?:fired|was raised|were raised|was sent|were sent)\b", re.IGNORECASE)
_ONGOING = re.compile(
    r"\b(?:had not (?:yet )?(?:ended|recovered)|(?:was|is) still ongoing|no recovery (?:was|is) recorded)\b",
    re.IGNORECASE,
)


def by_rule(draft: PostMortem, digest: Digest) -> tuple[Finding, ...]:
    """Hold every sentence of the sections against the verdict, the count of alerts and the recorded end."""
    return tuple(
        found for place, claim in _sentences(draft) for found in _against(place, claim.text, draft, digest)
    )


def as_findings(draft: PostMortem, found: Iterable[Contradiction]) -> tuple[Finding, ...]:
    """Report what a model found, as long as both passages still stand as they were."""
    standing = {text for _, text in passages(draft)}
    return tuple(
        _finding(
            item.place,
            "warning",
            item.text,
            f'contradicts {item.other_place} ("{item.other_text}"): {item.why}',
        )
        for item in found
        if {item.text, item.other_text} <= standing
    )


def passages(draft: PostMortem) -> Iterator[tuple[str, str]]:
    """Yield every claim that can contradict another, with its place.

    Rows of the timeline are left out: their times and values come from code, which checks what repeats them.
    """
    for place, claim in _sentences(draft):
        yield place, claim.text
    yield "cause.claim", draft.cause.claim.text
    for factor in draft.factors:
        yield f"factors.{factor.id}.claim", factor.claim.text
    for number, item in enumerate(draft.ruled_out, 1):
        yield f"ruled_out.{number}.against", item.against.text


def _sentences(draft: PostMortem) -> Iterator[tuple[str, Claim]]:
    for name in _SECTIONS:
        said: tuple[Claim, ...] = getattr(draft, name)
        for number, claim in enumerate(said, 1):
            if claim.standing != "stated by a person":
                yield f"{name}.{number}", claim


def _against(place: str, text: str, draft: PostMortem, digest: Digest) -> Iterator[Finding]:
    verdict = draft.cause.verdict
    unsure = verdict in {"probable", "not established"} and not _HEDGED.search(text)
    if unsure and (found := _CAUSED.search(text)):
        level: Level = "error" if verdict == "not established" else "warning"
        yield _finding(place, level, found.group(), f"is surer than the verdict, which is {verdict}")
    facts = {fact.name: fact for fact in digest.facts}
    alerts, ended = facts.get("alerts_fired"), facts.get("ended")
    if (found := _NO_ALERT.search(text)) and alerts and alerts.count and not _names_one(text, digest):
        yield _finding(place, "error", found.group(), f"while {alerts.label.lower()} is {alerts.text}")
    if (found := _ONGOING.search(text)) and ended and ended.known:
        yield _finding(place, "warning", found.group(), f"while the recorded end is {ended.text}")


def _names_one(text: str, digest: Digest) -> bool:
    """Whether the sentence is about one component only, for which it may be so."""
    return any(item.service and item.service in text for item in digest.evidence)


def _finding(place: str, level: Level, text: str, message: str) -> Finding:
    return Finding(
        rule=RULE,
        level=level,
        message=message,
        suggestion="Keep what the evidence carries, and ask about the other.",
        text=text,
        section=place,
    )
