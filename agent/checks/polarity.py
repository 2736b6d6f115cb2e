"""Where a sentence denies what its evidence states, or states what it denies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from agent.checks.stem import STOP, stem
from agent.checks.support import Support
from agent.schema.evidence import Evidence

NEGATOR = (
    r"\b(?:not|never|no|none|nor|without|cannot|neither|hardly|no longer|stopped being|ceased to be)\b|n't\b"
)
_NEGATOR = re.compile(r"\b(?:not|never|no longer)\b", re.IGNORECASE)
_COPIED = 5
"""Words that a statement must have at least to be known as copied."""
_FAILING = re.compile(
    r"\b(?:fail\w*|refus\w*|reject\w*|unable|errors?|stuck|missing|down|lost|stopped|cancel\w*"
    r"|time[ds]?[- ]?out|denied|unavailable|impossible)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    rf"(?:(?:\b0(?: of |/)\d+|\bnone of|\bneither|\bno"
    rf"|\bnot (?:a|one)(?: single)?)(?=((?:\s+[\w'-]+){{1,9}}))\1"
    rf"|(?:{NEGATOR})((?:\s+[\w'-]+){{1,3}}))",
    re.IGNORECASE,
)
_ABLE = re.compile(
    r"\b(?:could|was able to|were able to|managed to|succeeded in)\s+(?!not\b|only\b|no\b)[a-z]+",
    re.IGNORECASE,
)
_READING = re.compile(
    r"be (?:read|seen|compared|inspected|checked|traced|reconstructed|shown|told|ruled|opened|searched)",
    re.IGNORECASE,
)
"""What people could do with a recording, whatever it holds."""
_COULD = re.compile(
    r"\b(?:could (?P<be>be )?|managed to |(?:was|were) able to )(?P<verb>(?!not\b|only\b|no\b|be\b)[a-z]+)",
    re.IGNORECASE,
)
_DENIED_DEED = re.compile(
    r"\b(?:never|did not|has not|had not) (?P<deed>[a-z]+ (?:(?:its|the|an?|their) )?[a-z]+ [a-z]+)",
    re.IGNORECASE,
)
_KNOWING = frozenset(
    """tell know known say said distinguish determine establish established explain decide decided reveal
    confirm prove settle clear""".split()  # noqa: SIM905
)
_NOT_TELLING = frozenset(
    {"further", "other", "longer", "recorded", "single", "evidence", "way", "time", "doubt"}
)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The words that contradict, and what the evidence says instead."""

    words: str
    evidence: str
    message: str


def polarity(text: str, support: Support) -> Iterator[Contradiction]:
    """Compare what is negated in the sentence with what is negated in the statements it cites."""
    yield from _denied_whole(text, support)
    names = {stem(part) for item in support.items for part in re.findall(r"[A-Za-z]+", item.service or "")}
    mine, mine_plain = _negated(text)
    said = {word.lower() for word in re.findall(r"[A-Za-z]+", _NEGATED.sub(" ", text))}
    denied_words = {word.lower() for found in _NEGATED.finditer(text) for word in _reach(found)}
    twice = {stem(word) for word in said & denied_words}
    theirs: set[str] = set()
    plain: set[str] = set()
    for item in support.items:
        denied, rest = _negated(_statement_of(item))
        theirs |= denied
        plain |= rest
    for fact in support.facts:
        if not fact.known:
            return
    for word in sorted((mine & plain) - theirs - twice - names - _NOT_TELLING):
        if word in _states() and not theirs:
            yield Contradiction(word, "", f'the sentence denies "{word}", which the cited evidence states')
    for word in sorted((theirs & mine_plain) - plain - mine - _NOT_TELLING):
        if word in _states() and not _FAILING.search(text):
            yield Contradiction(word, "", f'the sentence states "{word}", which the cited evidence denies')


def _denied_whole(text: str, support: Support) -> Iterator[Contradiction]:
    """Find "never reached its backoff limit" over a statement that has all these words and denies none."""
    for found in _DENIED_DEED.finditer(text):
        words = {stem(word) for word in found.group("deed").split() if word.lower() not in STOP}
        for item in support.items:
            denied, plain = _negated(_statement_of(item))
            if len(words) > 2 and words <= plain and not denied:
                yield Contradiction(found.group(), item.id, f"denies what {item.id} states: {item.statement}")


def turned(text: str, support: Support) -> Iterator[Contradiction]:
    """Find a statement that is copied but for one negation put in or left out."""
    said, bare = _plain(text), _plain(_NEGATOR.sub(" ", text))
    for item in support.items:
        statement = _plain(_statement_of(item))
        without = _plain(_NEGATOR.sub(" ", _statement_of(item)))
        if len(without.split()) < _COPIED or statement in said or without not in bare:
            continue
        if without != statement or said != bare:
            yield Contradiction(text, item.id, f"turns round what {item.id} states: {item.statement}")
            return


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def ability(text: str, support: Support) -> Iterator[Contradiction]:
    """Find "could connect" over evidence that only holds failures."""
    yield from _possible(text, support)
    found = _ABLE.search(text)
    if (
        found is None
        or _READING.match(text, found.end() - 2)
        or re.search(r"\b(?:before|until|if)\b", text[: found.start()], re.IGNORECASE)
        or _FAILING.search(text)
        or re.search(NEGATOR, text, re.IGNORECASE)
    ):
        return
    items = [item for item in support.items if item.kind in {"L", "K"}]
    if items and len(items) == len(support.items) and all(_FAILING.search(item.statement) for item in items):
        yield Contradiction(
            found.group(), items[0].id, f'"{found.group()}" over evidence of a failure: {items[0].statement}'
        )


def _possible(text: str, support: Support) -> Iterator[Contradiction]:
    """Find "could be fetched" over a statement that it could not."""
    for found in _COULD.finditer(text):
        front = text[max(0, found.start() - 40) : found.start()]
        if re.search(r"\b(?:if|until|before|no|none|nothing|neither|nor)\b", front, re.IGNORECASE):
            continue
        verb = f"{found['be'] or ''}{re.escape(found['verb'])}"
        denied = re.compile(rf"\b(?:could not|cannot|failed to|unable to) {verb}\b", re.IGNORECASE)
        speaking = [
            item for item in support.items if re.search(rf"\b{verb}\b", item.statement, re.IGNORECASE)
        ]
        if speaking and all(denied.search(item.statement) for item in speaking):
            item = speaking[0]
            message = f'"{found.group()}" is not what {item.id} states: {item.statement}'
            yield Contradiction(found.group(), item.id, message)


@lru_cache(maxsize=1)
def _states() -> frozenset[str]:
    """Stems of predicates whose negation decides what a sentence says."""
    words = """ready running available reachable healthy responding found defined pull resolve connect start
    started stop schedule scheduled fire fired reach reached rise rose fall fell recover recovered
    fail failed restart restarted answer allow allowed log logged retrieve complete load mount
    mounted exist exists respond fetch create created return returned accept accepted succeed change
    changed drop dropped alive up present match matched finish finished end"""
    return frozenset(stem(word) for word in words.split())


def _statement_of(item: Evidence) -> str:
    return re.sub(r'"[^"]*"', " ", item.statement) if item.statement.count('"') % 2 == 0 else item.statement


def _reach(found: re.Match[str]) -> list[str]:
    """Return the words that a negation denies; none where that is knowledge: "could not tell a failed"."""
    words = (found.group(1) or found.group(2)).split()
    return [] if words[0].lower() in _KNOWING else words


def _negated(text: str) -> tuple[set[str], set[str]]:
    """Return the stems of words in reach of a negation, and of the other words."""
    denied: set[str] = set()
    rest: list[str] = []
    last = 0
    for found in _NEGATED.finditer(text):
        denied.update(stem(word) for word in _reach(found))
        rest.append(text[last : found.start()])
        last = found.end()
    rest.append(text[last:])
    failing = re.compile(r"\b(?:failed|unable) to (\w+)", re.IGNORECASE)
    plain_text = " ".join(rest)
    denied.update(stem(found.group(1)) for found in failing.finditer(plain_text))
    plain = {
        stem(word)
        for word in re.findall(r"[A-Za-z]+", failing.sub(" ", plain_text))
        if word.lower() not in STOP or word == "up"
    }
    return denied, plain
