"""Who is said to have acted: people, teams and owners that no evidence names, rule G10."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.checks.evidence_text import text_of
from agent.checks.naming import actors, is_given_name
from agent.checks.support import Support
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence
from agent.schema.finding import Finding
from agent.schema.postmortem import PostMortem

_ROLES = frozenset(
    """system systems alerting monitoring on-call oncall kubernetes kubelet scheduler alertmanager
    prometheus platform automation unknown operator responder user users client clients logs metrics
    """.split()  # noqa: SIM905
)


def invented(text: str, support: Support) -> Iterator[tuple[str, str]]:
    """Yield who acts in a sentence although no cited evidence names or shows a person."""
    people = any(item.kind in {"H", "C"} and item.attributes.get("author") for item in support.items)
    for who, named in dict.fromkeys(actors(text)):
        if named and who.lower() not in support.text:
            yield who, f'"{who}" acts here, and no cited evidence names them'
        elif (
            not named
            and not people
            and re.sub(r"^(?:the|a|an|one|our) ", "", who.lower()) not in support.text
        ):
            yield who, f'"{who}" acts here, and no cited evidence shows a person at work'


def actor_is_shown(actor: str, items: Sequence[Evidence]) -> bool:
    """Tell whether a row's actor is a word for the machinery or occurs in its evidence.

    Of a list such as "cart and checkout" each one has to.
    """
    low = actor.lower().strip("@ ")
    if not low or low in _ROLES:
        return True
    text = " ".join(text_of(item) for item in items).lower()
    if _shown(low, text):
        return True
    names = [name for part in re.split(r",\s*|\s+and\s+", low) if (name := part.strip("@ "))]
    return len(names) > 1 and all(name in _ROLES or _shown(name, text) for name in names)


def _shown(name: str, text: str) -> bool:
    return name in text or name.rsplit("/", maxsplit=1)[-1] in text


def check_owners(draft: PostMortem, digest: Digest) -> Iterator[Finding]:
    """Report a proposed owner who is a person and whom no evidence names; nobody has agreed to it."""
    people = " ".join(
        f"{item.attributes.get('author', '')} {item.statement}"
        for item in digest.evidence
        if item.kind in {"H", "C"}
    ).lower()
    written = {name.lower() for name in draft.header.authors}
    for item in draft.actions:
        owner = item.owner.strip()
        low = owner.lower().strip("@ ")
        handle = owner.startswith("@")
        if not item.proposed or not (handle or is_given_name(owner)):
            continue
        if low not in people and low not in written:
            yield Finding(
                rule="G10",
                level="error",
                message=f'proposes "{owner}" as owner, whom no evidence names',
                suggestion="Propose the team that runs the component; a person confirms themselves.",
                text=owner,
                section=f"actions.{item.id}.owner",
            )
