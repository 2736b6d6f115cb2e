"""Spans and orders of events in prose, against the document's own rows, rules C01, C03 and C07."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from agent.checks.document import Block, Document
from agent.checks.duration import Length, read_lengths, write_length
from agent.checks.event_words import Mention, mentions, row_matches
from agent.checks.pattern import Pattern
from agent.checks.report import Report, at
from agent.checks.sentence import split_sentences
from agent.checks.timeline import CLOCK, Row, clock_offset

_DAY = timedelta(days=1)
_RANGE = Pattern(
    r"\b(?:(?:from|between)\s+)?(?P<first>\d?\d:\d\d(?::\d\d)?)\s*(?:UTC|Z|[A-Z]{2,4}T?)?\s*(?:-|\u2013|\u2014|to|until|till|and|through)\s*"
    r"(?P<last>\d?\d:\d\d(?::\d\d)?)"
)
_THEN_LENGTH = Pattern(
    r"\s*(?:UTC|Z|[A-Z]{2,4}T?)?\s*[,(:=\u2013\u2014-]*\s*(?:for|lasting|lasted|a total of|in total"
    r"|i\.e\.,?|or|which is|a span of|took|that is)?"
    r"(?: a total of| about| around| roughly)?\s*",
    re.IGNORECASE,
)
_THEN_RANGE = Pattern(
    r"\s*(?:in total|long|of \w+)?\s*[,(:\u2013\u2014-]*\s*(?:from|between|running|starting)?\s*",
    re.IGNORECASE,
)
_LIMIT = Pattern(
    r"\b(?:up to|at least|at most|more than|less than|under|within|every|each|per|timeout|interval)\b",
    re.IGNORECASE,
)
_LONGEST = 2000
"""Characters of the longest sentence that is read: a longer one is data, not prose."""
_MOST_ROWS = 60
_FROM_TO = Pattern(r"\b(?:from|between)\b", re.IGNORECASE)
_TIME_TO = Pattern(
    r"\btime[- ]to[- ](?P<what>detect(?:ion)?|acknowledge|mitigat\w*|resol\w*|repair|recover\w*"
    r"|restor\w*|fix)\b(?:[^.\n\d]{0,25}?)$",
    re.IGNORECASE,
)
_WHAT = (
    ("detect", "detection"),
    ("acknowl", "acknowledgement"),
    ("mitig", "mitigation"),
    ("resol", "resolution"),
    ("repair", "fix"),
    ("fix", "fix"),
    ("recov", "recovery"),
    ("restor", "recovery"),
)
_LASTED = Pattern(
    r"\b(?:incident|outage|disruption|degradation|impact|downtime"
    r"|interruption)\b[^.;]{0,40}?\b(?:lasted|was|ran|went on|took"
    r"|persisted)(?: for)?(?: a total of)?\s*$"
    r"|\b(?:outage|incident|disruption|degradation|downtime|interruption) (?:of|lasting)\s*$"
    r"|\b(?:duration|downtime)(?: of (?:the )?(?:incident|outage|impact))?\s*(?::|was|of)\s*$",
    re.IGNORECASE,
)
_ORDER = Pattern(r"\b(?P<word>before|after)\b", re.IGNORECASE)


def check_spans(
    document: Document, rows: tuple[Row, ...], header: Length | None, *, started: bool
) -> Iterator[Report]:
    """Report spans and orders in prose that the document's own times do not have.

    Where the header says when it `started`, any row may be of that time, and the first may stand before it.
    """
    index = _Index(rows, started=started)
    for block in document.blocks:
        if block.kind == "heading" or (block.section == "timeline" and rows):
            continue
        for sentence in split_sentences(block.prose.text):
            if len(sentence.text) > _LONGEST:
                continue
            lengths = read_lengths(sentence.text)
            if lengths:
                yield from _ranges(document, block, sentence.start, sentence.text, lengths)
                yield from _between(document, block, sentence.start, sentence.text, lengths, index)
                yield from _whole(document, block, sentence.start, sentence.text, lengths, header)
            elif len(rows) > 1 and _ORDER.search(sentence.text):
                yield from _order(document, block, sentence.start, sentence.text, index)


class _Index:
    """The rows of a timeline by class of event, each class looked up once."""

    def __init__(self, rows: tuple[Row, ...], *, started: bool) -> None:
        self.rows = rows
        self.starts = rows if started else rows[:1]
        """The rows that may tell of the start."""
        self._found: dict[str, list[Row]] = {}

    def of(self, name: str) -> list[Row]:
        """Return the first rows that speak of a class of event."""
        if name not in self._found:
            self._found[name] = [row for row in self.rows if row_matches(name, row.text)][:_MOST_ROWS]
        return self._found[name]


def _ranges(
    document: Document, block: Block, offset: int, text: str, lengths: tuple[Length, ...]
) -> Iterator[Report]:
    """Compare "from 16:58 to 18:46 (1 h 48 min)" with itself, where one range stands beside one duration."""
    found = list(_RANGE.finditer(text))
    if len(found) != 1 or len(lengths) != 1:
        return
    stated, pair = lengths[0], found[0]
    if stated.start >= pair.end():
        joined = _THEN_LENGTH.fullmatch(text[pair.end() : stated.start])
    else:
        joined = _THEN_RANGE.fullmatch(text[stated.end : pair.start()])
    if (
        joined is None
        or _LIMIT.match(stated.text)
        or _LIMIT.search(text[max(0, stated.start - 14) : stated.start])
    ):
        return
    first, last = CLOCK.search(pair.group("first")), CLOCK.search(pair.group("last"))
    if first is None or last is None:
        return
    span = clock_offset(last) - clock_offset(first)
    span = span if span >= timedelta(0) else span + _DAY
    if not stated.covers(span) and not stated.covers(span + _DAY):
        begin, end = block.prose.span(
            offset + min(stated.start, pair.start()), offset + max(stated.end, pair.end())
        )
        times = f"from {pair.group('first')} to {pair.group('last')}"
        message = f"{stated.text.strip()} is not the time {times}, which is {write_length(span)}"
        yield at(
            document,
            begin,
            end,
            "C03",
            "warning",
            message,
            f"Use {write_length(span)}, or correct the times.",
        )


def _between(  # noqa: PLR0917 - private; one caller
    document: Document, block: Block, offset: int, text: str, lengths: tuple[Length, ...], index: _Index
) -> Iterator[Report]:
    if len(index.rows) < 2:
        return
    told = list(mentions(text))
    for stated in lengths:
        pair = _pair(text, stated, told)
        if pair is None:
            continue
        first, last, start, finish = pair
        spans = _row_spans(index, first, last)
        if not spans or any(stated.covers(span) for span in spans):
            continue
        begin, end = block.prose.span(offset + min(stated.start, start), offset + max(stated.end, finish))
        have = write_length(spans[0])
        between = f"{stated.text.strip()} between {first} and {last}"
        message = f"{between} does not agree with the timeline, which has {have}"
        yield at(document, begin, end, "C03", "warning", message, f"Use {have}, or correct the timeline.")


def _pair(text: str, stated: Length, told: Sequence[Mention]) -> tuple[str, str, int, int] | None:
    """Find the two events that a duration lies between, the earlier first, and where they stand."""
    window = max(0, stated.start - 60)
    metric = _TIME_TO.search(text[window : stated.start])
    if metric:
        what = next(name for part, name in _WHAT if metric.group("what").lower().startswith(part))
        return "start", what, window + metric.start(), stated.end
    before = [item for item in told if item.end <= stated.start]
    after = [item for item in told if item.start >= stated.end]
    for couple in (
        (after[0], after[1]) if len(after) > 1 else None,
        (before[-2], before[-1]) if len(before) > 1 else None,
    ):
        if couple is None or couple[0].name == couple[1].name:
            continue
        lead = text[max(0, couple[0].start - 12) : couple[0].start]
        middle = text[couple[0].end : couple[1].start]
        gap = (
            text[stated.end : couple[0].start]
            if couple[0].start >= stated.end
            else text[couple[1].end : stated.start]
        )
        joined = re.fullmatch(r"\s*(?:to|until|and|->|\u2192|\u2013|till)\s*", middle)
        near = joined and len(gap) <= 30 and not re.search(r"[.;]", gap)
        if near and (_FROM_TO.search(lead) or (_plain(middle) and _is_label(gap))):
            return couple[0].name, couple[1].name, couple[0].start, couple[1].end
    return _relative(text, stated, before, after)


def _plain(middle: str) -> bool:
    return middle.strip() in {"to", "until", "->", "\u2192"}


def _is_label(gap: str) -> bool:
    return bool(
        re.fullmatch(r"\s*(?:[:(=]|took|was|is|in|lasted|:?\**)\s*(?:about |roughly |just )?\s*", gap)
    )


def _relative(
    text: str, stated: Length, before: Sequence[Mention], after: Sequence[Mention]
) -> tuple[str, str, int, int] | None:
    """Read "E2 came N minutes after E1" and "N minutes after E1, E2"; the same with before."""
    link = re.match(r"\s*(?P<word>after|before|later|from)\b", text[stated.end :])
    if link is None or link.group("word") in {"later", "from"} or not after:
        return None
    near = after[0]
    if text[stated.end + link.end() : near.start].strip():
        return None
    if (
        before
        and not re.search(r"[;:]", text[before[-1].end : stated.start])
        and len(text[before[-1].end : stated.start]) <= 25
    ):
        other = before[-1]
    elif (
        len(after) > 1 and text[near.end : near.end + 1] == "," and len(text[near.end : after[1].start]) <= 25
    ):
        other = after[1]
    else:
        return None
    if other.name == near.name:
        return None
    first, last = (near, other) if link.group("word") == "after" else (other, near)
    return first.name, last.name, min(near.start, other.start), max(near.end, other.end)


def _row_spans(index: _Index, first: str, last: str) -> list[timedelta]:
    """Return the times between rows of two classes; empty where one of them has no row."""
    begins = [*(index.starts if first == "start" else ()), *index.of(first)]
    ends = [*index.of(last), *([index.rows[-1]] if last == "end" else [])]
    return [end.at - begin.at for begin in begins for end in ends if end.at >= begin.at]


def _whole(  # noqa: PLR0917 - private; one caller
    document: Document,
    block: Block,
    offset: int,
    text: str,
    lengths: tuple[Length, ...],
    header: Length | None,
) -> Iterator[Report]:
    """Compare "the outage lasted N" in summary or impact with the duration of the header."""
    if header is None or block.section not in {"summary", "impact", "detection", "response"}:
        return
    for stated in lengths:
        if not _LASTED.search(text[max(0, stated.start - 100) : stated.start]) or (
            block.start <= header.start < block.end
        ):
            continue
        slack = max(stated.slack, header.slack, timedelta(minutes=5), header.length * 0.1)
        if abs(stated.length - header.length) > slack:
            begin, end = block.prose.span(offset + stated.start, offset + stated.end)
            message = f"{stated.text.strip()} is not the duration of the header, {header.text.strip()}"
            yield at(
                document,
                begin,
                end,
                "C01",
                "warning",
                message,
                "Use one duration, or say what each one measures.",
            )


def _order(document: Document, block: Block, offset: int, text: str, index: _Index) -> Iterator[Report]:
    """Compare "the page came before the report" with the rows."""
    told = list(mentions(text))
    for link in _ORDER.finditer(text):
        left = [item for item in told if item.end <= link.start()]
        right = [item for item in told if item.start >= link.end()]
        if not left or not right or left[-1].name == right[0].name:
            continue
        between = text[left[-1].end : link.start()] + text[link.end() : right[0].start]
        if len(between) > 40 or re.search(
            r"[,;:.]|\b(?:not|until|any|each|every|if|should|would|could|will|can|must)\b|n't",
            text[max(0, left[-1].start - 30) : right[0].start],
            re.IGNORECASE,
        ):
            continue
        first, last = (left[-1], right[0]) if link.group("word").lower() == "before" else (right[0], left[-1])
        begins, ends = index.of(first.name), index.of(last.name)
        if len(begins) != 1 or len(ends) != 1 or begins[0] is ends[0] or begins[0].at <= ends[0].at:
            continue
        begin, end = block.prose.span(offset + left[-1].start, offset + right[0].end)
        one, two = (document.source[row.start : row.end].strip() for row in (begins[0], ends[0]))
        message = f"the timeline has {first.name} at {one}, after {last.name} at {two}"
        yield at(
            document,
            begin,
            end,
            "C07",
            "warning",
            message,
            "Give the order that the rows have, or correct the rows.",
        )
