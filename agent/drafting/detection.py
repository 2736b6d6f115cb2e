"""Detection: the first alert, how prompt it was, and what rules and silences had to do with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from agent.drafting.circumstances import real_alerts, trouble, waiting
from agent.drafting.phrasing import clock, listed
from agent.drafting.telling import called, sentence
from agent.schema.digest import Digest, FactName
from agent.schema.evidence import KIND_NAMES, Evidence
from agent.schema.postmortem import Claim

_PROMPT: tuple[FactName, ...] = ("time_to_detect", "first_alert", "first_symptom")
_MOST = 3
"""Rules and silences that are told."""


def detection(digest: Digest) -> tuple[Claim, ...]:
    """Say which alert fired first, how that stood to the symptoms, and what alerting was set to do."""
    found: list[Claim] = []
    first = digest.fact("first_alert")
    alerts = real_alerts(digest)
    if first.known and alerts:
        shown = next((item for item in alerts if item.id in first.evidence), alerts[0])
        at = clock(first.time) if first.time else first.text
        text = f"The first alert fired at {at}: {called(shown)}."
        found.append(Claim(text=text, evidence=(shown.id,), facts=("first_alert",)))
    elif alerts:
        found.append(Claim(text=f"An alert was recorded: {called(alerts[0])}.", evidence=(alerts[0].id,)))
    gap = digest.fact("time_to_detect")
    if gap.known:
        text = f"It {promptness(digest)}."
        found.append(Claim(text=text, facts=("time_to_detect",)))
    found.extend(_alerting(digest, alerts))
    visible = _visible(digest)
    if visible is not None:
        found.append(visible)
    return tuple(found)


def promptness(digest: Digest) -> str:
    """Say how the first alert stood to the first symptom; a gap of 0 s may hide that it came before."""
    gap, alert, symptom = (digest.fact(name) for name in _PROMPT)
    if gap.seconds and gap.seconds < 0 and round(gap.seconds):
        return f"fired {gap.text}" + (" that the record gives" if digest.onset_source == "record" else "")
    if gap.seconds and round(gap.seconds):
        return f"fired {gap.text} after the first symptom"
    early = alert.time and symptom.time and symptom.time - alert.time >= timedelta(seconds=1)
    return "fired before the first symptom was recorded" if early else "fired when the first symptom showed"


def _visible(digest: Digest) -> Claim | None:
    """Which kinds of signal showed the incident, with one example of each."""
    first: dict[str, Evidence] = {}
    for item in trouble(digest):
        first.setdefault(item.kind, item)
    if len(first) < 2:
        return None
    names = {
        "L": "log patterns",
        "M": "metrics",
        "A": "alerts",
        "K": "Kubernetes states or events",
        "T": "traces",
    }
    kinds = [names.get(kind, KIND_NAMES[item.kind]) for kind, item in first.items()]
    return Claim(
        text=f"The incident was visible in {listed(kinds)}.",
        evidence=tuple(item.id for item in first.values()),
    )


def _alerting(digest: Digest, alerts: Sequence[Evidence]) -> list[Claim]:
    """Say how long the rules of these alerts wait by their `for`, and which silences covered an alert."""
    found = [
        Claim(text=waiting(item), evidence=(item.id,)) for item in alerts if item.attributes.get("waits")
    ]
    silences = [item for item in digest.evidence if item.attributes.get("covered")]
    told = [Claim(text=f"{sentence(item.statement)}.", evidence=(item.id,)) for item in silences]
    return [*_once(found)[:_MOST], *told[:_MOST]]


def _once(claims: Sequence[Claim]) -> list[Claim]:
    return list({claim.text: claim for claim in reversed(claims)}.values())[::-1]
