"""Which wording rules a sentence can break, by its words: literals derived from each rule's pattern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import cast

from agent.checks.lexicon import load_data
from agent.checks.pattern import Pattern

PREFIXES = (3, 4)
"""Letters of a word's beginning by which a literal is found whose word may go on."""
_MOST_WORDS = 20_000
"""Words whose cues are remembered; a long document has more, each of them once or twice."""
_WORD = Pattern(r"\w+")
_ALIKE = str.maketrans({"\u0130": "i", "\u0131": "i", "\u017f": "s"})
"""Letters that a pattern takes for others where case is ignored, and `str.lower` does not."""

Way = tuple[int, tuple[int, ...]]
"""One way to match a pattern: the number of its rule, as in `rules()`, and of what else must be there."""
Cue = tuple[str, str]
"""A literal, and the numbers of the ways that have it."""


class CueIndex:
    """Cues by the word, or beginning of a word, that a text with the literal has.

    They are written as text, which is read where a document has the word: most never is. `|` parts cues, and
    the literals of a clause, of which a text must have one; a cue is the numbers of its ways, `:` and its
    literal; a way is the numbers of its rule and of its clauses.
    """

    def __init__(
        self,
        words: Mapping[str, str],
        prefixes: Mapping[str, str],
        anywhere: str,
        ways: Sequence[str],
        clauses: Sequence[str],
    ) -> None:
        self.words = words
        self.prefixes = prefixes
        self.ways = ways
        self.clauses = clauses
        self._anywhere = anywhere
        self._cues: dict[str, tuple[Cue, ...]] = {}
        self._known_ways: dict[str, tuple[Way, ...]] = {}
        self._literals: dict[int, tuple[str, ...]] = {}

    def candidates(self, low: str, words: set[str]) -> list[int]:
        """Return the numbers of the rules that a folded text with these words can match, in their order."""
        found: set[int] = set()
        known: dict[int, bool] = {}
        remembered = self._cues.get
        for word in ("", *words):
            cues = remembered(word)
            for literal, numbers in self._cues_of(word) if cues is None else cues:
                if literal in low:
                    self._add_rules(found, numbers, low, known)
        return sorted(found)

    def _add_rules(self, found: set[int], numbers: str, low: str, known: dict[int, bool]) -> None:
        for rule, clauses in self._known_ways.get(numbers) or self._ways_of(numbers):
            if rule in found:
                continue
            for clause in clauses:
                if clause not in known:
                    known[clause] = self._has_one(clause, low)
                if not known[clause]:
                    break
            else:
                found.add(rule)

    def _cues_of(self, word: str) -> tuple[Cue, ...]:
        if len(self._cues) >= _MOST_WORDS:
            self._cues.clear()
        begun = (self.prefixes.get(word[:length], "") for length in PREFIXES)
        cues = self._cues[word] = self._read(self.words.get(word, "") if word else self._anywhere, *begun)
        return cues

    def _read(self, *texts: str) -> tuple[Cue, ...]:
        """Read cues, those of one literal as one."""
        cues: dict[str, list[str]] = {}
        for text in filter(None, texts):
            for cue in text.split("|"):
                numbers, _, literal = cue.partition(":")
                cues.setdefault(literal, []).append(numbers)
        return tuple((literal, " ".join(numbers)) for literal, numbers in cues.items())

    def _ways_of(self, numbers: str) -> tuple[Way, ...]:
        read = (tuple(map(int, self.ways[int(number)].split())) for number in numbers.split())
        ways = self._known_ways[numbers] = tuple((way[0], way[1:]) for way in read)
        return ways

    def _has_one(self, clause: int, low: str) -> bool:
        literals = self._literals.get(clause)
        if literals is None:
            literals = self._literals[clause] = tuple(self.clauses[clause].split("|"))
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
