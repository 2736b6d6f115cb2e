"""A digest that fits a number of tokens: the lowest ranks are left out, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from agent.schema.digest import Digest
from agent.schema.evidence import Evidence, EvidenceKind

DEFAULT, MOST = 8_000, 30_000
"""Tokens that a digest takes where nobody says more, and the most that can be asked for."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A digest within a budget; `cut` says how many pieces of each kind it left out."""

    digest: Digest
    tokens: int
    cut: Mapping[EvidenceKind, int]


def fit(
    digest: Digest,
    budget: int,
    *,
    tokens: Callable[[str], int],
    form: Callable[[Evidence], str] | None = None,
) -> Fitted:
    """Keep evidence by rank while it fits, first the most telling piece behind each suspect.

    `tokens` counts a text; `form` is how a piece of evidence will be written, else one line of what it says.
    Facts and coverage stay whatever the budget; citations of what was left out go, and suspects that have
    none left. Raise ValueError for a budget that is not between 1 and `MOST`.
    """
    if not 1 <= budget <= MOST:
        raise ValueError(f"a digest takes 1 to {MOST} tokens, not {budget}")
    write = form or line
    first = {suspect.evidence[0] for suspect in digest.suspects}
    spent = tokens(head(digest))
    kept: set[str] = set()
    for item in sorted(digest.evidence, key=lambda item: item.id not in first):
        cost = tokens(write(item) + "\n")
        if spent + cost <= budget:
            spent += cost
            kept.add(item.id)
    cut: Counter[EvidenceKind] = Counter(item.kind for item in digest.evidence if item.id not in kept)
    return Fitted(_cut(digest, kept, cut) if cut else digest, spent, cut)


def line(item: Evidence) -> str:
    """Write what a piece of evidence says in one line."""
    time = item.start.isoformat() if item.start else "undated"
    return f"{item.id} {time} {item.severity} {item.service or '-'}: {item.statement} | {item.quote}"


def head(digest: Digest) -> str:
    """Write all but the evidence: facts, suspects, coverage and notes."""
    rows = [f"{fact.label}: {fact.text} {fact.note}" for fact in digest.facts]
    rows += [f"{suspect.component}: {suspect.reason}" for suspect in digest.suspects]
    rows += [f"{row.source} {row.signal}: {row.outcome} {row.note}" for row in digest.coverage]
    return "\n".join([*rows, *digest.notes])


def _cut(digest: Digest, kept: Collection[str], cut: Mapping[EvidenceKind, int]) -> Digest:
    said = ", ".join(f"{count} of kind {kind}" for kind, count in sorted(cut.items()))
    note = f"{sum(cut.values())} pieces of evidence of low rank were left out to fit the budget: {said}."
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
