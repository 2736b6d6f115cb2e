"""Blameless wording, rules B01 to B15: who is the subject of a blaming phrase decides, not the phrase."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.checks.document import Block, Document
from agent.checks.lexicon import words
from agent.checks.rulebook import Grade, Rule, families, rules
from agent.checks.sections import IDENTITY
from agent.checks.sentence import Sentence, Token, split_sentences
from agent.checks.subject import Kind, Roster, kind_of, leading_subject, subject_before
from agent.schema.finding import Finding, Level

_SKIPPED = frozenset({"thanks", "appendix"})
_THANKS = re.compile(
    r"^\W*(?:many |special |big )?(?:thanks|thank you|kudos|props|hats off|credit)\b(?! a lot)", re.IGNORECASE
)
_REASON = re.compile(
    r"\b(?:because(?! of)|since(?! (?:\d|last|the (?:start|morning))|then)|(?:so|given) that|given(?= the| "
    r"how| what)"
    r"|owing to|due to|because of)\b\s*|, as\s+|\bas (?=(?:the|it|there|no)\b)|: (?=(?:the|its?|no|there)\b)"
    r"|; (?=(?:the|its?|no|there)\b)|,? which (?:is|was) the (?:documented|usual|standard|normal|agreed)\s*",
    re.IGNORECASE,
)
_MENTION_BEFORE = re.compile(
    r"\b(?:not|never|no|nor|neither|instead of|rather than|avoid(?:s|ing)?|without|blameless|beyond|don't|"
    r"doesn't|isn't"
    r"|reject(?:s|ed)?|than|the (?:term|word|phrase|label|category)|calling|labell?(?:ed|"
    r"ing)?)\b[^.;]{0,45}$",
    re.IGNORECASE,
)
_MENTION_AFTER = re.compile(
    r"^[^.;]{0,30}\b(?:(?:is|are|was|were|does|do|must|should|can)(?: not|n't)|cannot|never|no longer|"
    r"explains nothing"
    r"|starts? (?:an? )?(?:inquiry|investigation)|is a (?:label|symptom)|alone (?:does|is))\b",
    re.IGNORECASE,
)
_RECEIVED = re.compile(
    r"^\s*(?:\w+ly )?(?:paged|notified|alerted|told|informed|warned|given|asked|contacted|called|able|"
    r"allowed|invited|shown|"
    r"reminded|included|granted|provided|supported|relieved|involved|added|offered|protected|prompted|"
    r"stopped|prevented|"
    r"blocked|sent|trained|briefed|helped|woken)\b",
    re.IGNORECASE,
)
_HARMLESS_PARTICIPLES = frozenset(
    [
        "had",
        "needed",
        "required",
        "lost",
        "suffered",
        "taken",
        "cost",
        "meant",
        "expected",
        "wanted",
        "lasted",
        "got",
    ]
)
_ORDER: dict[Grade, int] = {"none": 0, "info": 1, "warning": 2, "error": 3}


@dataclass(frozen=True, slots=True)
class _Hit:
    rule: Rule
    level: Level
    start: int
    end: int
    confidence: float


def check_wording(document: Document) -> tuple[Finding, ...]:
    """Report blaming phrases of every block that people wrote as prose."""
    roster = read_roster(document)
    found: list[Finding] = []
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


def read_roster(document: Document) -> Roster:
    """Collect the names that the document's own tables, handles and code spans vouch for."""
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
    return Roster(people=frozenset(people & lists["given_names"]), systems=frozenset(systems))


def _check_block(document: Document, block: Block, roster: Roster) -> Iterator[Finding]:
    for sentence in split_sentences(block.prose.text):
        for hit in _hits(sentence, block.section, roster):
            start, end = block.prose.span(sentence.start + hit.start, sentence.start + hit.end)
            line, column = document.place(start)
            end_line, end_column = document.place(end)
            family = families()[hit.rule.rule]
            cited = document.source[start:end]
            yield Finding(
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
    if _THANKS.search(sentence.text):
        return []
    low = sentence.low
    hits: list[_Hit] = []
    for rule in rules():
        if not any(cue in low for cue in rule.cue) or (rule.sections and section not in rule.sections):
            continue
        hit = _first_hit(rule, sentence, roster)
        if hit is not None:
            hits.append(hit)
    return _without_overlaps(hits)


def _without_overlaps(hits: list[_Hit]) -> list[_Hit]:
    hits.sort(key=lambda hit: (-_ORDER[hit.level], -hit.confidence, hit.start, hit.rule.rule))
    kept: list[_Hit] = []
    for hit in hits:
        clear = all(hit.end <= other.start or hit.start >= other.end for other in kept)
        if clear and all(hit.rule.rule != other.rule.rule for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def _first_hit(rule: Rule, sentence: Sentence, roster: Roster) -> _Hit | None:
    if rule.silencer is not None and rule.silencer.search(sentence.text):
        return None
    if rule.needed is not None and not rule.needed.search(sentence.text):
        return None
    for match in rule.pattern.finditer(sentence.text):
        grade, doubt = _grade(rule, sentence, match, roster)
        if grade == "none":
            continue
        if rule.reason and _explained(sentence, match, roster):
            continue
        if rule.mention and _mentioned(sentence, match):
            continue
        start, end = _trim(sentence.text, match.start(), _end_of(sentence, match))
        return _Hit(rule, grade, start, end, round(rule.confidence * doubt, 2))
    return None


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and not (text[start].isalnum() or text[start] in "@!?\ufffc<"):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _grade(rule: Rule, sentence: Sentence, match: re.Match[str], roster: Roster) -> tuple[Grade, float]:
    """Decide the level from who acts and who is acted on; "none" where the rule does not apply."""
    if rule.part and not _is_participle(match.group("part")):
        return "none", 0.0
    if rule.receiver and _harmless_participle(sentence, match):
        return "none", 0.0
    grade: Grade = rule.level
    doubt = 1.0
    if rule.subject:
        kind = _subject_kind(rule, sentence, match, roster)
        if kind == "unknown" and not rule.sentence_subject and not _may_be_a_name(sentence, match.start()):
            return "none", 0.0
        grade, doubt = _by_subject(rule, kind)
    elif (named := _object_kind(rule, sentence, match, roster)) is not None:
        grade, doubt = _by_object(rule, named)
    return grade, doubt


def _subject_kind(rule: Rule, sentence: Sentence, match: re.Match[str], roster: Roster) -> Kind:
    if rule.sentence_subject:
        return leading_subject([token for token in sentence.tokens if token.end <= match.start()], roster)
    if _is_passive(sentence, match.start()):
        return "system"
    kind = subject_before(sentence, match.start(), roster)
    return _antecedent(sentence, match.start(), roster) if kind == "unknown" else kind


def _antecedent(sentence: Sentence, position: int, roster: Roster) -> Kind:
    """Resolve "they" to the nearest plural or team noun before it in the sentence."""
    before = [token for token in sentence.tokens if token.end <= position]
    if not any(token.low == "they" for token in before[-6:]):
        return "unknown"
    for token in reversed(before):
        if token.low == "they":
            continue
        kind = kind_of([token], roster)
        if kind == "team" or (kind != "unknown" and token.low.endswith("s")):
            return kind
    return "unknown" if len(before) > 6 else "person"


_BE = frozenset(
    [
        "be",
        "been",
        "being",
        "is",
        "are",
        "was",
        "were",
        "get",
        "gets",
        "got",
        "gotten",
        "getting",
        "isn't",
        "aren't",
        "wasn't",
        "weren't",
    ]
)


def _is_passive(sentence: Sentence, position: int) -> bool:
    """Tell whether the verb at `position` is a participle after a form of "be": its subject suffers it."""
    following = next((token.low for token in sentence.tokens if token.start >= position), "")
    if not _is_participle(following):
        return False
    for token in reversed([token for token in sentence.tokens if token.end <= position]):
        if token.low in _BE:
            return True
        if not (token.low in words()["adverb"] or token.low.endswith("ly")):
            return False
    return False


def _may_be_a_name(sentence: Sentence, position: int) -> bool:
    """Tell whether an unknown head could be a person: a capital, a pronoun or an agent noun."""
    before = [token for token in sentence.tokens if token.end <= position]
    while before and (before[-1].low in words()["adverb"] or before[-1].low in words()["auxiliary"]):
        before.pop()
    if not before:
        return False
    head = before[-1]
    agentive = head.low.rstrip("s").endswith(("er", "or", "ist", "ian", "eer")) and not head.low.startswith(
        "num"
    )
    return head.text[0].isupper() or head.low == "they" or agentive


def _by_subject(rule: Rule, kind: Kind) -> tuple[Grade, float]:
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
    return grade if _ORDER[grade] < _ORDER[level] else level


def _object_kind(rule: Rule, sentence: Sentence, match: re.Match[str], roster: Roster) -> Kind | None:
    """Classify the noun phrase that the pattern captured; None where it captured none."""
    groups = match.groupdict()
    if rule.named:
        start, end = match.span("name")
        return kind_of(
            [token for token in sentence.tokens if start <= token.start and token.start < end], roster
        )
    if groups.get("owner") is not None:
        start, end = match.span("owner")
        tokens = [token for token in sentence.tokens if start <= token.start < end]
        return kind_of(tokens, roster)
    start = _np_start(match)
    if start is None:
        return None
    phrase = first_phrase([token for token in sentence.tokens if token.start >= start])
    return kind_of(phrase, roster, alone=rule.np_unknown != "none")


def _np_start(match: re.Match[str]) -> int | None:
    for name, value in match.groupdict().items():
        if name.startswith("np") and value is not None:
            start = match.start(name)
            return start + len(value) - len(value.lstrip())
    return None


def _end_of(sentence: Sentence, match: re.Match[str]) -> int:
    start = _np_start(match)
    if start is None:
        return match.end()
    phrase = first_phrase([token for token in sentence.tokens if token.start >= start])
    return max([match.end(), *(token.end for token in phrase[-1:])])


def first_phrase(tokens: list[Token]) -> list[Token]:
    """Take the first noun phrase of a stretch of words."""
    lists = words()
    phrase: list[Token] = []
    for token in tokens:
        low = token.low
        if low in lists["auxiliary"] or low in lists["boundary"] or low in {".", "to"}:
            break
        if low in lists["preposition"]:
            if phrase and phrase[-1].low in {"all", "any", "one", "each", "some", "none", "both"}:
                continue
            break
        if token.text.lower().endswith("'s") and phrase is not None:
            phrase = []
            continue
        phrase.append(token)
        if low in lists["pronoun_person"] | lists["pronoun_we"] | {"they", "it", "i", "us"} or low.startswith(
            "@"
        ):
            break
        if len(phrase) >= 6:
            break
    return _cut_at_verb(phrase)


def _cut_at_verb(phrase: list[Token]) -> list[Token]:
    lists = words()
    for index in range(1, len(phrase)):
        previous = phrase[index - 1].low
        noun = (
            previous in lists["person"]
            or previous.rstrip("s") in lists["person"]
            or previous in lists["team"]
        )
        low = phrase[index].low
        adjective = (
            low.endswith(("ed", "ing")) and index + 1 < len(phrase) and previous in lists["determiner"]
        )
        following = phrase[index + 1].low if index + 1 < len(phrase) else ""
        software = low in lists["thing"] and previous.rstrip("s") in lists["software_role"]
        compound = following in lists["person"] or following in lists["team"] or software
        if (
            noun
            and not compound
            and not adjective
            and low not in lists["person"]
            and low not in lists["team"]
        ):
            return phrase[:index]
    return phrase


def _is_participle(word: str) -> bool:
    low = word.lower()
    return low in words()["participle"] or (len(low) > 3 and low.endswith("ed"))


def _harmless_participle(sentence: Sentence, match: re.Match[str]) -> bool:
    part = match.group("part").lower()
    if part == "been":
        return bool(_RECEIVED.match(sentence.text[match.end() :]))
    return part in _HARMLESS_PARTICIPLES


def _explained(sentence: Sentence, match: re.Match[str], roster: Roster) -> bool:
    """Tell whether the sentence itself gives a reason that is not another person's doing."""
    for reason in _REASON.finditer(sentence.text):
        if match.start() < reason.start() < match.end():
            continue
        phrase = first_phrase([token for token in sentence.tokens if token.start >= reason.end()])
        if kind_of(phrase, roster) not in {"person", "team", "we", "self"}:
            low = phrase[0].low if phrase else ""
            if low not in {"they", "he", "she", "their", "his", "her"}:
                return True
    return False


def _mentioned(sentence: Sentence, match: re.Match[str]) -> bool:
    before, after = sentence.text[: match.start()], sentence.text[match.end() :]
    return bool(_MENTION_BEFORE.search(before) or _MENTION_AFTER.search(after))
