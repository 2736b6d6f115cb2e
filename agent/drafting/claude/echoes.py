"""Guards against recorded text that speaks to whoever writes the report, and against telling the prompt.

They hold with a model that obeys such text: what gives orders carries no sentence, no sentence repeats it,
and a sentence shares a word with what it cites.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files

import prompts
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence

_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u0458\u04bb\u0501\u051b\u03bf\u03b1\u03b5\u03c1\u03c4\u03bd\u0131\u0261\u0432\u043d\u043a\u043c\u0442",
    "aeopcyxisjhdqoaeptvigbhkmt",
)
"""Cyrillic and Greek letters that look like Latin ones."""
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
"""Invisible copies of ASCII, which models read."""
_WORD = re.compile(r"[^\W_]+")
_RUN, _PROMPT_RUN = 5, 7
"""Words in a row that make a repetition: of recorded text, of the prompt."""
_DENIAL = re.compile(
    r"\b(?:no|not|nothing|never|none|neither)\b.{0,60}\b(?:record|establish|known|show|log|evidence|alert|acknowledg)"
    r"|\b(?:record|evidence|log)\w*\b.{0,40}\b(?:no|not|nothing|never|none|neither)\b",
    re.IGNORECASE,
)
_ITSELF = re.compile(r"\b(?:this|the) (?:report|draft|post-?mortem)\b", re.IGNORECASE)
_PLAIN = frozenset(
    _WORD.findall(
        "the and was were for with that this from which its had has have not are but they their after before "
        "when while then than into over more less all one two root cause caused because incident outage"
    )
)


def seen(text: str) -> str:
    """Give a text as a reader sees it: no invisible characters, no accents, lookalikes as Latin letters."""
    shown = _TAGS.sub(lambda found: f" {''.join(chr(ord(c) - 0xE0000) for c in found.group())} ", text)
    flat = unicodedata.normalize("NFKD", shown)
    kept = "".join(c for c in flat if unicodedata.category(c) not in {"Cf", "Co", "Cs", "Mn"})
    return kept.casefold().translate(_LOOKALIKES)


def gives_orders(item: Evidence) -> bool:
    """Whether the recorded text speaks to whoever writes the report; no sentence may rest on that alone."""
    return _orders(" ".join([item.statement, item.quote, *item.attributes.values()]))


def repeated(text: str, digest: Digest) -> tuple[str, ...]:
    """Name the evidence that gives orders and that a text repeats five words of."""
    runs = _runs(text, _RUN)
    return tuple(name for name, told in _speaking(_texts(digest.evidence)) if runs & told)


def tells_of_itself(text: str) -> bool:
    """Whether a text speaks of the report that it is part of, or repeats the model's rules."""
    return _ITSELF.search(text) is not None or bool(_runs(text, _PROMPT_RUN) & _rules())


def touches(text: str, cited: Sequence[Evidence]) -> bool:
    """Whether a sentence has a word in common with what it cites.

    One that tells of no record need not, where it cites no search that found none.
    """
    if _DENIAL.search(text) and not any(item.kind == "N" for item in cited):
        return True
    told = " ".join(
        " ".join([item.id, item.statement, item.quote, item.service or "", *item.attributes.values()])
        for item in cited
    )
    return bool(_stems(text) & _stems(told))


@lru_cache(maxsize=4096)
def _orders(text: str) -> bool:
    return _patterns().search(seen(text)) is not None


@lru_cache(maxsize=1)
def _patterns() -> re.Pattern[str]:
    lines = files(__package__ or "").joinpath("orders.txt").read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if line and not line.startswith("#")]
    return re.compile("|".join(told), re.IGNORECASE | re.DOTALL)


def _texts(evidence: Iterable[Evidence]) -> tuple[tuple[str, str], ...]:
    """Give what was recorded word for word, without what code put around it."""
    return tuple(
        (item.id, "\n".join([item.quote, *item.attributes.values()]))
        for item in evidence
        if gives_orders(item)
    )


@lru_cache(maxsize=8)
def _speaking(texts: tuple[tuple[str, str], ...]) -> tuple[tuple[str, frozenset[tuple[str, ...]]], ...]:
    return tuple((name, _runs(text, _RUN)) for name, text in texts)


@lru_cache(maxsize=1)
def _rules() -> frozenset[tuple[str, ...]]:
    return _runs(prompts.load("rules").text, _PROMPT_RUN)


def _runs(text: str, length: int) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(seen(text))
    return frozenset(tuple(words[at : at + length]) for at in range(len(words) - length + 1))


def _stems(text: str) -> frozenset[str]:
    words = (word for word in _WORD.findall(seen(text)) if len(word) >= 3 and word not in _PLAIN)
    return frozenset(word[:4] for word in words)
