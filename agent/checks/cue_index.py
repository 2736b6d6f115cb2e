"""Which wording rules a sentence can break, by its words: literals derived from each rule's pattern."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import cast

from agent.checks.lexicon import load_data
from agent.checks.pattern import Pattern

PREFIXES = (3, 4)
"""Letters of a word's beginning by which a literal is found whose word may go on."""
_WORD = Pattern(r"\w+")
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
        known: dict[int, bool] = {}
        for cues in self._groups(words):
            for literal, ways in cues:
                if literal in low:
                    found.update(tuple(self._rules(ways, low, known, found)))
        return sorted(found)

    def _groups(self, words: set[str]) -> list[tuple[Cue, ...]]:
        groups = [self.anywhere]
        for word in words:
            if (cues := self.words.get(word)) is not None:
                groups.append(cues)
            begun = (self.prefixes.get(word[:length]) for length in PREFIXES)
            groups.extend(cues for cues in begun if cues is not None)
        return groups

    def _rules(
        self, ways: tuple[int, ...], low: str, known: dict[int, bool], found: set[int]
    ) -> Iterator[int]:
        for way in ways:
            rule, clauses = self.ways[way]
            if rule in found:
                continue
            for clause in clauses:
                if clause not in known:
                    known[clause] = _has_one(self.clauses[clause], low)
                if not known[clause]:
                    break
            else:
                yield rule


def _has_one(literals: tuple[str, ...], low: str) -> bool:
    for literal in literals:  # noqa: SIM110 - called for each sentence, and twice as fast as any()
        if literal in low:
            return True
    return False


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
