"""What a judge of wording is asked and what it says; plain data, so that a check starts without pydantic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Question:
    """One sentence that the rules did not settle, with its neighbours."""

    sentence: str
    before: str
    after: str
    section: str
    doubts: tuple[str, ...] = ()
    """Rules that would report it if its subject were a person."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Blame that a judge found in a sentence."""

    rule: str
    span: str
    """The blaming words, verbatim."""
    rewrite: str = ""


class Judge(Protocol):
    """Anything that judges sentences."""

    def judge(self, questions: Sequence[Question]) -> Sequence[Judgement | None]:
        """Answer each question in order; None where a sentence blames nobody."""
        ...
