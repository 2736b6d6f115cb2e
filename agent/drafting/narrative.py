"""The prose sections: short sentences, each with the evidence or fact that carries it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, timedelta
from typing import get_args

from agent.drafting.circumstances import LATE, real_alerts, trouble
from agent.drafting.detection import detection, promptness
from agent.drafting.drafter import Analysis, Brief, Narrative
from agent.drafting.matching import same, sentence, text_of
from agent.drafting.phrasing import MOST_NAMED, clock, form_of, listed, plain, shared
from agent.drafting.questions import section_for
from agent.drafting.ranking import callees
from agent.schema.digest import Digest, FactName
from agent.schema.evidence import Evidence
from agent.schema.postmortem import ActionItem, Claim, Factor, SectionName

_SOON = timedelta(minutes=15)
MOST_IMPACT = 5
MOST_UNRELATED = 2
_AIMS = (
    ("prevent", "to keep it from coming back"),
    ("mitigate", "to limit its effect"),
    ("detect", "to show it sooner"),
    ("process", "to change how the team handles it"),
)


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
            "went_well": _went_well(digest),
            "went_badly": _went_badly(digest, analysis.factors),
            "lessons": _lessons(analysis.factors),
            "prevention": _prevention(analysis.factors, actions),
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
        many = "component" if affected.count == 1 else "components"
        text = f"Trouble was recorded on {affected.text} {many}."
        found.append(_fact_claim(text, "services_affected", affected.evidence))
    ended = digest.fact("ended")
    duration = digest.fact("duration")
    if ended.known and duration.known:
        text = f"The incident ended at {_at(digest, 'ended')} after {duration.text}."
        found.append(Claim(text=text, evidence=ended.evidence[:3], facts=("ended", "duration")))
    elif ended.known:
        found.append(_fact_claim(f"The incident ended at {_at(digest, 'ended')}.", "ended", ended.evidence))
    elif digest.fact("recording_end").known:
        text = f"The recording stops at {_at(digest, 'recording_end')} and shows no end of the incident."
        found.append(Claim(text=text, facts=("recording_end", "ended"), standing="inferred"))
    return tuple(claim for claim in found if claim is not None)


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
    return Claim(
        text=f"The evidence shows this: {sentence(harmful[0].statement)}.", evidence=(harmful[0].id,)
    )


def _at(digest: Digest, name: FactName) -> str:
    """Write a fact's time; its day only where the summary has not told it with the first symptom."""
    fact, first = digest.fact(name), digest.fact("first_symptom").time
    return clock(fact.time, first.astimezone(UTC).date() if first else None) if fact.time else fact.text


def _fact_claim(text: str, name: FactName, evidence: Iterable[str]) -> Claim:
    return Claim(text=text, evidence=tuple(evidence)[:4], facts=(name,))


def _impact(digest: Digest, factors: tuple[Factor, ...]) -> tuple[Claim, ...]:
    said = {name for factor in factors if factor.layer != "systemic" for name in factor.claim.evidence}
    first = factors[0].component if factors else None
    felt = [item for item in trouble(digest) if item.id not in said and _is_impact(item)]
    felt.sort(key=lambda item: not _touched(item, first, digest))
    found: list[Claim] = []
    seen: set[str] = set()
    for item in felt:
        key = (item.service or item.id).casefold()
        most = MOST_IMPACT if _touched(item, first, digest) else MOST_UNRELATED
        if key in seen or len(found) >= most:
            continue
        alike = [other for other in felt if form_of(other) is not None and form_of(other) == form_of(item)]
        text = shared(alike)
        if len(alike) > MOST_NAMED and all(member.severity == "warning" for member in alike):
            continue  # what everybody warns of is how the software talks, not an impact
        group = alike if text is not None else [item]
        seen.update((member.service or member.id).casefold() for member in group)
        found.append(Claim(text=f"{text or plain(item)}.", evidence=tuple(member.id for member in group)))
    counted: tuple[tuple[FactName, str, str], ...] = (
        ("error_lines", "The recorded logs hold {} error line", "The recorded logs hold {} error lines"),
        ("pods_restarted", "{} pod restarted", "{} pods restarted"),
    )
    for name, single, several in counted:
        fact = digest.fact(name)
        if fact.known and fact.count:
            text = (single if fact.count == 1 else several).format(fact.text)
            found.append(_fact_claim(f"{text}.", name, fact.evidence))
    return tuple(found)


def _touched(item: Evidence, component: str | None, digest: Digest) -> bool:
    """Whether the evidence is about the component, names it, or comes from something that calls it."""
    if component is None:
        return False
    calls = bool(item.service) and component.casefold() in callees(str(item.service), digest)
    return calls or component in text_of(item)


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
    found = [Claim(text=f"{sentence(item.statement)}.", evidence=(item.id,)) for item in done]
    facts: tuple[tuple[FactName, str, str], ...] = (
        ("time_to_acknowledge", "Time to acknowledge", "It was acknowledged"),
        ("time_to_mitigate", "Time to mitigate", "It was mitigated"),
        ("time_to_resolve", "Time to resolve", "It was resolved"),
    )
    for name, label, done in facts:
        fact = digest.fact(name)
        if fact.known:
            early = fact.seconds is not None and fact.seconds < 0
            text = f"{done} {fact.text}." if early else f"{label}: {fact.text}."
            found.append(_fact_claim(text, name, fact.evidence))
    return tuple(found)


def _went_well(digest: Digest) -> tuple[Claim, ...]:
    found: list[Claim] = []
    gap = digest.fact("time_to_detect")
    if gap.seconds is not None and 0 <= round(gap.seconds) < LATE and real_alerts(digest):
        text = f"The first alert {promptness(digest)}."
        found.append(_fact_claim(text, "time_to_detect", (real_alerts(digest)[0].id,)))
    found.extend(_partly_up(digest))
    found.extend(_recovered_after_change(digest))
    return tuple(found)


def _partly_up(digest: Digest) -> list[Claim]:
    """Workloads that lost some of their replicas and kept others."""
    for item in trouble(digest):
        desired, available = (item.attributes.get(key, "") for key in ("desired", "available"))
        if desired.isdecimal() and available.isdecimal() and 0 < int(available) < int(desired):
            text = f"A part of the replicas stayed available: {sentence(item.statement)}."
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
                text = (
                    f"The symptoms went away after a change ({sentence(change.statement)}): "
                    f"{sentence(item.statement)}."
                )
                return [Claim(text=text, evidence=(change.id, item.id), standing="inferred")]
    return []


def _went_badly(digest: Digest, factors: tuple[Factor, ...]) -> tuple[Claim, ...]:
    found: list[Claim] = []
    late = next((factor for factor in factors if factor.pattern == "late-alert"), None)
    if late is not None:
        gap = digest.fact("time_to_detect")
        found.append(
            _fact_claim(
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
            and _touched(item, first.component, digest)
        ]
        names = list(dict.fromkeys(str(item.service) for item in others))[:3]
        if names and first.component:
            cited = tuple(next(item.id for item in others if item.service == name) for name in names)
            text = f"The trouble was not contained: besides {first.component}, {listed(names)} showed it too."
            found.append(Claim(text=text, evidence=(*first.claim.evidence[:2], *cited), standing="inferred"))
    return tuple(found)


def _lessons(factors: tuple[Factor, ...]) -> tuple[Claim, ...]:
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


def _prevention(factors: tuple[Factor, ...], actions: tuple[ActionItem, ...]) -> tuple[Claim, ...]:
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
