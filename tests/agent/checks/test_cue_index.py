"""The cues of a pattern: what matches it contains them, whatever the pattern."""

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.checks.cue_index import CueIndex, cue_index, fold, words_of
from agent.checks.lexicon.cues import Clause, index_cues, key_of, ways_of
from agent.checks.rulebook import Rule, rules
from benchmarks.rows import read_rows

FIXTURES = Path(__file__).parents[2] / "fixtures/wording"


def _index(*patterns: str) -> CueIndex:
    numbered = enumerate(patterns)
    table = index_cues([Rule(id=str(number), rule="B01", source=source) for number, source in numbered])
    return CueIndex(**table)  # type: ignore[arg-type] # the build's own table


def _candidates(index: CueIndex, text: str) -> list[int]:
    low = fold(text)
    return index.candidates(low, words_of(low))


_WORDS = st.sampled_from(["ab", "abc", "be", "the", "cd", "e", "an", "abcd ef", "don't", "re-cut"])
_ATOMS = st.one_of(
    _WORDS, st.sampled_from([" ", r"\b", r"\w+", r"\s+", "[ab]", "[^c]", ".", "[a-d]", "(?=a)", "(?! b)"])
)
_CHAINS = st.sampled_from(["(?:ab )*", "(?:be|cd)+", "(?:an? )*the", "(?:re-)+cut"])
"""Open repetition stands in these alone: repeated repetitions may be tried for hours."""


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=1, max_size=3)
    grouped = several.map(lambda parts: f"(?:{'|'.join(parts)})")
    repeated = st.tuples(grouped, st.sampled_from(["?", "{0,2}?", "{1,2}", "{2}"]))
    return st.one_of(several.map("".join), grouped, repeated.map("".join))


_PATTERNS = st.recursive(st.one_of(_ATOMS, _CHAINS), _grow, max_leaves=8)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_text_that_matches_contains_the_cues(data: st.DataObject) -> None:
    source = data.draw(_PATTERNS)
    pattern = re.compile(source, re.IGNORECASE)
    if not all(way.clauses for way in ways_of(pattern)):
        return
    text = data.draw(st.from_regex(pattern, alphabet="abcdefhnoprtuABE '-,\u017f\u0130"))
    assert _candidates(_index(source), text) == [0]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_text_made_from_a_rule_is_given_to_that_rule(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(rules()) - 1))
    text = data.draw(st.from_regex(rules()[number].pattern))
    assert number in _candidates(cue_index(), text)


@pytest.mark.parametrize("folder", [".", "second", "third/read", "fifth/read", "registers", "voices"])
def test_no_match_in_the_fixtures_is_lost(folder: str) -> None:
    plain = FIXTURES / folder
    path = plain if (plain / "blameful.txt").is_file() else plain / "dev.jsonl"
    texts = [str(row["text"]) for row in read_rows(path, "all")]
    lost = [
        (rule.id, text)
        for text in random.Random(7).sample(texts, 90)
        for number, rule in enumerate(rules())
        if rule.pattern.search(text) and number not in _candidates(cue_index(), text)
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("source", "clauses"),
    [
        (r"\bdropped the (?:ball|hat)\b", [("\0dropped the ball\0", "\0dropped the hat\0")]),
        (r"\b(?:was|were) (?:\w+ly )?sloppy", [("\0was ", "\0were "), ("\0sloppy",)]),
        (r"\b(?:mis|over)look(?:ed|s)?\b", [("\0mislook", "\0overlook")]),
        (r"!{2,}", [("!!",)]),
    ],
)
def test_clauses_keep_words_that_touch_together(source: str, clauses: list[Clause]) -> None:
    (way,) = ways_of(re.compile(source, re.IGNORECASE))
    for clause, found in zip(clauses, way.clauses, strict=True):
        assert all(literal.startswith(clause) for literal in found)


@pytest.mark.parametrize(
    ("literal", "key"),
    [
        ("\0dropped the ball\0", ("words", "dropped")),
        ("\0misconfigur", ("prefixes", "misc")),
        ("'s fault", ("prefixes", "faul")),
        ("'s fault\0", ("words", "fault")),
        ("!!", ("anywhere", "!!")),
    ],
)
def test_a_literal_is_found_by_a_word_that_stands_alone(literal: str, key: tuple[str, str]) -> None:
    assert key_of(literal) == key


def test_a_pattern_that_needs_no_word_is_refused() -> None:
    with pytest.raises(ValueError, match="rule 0"):
        _index(r"\w+ing|\d+")


def test_an_ordinary_sentence_wakes_few_rules() -> None:
    text = "The deploy at 10:02 raised the gateway's error rate, and the on-call engineer rolled it back."
    assert len(_candidates(cue_index(), text)) < 6
