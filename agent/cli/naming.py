"""Names of evidence and facts as a person copies them from a draft."""

from __future__ import annotations

import difflib
import re

from agent.errors import NotFound
from agent.schema.digest import Digest, Fact
from agent.schema.evidence import Evidence


def named(word: str, computed: Digest) -> Evidence | Fact:
    """Find L4, [L4], #l4, fact-ended or "time to detect"; raise NotFound with what is near."""
    name = word.strip().strip("[]#").strip()
    item = computed.find(name.upper())
    if item is not None:
        return item
    key = _key(name.casefold().removeprefix("fact").lstrip("-: "))
    fact = next((fact for fact in computed.facts if key in (fact.name, _key(fact.label))), None)
    if fact is None:
        near = _near_evidence if re.fullmatch(r"[A-Za-z]{1,2}-?\d*", name) else _near_facts
        raise NotFound(
            f"{computed.incident} has no evidence and no fact {word.strip()!r}.", hint=near(name, computed)
        )
    return fact


def _key(name: str) -> str:
    return name.casefold().replace(" ", "_").replace("-", "_")


def _near_facts(wanted: str, computed: Digest) -> str:
    known = [fact.name for fact in computed.facts]
    close = difflib.get_close_matches(_key(wanted), known, n=4, cutoff=0.4)
    all_of_them = f"`pm-agent digest {computed.incident}` lists evidence and facts."
    written = ", ".join(f"fact-{name.replace('_', '-')}" for name in close)
    return f"Near: {written}. {all_of_them}" if close else all_of_them


def _near_evidence(wanted: str, computed: Digest) -> str:
    known = [item.id for item in computed.evidence]
    if not known:
        return "Its digest holds no evidence at all."
    kind = wanted[:1].upper()
    same_kind = sorted((name for name in known if name[:1] == kind), key=lambda name: int(name[1:]))
    if same_kind:
        close = difflib.get_close_matches(wanted.upper(), same_kind, n=4, cutoff=0.3)
        return f"It has {same_kind[0]} to {same_kind[-1]}; near: {', '.join(close or same_kind[:4])}."
    kinds = ", ".join(sorted({name[:1] for name in known}))
    return f"It has evidence of the kinds {kinds}, such as {', '.join(known[:4])}."
