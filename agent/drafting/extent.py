"""How far the trouble went, in figures: shares of errors, the worst, values carried, who was spared."""

from __future__ import annotations

from agent.drafting.phrasing import clock
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence
from agent.schema.postmortem import Claim, Factor

_ROSE = 2.0
"""A share of errors is told when it is so many times what it was."""
_FEW = 5
"""Error records below which their share is not told."""
_MOST_VALUES = 2
"""Log patterns whose parameters are told."""


def claims(digest: Digest, factors: tuple[Factor, ...]) -> tuple[Claim, ...]:
    """Tell what facts and parameters show of the extent; empty where nothing was measured."""
    found = (_errors(digest), _worst(digest), *_values(digest, factors), _spared(digest))
    return tuple(claim for claim in found if claim is not None)


def _errors(digest: Digest) -> Claim | None:
    now, before = digest.fact("error_share"), digest.fact("error_share_before")
    few = (now.count or 0) < _FEW
    if few or not now.value or before.value is None or now.value < _ROSE * before.value:
        return None
    text = f"Errors made up {now.text} of the log records since the onset, against {before.text} before it."
    return Claim(text=text, facts=("error_share", "error_share_before"))


def _worst(digest: Digest) -> Claim | None:
    fact = digest.fact("symptom_peak")
    item = next((found for name in fact.evidence if (found := digest.find(name)) is not None), None)
    if item is None or fact.time is None:
        return None
    reached, _, _ = fact.text.rpartition(" at ")
    text = f"The symptom was at its worst at {clock(fact.time)} ({reached})."
    return Claim(text=text, evidence=(item.id,), facts=("symptom_peak",))


def _values(digest: Digest, factors: tuple[Factor, ...]) -> list[Claim]:
    """Tell what the messages behind the first factor carried."""
    cited = factors[0].claim.evidence if factors else ()
    items = [item for name in cited if (item := digest.find(name)) is not None]
    return [_carried(item) for item in items if _varied(item)][:_MOST_VALUES]


def _varied(item: Evidence) -> bool:
    """Whether any of its parameters differed from record to record; what is always alike is a setting."""
    told = item.attributes.get("parameters", "").split("; ")
    return any(part and ": always " not in part for part in told)


def _carried(item: Evidence) -> Claim:
    told = item.attributes["parameters"]
    text = f"The records of {item.service or 'the log'} behind this carried these values: {told}."
    return Claim(text=text, evidence=(item.id,))


def _spared(digest: Digest) -> Claim | None:
    fact = digest.fact("services_unaffected")
    item = next((found for name in fact.evidence if (found := digest.find(name)) is not None), None)
    if not fact.count or item is None:
        return None
    return Claim(text=f"{item.statement}.", evidence=(item.id,), facts=("services_unaffected",))
