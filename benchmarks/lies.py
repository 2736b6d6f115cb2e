"""Lies told in a good draft, one at a time: each kind is a small change that makes a true sentence false."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from agent.checks.places import read_places
from agent.schema.base import format_utc
from agent.schema.digest import Digest
from agent.schema.postmortem import Cause, Claim, PostMortem
from benchmarks import number_lies, word_lies
from benchmarks.placing import focus, with_evidence, with_text
from benchmarks.scene import Scene, TextLie


@dataclass(frozen=True, slots=True)
class Lie:
    """One changed draft; `before` and `after` are what changed."""

    kind: str
    place: str
    before: str
    after: str
    draft: PostMortem


_ON_TEXT: dict[str, TextLie] = {
    "number: last digit": number_lies.last_digit,
    "number: first digit": number_lies.first_digit,
    "number: glued to letters": number_lies.glued_digit,
    "number: ten times": number_lies.ten_times,
    "number: invented": number_lies.invent_number,
    "number: invented in words": number_lies.invent_number_word,
    "count in words": number_lies.count_in_words,
    "percentage: changed": number_lies.percentage,
    "percentage: invented": number_lies.invent_percentage,
    "unit": number_lies.unit,
    "time: minutes": number_lies.shift_minutes,
    "time: hour": number_lies.shift_hour,
    "time: seconds": number_lies.shift_seconds,
    "time: day": number_lies.shift_day,
    "time: invented": number_lies.invent_time,
    "duration: changed": number_lies.shift_span,
    "duration: invented": number_lies.invent_span,
    "name: digit": number_lies.name_digit,
    "name: swapped for a known one": word_lies.swap_name,
    "name: unknown service": word_lies.unknown_service,
    "name: misspelt": word_lies.misspelt_name,
    "name: invented host": word_lies.invent_host,
    "name: invented pod": word_lies.invent_pod,
    "name: invented image": word_lies.invent_image,
    "name: invented version": word_lies.invent_version,
    "name: invented address": word_lies.invent_address,
    "name: invented alert": word_lies.invent_alert,
    "actor: invented person": word_lies.invent_person,
    "actor: invented handle": word_lies.invent_handle,
    "actor: invented team": word_lies.invent_team,
    "negation: dropped": word_lies.drop_negation,
    "negation: added": word_lies.add_negation,
    "direction: word": word_lies.swap_direction,
    "direction: levels": word_lies.swap_levels,
    "order: word": word_lies.swap_order,
    "order: events": word_lies.wrong_order,
    "quotation: word": word_lies.misquote,
    "claims merged": word_lies.merge_claims,
    "standing: words": word_lies.raise_certainty,
    "standing: invented cause": word_lies.invent_cause,
}
_ON_DRAFT = (
    "id: does not exist",
    "id: wrong, only one",
    "id: wrong, all",
    "id: wrong kind, all",
    "row: time",
    "row: actor",
    "row: order",
    "header: start",
    "header: end",
    "standing: claim",
    "standing: verdict",
    "standing: why",
    "owner: invented person",
    "factor: does not exist",
)
KINDS = (*_ON_TEXT, *_ON_DRAFT)
MUST = frozenset(
    kind
    for kind in KINDS
    if kind.startswith(
        (
            "number:",
            "time:",
            "duration:",
            "percentage:",
            "id: does",
            "id: wrong, all",
            "name:",
            "row: time",
            "row: actor",
        )
    )
)
"""Kinds of which every lie must be caught: digits, times, ids, names."""


def lies(draft: PostMortem, digest: Digest) -> Iterator[Lie]:
    """Yield every lie that can be told in a draft."""
    names = tuple(
        sorted(
            {item.service for item in digest.evidence if item.service}
            | {name for edge in digest.topology for name in (edge.caller, edge.callee)},
            key=len,
            reverse=True,
        )
    )
    for place in read_places(draft):
        if not place.grounded:
            continue
        scene = Scene(place, digest, names)
        for kind, tell in _ON_TEXT.items():
            for text in tell(scene):
                if text != place.text:
                    yield Lie(
                        kind,
                        place.section,
                        place.text,
                        text,
                        focus(with_text(draft, place.section, text), place.section),
                    )
        yield from _on_citations(draft, scene)
    yield from _on_rows(draft)
    yield from _on_standing(draft)
    yield from _on_the_rest(draft, digest)


def _on_citations(draft: PostMortem, scene: Scene) -> Iterator[Lie]:
    place, digest = scene.place, scene.digest
    if not place.evidence or ".whys." in place.section:
        return
    highest = max((int(item.id[1:]) for item in digest.evidence), default=0)
    kept = place.evidence[1:]

    def lie(kind: str, ids: tuple[str, ...]) -> Lie:
        changed = focus(with_evidence(draft, place.section, ids), place.section)
        return Lie(kind, place.section, f"{place.text} {place.evidence}", f"{place.text} {ids}", changed)

    if not place.section.endswith(".title"):
        yield lie("id: does not exist", (f"L{highest + 41}", *kept))
    telling = {name for name in scene.names if name.lower() in place.text.lower()}
    strange = [
        item
        for item in digest.evidence
        if item.id not in place.evidence
        and telling
        and not any(name.lower() in item.model_dump_json().lower() for name in telling)
    ]
    if strange and not place.section.endswith(".title"):
        other = strange[len(place.text) % len(strange)]
        yield lie("id: wrong, all", (other.id,))
        if kept:
            yield lie("id: wrong, only one", (other.id, *kept))
        if not place.facts and (
            kind := next((item for item in strange if item.kind != place.evidence[0][0]), None)
        ):
            yield lie("id: wrong kind, all", (kind.id,))


def _on_rows(draft: PostMortem) -> Iterator[Lie]:
    for number, row in enumerate(draft.timeline, 1):
        for by in (timedelta(minutes=4), timedelta(hours=-1), timedelta(seconds=75)):
            changed = row.model_copy(update={"time": row.time + by})
            rows = tuple(changed if found is row else found for found in draft.timeline)
            only = focus(
                draft.model_copy(update={"timeline": tuple(sorted(rows, key=lambda item: item.time))}),
                "timeline.0",
            )
            yield Lie(
                "row: time",
                f"timeline.{number}",
                f"{format_utc(row.time)} {row.event}",
                format_utc(changed.time),
                only,
            )
        changed = row.model_copy(update={"actor": "Henrik"})
        rows = tuple(changed if found is row else found for found in draft.timeline)
        yield Lie(
            "row: actor",
            f"timeline.{number}",
            row.actor,
            "Henrik",
            focus(draft.model_copy(update={"timeline": rows}), "timeline.0"),
        )
    for number in range(1, len(draft.timeline)):
        before, after = draft.timeline[number - 1 : number + 1]
        if before.time != after.time:
            rows = (*draft.timeline[: number - 1], after, before, *draft.timeline[number + 1 :])
            yield Lie(
                "row: order",
                f"timeline.{number}",
                before.event,
                after.event,
                focus(draft.model_copy(update={"timeline": rows}), "timeline.0"),
            )


def _on_standing(draft: PostMortem) -> Iterator[Lie]:
    """Call inferred claims supported; one that cites computed facts alone is carried by them and no lie."""
    for name in ("summary", "impact", "detection", "response", "went_well", "went_badly", "lucky", "lessons"):
        claims: tuple[Claim, ...] = getattr(draft, name)
        for number, claim in enumerate(claims):
            if claim.standing == "inferred" and claim.evidence:
                raised = claim.model_copy(update={"standing": "supported"})
                changed = draft.model_copy(update={name: (*claims[:number], raised, *claims[number + 1 :])})
                yield Lie(
                    "standing: claim", f"{name}.{number + 1}", claim.text, "supported", focus(changed, name)
                )
    for factor in draft.factors:
        if factor.claim.standing == "inferred":
            raised = factor.model_copy(
                update={"claim": factor.claim.model_copy(update={"standing": "supported"})}
            )
            factors = tuple(raised if found is factor else found for found in draft.factors)
            yield Lie(
                "standing: claim",
                f"factors.{factor.id}.claim",
                factor.claim.text,
                "supported",
                focus(draft.model_copy(update={"factors": factors}), "factors"),
            )
        for number, why in enumerate(factor.whys):
            if why.basis == "open":
                raised_why = why.model_copy(
                    update={
                        "basis": "evidenced",
                        "evidence": factor.claim.evidence[:1],
                        "answer": "The memory limit had been lowered.",
                    }
                )
                whys = (*factor.whys[:number], raised_why, *factor.whys[number + 1 :])
                factors = tuple(
                    found if found is not factor else factor.model_copy(update={"whys": whys})
                    for found in draft.factors
                )
                yield Lie(
                    "standing: why",
                    f"factors.{factor.id}.whys.{number + 1}",
                    why.answer,
                    raised_why.answer,
                    focus(draft.model_copy(update={"factors": factors}), "factors"),
                )
    if draft.cause.verdict != "established":
        cause = Cause(verdict="established", claim=draft.cause.claim, factors=draft.cause.factors)
        yield Lie(
            "standing: verdict",
            "cause.claim",
            draft.cause.verdict,
            "established",
            draft.model_copy(update={"cause": cause}),
        )


def _on_the_rest(draft: PostMortem, digest: Digest) -> Iterator[Lie]:
    cited = {name for place in read_places(draft) for name in place.facts}
    for field, fact in (("start", "started"), ("end", "ended")):
        moment = getattr(draft.header, field)
        if (
            moment is not None
            and cited & {fact, "duration"}
            and digest.fact("started" if field == "start" else "ended").known
        ):
            header = draft.header.model_copy(update={field: moment + timedelta(minutes=9)})
            yield Lie(
                f"header: {field}",
                f"header.{field}",
                format_utc(moment),
                format_utc(moment + timedelta(minutes=9)),
                draft.model_copy(update={"header": header}),
            )
    for item in draft.actions:
        for change, kind in (
            ({"owner": "Henrik"}, "owner: invented person"),
            ({"factors": ("F97",)}, "factor: does not exist"),
        ):
            acts = tuple(
                found.model_copy(update=change) if found is item else found for found in draft.actions
            )
            yield Lie(
                kind,
                f"actions.{item.id}",
                item.owner,
                str(change),
                focus(draft.model_copy(update={"actions": acts}), "actions"),
            )
