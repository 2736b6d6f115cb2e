"""Order words of a sentence against the times of what it cites: before, after, N minutes later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from agent.checks.clause import spoken_of
from agent.checks.evidence_text import is_snapshot, text_of
from agent.checks.stem import stems
from agent.checks.support import Support
from agent.schema.evidence import Evidence

_ORDER_WORDS = (
    r"\b(?:before|ahead of|prior to|after|following|and then|then|followed by|preceded(?: by)?"
    r"|later than|earlier than)\b"
)
_ORDER = re.compile(rf"(?P<word>{_ORDER_WORDS})", re.IGNORECASE)
_ENDING = re.compile(
    r"\b(?:resolved|recovered|ended|over|cleared|returned|stopped|last|back to|done|finished)\b",
    re.IGNORECASE,
)
_STARTING = re.compile(
    r"\b(?:rose|fell|fired|began|begun|started|came|first|set in|appeared|climbed|jumped|slowed)\b",
    re.IGNORECASE,
)
_ELLIPTIC = re.compile(r"\b(?:did|had|was|were|does)\W*$|^(?:\s*the)?\W*[\w.:/-]+\W*$")
"""A side without a verb of its own, which is that of the other side: "before the database did"."""
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
_FIRST = re.compile(
    r"\bfirst(?=,? (?:and|then|with|while)\b|, (?:at|by|in) \d\d:|[,;] )(?P<rest>[^.;]*)", re.IGNORECASE
)
"""Says that its own clause came before what follows: "A failed first, and a second later B did"."""
_LATER = re.compile(r"\b(?:later|second|next|then|afterwards|followed)\b", re.IGNORECASE)
_NEGLIGIBLE = timedelta(seconds=1)


def kind_words(item: Evidence) -> str:
    """Return the words that people use for such a piece of evidence."""
    slow = item.attributes.get("metric_kind", "latency") == "latency"
    return _KIND_WORDS[item.kind] if slow else _KIND_WORDS[item.kind].replace("latency", "")


def misordered(text: str, support: Support) -> Iterator[tuple[str, str]]:
    """Yield order words whose two sides tell of cited events in the wrong order, and what the times say.

    An event that has a start and an end is in the order that either of them has, unless the words say which.
    """
    timed = [item for item in support.items if item.start is not None and not is_snapshot(item)]
    if len(timed) < 2:
        return
    yield from _first_of(text, timed)
    for match in _ORDER.finditer(text):
        if re.match(
            r"\s+(?:the )?(?:onset|start|incident|that(?! of)|this|which)\b",
            text[match.end() :],
            re.IGNORECASE,
        ):
            continue
        left, right = _side(text[: match.start()], last=True), _side(text[match.end() :], last=False)
        first, second = _told(left, "", timed), _told(right, left, timed)
        pairs = [(one, other) for one in first for other in second if one.id != other.id]
        if not pairs or len(pairs) < len(first) * len(second):
            continue
        open_start = _STARTING.search(left) and not _ENDING.search(right)
        ending = f"{left} {right}" if _ELLIPTIC.search(right) or open_start else right
        word = match.group("word").lower()
        if word not in _EARLIER_FIRST:
            pairs = [(other, one) for one, other in pairs]
        words = (left, ending) if word in _EARLIER_FIRST else (ending, left)
        if all(_against_order(earlier, later, *words) for earlier, later in pairs):
            earlier, later = pairs[0]
            yield match.group(), _have(earlier, later)


def _first_of(text: str, timed: list[Evidence]) -> Iterator[tuple[str, str]]:
    """Yield "first" where what is said to have come later began clearly earlier."""
    for found in _FIRST.finditer(text):
        if not _LATER.search(found["rest"]):
            continue
        left, right = _side(text[: found.start()], last=True), found["rest"]
        first, second = _apart(left, right, timed), _apart(right, left, timed)
        if len(first) == len(second) == 1 and _against_order(first[0], second[0], left, left):
            yield found.group(), _have(first[0], second[0])


def _apart(side: str, other: str, items: list[Evidence]) -> list[Evidence]:
    """Return the cited items of which one side has more words, without those that both sides share."""
    shared = stems(side) & stems(other)
    scores = {
        item.id: len((stems(side) - shared) & stems(f"{item.service} {item.statement}")) for item in items
    }
    best = max(scores.values())
    return [item for item in items if best and scores[item.id] == best]


def _have(earlier: Evidence, later: Evidence) -> str:
    return f"{earlier.id} began at {earlier.start:%H:%M:%S}, {later.id} at {later.start:%H:%M:%S}"


def _side(text: str, *, last: bool) -> str:
    """Return what stands on one side of a word of order, up to the next one or a stop."""
    if not last:
        text = re.split(r",\s|\sand\s(?=(?:\w+ed|went|came|began|rose|fell)\b)", text, maxsplit=1)[0]
    parts = re.split(rf"[;.]\s|,\s(?:and|but|while)\s|{_ORDER_WORDS}", text, flags=re.IGNORECASE)
    return parts[-1] if last else parts[0]


def _told(side: str, before: str, items: list[Evidence]) -> list[Evidence]:
    """Return the events that one side tells of: the one that shares most with it, or all of its subject."""
    one = _named(side, items)
    return [one] if one is not None else spoken_of(side, before, items)


def _against_order(earlier: Evidence, later: Evidence, told: str, then: str) -> bool:
    """Tell whether no reading of the times puts one event before the other."""
    return min(_moments(earlier, told)) >= max(_moments(later, then)) + _NEGLIGIBLE


def _moments(item: Evidence, words: str) -> list[datetime]:
    """Return when the item may have happened: its start, its end, or both where the words allow it."""
    assert item.start is not None  # noqa: S101 - the caller looked
    if item.end is None:
        return [item.start]
    if _ENDING.search(words):
        return [item.end]
    return [item.start] if item.kind in {"A", "M"} or _STARTING.search(words) else [item.start, item.end]


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
