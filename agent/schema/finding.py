"""What a check reports."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from agent.schema.base import Model

Level = Literal["error", "warning", "info"]
"""error blocks approval; warning is shown and counts at `--gate warning`; info is advice."""


class Finding(Model):
    """One report of one rule at one place. Lines and columns are 1-based, ends are exclusive in columns."""

    rule: str = Field(pattern=r"^[A-Z][0-9]{2}$")
    """Rule id; the letter is the family: B wording, A action items, G grounding, C consistency, P process."""
    level: Level
    message: str
    suggestion: str = ""
    text: str = ""
    """The words it is about, verbatim."""
    section: str = ""
    """Where in the structured draft, such as `factors.F2.claim` or `actions.AI-1.owner`; empty for foreign
    files."""
    line: int = Field(default=1, ge=1)
    column: int = Field(default=1, ge=1)
    end_line: int = Field(default=1, ge=1)
    end_column: int = Field(default=1, ge=1)
    confidence: float = Field(default=1.0, ge=0.0, le=1.0)


class ProcessState(Model):
    """One step of the blameless process and whether it is done."""

    step: Literal[
        "timeline complete",
        "several factors",
        "analysis deep enough",
        "actions complete",
        "blameless wording",
        "distributed within 48 h",
        "items tracked",
        "follow-up review in four weeks",
    ]
    state: Literal["done", "not done", "not known", "overdue"]
    detail: str
    due: date | None = None
    """Day by which it is due, where the process sets one and it can be known."""
