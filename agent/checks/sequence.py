"""Order words of a sentence against the times of what it cites: before, after, N minutes later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from agent.checks.evidence_text import is_snapshot, text_of
from agent.checks.stem import stems
from agent.checks.support import Support
from agent.schema.evidence import Evidence

_ORDER = re.compile(
    r"\b(?P<word>before|ahead of|prior to|after|following|and then|then|followed by|preceded(?: by)?"
    r"|later than|earlier than)\b",
    re.IGNORECASE,
)
_EARLIER_FIRST = frozenset(
    {"before", "ahead of", "prior to", "and then", "then", "followed by", "preceded", "earlier than"}
)
_KIND_WORDS = {
    "A": "alert alerts fired page paged alerting alarm",
    "C": "change deploy deployed deployment rollout rolled release released scaled config merged rollback",
    "M": "rose fell latency metric spiked dropped level",
    "L": "logged error errors log warning message",
    "K": "event kubernetes restarted restart pod",
    "H": "wrote said message acknowledged",
    "T": "trace call",
    "N": "no none nothing without found matched recorded searched",
}
"""Words that people use for evidence of a kind; "latency" only for a metric that may measure one."""
_NEGLIGIBLE = timedelta(seconds=1)


def kind_words(item: Evidence) -> str:
    """Return the words that people use for such a piece of evidence."""
    slow = item.attributes.get("metric_kind", "latency") == "latency"
    return _KIND_WORDS[item.kind] if slow else _KIND_WORDS[item.kind].replace("latency", "")


def misordered(text: str, support: Support) -> Iterator[tuple[str, str]]:
    """Yield order words whose two sides name two cited events in the wrong order, and what the times say."""
    timed = [item for item in support.items if item.start is not None and not is_snapshot(item)]
    if len(timed) < 2:
        return
    for match in _ORDER.finditer(text):
        if re.match(
            r"\s+(?:the )?(?:onset|start|incident|that|this|which|it)\b", text[match.end() :], re.IGNORECASE
        ):
            continue
        left, right = _side(text[: match.start()], last=True), _side(text[match.end() :], last=False)
        first, second = _named(left, timed), _named(right, timed)
        if first is None or second is None or first.id == second.id:
            continue
        word = match.group("word").lower()
        earlier, later = (first, second) if word in _EARLIER_FIRST else (second, first)
        if (
            _moment(earlier, left if earlier is first else right)
            > _moment(later, right if later is second else left) + _NEGLIGIBLE
        ):
            have = f"{earlier.id} began at {earlier.start:%H:%M:%S}, {later.id} at {later.start:%H:%M:%S}"
            yield match.group(), have


def _side(text: str, *, last: bool) -> str:
    parts = re.split(r"[;.]\s|,\s(?:and|but|while)\s", text)
    return parts[-1] if last else parts[0]


def _moment(item: Evidence, words: str) -> datetime:
    """Return when the item happened: its end where the words speak of an end."""
    assert item.start is not None  # noqa: S101 - the caller looked
    ending = re.search(
        r"\b(?:resolved|recovered|ended|cleared|returned|stopped|last)\b", words, re.IGNORECASE
    )
    return item.end if ending and item.end is not None else item.start


def _named(words: str, items: list[Evidence]) -> Evidence | None:
    """Return the one cited item that a part of a sentence speaks of, or None where that is not clear."""
    told = stems(words)
    low = words.lower()
    scores: list[tuple[float, Evidence]] = []
    for item in items:
        score = float(len(told & (stems(_short(item)) | stems(kind_words(item)))))
        score += 3.0 if item.service and item.service.lower() in low else 0.0
        scores.append((score, item))
    scores.sort(key=lambda pair: -pair[0])
    best, runner = scores[0], scores[1]
    return best[1] if best[0] >= 2 and best[0] >= runner[0] + 1 else None


def _short(item: Evidence) -> str:
    return (
        f"{item.statement} {item.attributes.get('metric_kind', '')}"
        if len(item.statement) < 300
        else text_of(item)[:300]
    )
