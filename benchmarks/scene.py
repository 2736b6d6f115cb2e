"""A place of a draft with what a lie may look at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent.checks.places import Place
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Scene:
    """What a text lie may look at."""

    place: Place
    digest: Digest
    names: tuple[str, ...]
    """Services and nodes of the digest."""

    @property
    def cited(self) -> tuple[Evidence, ...]:
        """The evidence that the place and its facts cite."""
        named = {
            found for fact in self.digest.facts if fact.name in self.place.facts for found in fact.evidence
        }
        return tuple(item for item in self.digest.evidence if item.id in {*self.place.evidence, *named})


TextLie = Callable[[Scene], Iterator[str]]


def each(pattern: re.Pattern[str], text: str, change: Callable[[re.Match[str]], str | None]) -> Iterator[str]:
    """Yield the text once for each place that a pattern finds, with that place changed."""
    for found in pattern.finditer(text):
        new = change(found)
        if new is not None and new != found.group():
            yield text[: found.start()] + new + text[found.end() :]
