"""Contributing factors: the conditions that made the incident possible, longer or worse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from agent.drafting import catalogue
from agent.drafting.catalogue import Pattern
from agent.drafting.circumstances import around
from agent.drafting.matching import Match, about, find, holds, same, text_of
from agent.drafting.phrasing import fill
from agent.drafting.ranking import Ranked, few_lines, rank
from agent.drafting.telling import told
from agent.schema.digest import Digest, Suspect
from agent.schema.evidence import Evidence
from agent.schema.postmortem import Claim, Factor, Why

MOST_MATCHED = 4
MOST = 6
_PER_COMPONENT = 2
_PER_PATTERN = 2
_ENOUGH = 0.35
"""A match below this share of the best one explains nothing that is not explained already."""
_ENOUGH_BESIDE = 0.55
_ENOUGH_SYMPTOM = 0.8
_FLOOR = 0.12


def ranked(digest: Digest) -> tuple[Ranked, ...]:
    """Match the whole catalogue against a digest."""
    could = [item for item in digest.evidence if not _later_change(item, digest)]
    return rank(find(catalogue.load(), could), digest)


def _later_change(item: Evidence, digest: Digest) -> bool:
    """Whether it is a change that came after the first symptom, so that it cannot have led to it."""
    return bool(item.kind == "C" and digest.onset and item.start and item.start > digest.onset)


def factors(digest: Digest, candidates: tuple[Ranked, ...]) -> tuple[Factor, ...]:
    """Choose at most six factors, most telling first, and number them."""
    picked = _pick(candidates)
    found = [_factor(item, index, digest) for index, item in enumerate(picked)]
    suspect = _unmatched_suspect(digest, picked)
    if suspect is not None:
        first_is_hard = bool(picked) and picked[0].match.pattern.proof == "hard"
        found.insert(1 if first_is_hard else 0, _suspected(suspect, digest))
    found.extend(around(digest, found[0].component if found else None))
    return tuple(factor.model_copy(update={"id": f"F{n}"}) for n, factor in enumerate(found[:MOST], start=1))


def limited(alone: Evidence) -> tuple[Factor, ...]:
    """State that one series is all there is, where that keeps the cause from being found."""
    entry = catalogue.circumstances()["one-signal"]
    component = alone.service or alone.attributes.get("metric") or "the system"
    values = {"component": component, "seen": told(alone)}
    claim = Claim(text=fill(entry.claim, values), evidence=(alone.id,), standing="inferred")
    factor = Factor(
        id="F1",
        layer=entry.layer,
        category=entry.category,
        title=fill(entry.title, values),
        component=alone.service,
        pattern=entry.id,
        claim=claim,
        confidence=0.6,
    )
    return (factor,)


def _pick(candidates: tuple[Ranked, ...]) -> list[Ranked]:
    picked: list[Ranked] = []
    count: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for item in candidates:
        name = item.match.component.casefold()
        if item.score < max(_FLOOR, _share(item, candidates[0]) * candidates[0].score):
            continue
        if count[name] >= _PER_COMPONENT:
            continue
        if kinds[item.match.pattern.id] >= _PER_PATTERN or (count[name] and _folds(item, picked)):
            continue
        picked.append(item)
        count[name] += 1
        kinds[item.match.pattern.id] += 1
        if len(picked) == MOST_MATCHED:
            break
    return picked


def _share(item: Ranked, top: Ranked) -> float:
    """Share of the best score that a match needs; more beside a hard state that it has nothing to do with."""
    seen_by = {item.match.component, *(evidence.service for evidence in item.match.evidence)}
    related = any(same(name, top.match.component) for name in seen_by) or any(
        holds(top.match.pattern.also, evidence) is not None for evidence in item.match.evidence[:1]
    )
    beside = top.match.pattern.proof == "hard" and item.match.pattern.proof != "hard" and not related
    if top.match.pattern.proof == "hard" and item.match.pattern.proof == "symptom":
        return _ENOUGH_SYMPTOM
    return _ENOUGH_BESIDE if beside else _ENOUGH


def _folds(item: Ranked, picked: Iterable[Ranked]) -> bool:
    """Whether a match only repeats what a stronger one on the same component says."""
    pattern = item.match.pattern
    cited = {evidence.id for evidence in item.match.evidence}
    for other in picked:
        if not same(other.match.component, item.match.component):
            continue
        main = {evidence.id for evidence in other.match.evidence}
        shown = main | {evidence.id for evidence in other.match.also}
        weaker = pattern.weight + 0.2 <= other.match.pattern.weight and pattern.proof != "hard"
        if pattern.proof == "symptom" or cited <= main or (weaker and cited & shown):
            return True
    return False


def _factor(item: Ranked, index: int, digest: Digest) -> Factor:
    match, pattern = item.match, item.match.pattern
    return Factor(
        id="F1",
        layer=pattern.layer if index < 2 else "contributing",
        category=pattern.category,
        title=fill(pattern.title, match.values),
        component=match.component,
        pattern=pattern.id,
        claim=Claim(
            text=fill(pattern.claim, match.values),
            evidence=_cited(match),
            standing="inferred" if pattern.inferred else "supported",
        ),
        whys=_whys(match, digest),
        confidence=_confidence(match, pattern),
    )


def _cited(match: Match) -> tuple[str, ...]:
    return tuple(item.id for item in (*match.evidence[:3], *match.also[:2]))


def _confidence(match: Match, pattern: Pattern) -> float:
    share = {"hard": 1.0, "indicative": 0.8, "symptom": 0.6}[pattern.proof]
    return round(min(0.95, pattern.weight * share * (0.6 + 0.4 * match.evidence[0].salience)), 2)


def _whys(match: Match, digest: Digest) -> tuple[Why, ...]:
    links: list[Why] = []
    used = {match.evidence[0].id}
    for template in match.pattern.whys:
        question = fill((template.question,), match.values)
        answer = _answer(template.when, match, digest, used)
        if answer is None:
            settle = fill((template.settle,), match.values)
            text = f"The recorded evidence does not tell. {settle}"
            links.append(Why(question=question, answer=text, basis="open"))
            continue
        used.add(answer.id)
        text = f"{told(answer)}."
        links.append(Why(question=question, answer=text, evidence=(answer.id,), basis="evidenced"))
    return tuple(links)


def _answer(
    conditions: tuple[catalogue.Condition, ...], match: Match, digest: Digest, used: set[str]
) -> Evidence | None:
    for item in digest.evidence:
        if item.id in used or not about(item, match.component) or holds(conditions, item) is None:
            continue
        if item.attributes.get("novelty") == "steady" or item.attributes.get("harm") == "good":
            continue
        if _later_change(item, digest):
            continue
        return item
    return None


def _unmatched_suspect(digest: Digest, picked: list[Ranked]) -> Suspect | None:
    if not digest.suspects:
        return None
    top = digest.suspects[0]
    named = any(
        same(item.match.component, top.component)
        or {evidence.id for evidence in item.match.evidence} & set(top.evidence)
        for item in picked
    )
    shown = tuple(_mentions(top, digest))
    beside = bool(picked) and picked[0].match.pattern.proof == "hard" and few_lines(shown)
    return None if named or not shown or beside else top


def _mentions(suspect: Suspect, digest: Digest) -> list[Evidence]:
    """Its evidence that names it, so that a sentence about it can be checked."""
    found = [item for name in suspect.evidence if (item := digest.find(name)) is not None]
    return [item for item in found if about(item, suspect.component) or suspect.component in text_of(item)]


def _suspected(suspect: Suspect, digest: Digest) -> Factor:
    entry = catalogue.circumstances()["suspect"]
    shown = _mentions(suspect, digest)
    values = {**shown[0].attributes, "component": suspect.component, "seen": told(shown[0])}
    return Factor(
        id="F1",
        layer=entry.layer,
        category=entry.category,
        title=fill(entry.title, values),
        component=suspect.component,
        pattern=entry.id,
        claim=Claim(
            text=fill(entry.claim, values), evidence=tuple(item.id for item in shown[:4]), standing="inferred"
        ),
        whys=(
            Why(
                question=f"What changed {suspect.component}?",
                answer="The recorded evidence does not tell. Its deploys, configuration changes and the load "
                "on its node at that time would tell.",
                basis="open",
            ),
        ),
        confidence=0.4,
    )
