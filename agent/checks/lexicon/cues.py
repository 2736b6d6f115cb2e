"""Literals that every match of a regular expression contains, for the lexicon's build.

A pattern is turned into ways to match it; a match goes one of these ways, and of each clause of that way one
literal occurs in it. The idea is that of the prefilters of regular expression search engines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, cast

from agent.checks.cue_index import PREFIXES
from agent.checks.rulebook import Rule
from agent.checks.stem import STOP

EDGE = "\0"
"""In a literal: a word begins or ends here."""
_MOST_LITERALS = 30
_MOST_WAYS = 100
"""Beyond these a run is cut, and ways are merged: the cues get coarser, and stay true."""

Clause = tuple[str, ...]
"""Literals in lower case, of which a match has one."""
Node = tuple[str, Any]
"""An operation of a parsed pattern, by name, and its arguments."""


@dataclass(frozen=True, slots=True)
class Way:
    """What one way to match has in it: a literal of every clause; without clauses it may match any text."""

    clauses: tuple[Clause, ...] = ()

    def joined(self, literals: Iterable[str]) -> Way:
        """Add a clause, unless it asks for nothing."""
        clause = _shortest(literals)
        if not clause or clause in self.clauses or any(not literal.strip(f"{EDGE} ") for literal in clause):
            return self
        return Way((*self.clauses, clause))

    def both(self, other: Way) -> Way:
        """Ask for the clauses of the other way as well."""
        way = self
        for clause in other.clauses:
            way = way.joined(clause)
        return way

    @property
    def rarest(self) -> Clause:
        """The clause that the fewest texts satisfy, as far as the length of its literals tells."""
        return max(self.clauses, key=_weight, default=())


def ways_of(pattern: re.Pattern[str]) -> tuple[Way, ...]:
    """Derive the ways to match a pattern."""
    walk = _Walk()
    walk.read(_parse(pattern.pattern, pattern.flags))
    walk.flush()
    asked = [set(way.clauses) for way in walk.ways]
    return tuple(way for way in walk.ways if not any(less < set(way.clauses) for less in asked))


def index_cues(rules: Sequence[Rule]) -> dict[str, object]:
    """Build what `CueIndex` reads: for each rule the ways of its pattern, found by their rarest clause."""
    cues: dict[str, list[int]] = {}
    ways: list[str] = []
    clauses: dict[Clause, int] = {}
    for number, rule in enumerate(rules):
        for way in ways_of(rule.pattern):
            if not way.clauses:
                raise ValueError(
                    f"rule {rule.id}: a match needs no word, so every sentence would be searched"
                )
            for literal in way.rarest:
                cues.setdefault(literal, []).append(len(ways))
            others = (clause for clause in way.clauses if clause != way.rarest)
            written = sorted((_shortest(map(_plain, clause)) for clause in others), key=len)
            numbers = [clauses.setdefault(clause, len(clauses)) for clause in written]
            ways.append(" ".join(map(str, (number, *numbers))))
    return {**_placed(cues), "ways": ways, "clauses": ["|".join(clause) for clause in clauses]}


def _placed(cues: dict[str, list[int]]) -> dict[str, object]:
    """Write the cues, each below one of its words: one that few others could be found by."""
    sharing = Counter(place for literal in cues for place in set(_places_of(literal)))
    merged: dict[tuple[str, str], dict[str, list[int]]] = {}
    for literal, numbers in cues.items():
        place = min(_places_of(literal), key=lambda place: (_crowd(place, sharing[place]), place))
        merged.setdefault(place, {}).setdefault(_plain(literal), []).extend(numbers)
    found: dict[str, dict[str, str]] = {"words": {}, "prefixes": {}, "anywhere": {}}
    for (where, key), together in merged.items():
        found[where][key] = "|".join(_cue(literal, numbers) for literal, numbers in together.items())
    return {**found, "anywhere": "|".join(found["anywhere"].values())}


def _crowd(place: tuple[str, str], sharing: int) -> float:
    """Estimate how many literals a text is searched for because of a word; short words are frequent ones."""
    where, word = place
    if where == "anywhere" or word in STOP:
        return float("inf")
    return sharing / 2 ** min(len(word), 8)


def _cue(literal: str, ways: list[int]) -> str:
    return f"{' '.join(map(str, ways))}:{literal}"


def _plain(literal: str) -> str:
    if "|" in literal:
        raise ValueError(f"{literal!r} holds the mark that parts cues in the index")
    return literal.replace(EDGE, "")


def _shortest(literals: Iterable[str]) -> Clause:
    """Leave out literals that contain another: a text with them has that one."""
    told = set(literals)
    return tuple(sorted(one for one in told if not any(other in one for other in told - {one})))


def _weight(clause: Clause) -> tuple[int, int, int]:
    return min(_rarity(literal) for literal in clause), min(map(len, clause)), -len(clause)


def _rarity(literal: str) -> int:
    """Estimate how seldom a text is looked into for a literal: by the length of the word it is found by."""
    place, key = key_of(literal)
    if place == "anywhere":
        return -10 + min(len(key), 9)
    return 1 if key in STOP else len(key)


def _parse(source: str, flags: int) -> list[Node]:
    parser = cast("Any", re)._parser  # noqa: SLF001 - the only parser of these patterns
    return _nodes(cast("list[tuple[Any, Any]]", parser.parse(source, flags)))


def _nodes(parsed: Iterable[tuple[Any, Any]]) -> list[Node]:
    return [(str(operation), argument) for operation, argument in parsed]


@dataclass
class _Walk:
    """Reads a pattern from left to right; `run` holds the texts that may stand behind the last gap."""

    ways: list[Way] = field(default_factory=lambda: [Way()])
    run: set[str] = field(default_factory=lambda: {""})
    exact: bool = True
    """Whether `run` is all that was read."""

    def read(self, nodes: Sequence[Node]) -> None:
        for operation, argument in nodes:
            self._step(operation, argument)

    def flush(self) -> None:
        """End the run at a gap."""
        self.exact = False
        self.ways = [way.joined(self.run) for way in self.ways]
        self.run = {""}

    @property
    def closed(self) -> bool:
        """Whether no word goes on behind what was read."""
        return all(_is_closed(text) for text in self.run)

    def _step(self, operation: str, argument: Any) -> None:
        match operation:
            case "LITERAL":
                self._append({chr(argument).lower()})
            case "IN" if (found := _characters(argument)) is not None:
                self._append(found)
            case "IN" if _is_space(argument):
                self._append({EDGE})
                self.flush()
                self._append({EDGE})
            case "AT" if str(argument) != "AT_NON_BOUNDARY":
                self._append({EDGE})
            case "SUBPATTERN":
                self.read(_nodes(argument[-1]))
            case "BRANCH":
                self._branch([_nodes(branch) for branch in argument[1]])
            case "MAX_REPEAT" | "MIN_REPEAT":
                self._repeat(argument[0], argument[1], _nodes(argument[2]))
            case "ASSERT":
                inner = _Walk()
                inner.read(_nodes(argument[1]))
                inner.flush()
                self._ask(inner.ways)
            case "ASSERT_NOT":
                pass
            case _:
                self.flush()

    def _append(self, texts: set[str]) -> None:
        if len(self.run) > 1 and len(self.run) * len(texts) > _MOST_LITERALS:
            closed = self.closed
            self.flush()
            self.run = {EDGE} if closed else {""}
        self.run = {_join(left, right) for left, right in product(self.run, texts)}

    def _repeat(self, least: int, most: int, body: list[Node]) -> None:
        inner = _Walk()
        inner.read(body)
        if (least, most) == (1, 1):
            self.read(body)
        elif (least, most) == (0, 1) and inner.exact and len(self.run) * len(inner.run) < _MOST_LITERALS:
            self._append(inner.run | {""})
        else:
            closed = _ends_in_space(body) and (least > 0 or self.closed)
            for _ in range(least if inner.exact else 0):
                self._append(inner.run)
            self.flush()
            if least and not inner.exact:
                inner.flush()
                self._ask(inner.ways)
            self.run = {EDGE} if closed else {""}

    def _branch(self, branches: list[list[Node]]) -> None:
        walks = [_Walk() for _ in branches]
        for walk, nodes in zip(walks, branches, strict=True):
            walk.read(nodes)
        if all(walk.exact for walk in walks):
            self._append({text for walk in walks for text in walk.run})
            return
        split = [_Walk(self.ways, self.run) for _ in branches]
        for walk, nodes in zip(split, branches, strict=True):
            walk.read(nodes)
        closed = all(walk.closed for walk in split)
        for walk in split:
            walk.flush()
        self._go([way for walk in split for way in walk.ways])
        self.run = {EDGE} if closed else {""}

    def _ask(self, ways: Sequence[Way]) -> None:
        self._go([left.both(right) for left, right in product(self.ways, ways)])

    def _go(self, ways: list[Way]) -> None:
        """Go on in these ways; of too many keep what all of them ask for."""
        self.exact = False
        self.ways = list(dict.fromkeys(ways))
        if len(self.ways) > _MOST_WAYS:
            clauses = [way.rarest for way in self.ways]
            literals = [literal for clause in clauses for literal in clause]
            self.ways = [Way().joined(literals) if all(clauses) else Way()]


def _join(left: str, right: str) -> str:
    return left if right == EDGE and _is_closed(left) else left + right


def _is_closed(text: str) -> bool:
    return text != "" and not (text[-1].isalnum() or text[-1] == "_")


def _characters(members: Sequence[tuple[Any, Any]]) -> set[str] | None:
    """Read a set of single characters; None where it has ranges or kinds."""
    named = _nodes(members)
    if any(operation != "LITERAL" for operation, _ in named):
        return None
    return {chr(value).lower() for _, value in named}


def _is_space(members: Sequence[tuple[Any, Any]]) -> bool:
    return [(operation, str(value)) for operation, value in _nodes(members)] == [
        ("CATEGORY", "CATEGORY_SPACE")
    ]


def _ends_in_space(nodes: list[Node]) -> bool:
    match nodes[-1:]:
        case [("LITERAL", code)]:
            return chr(code) == " "
        case [("IN", members)]:
            return _is_space(members) or _characters(members) == {" "}
        case [("SUBPATTERN", argument)]:
            return _ends_in_space(_nodes(argument[-1]))
        case [("MAX_REPEAT" | "MIN_REPEAT", argument)]:
            return argument[0] > 0 and _ends_in_space(_nodes(argument[2]))
        case [("BRANCH", argument)]:
            return all(_ends_in_space(_nodes(branch)) for branch in argument[1])
        case _:
            return False


def key_of(literal: str) -> tuple[str, str]:
    """Return the longest word by which the index can find a literal: one of its "words" or "prefixes"."""
    return max(_places_of(literal), key=lambda place: (place[1] not in STOP, len(place[1]), place))


def _places_of(literal: str) -> list[tuple[str, str]]:
    """Return the words by which the index can find a literal; without one it is looked for "anywhere"."""
    begun = [match for match in re.finditer(r"\w+", literal) if match.start() > 0]
    found = [("words", match.group()) for match in begun if match.end() < len(literal)]
    found += [("prefixes", match.group()[: max(PREFIXES)]) for match in begun if match.end() == len(literal)]
    found = [(where, key) for where, key in found if where == "words" or len(key) >= min(PREFIXES)]
    return found or [("anywhere", _plain(literal))]
