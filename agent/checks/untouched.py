"""Components that showed no change, in sentences that say otherwise, and the reverse."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.checks.evidence_text import text_of
from agent.checks.polarity import Contradiction
from agent.checks.support import Support

_CLAUSE = re.compile(r"[;:.]\s+|,?\s(?:while|whereas|but|although|though|and only)\s", re.IGNORECASE)
_CALM = re.compile(
    r"\b(?:no (?:change|trouble|signs?(?! of (?:recover|improv|relief|eas|abat|an? end)))"
    r"|neither\b.*\b(?:changed|moved|suffered)|(?:did not|never) (?:change"
    r"|move)|unchanged|unaffected|untouched|not affected)\b",
    re.IGNORECASE,
)
_IN_TROUBLE = re.compile(
    r"\b(?:could not be (?:reached|started|scheduled)|crashed|(?:was|were) "
    r"(?:down|unreachable|unavailable|unhealthy|not ready|affected)|failed|restarted|slowed)\b",
    re.IGNORECASE,
)


_NEGATED = re.compile(
    r"(?:\b(?:none|neither)\b.*|(?:\b(?:never|not|no|without)\b|n['\u2019]t\b)[^,]*)$", re.IGNORECASE
)
"""What stands before words of trouble that are denied: "cart never crashed", "none of cart and search"."""


def unaffected(text: str, support: Support) -> Iterator[Contradiction]:
    """Yield names in a clause of trouble that are cited as unchanged only, and the reverse."""
    flat = [item for item in support.items if item.attributes.get("unaffected")]
    others = [item for item in support.items if item not in flat]
    for item in flat:
        calm = {name.strip().lower() for name in item.attributes["unaffected"].split(",")}
        troubled = {other.service.lower() for other in others if other.service} - calm
        shown = " ".join(text_of(other) for other in others).lower()
        for clause in _CLAUSE.split(text):
            low = clause.lower()
            if _CALM.search(clause):
                wrong = {name for name in troubled if _names(low, name)}
            elif _tells_of_trouble(clause):
                wrong = {name for name in calm if _names(low, name) and name not in shown}
            else:
                continue
            for name in sorted(wrong):
                yield Contradiction(
                    name, item.id, f'"{clause.strip()}" is not what {item.id} shows: {item.statement}'
                )


def _tells_of_trouble(clause: str) -> bool:
    """Tell whether a clause has words of trouble that it does not deny."""
    return any(not _NEGATED.search(clause[: found.start()]) for found in _IN_TROUBLE.finditer(clause))


def _names(low: str, name: str) -> bool:
    return bool(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", low))
