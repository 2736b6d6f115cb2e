"""What a model said, shaped into the draft's own models; times, ids, owners and dates come from code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from agent.drafting import items, rows
from agent.drafting.cause import not_established, quiet
from agent.drafting.claude.echoes import gives_orders, touches
from agent.drafting.claude.holding import NOT_CARRIED, Ledger, carrying, claim, claims, cleaned, real, usable
from agent.drafting.claude.replies import (
    Reply,
    SaidAction,
    SaidContradiction,
    SaidFactor,
    SaidHypothesis,
    SaidRow,
    SaidWhy,
)
from agent.drafting.drafter import Analysis, Brief, Contradiction, Explanation
from agent.drafting.questions import merge
from agent.schema.digest import Digest
from agent.schema.postmortem import ActionItem, Cause, Claim, Factor, Hypothesis, TimelineRow, Why

_HARD = frozenset("LMACKT")
MOST_FACTORS, MOST_ITEMS, MOST_EXPLANATIONS, MOST_CONTRADICTIONS = 4, 6, 3, 12
MOST_FOR, MOST_AGAINST, MOST_WHYS = 5, 3, 5


def timeline(said: Sequence[SaidRow], digest: Digest) -> tuple[TimelineRow, ...]:
    """Give each row the time of its evidence; a row without evidence that has a time is left out."""
    made: list[TimelineRow] = []
    for row in said:
        kept = [item for name in carrying(digest, row.evidence) if (item := digest.find(name)) is not None]
        timed = next((item for item in kept if item.start is not None), None)
        if timed is None or timed.start is None:
            continue
        time = timed.end if row.moment == "end" and timed.end is not None else timed.start
        base = rows.render(timed, time)
        text = cleaned(row.event).rstrip(".")
        if not usable(text, digest, Ledger()) or not touches(text, kept):
            made.append(base)
            continue
        made.append(base.model_copy(update={"event": text, "evidence": tuple(item.id for item in kept)}))
    return tuple(sorted(made, key=lambda item: (item.time, item.evidence)))


def analysis(reply: Reply, brief: Brief) -> Analysis:
    """Shape verdict, factors, explanations and questions; what is not carried becomes a question."""
    digest, ledger = brief.digest, Ledger()
    found = _factors(reply.factors, digest, ledger)
    cause = _cause(reply, digest, found, ledger)
    if cause.verdict == "no incident":
        found = ()
    for question in reply.questions[:8]:
        asked, why = cleaned(question.question), cleaned(question.why_open) or NOT_CARRIED
        if usable(asked, digest, ledger) and usable(why, digest, ledger):
            ledger.ask(asked, why, real(digest, question.evidence))
    for item in reply.hypotheses:
        if item.state == "possible" and usable(cleaned(item.text), digest, ledger):
            why = _unsettled(item, digest)
            ledger.ask(f"Did this play a part: {cleaned(item.text)}", why, real(digest, item.evidence_for))
    asked = [entry for entry in ledger.asked if entry[0].strip()]
    return Analysis(
        cause=cause,
        factors=found,
        ruled_out=_ruled_out(reply, digest),
        open_questions=merge(asked, brief.answers),
    )


def explanations(said: Sequence[SaidHypothesis], known: AbstractSet[str]) -> tuple[Explanation, ...]:
    """Keep what was weighed, with the ids that exist."""
    return tuple(
        Explanation(
            text=cleaned(item.text),
            evidence_for=tuple(name for name in dict.fromkeys(item.evidence_for) if name in known)[:MOST_FOR],
            evidence_against=tuple(name for name in dict.fromkeys(item.evidence_against) if name in known)[
                :MOST_AGAINST
            ],
            against=cleaned(item.against_text),
            settled_by=cleaned(item.settled_by),
            state=item.state,
        )
        for item in said[:MOST_EXPLANATIONS]
        if cleaned(item.text)
    )


def contradictions(
    said: Sequence[SaidContradiction], passages: Mapping[str, str]
) -> tuple[Contradiction, ...]:
    """Keep the pairs whose places exist, with the passages as they stand there."""
    return tuple(
        Contradiction(
            place=item.place,
            text=passages[item.place],
            other_place=item.other_place,
            other_text=passages[item.other_place],
            why=cleaned(item.why),
        )
        for item in said[:MOST_CONTRADICTIONS]
        if item.place in passages and item.other_place in passages and item.place != item.other_place
    )


def actions(
    said: Sequence[SaidAction], brief: Brief, factors: Sequence[Factor], today: Callable[[], date]
) -> tuple[ActionItem, ...]:
    """Keep the deliverables that address a factor; owner and deadline are proposed by rule."""
    start = items.reference_date(brief, today)
    ids = {factor.id: factor for factor in factors}
    made: list[ActionItem] = []
    for item in said:
        named = tuple(dict.fromkeys(name for name in item.factors if name in ids))
        texts = (cleaned(item.action), cleaned(item.done_when))
        if not named or not all(usable(text, brief.digest, Ledger()) for text in texts):
            continue
        component = ids[named[0]].component
        made.append(
            ActionItem(
                id=f"AI-{len(made) + 1}",
                action=texts[0],
                done_when=texts[1],
                owner=items.owner_of(brief, component, None),
                deadline=items.deadline(start, item.priority),
                priority=item.priority,
                kind=item.kind,
                strength=item.strength,
                factors=named,
                proposed=True,
            )
        )
    return tuple(made[:MOST_ITEMS])


def _unsettled(item: SaidHypothesis, digest: Digest) -> str:
    against = ", ".join(real(digest, item.evidence_against))
    told = f"Recorded signals do not settle it{f' (against it: {against})' if against else ''}"
    return f"{told}. It would be settled by: {cleaned(item.settled_by)}"


def _factors(said: Sequence[SaidFactor], digest: Digest, ledger: Ledger) -> tuple[Factor, ...]:
    made: list[Factor] = []
    for item in said[:MOST_FACTORS]:
        carried = claim(item.claim, digest, ledger)
        title = cleaned(item.title).rstrip(".")
        if carried is None or not usable(title, digest, ledger):
            continue
        made.append(
            Factor(
                id=f"F{len(made) + 1}",
                layer=item.layer,
                category=item.category,
                title=title,
                component=_component(item.component, digest),
                claim=carried,
                whys=tuple(_why(why, digest) for why in item.whys[:MOST_WHYS] if why.question and why.answer),
                confidence=0.8 if carried.standing == "supported" else 0.5,
            )
        )
    return tuple(made)


def _component(said: str, digest: Digest) -> str | None:
    """Keep a component that the digest vouches for."""
    named = {item.service for item in digest.evidence if item.service and not gives_orders(item)}
    named |= {item.component for item in digest.suspects}
    named |= {name for edge in digest.topology for name in (edge.caller, edge.callee)}
    return said if said in named else None


def _why(said: SaidWhy, digest: Digest) -> Why:
    evidence = carrying(digest, said.evidence)
    question, answer = cleaned(said.question), cleaned(said.answer)
    question = question if usable(question, digest, Ledger()) else "Why?"
    if not usable(answer, digest, Ledger()):
        return Why(question=question, answer="Not established by the recorded evidence.", basis="open")
    basis = "assumed" if said.basis == "evidenced" and not evidence else said.basis
    return Why(question=question, answer=answer, evidence=evidence, basis=basis)


def _cause(reply: Reply, digest: Digest, found: tuple[Factor, ...], ledger: Ledger) -> Cause:
    made: tuple[Claim, ...] = claims(reply.cause[:1], digest, ledger)
    if reply.verdict == "no incident" and made and (quiet(digest) or not digest.suspects):
        return Cause(verdict="no incident", claim=made[0].model_copy(update={"standing": "inferred"}))
    if reply.verdict not in {"established", "probable"} or not made or not found:
        if reply.verdict == "not established" and made:
            return Cause(verdict="not established", claim=made[0].model_copy(update={"standing": "inferred"}))
        return not_established(digest)
    hard = any(name[0] in _HARD for name in made[0].evidence)
    firm = reply.verdict == "established" and made[0].standing == "supported" and hard
    told = made[0] if firm else made[0].model_copy(update={"standing": "inferred"})
    resting = tuple(factor.id for factor in found if factor.layer == "immediate") or (found[0].id,)
    return Cause(verdict="established" if firm else "probable", claim=told, factors=resting)


def _ruled_out(reply: Reply, digest: Digest) -> tuple[Hypothesis, ...]:
    made: list[Hypothesis] = []
    for item in reply.hypotheses:
        text, against = cleaned(item.text), cleaned(item.against_text)
        evidence = carrying(digest, item.evidence_against)
        if item.state != "ruled out" or not evidence:
            continue
        items = [found for name in evidence if (found := digest.find(name)) is not None]
        told = (usable(part, digest, Ledger()) for part in (text, against))
        if not all(told) or not touches(against, items):
            continue
        carried = Claim(text=against, evidence=evidence, standing="inferred")
        shown = real(digest, item.evidence_for)
        made.append(Hypothesis(text=text, against=carried, evidence_for=shown))
    return tuple(made)
