"""Blameless wording, rules B01 to B15: who is the subject of a blaming phrase decides, not the phrase."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from agent.checks.configuration import DEFAULT, Configuration
from agent.checks.cue_index import cue_index, fold, words_of
from agent.checks.document import Block, Document
from agent.checks.grading import ORDER, grade_match, phrase_end
from agent.checks.guards import (
    is_denied,
    is_explained,
    is_hypothesis,
    is_legal,
    is_mentioned,
    is_named,
    is_rejected,
)
from agent.checks.lexicon import words
from agent.checks.pattern import Pattern
from agent.checks.people_words import may_name_people
from agent.checks.report import Report
from agent.checks.rulebook import Rule, families, rule
from agent.checks.sections import IDENTITY
from agent.checks.sentence import Sentence, split_sentences
from agent.checks.subject import Roster

if TYPE_CHECKING:
    from agent.schema.finding import Level

_SKIPPED = frozenset({"thanks", "appendix"})
_THANKS = Pattern(
    r"^\W*(?:many |special |big )?(?:thanks|thank you|kudos|props|hats off|credit)\b(?! a lot| for nothing)"
    r"(?! to [^.]{0,90}\b(?:for (?:once|finally|eventually|nothing)|(?:nobody|no one) could|caused|broke"
    r"|vanished|disappeared|crashed|stood still|stopped working|went (?:down|dark|missing|offline|out twice)"
    r"|(?:was|were) (?:\w+ )?(?:lost|deleted|down|blocked|wiped|gone|corrupted|stuck|sent twice|billed twice)"
    r"|had no (?!data|lasting|further|customer))"
    r"| to (?:whoever (?:thought|decided|came|left|broke|forgot|had the)"
    r"|the (?:genius|one|person) who thought))",
    re.IGNORECASE,
)


_CAUSES = frozenset({"B06", "B09"})
"""Families whose findings are about a cause that is stated, not one that was thought of."""


_TERMS_OF_LAW = frozenset({"B04", "B14"})


class _Hit(NamedTuple):
    rule: Rule
    level: Level
    start: int
    end: int
    confidence: float


def check_wording(document: Document, configuration: Configuration = DEFAULT) -> tuple[Report, ...]:
    """Report blaming phrases of every block that people wrote as prose."""
    roster = read_roster(document, configuration)
    found: list[Report] = []
    for block in document.blocks:
        if block.section in _SKIPPED or block.role in IDENTITY or block.prose.plain:
            continue
        found.extend(_check_block(document, block, roster))
    return tuple(found)


def check_text(
    text: str, section: str, roster: Roster
) -> tuple[tuple[str, Level, str, str, str, float], ...]:
    """Check plain text; return rule, level, words, message, suggestion and confidence of each hit."""
    results: list[tuple[str, Level, str, str, str, float]] = []
    for sentence in split_sentences(text):
        for hit in _hits(sentence, section, roster):
            family = families()[hit.rule.rule]
            cited = sentence.text[hit.start : hit.end]
            results.append(
                (
                    hit.rule.rule,
                    hit.level,
                    cited,
                    _message(cited, family.message),
                    family.suggestion,
                    hit.confidence,
                )
            )
    return tuple(results)


def read_roster(document: Document, configuration: Configuration = DEFAULT) -> Roster:
    """Collect the names that the settings and the document's own tables and code spans vouch for."""
    people: set[str] = set()
    for block in document.blocks:
        if block.role in {"owner", "actor"} and block.prose.text[:1].isupper():
            parts = block.prose.text.replace(",", " ").split()
            if 1 <= len(parts) <= 2 and all(part.isalpha() for part in parts):
                people.update(part.lower() for part in parts)
    systems = {found.lower() for found in re.findall(r"`([\w.-]{2,40})`", document.source)}
    lists = words()
    people -= systems | lists["thing"] | lists["team"] | lists["team_alone"] | lists["organisation"]
    people = {
        name for name in people if name in lists["given_names"] or name not in lists["team_group_modifier"]
    }
    known = {name.lower() for name in configuration.roster}
    known |= {name.split()[0] for name in known if name and not name.startswith("@")}
    systems = (systems | {name.lower() for name in configuration.services}) - known
    return Roster(people=frozenset(people & lists["given_names"] | known), systems=frozenset(systems))


def _check_block(document: Document, block: Block, roster: Roster) -> Iterator[Report]:
    for sentence in split_sentences(block.prose.text):
        for hit in _hits(sentence, block.section, roster):
            start, end = block.prose.span(sentence.start + hit.start, sentence.start + hit.end)
            line, column = document.place(start)
            end_line, end_column = document.place(end)
            family = families()[hit.rule.rule]
            cited = document.source[start:end]
            yield Report(
                rule=hit.rule.rule,
                level=hit.level,
                message=_message(sentence.text[hit.start : hit.end], family.message),
                suggestion=family.suggestion,
                text=cited,
                line=line,
                column=column,
                end_line=end_line,
                end_column=end_column,
                confidence=hit.confidence,
            )


def _message(cited: str, message: str) -> str:
    return f'"{cited}" {message}'


def _hits(sentence: Sentence, section: str, roster: Roster) -> list[_Hit]:
    low = fold(sentence.text)
    words_here = words_of(low)
    numbers = cue_index().candidates(low, words_here)
    if not numbers or _THANKS.search(sentence.text):
        return []
    people = may_name_people(words_here, roster) or "@" in low
    hits: list[_Hit] = []
    for number in numbers:
        found = rule(number)
        if found.needs_people and not people:
            continue
        if found.sections and section not in found.sections:
            continue
        hit = _first_hit(found, sentence, roster)
        if hit is not None:
            hits.append(hit)
    return _without_overlaps(hits)


def _without_overlaps(hits: list[_Hit]) -> list[_Hit]:
    hits.sort(key=lambda hit: (-ORDER[hit.level], -hit.confidence, hit.start, hit.rule.rule))
    kept: list[_Hit] = []
    for hit in hits:
        clear = all(hit.end <= other.start or hit.start >= other.end for other in kept)
        if clear and all(hit.rule.rule != other.rule.rule for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def _first_hit(rule: Rule, sentence: Sentence, roster: Roster) -> _Hit | None:
    for number, match in enumerate(rule.pattern.finditer(sentence.text)):
        if number == 0 and _is_ruled_out(rule, sentence.text):
            return None
        grade, doubt = grade_match(rule, sentence, match, roster)
        if grade == "none":
            continue
        if rule.reason and is_explained(sentence, match, roster):
            continue
        if is_named(sentence, match) or (rule.mention and is_mentioned(sentence, match)):
            continue
        if is_denied(sentence, match) or (rule.rule in _TERMS_OF_LAW and is_legal(sentence, match)):
            continue
        if rule.rule == "B07" and is_rejected(sentence, match):
            continue
        if rule.rule in _CAUSES and is_hypothesis(sentence):
            continue
        start, end = _trim(sentence.text, match.start(), phrase_end(sentence, match))
        return _Hit(rule, grade, start, end, round(rule.confidence * doubt, 2))
    return None


def _is_ruled_out(rule: Rule, text: str) -> bool:
    if rule.silencer is not None and rule.silencer.search(text):
        return True
    return rule.needed is not None and not rule.needed.search(text)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and not (text[start].isalnum() or text[start] in "@!?\ufffc<"):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
