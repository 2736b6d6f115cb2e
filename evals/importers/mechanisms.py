"""The words that people use for a kind of fault, from upstream's name for it."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import yaml
from pydantic import TypeAdapter

from evals.phrases import says

_TABLE = TypeAdapter(dict[str, tuple[str, ...]])
_WORD = re.compile(r"[a-z0-9]+")
_EMPTY_WORDS = frozenset({"fault", "failure", "error", "mismatch", "incorrect", "invalid", "unavailable"})


@cache
def table() -> dict[str, tuple[str, ...]]:
    """Load the table of mechanisms."""
    text = files("evals.importers").joinpath("mechanisms.yaml").read_text(encoding="utf-8")
    return _TABLE.validate_python(yaml.safe_load(text))


def phrases_for(label: str) -> tuple[str, ...]:
    """Give the phrases for an upstream label; a label that the table lacks stands for its own words."""
    key = "_".join(_WORD.findall(label.lower()))
    if (known := table().get(key)) is not None:
        return known
    words = [word for word in key.split("_") if word]
    telling = [word for word in words if word not in _EMPTY_WORDS]
    return (" ".join(telling or words),) if words else ()


def phrases_in(sentences: tuple[str, ...]) -> tuple[str, ...]:
    """Give the phrases of every mechanism that free text speaks of, in the order of the table."""
    text = "\n".join(sentences)
    spoken = [phrases for phrases in table().values() if any(says(text, phrase) for phrase in phrases)]
    return tuple(dict.fromkeys(phrase for phrases in spoken for phrase in phrases))
