"""Gathering: what a source over HTTP has asked so far and what came back, kept as the ledger wants it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import orjson

from tools.formats.records import Clock, Tally
from tools.http import Answer, Json
from tools.sources.source import Asked, Fetched, FetchedArtifact, Outcome, Scope, Span, examine, outcome_of

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_CLOCK = Clock()


class GivenUp(Exception):  # noqa: N818 - reads as the outcome it is
    """There is no sense in asking this service anything more; what was gathered counts."""


class Scrubbing(Protocol):
    """What knows which secrets may stand in no text for people."""

    def scrub(self, text: str) -> str:
        """Remove secrets and make it one line."""
        ...


class Gathering:
    """Collects queries and artifacts of one fetch; `result` sums them up."""

    def __init__(
        self, scope: Scope, destination: Path, service: Scrubbing, *, piecewise: bool = False
    ) -> None:
        """Take what is asked; `piecewise` where rights are given one by one: one refusal does not end it."""
        self.scope, self._destination, self._service = scope, destination, service
        self._piecewise = piecewise
        self._asked: list[Asked] = []
        self._artifacts: list[FetchedArtifact] = []
        self._notes: list[str] = []

    def note(self, text: str) -> None:
        """Say something in the row of the ledger."""
        if text and text not in self._notes:
            self._notes.append(text)

    def place(self, name: str, suffix: str = ".json") -> Path:
        """Choose a free file for an artifact."""
        stem = _UNSAFE.sub("_", name).strip("._")[:100] or "answer"
        path, number = self._destination / f"{stem}{suffix}", 2
        while path.exists():
            path, number = self._destination / f"{stem}-{number}{suffix}", number + 1
        return path

    def record(
        self, query: str, answer: Answer, *, rows: int = 0, window: Span | None = None, lookup: bool = False
    ) -> None:
        """Keep a query that left no artifact; raise GivenUp where asking on is of no use."""
        outcome: Outcome = answer.outcome
        if outcome == "ok" and not rows:
            outcome = "empty"
        self._add(Asked(query, outcome, window, rows, lookup=lookup), answer)

    def keep(
        self,
        path: Path,
        query: str,
        answer: Answer,
        *,
        told: str = "",
        window: Span | None = None,
        labels: Mapping[str, str] | None = None,
        clock: Clock = _CLOCK,
    ) -> None:
        """Keep a file as an artifact of `query`; `told` is the request as it was sent, where it says more."""
        tally = self.attach(path, query, labels=labels, clock=clock)
        self._add(Asked(told or query, answer.outcome, window, tally.rows), answer)

    def attach(
        self, path: Path, query: str, *, labels: Mapping[str, str] | None = None, clock: Clock = _CLOCK
    ) -> Tally:
        """Keep a file as an artifact whose requests are recorded one by one."""
        sniffed, tally = examine(path, clock=clock, labels=labels or {})
        self._artifacts.append(FetchedArtifact(path, query, sniffed, tally, labels or {}, clock))
        return tally

    def _add(self, asked: Asked, answer: Answer) -> None:
        cut = answer.outcome == "partial"
        note = self._service.scrub(answer.note)
        row = replace(asked, bytes=answer.size, seconds=answer.seconds, truncated=cut, note=note)
        self._asked.append(row)
        self.scope.ended.append(row)
        if asked.outcome in {"denied", "failed"}:
            first = len(self._asked) == 1
            refused = asked.outcome == "denied" and not self._piecewise
            if answer.final or (first and (answer.status is None or refused)):
                raise GivenUp
        if self.scope.deadline.passed:
            raise GivenUp

    def result(self, summary: str) -> Fetched:
        """Sum up: the row of the ledger with what went wrong, each kind of trouble once."""
        asked = tuple(self._asked)
        notes = list(self._notes)
        if self.scope.deadline.passed:
            notes.append(f"stopped after {self.scope.deadline.seconds:.0f} s; further queries were not asked")
        troubles: dict[str, int] = {}
        for item in asked:
            # What may not be seen is named by the source itself, unless nothing may be.
            named = self._piecewise and item.outcome == "denied" and len(asked) > 1
            if item.note and not named and item.note not in self._notes:
                troubles[item.note] = troubles.get(item.note, 0) + 1
        for text, count in list(troubles.items())[:5]:
            notes.append(text if count == len(asked) else f"{count} of {len(asked)} queries: {text}")
        if len(troubles) > 5:
            notes.append(f"{len(troubles) - 5} further kinds of trouble, see the manifest")
        outcome = outcome_of(asked, tuple(self._artifacts))
        if outcome in {"ok", "empty"} and self.scope.deadline.passed:
            outcome = "partial" if self._artifacts else "failed"
        text = self._service.scrub("; ".join(notes))
        return Fetched(summary, outcome, tuple(self._artifacts), text, asked)


def load(path: Path) -> Json:
    """Read a JSON file; raise ValueError where it is none."""
    return orjson.loads(path.read_bytes())
