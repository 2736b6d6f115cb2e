"""The wording rules as data: read once, each pattern compiled when a document first needs it."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal, TypedDict, cast

from agent.checks.lexicon import load_data

if TYPE_CHECKING:
    from agent.schema.finding import Level

Grade = Literal["error", "warning", "info", "none"]

_ADVERBS = (
    r"(?:(?:\w+ly|also|then|just|even|simply|still|again|once|never|not|always|really|ever"
    r"|all|both|at least|probably)\s+){0,3}"
)
_NAME = r"(?-i:(?P<name>(?:<?@[\w.-]*\w>?|[\w.+-]+@[\w.-]*\w|[A-Z][\w-]*[a-z])(?: [A-Z][\w-]*[a-z])?))"
_PHRASE = re.compile(r"\{np\d*\}")
_OWNER = r"(?<![\w@-])(?P<owner>(?:[\w@\ufffc./-]+ ){0,3}?[\w@\ufffc./-]*[\w\ufffc])"


class _Required(TypedDict):
    id: str
    rule: str
    hits: list[str]
    misses: list[str]


class _Lexeme(TypedDict):
    verb: str
    forms: list[str]
    rest: str


class _Entry(_Required, total=False):
    cue: list[str]
    pattern: str
    verbs: list[_Lexeme]
    follows: str
    level: Level
    subject: bool
    sentence_subject: bool
    we: Grade
    unknown: Grade
    none: Grade
    we_np: Grade
    np_unknown: Grade
    np_kinds: list[str]
    exempt: list[str]
    sections: list[str]
    reason: bool
    mention: bool
    part: bool
    receiver: bool
    exculpatory: bool
    named: bool
    predicate: bool
    people: bool
    need: str
    confidence: float


@dataclass(frozen=True)
class Rule:
    """One wording rule: a pattern, who its subject must be, and what explains it away."""

    id: str
    rule: str
    cue: tuple[str, ...]
    """One of these begins a word of every sentence that the rule can report."""
    source: str
    forms: tuple[str, ...] = ()
    """Instead of cues: the forms of the verb that the rule is about, as whole words."""
    level: Level = "error"
    confidence: float = 0.95
    subject: bool = False
    sentence_subject: bool = False
    we: Grade = "warning"
    unknown: Grade = "none"
    none: Grade = "none"
    we_np: Grade = "warning"
    np_unknown: Grade = "none"
    np_kinds: frozenset[str] = frozenset()
    exempt: frozenset[str] = frozenset()
    sections: frozenset[str] = frozenset()
    reason: bool = False
    mention: bool = False
    part: bool = False
    receiver: bool = False
    named: bool = False
    predicate: bool = False
    """Behind a form of "be" the subject must not be a system, unless it is somebody's work."""
    people: bool = False
    """What the words ask for must not be asked of a system."""
    never: str = ""
    need: str = ""
    hits: tuple[str, ...] = field(default=(), compare=False)
    misses: tuple[str, ...] = field(default=(), compare=False)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The compiled trigger; a match's noun phrases are the groups np0, np1, ..."""
        text = self.source.replace("{adv}", _ADVERBS).replace("{name}", _NAME).replace("{owner}", _OWNER)
        numbers = itertools.count()
        text = _PHRASE.sub(lambda _: rf"(?P<np{next(numbers)}>[^,;:.!?()]{{1,70}}?)", text)
        return re.compile(text, re.IGNORECASE)

    @property
    def needs_people(self) -> bool:
        """Tell whether the rule is silent where a sentence names no person, team or pronoun."""
        return self.subject and self.unknown == "none" and self.none == "none"

    @cached_property
    def silencer(self) -> re.Pattern[str] | None:
        """What must not occur in the sentence."""
        return re.compile(self.never, re.IGNORECASE) if self.never else None

    @cached_property
    def needed(self) -> re.Pattern[str] | None:
        """What must occur in the sentence as well."""
        return re.compile(self.need, re.IGNORECASE) if self.need else None


@dataclass(frozen=True, slots=True)
class Family:
    """One wording family: why its findings matter and how to write instead."""

    rule: str
    name: str
    message: str
    suggestion: str


@cache
def rules() -> tuple[Rule, ...]:
    """Read every wording rule; an entry with verbs gives one rule a verb."""
    entries = cast("list[dict[str, object]]", load_data()["wording"])
    return tuple(rule for entry in entries for rule in _read_entry(entry))


def split_words(low: str) -> set[str]:
    """Split a sentence in lower case into its different words, without marks."""
    return set(low.translate(_MARKS).split())


_MARKS = str.maketrans(dict.fromkeys('.,;:!?()[]{}<>"/\\|*_-\u2013\u2014\u2026\ufffc', " "))
_PREFIX = 4
"""Letters of a cue's first word by which it is found; a shorter word by all of its letters, or by three."""


@dataclass(frozen=True, slots=True)
class Index:
    """Finds the rules that a sentence can break, by its words; rules are numbered as in `rules()`."""

    by_word: dict[str, tuple[int, ...]]
    by_prefix: dict[str, tuple[tuple[str, int], ...]]
    anywhere: tuple[tuple[str, int], ...]

    def candidates(self, low: str, words: set[str]) -> list[int]:
        """Return the numbers of the rules of which a cue or verb occurs in a sentence; both in lower case."""
        found = {number for cue, number in self.anywhere if cue in low}
        for word in words:
            if (numbers := self.by_word.get(word)) is not None:
                found.update(numbers)
            for prefix in (word[:_PREFIX], word[: _PREFIX - 1]) if len(word) >= _PREFIX else (word,):
                for cue, number in self.by_prefix.get(prefix, ()):
                    if number not in found and cue in low:
                        found.add(number)
        return sorted(found)


@cache
def index() -> Index:
    """Build the index once."""
    by_word: dict[str, list[int]] = {}
    by_prefix: dict[str, list[tuple[str, int]]] = {}
    anywhere: list[tuple[str, int]] = []
    for number, rule in enumerate(rules()):
        for form in rule.forms:
            if "-" not in form:
                by_word.setdefault(form, []).append(number)
        for cue in (*rule.cue, *(form for form in rule.forms if "-" in form)):
            words = cue.translate(_MARKS).split()
            if words and words[0][0].isalnum():
                by_prefix.setdefault(words[0][:_PREFIX], []).append((cue, number))
            else:
                anywhere.append((cue, number))
    return Index(
        {word: tuple(numbers) for word, numbers in by_word.items()},
        {prefix: tuple(pairs) for prefix, pairs in by_prefix.items()},
        tuple(anywhere),
    )


def _read_entry(entry: dict[str, object]) -> tuple[Rule, ...]:
    rule = _rule(entry)
    data = cast("_Entry", entry)
    if "verbs" not in data:
        return (rule,)
    return tuple(
        replace(
            rule,
            id=f"{rule.id}: {lexeme['verb']}",
            forms=tuple(lexeme["forms"]),
            source=rf"\b(?:{'|'.join(lexeme['forms'])}){lexeme['rest']}\b{data.get('follows', '')}",
            hits=tuple(text.replace("{}", _past(lexeme)) for text in rule.hits),
            misses=tuple(text.replace("{}", _past(lexeme)) for text in rule.misses),
        )
        for lexeme in data["verbs"]
    )


def _past(lexeme: _Lexeme) -> str:
    """Write a verb phrase in the past, for the examples."""
    _, *rest = lexeme["verb"].split()
    return " ".join([lexeme["forms"][2], *("the plan" if word == "_" else word for word in rest)])


def _rule(entry: dict[str, object]) -> Rule:
    never = str(entry.get("not", ""))
    data = cast("_Entry", entry)
    return Rule(
        id=data["id"],
        rule=data["rule"],
        cue=tuple(data.get("cue", [])),
        source=data.get("pattern", ""),
        level=data.get("level", "error"),
        confidence=data.get("confidence", 0.95),
        subject=data.get("subject", False),
        sentence_subject=data.get("sentence_subject", False),
        we=data.get("we", "warning"),
        unknown=data.get("unknown", "none"),
        none=data.get("none", "none"),
        we_np=data.get("we_np", "warning"),
        np_unknown=data.get("np_unknown", "none"),
        np_kinds=frozenset(data.get("np_kinds", [])),
        exempt=frozenset(data.get("exempt", [])),
        sections=frozenset(data.get("sections", [])),
        reason=data.get("reason", False),
        mention=data.get("mention", False),
        part=data.get("part", False),
        receiver=data.get("receiver", False),
        named=data.get("named", False),
        predicate=data.get("predicate", False),
        people=data.get("people", False),
        never=never,
        need=data.get("need", ""),
        hits=tuple(data["hits"]),
        misses=tuple(data["misses"]),
    )


@cache
def families() -> dict[str, Family]:
    """Read the wording families by rule id."""
    data = cast("dict[str, dict[str, str]]", load_data()["families"])
    return {rule: Family(rule=rule, **text) for rule, text in data.items()}
