"""Holding what a model said to the evidence: ids that do not exist go, and what they alone carried too."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

from agent.drafting.claude.echoes import gives_orders, repeated, tells_of_itself, touches
from agent.drafting.claude.replies import SaidClaim, SaidRewrite
from agent.schema.digest import Digest, FactName
from agent.schema.postmortem import Claim

ORDERED = "It speaks to whoever writes the report; a sentence that repeated it was left out"
NOT_CARRIED = "The recorded evidence does not establish it."
MOST_TEXT = 600
_LINK = re.compile(
    r"!?\[[^\]\n]*\]\([^)\n]*\)|(?:[a-z][a-z0-9+.-]{1,15}://|www\.)\S+|<[^>\n]*>?", re.IGNORECASE
)
SHOWN = "(link left out)"
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
    return " ".join(_LINK.sub(SHOWN, seen).split())[:MOST_TEXT]


def usable(text: str, digest: Digest, ledger: Ledger) -> bool:
    """Whether a text may stand: no link, nothing of the prompt, nothing that recorded text ordered."""
    if not text or SHOWN in text or tells_of_itself(text):
        return False
    if speaking := repeated(text, digest):
        ledger.ask(f"Where does the recorded text of {', '.join(speaking[:3])} come from?", ORDERED, speaking)
        return False
    return True


def vaguer(old: str, new: str) -> bool:
    """Whether a rewrite keeps a sentence by saying less exactly what nothing carries."""
    return bool(
        {word.casefold() for word in _VAGUE.findall(new)} - {w.casefold() for w in _VAGUE.findall(old)}
    )


def real(digest: Digest, ids: Iterable[str]) -> tuple[str, ...]:
    """Keep the ids that exist, each once."""
    return tuple(dict.fromkeys(name for name in ids if digest.find(name) is not None))


def carrying(digest: Digest, ids: Iterable[str]) -> tuple[str, ...]:
    """Keep the ids that exist and whose recorded text gives no orders."""
    items = (digest.find(name) for name in real(digest, ids))
    return tuple(item.id for item in items if item is not None and not gives_orders(item))


def claim(said: SaidClaim | SaidRewrite, digest: Digest, ledger: Ledger) -> Claim | None:
    """Make a claim of it; one that nothing carries, or that held a link, is asked instead."""
    text = cleaned(said.text)
    if not text or repeated(text, digest) or tells_of_itself(text):
        usable(text, digest, ledger)
        return None
    known = {fact.name for fact in digest.facts if fact.known}
    facts = cast("tuple[FactName, ...]", tuple(dict.fromkeys(name for name in said.facts if name in known)))
    evidence = carrying(digest, said.evidence)
    items = [item for item in (digest.find(name) for name in evidence) if item is not None]
    if items and not facts and not touches(text, items):
        evidence = ()
    if SHOWN in text or not (evidence or (facts and not real(digest, said.evidence))):
        ledger.ask(f"Is this so: {text}", NOT_CARRIED, evidence)
        return None
    return Claim(text=text, evidence=evidence, facts=facts, standing=said.standing)


def claims(said: Sequence[SaidClaim], digest: Digest, ledger: Ledger) -> tuple[Claim, ...]:
    """Make claims of all that is carried."""
    made = (claim(item, digest, ledger) for item in said)
    return tuple(item for item in made if item is not None)
