"""Findings as workflow commands, which GitHub shows beside the changed lines of a pull request."""

from __future__ import annotations

from agent.checks.report import Report

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def annotate(path: str, report: Report) -> str:
    """Write one annotation; GitHub takes columns only where a finding stands in one line."""
    place = f"file={_property(path)},line={report.line},endLine={report.end_line}"
    if report.line == report.end_line:
        place += f",col={report.column},endColumn={max(report.column, report.end_column - 1)}"
    text = report.message + (f"\n{report.suggestion}" if report.suggestion else "")
    return f"::{_LEVELS[report.level]} {place},title={_property(report.rule)}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
