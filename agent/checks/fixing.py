"""Mechanical edits that add no fact: an adverb less, one mark for many, a role for a handle."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from agent.checks.pattern import Pattern
from agent.checks.report import Report

_ADVERB = Pattern(r"[a-z]+(?:-[a-z]+)?ly", re.IGNORECASE)
_MARKS = Pattern(r"!{2,}")
_HANDLE = Pattern(r"<?@[\w.-]*\w>?")
_KEPT = frozenset({"early", "daily", "only", "nightly", "weekly"})


class Edit(NamedTuple):
    """One replacement in a source; offsets, the end exclusive."""

    start: int
    end: int
    text: str


def find_edit(source: str, report: Report, roster: Mapping[str, str]) -> Edit | None:
    """Return the edit that settles a finding; None where only a person can word it."""
    start = _offset(source, report.line, report.column)
    end = _offset(source, report.end_line, report.end_column)
    cited = source[start:end]
    if report.rule == "B04" and _ADVERB.fullmatch(cited) and cited.lower() not in _KEPT:
        return _drop(source, start, end)
    if report.rule == "B05" and (marks := _MARKS.search(source, start, end + 3)):
        return Edit(marks.start(), marks.end(), ".")
    if report.rule == "B12" and (handle := _HANDLE.search(source, start, end)):
        role = roster.get(handle.group().strip("<>")) or roster.get(handle.group().strip("<>@"))
        return Edit(handle.start(), handle.end(), role) if role else None
    return None


def _drop(source: str, start: int, end: int) -> Edit | None:
    """Drop a word with one of its spaces; not at the start of a sentence or beside markup."""
    before, after = source[start - 1 : start], source[end : end + 1]
    if before == " " and after in {" ", ".", ",", ";"}:
        return Edit(start - 1, end, "")
    return None


def apply_edits(source: str, edits: Iterable[Edit]) -> str:
    """Apply edits from the end; of two that overlap the later one is left out."""
    reach = len(source) + 1
    for edit in sorted(set(edits), key=lambda item: (item.start, item.end), reverse=True):
        if edit.end <= reach:
            source = source[: edit.start] + edit.text + source[edit.end :]
            reach = edit.start
    return source


def _offset(source: str, line: int, column: int) -> int:
    starts = _line_starts(source)
    return starts[min(line, len(starts)) - 1] + column - 1


@lru_cache(maxsize=1)
def _line_starts(source: str) -> tuple[int, ...]:
    """Return where each line starts: once for a document, however many findings it has."""
    return (0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", source)))
