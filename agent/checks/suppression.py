"""Comments that silence findings: `<!-- pm-agent: ignore B03 reason="quoted from the chat" -->`.

`ignore` in a line of its own counts for the next block (up to an empty line), behind text for that line.
`ignore-start` counts up to `ignore-end`, `ignore-file` for the whole file. A reason is required.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from agent.checks.pattern import Pattern
from agent.checks.report import Report

_COMMENT = Pattern(r"<!--\s*pm-agent:\s*(?P<body>.*?)\s*-->", re.DOTALL)
_BODY = Pattern(
    r"(?P<form>ignore(?:-start|-end|-file)?)(?P<rules>(?:[\s,]+[A-Z]\d{0,2})*)"
    r"(?:\s+reason=(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'))?"
)
_FENCE = Pattern(
    r"^ {0,3}(?P<mark>`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}(?P=mark)[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
_CODE = Pattern(r"(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)")


@dataclass(slots=True)
class _Silence:
    rules: tuple[str, ...]
    reason: str
    first: int
    last: int
    comment: Report
    used: bool = field(default=False)

    def covers(self, report: Report) -> bool:
        return self.first <= report.line <= self.last and report.rule.startswith(self.rules)


class Silenced(NamedTuple):
    """A finding that a comment or the baseline silences, and why."""

    report: Report
    kind: str
    """inSource or external, as SARIF calls them."""
    reason: str


def silence(source: str, reports: Sequence[Report]) -> tuple[tuple[Report, ...], tuple[Silenced, ...]]:
    """Split findings by the comments of the source; comments that are wrong or unused are findings."""
    if "pm-agent:" not in source:
        return tuple(reports), ()
    silences, kept = _read(source)
    silenced: list[Silenced] = []
    for report in reports:
        by = [item for item in silences if item.covers(report)]
        for item in by:
            item.used = True
        if by:
            silenced.append(Silenced(report, "inSource", by[0].reason))
        else:
            kept.append(report)
    kept.extend(_unused(item) for item in silences if not item.used)
    return tuple(sorted(kept, key=lambda item: (item.line, item.column, item.rule))), tuple(silenced)


def _unused(item: _Silence) -> Report:
    names = ", ".join(item.rules)
    return item.comment._replace(
        rule="S02",
        message=f"nothing to ignore here for {names}",
        suggestion="Remove the comment, or the rule that no longer reports.",
    )


def _read(source: str) -> tuple[list[_Silence], list[Report]]:
    lines = source.splitlines()
    silences: list[_Silence] = []
    wrong: list[Report] = []
    opened: list[_Silence] = []
    for found in _COMMENT.finditer(_without_code(source)):
        comment = _place(source, found.start(), found.end())
        body = _BODY.fullmatch(found.group("body").strip())
        rules = tuple(re.findall(r"[A-Z]\d{0,2}", body.group("rules"))) if body else ()
        if body is not None and body.group("form") == "ignore-end":
            _close(opened, rules, comment, wrong)
            continue
        reason = (body.group("double") or body.group("single") or "").strip() if body else ""
        if body is None or not rules or not reason:
            wrong.append(_unreadable(comment, has_rules=bool(rules), has_reason=bool(reason)))
            continue
        first, last = _range(body.group("form"), comment, lines)
        item = _Silence(rules, reason, first, last, comment)
        silences.append(item)
        if body.group("form") == "ignore-start":
            opened.append(item)
    return silences, wrong


def _close(opened: list[_Silence], rules: tuple[str, ...], comment: Report, wrong: list[Report]) -> None:
    closing = [item for item in opened if not rules or set(item.rules) & set(rules)]
    if not closing:
        message = "ignore-end without an ignore-start before it"
        wrong.append(comment._replace(message=message, suggestion="Remove it, or add the start."))
    for item in closing:
        item.last = comment.line
        opened.remove(item)


def _unreadable(comment: Report, *, has_rules: bool, has_reason: bool) -> Report:
    missing = (
        "a reason" if has_rules and not has_reason else "rule ids" if has_reason else "rule ids and a reason"
    )
    return comment._replace(
        message=f"this comment needs {missing}; it silences nothing",
        suggestion='Write <!-- pm-agent: ignore B03 reason="<why>" -->.',
    )


def _range(form: str, comment: Report, lines: list[str]) -> tuple[int, int]:
    if form == "ignore-file":
        return 1, len(lines) + 1
    if form == "ignore-start":
        return comment.line, len(lines) + 1
    own = lines[comment.line - 1] if comment.line == comment.end_line else ""
    if own and (own[: comment.column - 1].strip(" \t-*+>") or own[comment.end_column - 1 :].strip()):
        return comment.line, comment.line
    first = comment.end_line + 1
    while first <= len(lines) and not lines[first - 1].strip():
        first += 1
    last = first
    while last < len(lines) and lines[last].strip():
        last += 1
    return first, last


def _place(source: str, start: int, end: int) -> Report:
    def at(offset: int) -> tuple[int, int]:
        return source.count("\n", 0, offset) + 1, offset - (source.rfind("\n", 0, offset) + 1) + 1

    (line, column), (end_line, end_column) = at(start), at(end)
    return Report("S01", "warning", "", "", source[start:end], line, column, end_line, end_column)


def _without_code(source: str) -> str:
    def blank(found: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", found.group())

    return _CODE.sub(blank, _FENCE.sub(blank, source))
