"""The wording rules as data: read once, each pattern compiled when a document first needs it."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, TypedDict, cast

from agent.checks.lexicon import load_data
from agent.checks.pattern import Pattern
from agent.checks.pattern_store import compile_pattern

if TYPE_CHECKING:
    from agent.schema.finding import Level

Grade = Literal["error", "warning", "info", "none"]

_ADVERBS = (
    r"(?:(?:\w+ly|also|then|just|even|simply|still|again|once|never|not|always|really|ever"
    r"|all|both|at least|probably)\s+){0,3}"
)
_CAPITALISED = "[A-Z\u00c0-\u00de\u0100-\u017f][\\w-]*[a-z\u00df-\u00ff\u0100-\u017f]"
_NAME = (
    r"(?-i:(?P<name>(?:<?@[\w.-]*\w>?|(?<![\w.+-]{40})[\w.+-]+@[\w.-]*\w"
    rf"|(?:(?:Mr|Mrs|Ms|Dr|Prof)\.? )?(?:[A-Z]\. )?(?<![\w-]{{40}}){_CAPITALISED})"
    rf"(?: (?:(?:de|van|von|der|den|la|le|da|di|del|bin|ten|ter|dos) ){{0,2}}{_CAPITALISED}| [A-Z]\.)?))"
)
"""A name; not looked for deep inside a word, as each place of a very long one would be read to its end."""
_PHRASE = Pattern(r"\{np\d*\}")
_OWNER = r"(?<![\w@-])(?<![\w@\ufffc./-]{40})(?P<owner>(?:[\w@\ufffc./-]+ ){0,3}?[\w@\ufffc./-]*[\w\ufffc])"


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
    source: str
    forms: tuple[str, ...] = ()
    """The forms of the verb that the rule is about."""
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
        return compile_pattern(text, int(re.IGNORECASE))

    @property
    def needs_people(self) -> bool:
        """Tell whether the rule is silent where a sentence names no person, team or pronoun."""
        return self.subject and self.unknown == "none" and self.none == "none"

    @cached_property
    def silencer(self) -> re.Pattern[str] | None:
        """What must not occur in the sentence."""
        return compile_pattern(self.never, int(re.IGNORECASE)) if self.never else None

    @cached_property
    def needed(self) -> re.Pattern[str] | None:
        """What must occur in the sentence as well."""
        return compile_pattern(self.need, int(re.IGNORECASE)) if self.need else None


class Family(NamedTuple):
    """One wording family: why its findings matter and how to write instead."""

    rule: str
    name: str
    message: str
    suggestion: str


@cache
def rules() -> tuple[Rule, ...]:
    """Read every wording rule; an entry with verbs gives one rule a verb."""
    return tuple(rule(number) for number in range(len(_places())))


@cache
def rule(number: int) -> Rule:
    """Read one rule, by its number in `rules()`."""
    entry, verb = _places()[number]
    return read_rule(entry, verb)


@cache
def _places() -> tuple[tuple[dict[str, object], int], ...]:
    """Find the entry of each rule, and which of the entry's verbs it is about."""
    entries = cast("list[dict[str, object]]", load_data()["wording"])
    return tuple(place for entry in entries for place in places_of(entry))


def places_of(entry: dict[str, object]) -> list[tuple[dict[str, object], int]]:
    """Tell the rules of one entry of the lexicon apart: one, or one a verb."""
    data = cast("_Entry", entry)
    return [(entry, verb) for verb in range(len(data["verbs"]) if "verbs" in data else 1)]


def read_rule(entry: dict[str, object], verb: int = 0) -> Rule:
    """Read the rule of an entry of the lexicon, or that of one of its verbs."""
    plain = _rule(entry)
    data = cast("_Entry", entry)
    if "verbs" not in data:
        return plain
    lexeme = data["verbs"][verb]
    return replace(
        plain,
        id=f"{plain.id}: {lexeme['verb']}",
        forms=tuple(lexeme["forms"]),
        source=rf"\b(?:{'|'.join(lexeme['forms'])}){lexeme['rest']}\b{data.get('follows', '')}",
        hits=tuple(text.replace("{}", _past(lexeme)) for text in plain.hits),
        misses=tuple(text.replace("{}", _past(lexeme)) for text in plain.misses),
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
