"""Statements to look for, made from labels and free text by rule."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from agent.schema.base import format_utc
from evals.expectation import Statement
from evals.importers.mechanisms import phrases_in

_CODE = re.compile(r"`([^`]+)`")
_IDENTIFIER = re.compile(r"(?<![\w.-])[A-Za-z0-9]+(?:[-_:./][A-Za-z0-9]+)+(?![\w-])")
_WORD = re.compile(r"[A-Za-z][A-Za-z]{4,}")
_GENERIC = frozenset({"default", "kube-system", "monitoring", "and/or", "e.g", "i.e"})
_FILLER = frozenset(
    {"about", "after", "because", "being", "cannot", "could", "describes", "ensuring", "given", "having"}
    | {"include", "indicates", "indicating", "issue", "mention", "mentions", "output", "point", "related"}
    | {
        "should",
        "specifically",
        "that",
        "their",
        "there",
        "these",
        "this",
        "those",
        "where",
        "which",
        "while",
    }
    | {"would", "alert", "problem", "cluster", "namespace", "always", "designed"}
)


def naming(what: str, names: Iterable[str]) -> Statement:
    """Make the statement that a component is named."""
    return Statement(
        say=f"names {what}", any=tuple(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in names)
    )


def mentioning(label: str, phrases: Iterable[str]) -> Statement:
    """Make the statement that a mechanism is mentioned."""
    return Statement(say=f"speaks of {label.replace('_', ' ')}", any=tuple(map(_said, phrases)))


def dated(what: str, first: datetime, last: datetime) -> Statement:
    """Make the statement that something is told of a stretch of time, to the minute.

    Stretches of more than two hours are told to the hour.
    """
    step, width = (
        (timedelta(minutes=1), 16) if last - first <= timedelta(hours=2) else (timedelta(hours=1), 13)
    )
    stamps: list[str] = []
    moment = first
    while moment <= last + step:
        stamps.append(format_utc(moment)[:width])
        moment += step
    spoken = "|".join(dict.fromkeys(re.escape(stamp).replace("T", "[T ]") for stamp in stamps))
    return Statement(say=what, any=(f"(?:{spoken})",))


def anchors(sentence: str) -> tuple[str, ...]:
    """Find the proper names in a sentence of ground truth: what stands in backticks, and identifiers."""
    coded = [text.strip() for text in _CODE.findall(sentence)]
    found = coded or [match.group() for match in _IDENTIFIER.finditer(sentence)]
    return tuple(dict.fromkeys(name for name in found if name.lower() not in _GENERIC))


def sentence(text: str) -> Statement:
    """Make a statement of one sentence of free text: its names, and its mechanism in any usual words."""
    names = "".join(_contains(re.escape(name)) for name in anchors(text))
    spoken = [_said(phrase) for phrase in phrases_in((text,))]
    if names or spoken:
        return Statement(say=text.strip(), any=tuple(f"{names}{phrase}" for phrase in spoken) or (names,))
    words = [word for word in _WORD.findall(text) if word.lower() not in _FILLER]
    pairs = [_said(f"{one} {two}") for one, two in pairwise(words)]
    return Statement(say=text.strip(), any=tuple(pairs) or (re.escape(text.strip()),))


def _said(phrase: str) -> str:
    return "".join(_contains(rf"\b{re.escape(word)}") for word in phrase.split())


def _contains(pattern: str) -> str:
    return f"(?=.*{pattern})"
