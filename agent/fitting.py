"""A digest that fits a number of tokens: the lowest ranks are left out, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.schema.digest import Digest
    from agent.schema.evidence import Evidence, EvidenceKind

DEFAULT, MOST = 8_000, 30_000
"""Tokens that a digest takes where nobody says more, and the most that can be asked for."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a digest is written for its reader, and what counts the tokens of it."""

    evidence: Callable[[Evidence], str]
    """Writes one piece of evidence."""
    rest: Callable[[Digest], str]
    """Writes all but the evidence."""
    tokens: Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A digest within a budget; `cut` says how many pieces of each kind it left out."""

    digest: Digest
    tokens: int
    cut: Mapping[EvidenceKind, int]


def fit(digest: Digest, budget: int, form: Form) -> Fitted:
    """Keep evidence by rank while it fits, first the most telling piece behind each suspect.

    What looks minted is not weighed: it stays. All but the evidence stays whatever the budget; citations of
    what was left out go, and suspects that have none left; a note counts what was cut. Raise ValueError for
    a budget that is not between 1 and `MOST`.
    """
    if not 1 <= budget <= MOST:
        raise ValueError(f"a digest takes 1 to {MOST} tokens, not {budget}")
    costs = {item.id: form.tokens(form.evidence(item) + "\n") for item in digest.computed}
    rest = form.tokens(form.rest(digest))
    if rest + sum(costs.values()) <= budget:
        return Fitted(digest, rest + sum(costs.values()), {})
    first = {suspect.evidence[0] for suspect in digest.suspects}
    spent = rest + form.tokens(_note(Counter(item.kind for item in digest.computed)))
    kept = set(digest.investigated)
    for item in sorted(digest.computed, key=lambda item: item.id not in first):
        if spent + costs[item.id] <= budget:
            spent += costs[item.id]
            kept.add(item.id)
    cut: Counter[EvidenceKind] = Counter(item.kind for item in digest.evidence if item.id not in kept)
    fitted = _cut(digest, kept, _note(cut))
    tokens = form.tokens(form.rest(fitted)) + sum(costs[name] for name in kept if name in costs)
    return Fitted(fitted, tokens, cut)


def _note(cut: Mapping[EvidenceKind, int]) -> str:
    said = ", ".join(f"{count} of kind {kind}" for kind, count in sorted(cut.items()))
    return f"{sum(cut.values())} pieces of evidence of low rank were left out to fit the budget: {said}."


def _cut(digest: Digest, kept: Collection[str], note: str) -> Digest:
    facts = (fact.model_copy(update={"evidence": _of(fact.evidence, kept)}) for fact in digest.facts)
    suspects = (
        suspect.model_copy(update={"evidence": _of(suspect.evidence, kept)})
        for suspect in digest.suspects
        if _of(suspect.evidence, kept)
    )
    return digest.model_copy(
        update={
            "evidence": tuple(item for item in digest.evidence if item.id in kept),
            "facts": tuple(facts),
            "suspects": tuple(suspects),
            "notes": (*digest.notes, note),
        }
    )


def _of(names: Sequence[str], kept: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in kept)
