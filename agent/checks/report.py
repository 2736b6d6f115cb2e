"""What a check of a foreign document reports: a finding without validation, so that it starts quickly."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from agent.checks.document import Document
    from agent.schema.finding import Level


class Report(NamedTuple):
    """One report of one rule at one place; fields and their meaning as in `agent.schema.finding.Finding`."""

    rule: str
    level: Level
    message: str
    suggestion: str = ""
    text: str = ""
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1
    confidence: float = 1.0


def at(  # noqa: PLR0917 - every caller reads in this order
    document: Document, start: int, end: int, rule: str, level: Level, message: str, suggestion: str
) -> Report:
    """Report a rule of consistency or process at a range of source offsets."""
    line, column = document.place(start)
    end_line, end_column = document.place(max(start, end))
    return Report(
        rule=rule,
        level=level,
        message=message,
        suggestion=suggestion,
        text=document.source[start:end],
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        confidence=0.85,
    )
