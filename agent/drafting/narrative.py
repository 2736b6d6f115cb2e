"""The prose sections: short sentences, each with the evidence or fact that carries it."""

from __future__ import annotations

from datetime import UTC
from typing import get_args

from agent.drafting import extent
from agent.drafting.circumstances import trouble
from agent.drafting.detection import detection
from agent.drafting.drafter import Analysis, Brief, Narrative
from agent.drafting.hindsight import lessons, prevention, went_badly, went_well
from agent.drafting.phrasing import MOST_NAMED, claim_of, clock, fact_claim, form_of, listed, plain, shared
from agent.drafting.questions import section_for
from agent.drafting.ranking import touched
from agent.drafting.telling import told
from agent.schema.digest import Digest, Fact, FactName
from agent.schema.evidence import Evidence
from agent.schema.postmortem import ActionItem, Claim, Factor, SectionName

MOST_IMPACT = 5
MOST_UNRELATED = 2


def narrate(brief: Brief, analysis: Analysis, actions: tuple[ActionItem, ...] = ()) -> Narrative:
    """Write every section; a section may stay empty where the evidence carries nothing for it."""
    digest = brief.digest
    if analysis.cause.verdict == "no incident":
        sections: dict[SectionName, tuple[Claim, ...]] = {"summary": (analysis.cause.claim,)}
    else:
        sections = {
            "summary": _summary(digest, analysis),
            "impact": _impact(digest, analysis.factors),
            "detection": detection(digest),
            "response": _response(digest),
            "went_well": went_well(digest),
            "went_badly": went_badly(digest, analysis.factors),
            "lessons": lessons(analysis.factors),
            "prevention": prevention(analysis.factors, actions),
        }
    return _with_answers(sections, analysis)


def _with_answers(sections: dict[SectionName, tuple[Claim, ...]], analysis: Analysis) -> Narrative:
    for question in analysis.open_questions:
        if question.status == "answered" and question.answer:
            name = section_for(question)
            told = Claim(text=question.answer, evidence=question.evidence, standing="stated by a person")
            sections[name] = (*sections.get(name, ()), told)
    return Narrative.model_validate({name: sections.get(name, ()) for name in get_args(SectionName)})


def _summary(digest: Digest, analysis: Analysis) -> tuple[Claim, ...]:
    found = [_opening(digest), analysis.cause.claim]
    affected = digest.fact("services_affected")
    if affected.known:
        found.append(_affected(digest, affected))
    ended = digest.fact("ended")
    duration = digest.fact("duration")
    if ended.known and duration.known:
        at = _at(digest, "ended")
        text = f"The incident ended at {at} after {duration.text}."
        if ended.note.startswith("the last alert"):
            text = f"The last alert resolved at {at}, {duration.text} after the start."
        found.append(Claim(text=text, evidence=ended.evidence[:3], facts=("ended", "duration")))
    elif ended.known:
        found.append(fact_claim(f"The incident ended at {_at(digest, 'ended')}.", "ended", ended.evidence))
    elif digest.fact("recording_end").known:
        text = f"The recording stops at {_at(digest, 'recording_end')} and shows no end of the incident."
        found.append(Claim(text=text, facts=("recording_end", "ended"), standing="inferred"))
    return tuple(claim for claim in found if claim is not None)


def _affected(digest: Digest, affected: Fact) -> Claim:
    """Say how many components were in trouble, and which while they are few."""
    shown = {
        item.service: item.id
        for name in reversed(affected.evidence)
        if (item := digest.find(name)) is not None and item.service
    }
    many = "component" if affected.count == 1 else "components"
    text = f"Trouble was recorded on {affected.text} {many}"
    if len(shown) == affected.count and len(shown) <= MOST_NAMED:
        return claim_of(f"{text}: {listed(sorted(shown))}.", "services_affected", shown.values())
    return fact_claim(f"{text}.", "services_affected", affected.evidence)


def _opening(digest: Digest) -> Claim | None:
    symptom = digest.fact("first_symptom")
    shown = [item for item in (digest.find(name) for name in symptom.evidence) if item is not None]
    if symptom.known and shown:
        at = clock(symptom.time) if symptom.time else symptom.text
        text = f"The first symptom showed at {at}: {plain(shown[0])}."
        return Claim(text=text, evidence=(shown[0].id,), facts=("first_symptom",))
    harmful = trouble(digest)
    if not harmful:
        return None
    return Claim(text=f"The evidence shows this: {told(harmful[0])}.", evidence=(harmful[0].id,))


def _at(digest: Digest, name: FactName) -> str:
    """Write a fact's time; its day only where the summary has not told it with the first symptom."""
    fact, first = digest.fact(name), digest.fact("first_symptom").time
    return clock(fact.time, first.astimezone(UTC).date() if first else None) if fact.time else fact.text


def _impact(digest: Digest, factors: tuple[Factor, ...]) -> tuple[Claim, ...]:
    said = {name for factor in factors if factor.layer != "systemic" for name in factor.claim.evidence}
    first = factors[0].component if factors else None
    felt = [item for item in trouble(digest) if item.id not in said and _is_impact(item)]
    felt.sort(key=lambda item: not touched(item, first, digest))
    found: list[Claim] = []
    seen: set[str] = set()
    for item in felt:
        key = (item.service or item.id).casefold()
        most = MOST_IMPACT if touched(item, first, digest) else MOST_UNRELATED
        if key in seen or len(found) >= most:
            continue
        alike = [other for other in felt if form_of(other) is not None and form_of(other) == form_of(item)]
        text = shared(alike)
        if len(alike) > MOST_NAMED and all(member.severity == "warning" for member in alike):
            continue  # what everybody warns of is how the software talks, not an impact
        group = alike if text is not None else [item]
        seen.update((member.service or member.id).casefold() for member in group)
        text = text or plain(item) + _recovered(item)
        found.append(Claim(text=f"{text}.", evidence=tuple(member.id for member in group)))
    counted: tuple[tuple[FactName, str, str], ...] = (
        ("error_lines", "The recorded logs hold {} error line", "The recorded logs hold {} error lines"),
        ("pods_restarted", "{} pod had restarted at least once", "{} pods had restarted at least once"),
    )
    for name, single, several in counted:
        fact = digest.fact(name)
        if name == "pods_restarted" and not any("restarts" in item.attributes for item in trouble(digest)):
            continue  # restarts that nothing in trouble shows may be of the roll-out
        if fact.known and fact.count:
            text = (single if fact.count == 1 else several).format(fact.text)
            found.append(fact_claim(f"{text}.", name, fact.evidence))
    return (*found, *extent.claims(digest, factors))


def _recovered(item: Evidence) -> str:
    """Say when a metric was back, where its movement was more than a passing one."""
    after = item.attributes.get("recovered_after")
    return f", and recovered after {after}" if after and item.attributes.get("change") != "spike" else ""


def _is_impact(item: Evidence) -> bool:
    """Whether callers could feel it: errors, slow answers, requests that went missing, parts not ready."""
    if item.kind == "M":
        return item.attributes.get("metric_kind") in {"latency", "errors", "availability", "traffic"}
    return item.kind in {"L", "T"} or item.attributes.get("ready", "").startswith("0")


def _response(digest: Digest) -> tuple[Claim, ...]:
    people = [item for item in digest.evidence if item.kind == "H" and item.start is not None]
    actions = [
        item
        for item in digest.evidence
        if item.kind == "C" and item.start and digest.onset and item.start >= digest.onset
        if "members" not in item.attributes  # the roll-out of a whole namespace answers nothing
    ]
    done = sorted((*people[:6], *actions[:6]), key=lambda item: (str(item.start), item.id))
    found = [Claim(text=f"{told(item)}.", evidence=(item.id,)) for item in done]
    facts: tuple[tuple[FactName, str], ...] = (
        ("time_to_acknowledge", "It was acknowledged"),
        ("time_to_mitigate", "Its effect was stopped"),
        ("time_to_resolve", _resolved(digest.fact("ended"))),
    )
    for name, said in facts:
        fact = digest.fact(name)
        if fact.known:
            when = fact.text if (fact.seconds or 0) < 0 else f"{fact.text} after the start"
            found.append(fact_claim(f"{said} {when}.", name, fact.evidence))
    return tuple(found)


def _resolved(ended: Fact) -> str:
    """Say what the end was read off."""
    return (
        "The last alert resolved" if ended.note.startswith("the last alert") else "The incident was resolved"
    )
