"""Holding what a model said to the evidence: ids that do not exist go, and what they alone carried too."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

from agent.drafting.claude.replies import SaidClaim, SaidRewrite
from agent.schema.digest import Digest, FactName
from agent.schema.evidence import Evidence
from agent.schema.postmortem import Claim

NOT_CARRIED = "The recorded evidence does not establish it."
MOST_TEXT = 600
_LINK = re.compile(
    r"!?\[[^\]\n]*\]\([^)\n]*\)|(?:[a-z][a-z0-9+.-]{1,15}://|www\.)\S+|<[^>\n]*>?", re.IGNORECASE
)
_SHOWN = "(link left out)"
_ORDERS = re.compile(
    "|".join(
        [
            r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|previous|prior|above|rule|evidence)",
            r"\b(?:system|developer)\s+(?:prompt|message|note|override)\b",
            r"\byou (?:must|are|will|should) (?:now|write|say|state|report|conclude|cite|publish|approve)\b",
            r"\b(?:as an?|dear) (?:ai|assistant|language model)\b",
            r"\bnote to (?:the )?(?:ai|llm|assistant|model|drafter)\b",
            r"\b(?:post-?mortem|report|drafter)\s*:\s*(?:write|state|say|must|the root cause)\b",
            r"\broot cause\s*(?:is|was|:|=)",
            r"\b(?:publish|approve) (?:this|the) (?:report|draft|post-?mortem)\b",
            r"\b(?:reveal|print|repeat) (?:the|your) (?:prompt|instructions|rules)\b",
            r"\bassign\b.{0,40}\b(?:to|owner)\b.{0,20}@",
            r"\bevidence (?:id )?[LMACKHT]\d+ (?:proves|shows|confirms)\b",
            r"!\[[^\]]*\]\(|\]\(\s*https?:",
        ]
    ),
    re.IGNORECASE | re.DOTALL,
)

_VAGUE = re.compile(
    r"\b(?:some|several|various|numerous|many|a few|a number of|roughly|approximately|around|about"
    r"|significant(?:ly)?|substantial(?:ly)?|considerabl[ey]|somewhat|at some point|a while"
    r"|an? (?:brief|short|long) (?:time|period))\b",
    re.IGNORECASE,
)
"""Words that stand where a value should."""


@dataclass(slots=True)
class Ledger:
    """Collects what could not be carried, to be asked instead."""

    asked: list[tuple[str, str, tuple[str, ...]]] = field(
        default_factory=list[tuple[str, str, tuple[str, ...]]]
    )

    def ask(self, text: str, why: str = NOT_CARRIED, evidence: tuple[str, ...] = ()) -> None:
        """Ask a person."""
        self.asked.append((text, why, evidence))


def cleaned(text: str) -> str:
    """Take links, markup and invisible characters out of what a model wrote; one line, bounded."""
    seen = "".join(
        c for c in text if unicodedata.category(c) not in {"Cf", "Co", "Cs"} and (c >= " " or c.isspace())
    )
    return " ".join(_LINK.sub(_SHOWN, seen).split())[:MOST_TEXT]


def gives_orders(item: Evidence) -> bool:
    """Whether the recorded text speaks to whoever writes the report; no sentence may rest on that alone."""
    told = " ".join([item.statement, item.quote, *item.attributes.values()])
    seen = "".join(c for c in unicodedata.normalize("NFKC", told) if unicodedata.category(c) != "Cf")
    return _ORDERS.search(seen) is not None


def vaguer(old: str, new: str) -> bool:
    """Whether a rewrite keeps a sentence by saying less exactly what nothing carries."""
    return bool(
        {word.casefold() for word in _VAGUE.findall(new)} - {w.casefold() for w in _VAGUE.findall(old)}
    )


def real(digest: Digest, ids: Iterable[str]) -> tuple[str, ...]:
    """Keep the ids that exist, each once."""
    return tuple(dict.fromkeys(name for name in ids if digest.find(name) is not None))


def carrying(digest: Digest, ids: Iterable[str]) -> tuple[str, ...]:
    """Keep the ids that exist, unless all of them hold text that gives orders."""
    kept = real(digest, ids)
    items = [item for item in (digest.find(name) for name in kept) if item is not None]
    return () if items and all(gives_orders(item) for item in items) else kept


def claim(said: SaidClaim | SaidRewrite, digest: Digest, ledger: Ledger) -> Claim | None:
    """Make a claim of it; one that nothing carries, or that held a link, is asked instead."""
    text = cleaned(said.text)
    if not text:
        return None
    known = {fact.name for fact in digest.facts if fact.known}
    facts = cast("tuple[FactName, ...]", tuple(dict.fromkeys(name for name in said.facts if name in known)))
    evidence = carrying(digest, said.evidence)
    if _SHOWN in text or not (evidence or (facts and not real(digest, said.evidence))):
        ledger.ask(f"Is this so: {text}", NOT_CARRIED, evidence)
        return None
    return Claim(text=text, evidence=evidence, facts=facts, standing=said.standing)


def claims(said: Sequence[SaidClaim], digest: Digest, ledger: Ledger) -> tuple[Claim, ...]:
    """Make claims of all that is carried."""
    made = (claim(item, digest, ledger) for item in said)
    return tuple(item for item in made if item is not None)
