"""Which wording rules a sentence can break, by its words: literals derived from each rule's pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import cast

from agent.checks.lexicon import load_data

PREFIXES = (3, 4)
"""Letters of a word's beginning by which a literal is found whose word may go on."""
_WORD = re.compile(r"\w+")
_ALIKE = str.maketrans({"\u0130": "i", "\u0131": "i", "\u017f": "s"})
"""Letters that a pattern takes for others where case is ignored, and `str.lower` does not."""

Cue = tuple[str, tuple[int, ...]]
"""A literal, and the numbers of the ways to match a pattern that have it."""


@dataclass(frozen=True, slots=True)
class CueIndex:
    """Cues by the word, or beginning of a word, that a text with the literal has."""

    words: dict[str, tuple[Cue, ...]]
    prefixes: dict[str, tuple[Cue, ...]]
    anywhere: tuple[Cue, ...]
    ways: tuple[tuple[int, tuple[int, ...]], ...]
    """Number of the rule, as in `rules()`, and of the clauses that the text must satisfy."""
    clauses: tuple[tuple[str, ...], ...]
    """Literals of which the text must have one."""

    def candidates(self, low: str, words: set[str]) -> list[int]:
        """Return the numbers of the rules that a folded text with these words can match, in their order."""
        found: set[int] = set()
        satisfied: dict[int, bool] = {}
        for literal, ways in self._cues(words):
            if literal not in low:
                continue
            for rule, clauses in map(self.ways.__getitem__, ways):
                if rule not in found and all(self._holds(clause, low, satisfied) for clause in clauses):
                    found.add(rule)
        return sorted(found)

    def _cues(self, words: set[str]) -> Iterable[Cue]:
        groups = [self.anywhere]
        for word in words:
            groups.append(self.words.get(word, ()))
            groups.extend(self.prefixes.get(word[:length], ()) for length in PREFIXES)
        return chain.from_iterable(groups)

    def _holds(self, clause: int, low: str, known: dict[int, bool]) -> bool:
        holds = known.get(clause)
        if holds is None:
            holds = known[clause] = any(literal in low for literal in self.clauses[clause])
        return holds


@cache
def cue_index() -> CueIndex:
    """Read the index once."""
    return CueIndex(**cast("dict[str, object]", load_data()["cues"]))  # type: ignore[arg-type] # as built


def fold(text: str) -> str:
    """Write a text in lower case, as patterns that ignore case read it."""
    return text.lower() if text.isascii() else text.translate(_ALIKE).lower()


def words_of(low: str) -> set[str]:
    """Return the different words of a folded text."""
    return set(_WORD.findall(low))
