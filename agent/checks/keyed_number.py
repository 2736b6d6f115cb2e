"""Numbers behind the word that says what they are: "backoff limit 1", "sleep 60", "a factor of 2.02"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from agent.checks.agreement import close
from agent.checks.quantity import Quantity
from agent.checks.stem import STOP, stem

_KEYED = re.compile(
    r"(?<![\w.-])(?:[A-Za-z]+_)*(?P<key>[A-Za-z]{3,})(?: of |[ =])(?P<number>\d+(?:\.\d+)?)"
    r"(?![\w%:/-]|[.,]\d|\s?(?:of|out of|ms|s|min|h|d|x|times|(?:and|to|or) \d+)\b)"
)
_NO_KEYS = frozenset(
    stem(word)
    for word in """january february march april may june july august september october november december
    than least most about count line lines value total first last once between""".split()  # noqa: SIM905
)
"""Words before a number that do not say what it is."""


@lru_cache(maxsize=1024)
def keyed_numbers(text: str) -> Mapping[str, frozenset[float]]:
    """Map the stem of each key in a text to the bare numbers that stand behind it."""
    read: defaultdict[str, set[float]] = defaultdict(set)
    for key, _, value in _read(text):
        read[key].add(value)
    return {key: frozenset(values) for key, values in read.items()}


def off_key(numbers: tuple[Quantity, ...], text: str, evidence: str) -> Iterator[str]:
    """Yield the numbers of a sentence behind a key that has other numbers behind it in the evidence."""
    held = keyed_numbers(evidence)
    written = {(words.rpartition(" ")[2], value): key for key, words, value in _read(text)}
    for number in numbers:
        values = held.get(written.get((number.text, number.value), ""), frozenset())
        if values and not number.kind and not any(close(number, value) for value in values):
            yield number.text


def _read(text: str) -> Iterator[tuple[str, str, float]]:
    for found in _KEYED.finditer(text):
        key = stem(found["key"])
        word = found["key"].lower()
        if word not in STOP and not word.endswith("ed") and key not in _NO_KEYS:
            yield key, found.group(), float(found["number"])
