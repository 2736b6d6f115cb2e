"""Questions for a judge, and warnings from its answers: it may add, it cannot silence what a rule reports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.checks.configuration import DEFAULT, Configuration
from agent.checks.document import Block, Document, read_document
from agent.checks.reading import leave_out_long_lines
from agent.checks.report import Report
from agent.checks.rulebook import families
from agent.checks.sections import IDENTITY
from agent.checks.sentence import Sentence, split_sentences
from agent.checks.subject import Roster
from agent.checks.wording import check_text, read_roster

if TYPE_CHECKING:
    from agent.schema.judgement import Judge, Judgement, Question

_SECTIONS = frozenset({"factor", "lesson"})
_SHORTEST = 4
"""Words; shorter pieces are labels."""
_CONFIDENCE = 0.6
_FACTS = re.compile(r"\d+|(?<=[a-z,;] )[A-Z]\w+|[\w-]*[_/][\w/.-]+")


@dataclass(frozen=True, slots=True)
class _Asked:
    block: Block
    sentence: Sentence
    question: Question


def judge_document(
    text: str, reports: Sequence[Report], judge: Judge, *, configuration: Configuration = DEFAULT
) -> tuple[Report, ...]:
    """Ask about the sentences of factors and lessons without a wording finding; return the new warnings.

    An answer counts only where its words occur in the sentence and its rule exists.
    """
    document = read_document(leave_out_long_lines(text)[0])
    roster = read_roster(document, configuration)
    asked = list(_unsettled(document, reports, roster))
    if not asked:
        return ()
    answers = judge.judge([item.question for item in asked])
    found = (
        _warning(document, item, answer, roster)
        for item, answer in zip(asked, answers, strict=True)
        if answer is not None
    )
    return tuple(report for report in found if report is not None)


def _unsettled(document: Document, reports: Sequence[Report], roster: Roster) -> Iterator[_Asked]:
    from agent.schema.judgement import Question  # noqa: PLC0415 - only a judged check needs it

    settled = [item for item in reports if item.rule[0] == "B" and item.level != "info"]
    told = [
        (block, sentence) for block in _judged(document) for sentence in split_sentences(block.prose.text)
    ]
    for number, (block, sentence) in enumerate(told):
        first, last = block.prose.span(sentence.start, sentence.start + len(sentence.text))
        lines = range(document.place(first)[0], document.place(last)[0] + 1)
        if len(sentence.text.split()) < _SHORTEST or any(item.line in lines for item in settled):
            continue
        doubts = tuple(hit[0] for hit in check_text(sentence.text, block.section, roster))
        before, after = (
            told[near][1].text if 0 <= near < len(told) and told[near][0].section == block.section else ""
            for near in (number - 1, number + 1)
        )
        yield _Asked(block, sentence, Question(sentence.text, before, after, block.section, doubts))


def _judged(document: Document) -> Iterator[Block]:
    return (
        block
        for block in document.blocks
        if block.section in _SECTIONS and block.role not in IDENTITY and block.kind != "heading"
    )


def _warning(document: Document, item: _Asked, answer: Judgement, roster: Roster) -> Report | None:
    at = item.sentence.text.find(answer.span) if answer.span.strip() else -1
    family = families().get(answer.rule)
    if at < 0 or family is None:
        return None
    begin = item.sentence.start + at
    start, end = item.block.prose.span(begin, begin + len(answer.span))
    line, column = document.place(start)
    end_line, end_column = document.place(end)
    usable = _adds_nothing(answer.rewrite, item.sentence.text) and not any(
        hit[1] != "info" for hit in check_text(answer.rewrite, item.block.section, roster)
    )
    return Report(
        rule=answer.rule,
        level="warning",
        message=f'"{answer.span}" {family.message} (judged by a model)',
        suggestion=answer.rewrite if usable else family.suggestion,
        text=document.source[start:end],
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        confidence=_CONFIDENCE,
    )


def _adds_nothing(rewrite: str, sentence: str) -> bool:
    """Tell whether a rewrite has no number, name or identifier that the sentence lacks."""
    return bool(rewrite.strip()) and all(fact in sentence for fact in _FACTS.findall(rewrite))
