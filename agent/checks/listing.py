"""Findings as text, each with the source line and the span underlined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.checks.report import Report

_COLOURS = {"error": "\033[31m", "warning": "\033[33m", "info": "\033[36m"}
_WIDTH = 100


def list_report(path: str, lines: Sequence[str], item: Report, *, colour: bool) -> Iterator[str]:
    """Yield the lines of one finding: place and message, source, mark, suggestion."""
    level = f"{_COLOURS[item.level]}{item.level}\033[0m" if colour else item.level
    yield f"{path}:{item.line}:{item.column} {level} {item.rule} {' '.join(item.message.split())}"
    source = lines[item.line - 1] if item.line <= len(lines) else ""
    end = item.end_column - 1 if item.end_line == item.line else len(source)
    begin = max(0, item.column - 41) if len(source) > _WIDTH else 0
    shown = source[begin : begin + _WIDTH]
    lead = "".join("\t" if char == "\t" else " " for char in source[begin : item.column - 1])
    mark = "^" * max(1, min(end, begin + _WIDTH) - (item.column - 1))
    if source:
        yield f"    {shown}"
        yield f"    {lead}{mark}"
    if item.suggestion:
        yield f"    {item.suggestion}"


def list_totals(files: int, reports: Sequence[Report], silenced: int) -> str:
    """Write the last line."""
    counts = {level: sum(item.level == level for item in reports) for level in ("error", "warning", "info")}
    parts = [counted(counts["error"], "error"), counted(counts["warning"], "warning")]
    parts.append(counted(counts["info"], "note"))
    return f"{counted(files, 'file')}: {', '.join(parts)}" + (f", {silenced} silenced" if silenced else "")


def counted(count: int, noun: str) -> str:
    """Write a count with its noun, in the plural where it is not one."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
