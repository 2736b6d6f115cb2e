"""Sentences that are surer than the verdict on the cause, or deny a computed fact, rule C06."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from agent.checks.places import Place, finding_at, read_places
from agent.schema.digest import Digest
from agent.schema.finding import Finding, Level
from agent.schema.postmortem import PostMortem, SectionName

_SECTIONS: frozenset[str] = frozenset(get_args(SectionName))
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


def check_verdict(draft: PostMortem, digest: Digest) -> Iterator[Finding]:
    """Hold every sentence of the sections against the verdict, the count of alerts and the recorded end."""
    for place in read_places(draft):
        if place.section.split(".")[0] in _SECTIONS and place.standing != "stated by a person":
            for level, words, message in _against(place, draft, digest):
                advice = "Keep what the evidence carries, and ask about the other."
                yield finding_at(place, "C06", level, words, message, advice)


def _against(place: Place, draft: PostMortem, digest: Digest) -> Iterator[tuple[Level, str, str]]:
    verdict, text = draft.cause.verdict, place.text
    unsure = verdict in {"probable", "not established"} and not _HEDGED.search(text)
    if unsure and (found := _CAUSED.search(text)):
        level: Level = "error" if verdict == "not established" else "warning"
        yield level, found.group(), f"is surer than the verdict, which is {verdict}"
    facts = {fact.name: fact for fact in digest.facts}
    alerts, ended = facts.get("alerts_fired"), facts.get("ended")
    if (found := _NO_ALERT.search(text)) and alerts and alerts.count and not _names_one(text, digest):
        yield "error", found.group(), f"while {alerts.label.lower()} is {alerts.text}"
    if (found := _ONGOING.search(text)) and ended and ended.known:
        yield "warning", found.group(), f"while the recorded end is {ended.text}"


def _names_one(text: str, digest: Digest) -> bool:
    """Tell whether the sentence is about one component only, for which it may be so."""
    return any(item.service and item.service in text for item in digest.evidence)
