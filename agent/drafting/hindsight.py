"""What went well and badly, what was learned, and what remains: the sections that look back."""

from __future__ import annotations

from datetime import timedelta

from agent.drafting.circumstances import LATE, real_alerts, trouble
from agent.drafting.detection import promptness
from agent.drafting.matching import same
from agent.drafting.phrasing import fact_claim, listed
from agent.drafting.ranking import touched
from agent.drafting.telling import sentence, told
from agent.schema.digest import Digest
from agent.schema.postmortem import ActionItem, Claim, Factor

_SOON = timedelta(minutes=15)
_AIMS = (
    ("prevent", "to keep it from coming back"),
    ("mitigate", "to limit its effect"),
    ("detect", "to show it sooner"),
    ("process", "to change how the team handles it"),
)


def went_well(digest: Digest) -> tuple[Claim, ...]:
    """Tell of a prompt alert, of replicas that stayed, and of a change that helped."""
    found: list[Claim] = []
    gap = digest.fact("time_to_detect")
    if gap.seconds is not None and 0 <= round(gap.seconds) < LATE and real_alerts(digest):
        text = f"The first alert {promptness(digest)}."
        found.append(fact_claim(text, "time_to_detect", (real_alerts(digest)[0].id,)))
    found.extend(_partly_up(digest))
    found.extend(_recovered_after_change(digest))
    return tuple(found)


def _partly_up(digest: Digest) -> list[Claim]:
    """Workloads that lost some of their replicas and kept others."""
    for item in trouble(digest):
        desired, available = (item.attributes.get(key, "") for key in ("desired", "available"))
        if desired.isdecimal() and available.isdecimal() and 0 < int(available) < int(desired):
            text = f"A part of the replicas stayed available: {told(item)}."
            return [Claim(text=text, evidence=(item.id,))]
    return []


def _recovered_after_change(digest: Digest) -> list[Claim]:
    """Tell of a metric or alert that came back soon after a change, in an incident that ended."""
    if not digest.fact("ended").known:
        return []
    for change in digest.evidence:
        if change.kind != "C" or change.start is None or digest.onset is None or change.start < digest.onset:
            continue
        if "members" in change.attributes:
            continue
        for item in trouble(digest):
            if item.kind not in {"M", "A"}:
                continue
            if item.end is not None and change.start <= item.end <= change.start + _SOON:
                text = f"The symptoms went away after a change ({told(change)}): {told(item)}."
                return [Claim(text=text, evidence=(change.id, item.id), standing="inferred")]
    return []


def went_badly(digest: Digest, factors: tuple[Factor, ...]) -> tuple[Claim, ...]:
    """Tell of late or absent alerts, and of trouble that spread."""
    found: list[Claim] = []
    late = next((factor for factor in factors if factor.pattern == "late-alert"), None)
    if late is not None:
        gap = digest.fact("time_to_detect")
        found.append(
            fact_claim(
                f"The system was in trouble for {gap.text} without an alert.",
                "time_to_detect",
                late.claim.evidence,
            )
        )
    unalerted = next((factor for factor in factors if factor.pattern == "no-alert"), None)
    if unalerted is not None:
        text = "The symptoms were in the recorded signals, and no recorded alert pointed at them."
        found.append(Claim(text=text, evidence=unalerted.claim.evidence, standing="inferred"))
    first = factors[0] if factors else None
    if first is not None:
        others = [
            item
            for item in trouble(digest)
            if item.service
            and not same(item.service, first.component)
            and touched(item, first.component, digest)
        ]
        names = list(dict.fromkeys(str(item.service) for item in others))[:3]
        if names and first.component:
            cited = tuple(next(item.id for item in others if item.service == name) for name in names)
            text = f"The trouble was not contained: besides {first.component}, {listed(names)} showed it too."
            found.append(Claim(text=text, evidence=(*first.claim.evidence[:2], *cited), standing="inferred"))
    return tuple(found)


def lessons(factors: tuple[Factor, ...]) -> tuple[Claim, ...]:
    """Tell what stood behind the first conditions, or that nothing recorded tells."""
    found: list[Claim] = []
    for factor in factors[:2]:
        answered = next((why for why in factor.whys if why.basis == "evidenced"), None)
        opened = next((why for why in factor.whys if why.basis == "open"), None)
        if answered is not None and not set(answered.evidence) <= set(factor.claim.evidence):
            text = f"Behind this condition ({factor.title}) stood another: {sentence(answered.answer)}."
            cited = tuple(dict.fromkeys((*factor.claim.evidence, *answered.evidence)))
            found.append(Claim(text=text, evidence=cited, standing="inferred"))
        elif opened is not None and factor is factors[0]:
            text = f"The record shows the condition but not what led to it: {opened.question}"
            found.append(Claim(text=text, evidence=factor.claim.evidence, standing="inferred"))
    return tuple(found)


def prevention(factors: tuple[Factor, ...], actions: tuple[ActionItem, ...]) -> tuple[Claim, ...]:
    """Say what the items for the first condition are there for."""
    if not factors:
        return ()
    first = factors[0]
    mine = [item for item in actions if first.id in item.factors]
    aims = [aim for kind, aim in _AIMS if any(item.kind == kind for item in mine)]
    if not aims:
        return ()
    text = f"The action items for the first condition ({first.title}) aim {listed(aims)}."
    return (Claim(text=text, evidence=first.claim.evidence, facts=first.claim.facts, standing="inferred"),)
