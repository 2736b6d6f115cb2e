"""The five pitfalls of a post-mortem, and which rules report each of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

PITFALLS: dict[str, tuple[str, ...]] = {
    "blame": ("B", "A07"),
    "shallow analysis": ("B06", "B09", "P03", "P04", "G06"),
    "vague items": ("A05", "A06"),
    "no follow-through": ("A01", "A02", "A03", "A04", "A08", "P05"),
    "fear of transparency": ("P01", "P06"),
}
"""Rule ids, or letters of whole families."""


class Pitfall(NamedTuple):
    """One pitfall with the rules that reported it and how often; none where the text avoids it."""

    pitfall: str
    findings: int
    rules: tuple[str, ...]


def pitfalls_of(rules: Iterable[str]) -> tuple[Pitfall, ...]:
    """Sort the rule ids of findings by pitfall, in the order of `PITFALLS`; a rule may stand for two."""
    every = list(rules)
    return tuple(
        Pitfall(name, len(mine), tuple(sorted(set(mine))))
        for name, own in PITFALLS.items()
        for mine in ([rule for rule in every if rule in own or rule[0] in own],)
    )
