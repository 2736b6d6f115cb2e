"""A claim as one line of Markdown: the sentence, its citations as links, its standing as a mark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from agent.report.inline import escape, unescape
from agent.schema.digest import FactName
from agent.schema.postmortem import Claim

FACT_LABELS: Mapping[FactName, str] = {name: name.replace("_", " ") for name in get_args(FactName)}
"""How a citation names a fact: `[time to detect](#fact-time-to-detect)`."""

_FACT_NAMES: Mapping[str, FactName] = {label: name for name, label in FACT_LABELS.items()}
_EVIDENCE_ID = re.compile(r"^[LMACKHTN][1-9][0-9]*$")
_TOKEN = re.compile(
    r"(?P<escape>\\.)"
    r"|[ ]*(?:\[(?P<ids>[^\[\]\\]*)\](?:\(#[^()\s]*\))?|\*\((?P<mark>(?:\\.|[^*\\])*?)\)\*)"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a draft as it was read, and what stands at its end."""

    text: str
    evidence: tuple[str, ...]
    facts: tuple[FactName, ...]
    marks: tuple[str, ...]

    @property
    def cited(self) -> bool:
        """Whether it names anything that a reader can open."""
        return bool(self.evidence or self.facts)


def cite(evidence: Iterable[str], facts: Iterable[FactName] = ()) -> str:
    """Write citations as links to the appendix, each with a space before it."""
    links = [f" [{item}](#{item.lower()})" for item in evidence]
    links += [f" [{FACT_LABELS[name]}](#{fact_anchor(name)})" for name in facts]
    return "".join(links)


def fact_anchor(name: FactName) -> str:
    """Name the anchor of a fact in the appendix."""
    return "fact-" + name.replace("_", "-")


def mark(text: str) -> str:
    """Write a mark such as *(inferred)*, with a space before it."""
    return f" *({text})*"


def render_claim(claim: Claim) -> str:
    """Write a claim on one line; a supported claim carries no mark."""
    standing = "" if claim.standing == "supported" else mark(claim.standing)
    return escape(claim.text) + cite(claim.evidence, claim.facts) + standing


def read_line(markdown: str) -> Line:
    """Take a line apart: citations and marks may stand anywhere in it, escaped ones are text."""
    evidence: list[str] = []
    facts: list[FactName] = []
    marks: list[str] = []

    def take(match: re.Match[str]) -> str:
        if match["escape"] is not None:
            return match[0]
        if (text := match["mark"]) is not None:
            marks.append(unescape(text))
            return ""
        return "" if _take_citation(match["ids"], evidence, facts) else match[0]

    rest = _TOKEN.sub(take, markdown)
    return Line(unescape(rest.strip(" ")), tuple(evidence), tuple(facts), tuple(marks))


def claim_fields(line: Line) -> dict[str, object]:
    """Turn a line into a claim's fields; raise ValueError for a mark that is none.

    A sentence without a citation or a mark is one that a person added.
    """
    standing = "supported" if line.cited else "stated by a person"
    for text in line.marks:
        standing = _standing(text)
    return {"text": line.text, "evidence": line.evidence, "facts": line.facts, "standing": standing}


def only_marks(line: Line, allowed: Sequence[str]) -> None:
    """Raise ValueError where the line has a mark that is not allowed there."""
    for text in line.marks:
        if text not in allowed:
            raise ValueError(f"the mark *({text})* is not known here; use one of {_listed(allowed)}")


def _standing(text: str) -> str:
    if text.startswith("stated by"):
        return "stated by a person"
    if text in ("supported", "inferred"):
        return text
    known = _listed(("supported", "inferred", "stated by a person"))
    raise ValueError(f"the mark *({text})* is not known here; use one of {known}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"*({name})*" for name in names)


def _take_citation(ids: str, evidence: list[str], facts: list[FactName]) -> bool:
    names = [name.strip() for name in ids.split(",")]
    if not all(_EVIDENCE_ID.match(name) or name in _FACT_NAMES for name in names):
        return False
    for name in names:
        if name in _FACT_NAMES:
            facts.append(_FACT_NAMES[name])
        else:
            evidence.append(name)
    return True
