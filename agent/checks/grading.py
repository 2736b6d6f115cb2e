"""How grave a blaming phrase is, by who acts in it and who is acted on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.checks.acquittal import (
    BE,
    is_acquitted,
    is_conditional,
    is_participle,
    is_present,
)
from agent.checks.lexicon import words
from agent.checks.mood import is_generic, is_permitted, is_unreal
from agent.checks.pattern import Pattern
from agent.checks.phrase import first_phrase
from agent.checks.rulebook import Grade, Rule
from agent.checks.sentence import Sentence, Token
from agent.checks.subject import Kind, Roster, is_word, kind_of, leading_subject, subject_before
from agent.checks.technical_sense import is_about_system

if TYPE_CHECKING:
    from agent.schema.finding import Level

_RECEIVED = Pattern(
    r"^\s*(?:\w+ly )?(?:paged|notified|alerted|told|informed|warned|given|asked|contacted|called|able|"
    r"allowed|invited|shown|"
    r"reminded|included|granted|provided|supported|relieved|involved|added|offered|protected|prompted|"
    r"stopped|prevented|"
    r"blocked|sent|trained|briefed|helped|woken)\b",
    re.IGNORECASE,
)
_HARMLESS_PARTICIPLES = frozenset(
    ["needed", "required", "lost", "suffered", "cost", "lasted", "got", "wanted", "received"]
)
_PROVIDED = Pattern(
    r"^\s*(?:(?:an?|the|more|better|enough|any|some|read|two|second|direct|immediate|full) )*"
    r"(?:access|permissions?|rights|way|ways|means|time|help|support|training|runbooks?|alerts?|visibility|information"
    r"|tools?|dashboards?|backup|sleep|rest|second|to\b)",
    re.IGNORECASE,
)
"""What people should have been given: the lack of it is a condition, not a fault."""
_ANOTHER = Pattern(
    r"^\s*(?:any(?:one|body)?|one|either|someone|somebody|another|a different)\b", re.IGNORECASE
)
"""Who else it may have been is no reproach."""
_HE_OR_SHE = frozenset(["he", "she", "him", "her", "his", "himself", "herself"])
_OF_EVENTS = frozenset(["B01", "B13"])
"""Families of deeds that were done once; what people do in general is none."""
ORDER: dict[Grade, int] = {"none": 0, "info": 1, "warning": 2, "error": 3}


def grade_match(  # noqa: PLR0911 - one return a reason
    rule: Rule, sentence: Sentence, match: re.Match[str], roster: Roster
) -> tuple[Grade, float]:
    """Decide the level from who acts and who is acted on; "none" where the rule does not apply."""
    if rule.part and not is_participle(match.group("part")) and not _is_compound(sentence, match):
        return "none", 0.0
    if rule.receiver and _harmless_participle(sentence, match):
        return "none", 0.0
    grade: Grade = rule.level
    doubt = 1.0
    if rule.forms and is_unreal(sentence, match.start()):
        return "none", 0.0
    if rule.rule in _OF_EVENTS and (
        is_generic(sentence, match) or (rule.subject and is_permitted(sentence, match))
    ):
        return "none", 0.0
    if is_about_system(rule, sentence, match, roster):
        return "none", 0.0
    if rule.subject:
        kind = _subject_kind(rule, sentence, match, roster)
        if kind == "we" and is_conditional(sentence, match):
            return "none", 0.0
        if kind == "self" and rule.rule in _OF_EVENTS and is_present(match):
            return "none", 0.0
        if kind == "unknown" and not rule.sentence_subject and not _may_be_a_name(sentence, match.start()):
            return "none", 0.0
        grade, doubt = _by_subject(rule, kind)
    elif (named := _object_kind(rule, sentence, match, roster)) is not None:
        grade, doubt = _by_object(rule, named)
    if grade != "none" and is_acquitted(rule, sentence, match, roster):
        return "none", 0.0
    return grade, doubt


def _subject_kind(rule: Rule, sentence: Sentence, match: re.Match[str], roster: Roster) -> Kind:
    if rule.sentence_subject:
        return leading_subject([token for token in sentence.tokens if token.end <= match.start()], roster)
    if _is_passive(sentence, match.start()):
        return _agent(sentence, match.end(), roster)
    kind = subject_before(sentence, match.start(), roster)
    return _antecedent(sentence, match.start(), roster) if kind == "unknown" else kind


def _agent(sentence: Sentence, position: int, roster: Roster) -> Kind:
    """Resolve who did what a passive tells: the noun phrase of a "by" close behind it."""
    after = [token for token in sentence.tokens if token.start >= position]
    for number, token in enumerate(after[:5]):
        if token.low == "by":
            kind = kind_of(first_phrase(after[number + 1 :]), roster)
            return kind if kind in {"person", "team", "we", "self"} else "system"
        if token.low in {",", ";", ".", ":", "and", "or", "but"}:
            break
    return "system"


def _antecedent(sentence: Sentence, position: int, roster: Roster) -> Kind:
    """Resolve "they" to the nearest plural or team noun before it in the sentence."""
    before = [token for token in sentence.tokens if token.end <= position]
    they = max((number for number, token in enumerate(before) if token.low == "they"), default=-1)
    if they < max(0, len(before) - 6) or any(token.low in {",", ";"} for token in before[they + 1 :]):
        return "unknown"
    for token in reversed(before):
        if token.low == "they":
            continue
        kind = kind_of([token], roster)
        if kind == "team" or (kind != "unknown" and token.low.endswith("s")):
            return kind
    return "unknown" if len(before) > 6 else "person"


def _is_passive(sentence: Sentence, position: int) -> bool:
    """Tell whether the verb at `position` is a participle after a form of "be": its subject suffers it."""
    following = next((token.low for token in sentence.tokens if token.start >= position), "")
    if not is_participle(following):
        return False
    for token in reversed([token for token in sentence.tokens if token.end <= position]):
        if token.low in BE:
            return True
        if not (token.low in words()["adverb"] or token.low.endswith("ly")):
            return False
    return False


def _may_be_a_name(sentence: Sentence, position: int) -> bool:
    """Tell whether an unknown head could be a person: a capital or a pronoun.

    The capital of a sentence's first word says nothing: it may as well be a component. So does the ending of
    an agent noun: a compactor, a watcher.
    """
    before = [token for token in sentence.tokens if token.end <= position]
    while before and (before[-1].low in words()["adverb"] or before[-1].low in words()["auxiliary"]):
        before.pop()
    if not before:
        return False
    head = before[-1]
    return (head.text[0].isupper() and head.start > 0) or head.low == "they"


def _by_subject(rule: Rule, kind: Kind) -> tuple[Grade, float]:  # noqa: PLR0911 - one return a kind
    if kind in rule.exempt:
        return "none", 0.0
    match kind:
        case "person" | "self":
            return rule.level, 1.0
        case "team":
            return rule.level, 0.97
        case "we":
            return _at_most(rule.we, rule.level), 0.75
        case "organisation":
            return _at_most("warning", rule.level), 0.75
        case "unknown":
            return rule.unknown, 0.68
        case "none":
            return rule.none, 0.7
        case _:
            return "none", 0.0


def _by_object(rule: Rule, kind: Kind) -> tuple[Grade, float]:
    if rule.np_kinds and kind not in rule.np_kinds:
        return "none", 0.0
    match kind:
        case "person" | "self" | "team":
            return rule.level, 1.0
        case "we":
            return _at_most(rule.we_np, rule.level), 0.75
        case "organisation":
            return _at_most("warning", rule.level), 0.75
        case "unknown":
            return rule.np_unknown, 0.65
        case _:
            return "none", 0.0


def _at_most(grade: Grade, level: Level) -> Grade:
    return grade if ORDER[grade] < ORDER[level] else level


def _object_kind(rule: Rule, sentence: Sentence, match: re.Match[str], roster: Roster) -> Kind | None:
    """Classify the noun phrase that the pattern captured; None where it captured none."""
    groups = match.groupdict()
    if rule.named:
        start, end = match.span("name")
        tokens = [token for token in sentence.tokens if start <= token.start < end and token.low != "."]
        if any(map(_is_role, tokens[:1])):
            return "system"
        kind = kind_of(tokens, roster)
        kind = kind_of(tokens[:1], roster) if kind == "unknown" else kind
        return "person" if kind == "unknown" and _is_he_or_she(sentence, end) else kind
    if groups.get("owner") is not None:
        start, end = match.span("owner")
        tokens = [token for token in sentence.tokens if start <= token.start < end]
        return kind_of(tokens, roster)
    start = _np_start(match)
    if start is None:
        return None
    phrase = first_phrase([token for token in sentence.tokens if token.start >= start])
    return kind_of(phrase, roster, alone=rule.np_unknown != "none")


def _is_he_or_she(sentence: Sentence, position: int) -> bool:
    """Tell whether a name that no list knows is taken up as he or she: a person's."""
    return any(token.low in _HE_OR_SHE for token in sentence.tokens if token.start >= position)


def _is_role(token: Token) -> bool:
    """Tell whether a capitalised word is no name: a pronoun, or a role at the head of a sentence."""
    return is_word("person", token) or token.low in words()["pronoun_person"] | words()["pronoun_we"]


def _np_start(match: re.Match[str]) -> int | None:
    for name, value in match.groupdict().items():
        if name.startswith("np") and value is not None:
            start = match.start(name)
            return start + len(value) - len(value.lstrip())
    return None


def phrase_end(sentence: Sentence, match: re.Match[str]) -> int:
    """Return where the match ends, with the noun phrase that it names."""
    start = _np_start(match)
    if start is None:
        return match.end()
    phrase = first_phrase([token for token in sentence.tokens if token.start >= start])
    return max([match.end(), *(token.end for token in phrase[-1:])])


def _is_compound(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether a noun and a participle stand in the participle's place, as in "load tested"."""
    start, end = match.span("part")
    if sentence.text[start:end].lower() in words()["determiner"] | words()["preposition"]:
        return False
    following = re.match(r"[ -](\w+ed)\b", sentence.text[end:])
    return following is not None


def _is_acted_on(sentence: Sentence, match: re.Match[str], after: str) -> bool:
    """Tell whether "they" should have had something done to them: most such things are not people."""
    before = [token.low for token in sentence.tokens if token.end <= match.start()]
    following = after.split()[:1]
    return before[-1:] == ["they"] and bool(following) and is_participle(following[0])


def _harmless_participle(sentence: Sentence, match: re.Match[str]) -> bool:
    part = match.group("part").lower()
    if part == "been":
        after = sentence.text[match.end() :]
        return bool(_RECEIVED.match(after) or _ANOTHER.match(after)) or _is_acted_on(sentence, match, after)
    if part == "had":
        return bool(_PROVIDED.match(sentence.text[match.end() :]))
    return part in _HARMLESS_PARTICIPLES
