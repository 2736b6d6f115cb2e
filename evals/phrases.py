"""Whether a text says something, in whatever form and order of words."""

from __future__ import annotations

import re
from collections.abc import Iterable

_POD = r"(?:-[a-z0-9]{6,10}-[a-z0-9]{5})?"


def says(text: str, phrase: str) -> bool:
    """Tell whether each word of the phrase begins some word of the text, without regard to case.

    "packet loss" is said by "Loss of packets on worker-02"; "retransmi" by "retransmissions".
    """
    words = phrase.split()
    return bool(words) and all(
        re.search(rf"(?<![A-Za-z0-9]){re.escape(word)}", text, re.IGNORECASE) for word in words
    )


def says_any(text: str, phrases: Iterable[str]) -> bool:
    """Tell whether the text says at least one of the phrases."""
    return any(says(text, phrase) for phrase in phrases)


def names(text: str, name: str) -> bool:
    """Tell whether the text names a component: its whole name or one of its pods, not a longer name."""
    return bool(re.search(rf"(?<![\w-]){re.escape(name)}{_POD}(?![\w-])", text, re.IGNORECASE))


def names_any(text: str, candidates: Iterable[str]) -> bool:
    """Tell whether the text names at least one of the components."""
    return any(names(text, name) for name in candidates)
