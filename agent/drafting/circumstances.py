"""Factors that timing and object states show: alerts that were late or absent, and thin redundancy."""

from __future__ import annotations

from collections.abc import Mapping

from agent.drafting import catalogue
from agent.drafting.matching import about
from agent.drafting.phrasing import fill
from agent.drafting.telling import sentence, told
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence
from agent.schema.postmortem import Claim, Factor, Why

LATE = 300.0
"""Seconds from the first symptom to the first alert from which an alert counts as late."""
_NO_LIMITS = ("none", "<none>", "{}", "-")


def around(digest: Digest, component: str | None) -> tuple[Factor, ...]:
    """Find what surrounds the main component: alerting, redundancy, limits."""
    found = (_late_alert(digest), _no_alert(digest, component), *_thin(digest, component))
    return tuple(factor for factor in found if factor is not None)


def real_alerts(digest: Digest) -> tuple[Evidence, ...]:
    """Alerts that mean something: not the always-firing, informational or old ones."""
    return tuple(
        item for item in digest.evidence if item.kind == "A" and item.attributes.get("noise", "no") == "no"
    )


def trouble(digest: Digest) -> tuple[Evidence, ...]:
    """Evidence of harm, most telling first: errors, warnings, bad metrics; no noise and nothing steady."""
    return tuple(item for item in digest.evidence if _harmful(item))


def _harmful(item: Evidence) -> bool:
    attributes = item.attributes
    if attributes.get("noise", "no") != "no" or attributes.get("novelty") == "steady":
        return False
    if item.kind == "M":
        return attributes.get("harm") == "bad"
    return item.kind not in {"C", "H"} and item.severity != "info"


def _late_alert(digest: Digest) -> Factor | None:
    gap = digest.fact("time_to_detect")
    alerts = [item for item in real_alerts(digest) if item.start is not None]
    if gap.seconds is None or gap.seconds < LATE or not alerts:
        return None
    first = min(alerts, key=lambda item: (item.start is None, item.start, item.id))
    values = {"gap": gap.text, "component": first.service or "the system"}
    return _factor("late-alert", first, values, digest, facts=("time_to_detect",))


def _no_alert(digest: Digest, component: str | None) -> Factor | None:
    harmful = trouble(digest)
    if real_alerts(digest) or not harmful:
        return None
    first = next((item for item in harmful if component and about(item, component)), harmful[0])
    return _factor("no-alert", first, {"component": component or first.service or "the system"}, digest)


def _thin(digest: Digest, component: str | None) -> tuple[Factor | None, ...]:
    if component is None:
        return ()
    states = [item for item in digest.evidence if item.kind == "K" and about(item, component)]
    single = next((item for item in states if item.attributes.get("desired") == "1"), None)
    bare = next(
        (item for item in states if item.attributes.get("limits", "x").casefold() in _NO_LIMITS), None
    )
    values = {"component": component}
    return (
        _factor("single-replica", single, values, digest) if single else None,
        _factor("no-limits", bare, values, digest) if bare else None,
    )


def _factor(
    name: str, evidence: Evidence, values: Mapping[str, str], digest: Digest, facts: tuple[str, ...] = ()
) -> Factor:
    entry = catalogue.circumstances()[name]
    known = {**evidence.attributes, "seen": told(evidence), **values}
    return Factor(
        id="F1",
        layer=entry.layer,
        category=entry.category,
        title=fill(entry.title, known),
        component=known["component"],
        pattern=entry.id,
        claim=Claim.model_validate(
            {
                "text": fill(entry.claim, known),
                "evidence": (evidence.id,),
                "facts": facts,
                "standing": "inferred" if entry.inferred else "supported",
            }
        ),
        whys=_alert_whys(name, evidence, digest),
        confidence=0.6,
    )


def waiting(alert: Evidence) -> str:
    """Say how long an alert's rule waits."""
    name, waits = alert.attributes["alertname"], alert.attributes["waits"]
    return f"The rule of {name} waits {waits} before its alert fires."


def _alert_whys(name: str, evidence: Evidence, digest: Digest) -> tuple[Why, ...]:
    if name == "late-alert" and "waits" in evidence.attributes:
        answer, cited = waiting(evidence), (evidence.id,)
        return (Why(question="Why did it fire only then?", answer=answer, evidence=cited, basis="evidenced"),)
    if name != "no-alert":
        return ()
    if rules := next((item for item in digest.evidence if item.attributes.get("noise") == "rules"), None):
        answer, cited = f"{sentence(rules.statement)}.", (rules.id,)
        return (Why(question="Why did no alert fire?", answer=answer, evidence=cited, basis="evidenced"),)
    asked = [row for row in digest.coverage if row.signal in {"alerts", "rules"}]
    missing = not asked or all(row.outcome not in {"ok", "empty"} for row in asked)
    answer = (
        "The recorded evidence does not tell: alerts are not part of the recording. The alert history "
        "of that time would tell."
        if missing
        else "The recorded evidence does not tell. The alert rules with their expressions would tell."
    )
    return (Why(question="Why did no alert fire?", answer=answer, basis="open"),)
