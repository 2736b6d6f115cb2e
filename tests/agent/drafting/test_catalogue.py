"""Every entry of the catalogue recognises its own examples, and only those."""

from __future__ import annotations

import re

import pytest

from agent.checks import check_document
from agent.drafting import catalogue, matching
from agent.drafting.catalogue import PLACEHOLDER, Example, Pattern
from agent.errors import UserError
from agent.schema.evidence import Evidence, Pointer

PATTERNS = catalogue.load()
VAGUE = re.compile(
    r"\b(investigate|improve|look into|consider|monitoring|be careful|ensure|review)\b", re.IGNORECASE
)


def build(example: Example) -> Evidence:
    return Evidence(
        id=f"{example.kind}1",
        kind=example.kind,
        service="checkout",
        statement=example.text,
        quote="",
        attributes=example.attributes,
        salience=0.8,
        pointers=(Pointer(artifact="files/a.log", lines=(1, 1)),),
    )


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_pattern_recognises_its_hits_and_leaves_its_misses(pattern: Pattern) -> None:
    for example in pattern.examples.hit:
        assert matching.find((pattern,), (build(example),)), example
    for example in pattern.examples.miss:
        assert not matching.find((pattern,), (build(example),)), example


def test_catalogue_is_broad_and_its_ids_are_unique() -> None:
    assert len(PATTERNS) >= 60
    assert len({pattern.id for pattern in PATTERNS}) == len(PATTERNS)
    assert {pattern.layer for pattern in PATTERNS} == {"immediate", "contributing"}


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_last_template_needs_only_what_is_always_known(pattern: Pattern) -> None:
    for templates in (pattern.title, pattern.claim, *(item.action for item in pattern.actions)):
        assert set(PLACEHOLDER.findall(templates[-1])) <= {"component", "seen", "service"} or (
            templates is pattern.actions[0].action
        )
    for templates in (pattern.title, *(item.action for item in pattern.actions)):
        assert set(PLACEHOLDER.findall(templates[-1])) <= {"component", "service"}


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_actions_are_concrete_and_cover_detection(pattern: Pattern) -> None:
    kinds = {item.kind for item in pattern.actions}
    assert "detect" in kinds
    assert kinds & {"prevent", "mitigate"}
    for item in pattern.actions:
        for text in (*item.action, *item.done_when):
            assert not VAGUE.search(text), text
        assert len(item.done_when[-1].split()) >= 6


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_expressions_stay_linear(pattern: Pattern) -> None:
    conditions = [*pattern.match, *pattern.also, *pattern.against]
    conditions.extend(condition for why in pattern.whys for condition in why.when)
    for condition in conditions:
        for expression in (condition.text, condition.unless):
            for group in re.findall(r"\(([^()]*)\)[*+]", expression):
                assert not re.search(r"[*+]|\{\d+,", group), f"nested quantifier in {expression}"


def test_long_hostile_text_is_matched_in_time() -> None:
    hostile = "x" * 3000 + " quota " * 300 + "\\" * 500
    item = build(PATTERNS[0].examples.hit[0]).model_copy(update={"statement": hostile, "quote": hostile})
    assert isinstance(matching.find(PATTERNS, (item,)), tuple)


def test_a_broken_entry_names_file_and_field() -> None:
    with pytest.raises(UserError, match=r"90-mine\.yaml[\s\S]*weight"):
        catalogue.read("- {id: a, weight: 3}", where="90-mine.yaml")


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_wording_has_no_number_of_its_own(pattern: Pattern) -> None:
    for text in (*pattern.title, *pattern.claim):
        assert not re.search(r"\d", text), text


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_what_a_pattern_says_and_asks_blames_nobody(pattern: Pattern) -> None:
    said = [*pattern.title, *pattern.claim, *(why.question for why in pattern.whys)]
    text = "\n".join(f"- {re.sub(r'{[a-z_]+}', 'etcd', sentence)}" for sentence in said)
    document = f"# Outage\n\n**Date**: 2026-03-04\n\n## Contributing factors\n\n{text}\n"
    found = [item for item in check_document(document) if item.rule[0] == "B" and item.level != "info"]
    assert found == []
