"""The sections of a report: their titles and their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from agent.schema.postmortem import SectionName

SectionKey = Literal[
    "findings",
    "summary",
    "impact",
    "detection",
    "timeline",
    "cause",
    "factors",
    "response",
    "went_well",
    "went_badly",
    "lucky",
    "lessons",
    "actions",
    "prevention",
    "open_questions",
    "coverage",
    "appendix",
]

TITLES: Mapping[SectionKey, str] = {
    "findings": "Findings for the reviewer",
    "summary": "Summary",
    "impact": "Impact",
    "detection": "Detection",
    "timeline": "Timeline",
    "cause": "Root cause",
    "factors": "Contributing factors",
    "response": "Response and recovery",
    "went_well": "What went well",
    "went_badly": "What went badly",
    "lucky": "Where we got lucky",
    "lessons": "Lessons learned",
    "actions": "Action items",
    "prevention": "Prevention",
    "open_questions": "Open questions",
    "coverage": "Evidence coverage",
    "appendix": "Appendix: evidence",
}
"""Sections in the order of the report."""

COMPUTED: frozenset[SectionKey] = frozenset({"findings", "coverage", "appendix"})
"""Sections that are computed and not read back from an edited draft."""

BULLETS: frozenset[SectionName] = frozenset({"went_well", "went_badly", "lucky", "lessons"})
"""Prose sections that read better as a list than as a paragraph."""

PROSE: tuple[SectionName, ...] = get_args(SectionName)
"""Sections that hold claims and nothing else."""

RULED_OUT = "Considered and ruled out"
"""Subsection of the root cause."""
