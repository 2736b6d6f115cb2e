"""Numbers that follow from what is cited: counts, ratios, differences, percentages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

from agent.checks.agreement import agree, close
from agent.checks.evidence_text import MEASURED, number_of, read_cached
from agent.checks.quantity import Quantity
from agent.checks.stem import stem

if TYPE_CHECKING:
    from agent.checks.support import Support
    from agent.schema.digest import Digest
    from agent.schema.evidence import Evidence

PAIR = re.compile(
    r"(?<![\w.])(?P<part>\d+)\s*(?:of|out of|/)\s*(?:the )?(?P<whole>\d+)(?![\w.])", re.IGNORECASE
)
_CHANGE = re.compile(
    r"(?:from|Normal=)\s*(?P<low>\d[\d.]*(?:e-?\d+)?)\s*[A-Za-z%]*\s*(?:to|->\s*Current=)\s*(?P<high>\d[\d.]*(?:e-?\d+)?)"
)
COUNTERS = frozenset({"count", "restart", "member", "baselin", "incident", "desir", "readi", "availabl"})
COUNTED = frozenset(
    stem(word)
    for word in [
        "alerts",
        "services",
        "pods",
        "changes",
        "metrics",
        "events",
        "logs",
        "nodes",
        "workloads",
        "components",
    ]
)
SUMMED = frozenset(stem(word) for word in ("errors", "warnings", "lines", "messages", "failures"))
"""What the counts of log patterns count: a number of them may be the sum of all cited ones."""
_WHOLES = {"desired": ("ready", "available"), "count": ("baseline_count", "incident_count")}
"""Attributes that count a whole, and those that count a part of it."""
_MOST_SPANS = 12
_MOST_COMPARED = 6
_FRACTIONS = frozenset(
    {"throttling", "errors", "cpu", "memory", "disk", "saturation", "availability", "other"}
)
_KINDS = {
    "alert": "A",
    "chang": "C",
    "deploy": "C",
    "messag": "H",
    "metric": "M",
    "seri": "M",
    "event": "K",
    "trac": "T",
}


def measured(support: Support) -> Iterator[float]:
    """Yield levels of metrics whose unit the recording does not have."""
    for item in support.items:
        if item.kind == "M" and not item.attributes.get("unit"):
            for key in MEASURED:
                value = number_of(item.attributes.get(key, ""))
                if value is not None:
                    yield value


def exact_counts(support: Support, wanted: Quantity) -> Iterator[float]:
    """Yield counts that follow from what is cited: items of a kind, services, sums of counts."""
    yield from (float(fact.count) for fact in support.facts if fact.count is not None)
    items = support.items
    counts = [found for item in items if (found := number_of(item.attributes.get("count", ""))) is not None]
    summed = wanted.counts in SUMMED and len(counts) == len(items)
    if len(counts) > 1 and (summed or wanted.spelled or not wanted.weak):
        yield sum(counts)
    single = sum(item.kind in {"M", "A", "C", "T"} for item in items)
    if wanted.spelled and wanted.kind == "times" and single:
        yield from (1.0, float(single))
    if wanted.kind == "times" or "." in wanted.text:
        return
    if wanted.counts in COUNTED:
        yield float(len({item.service for item in items if item.service}))
        yield float(sum(counts))
        yield from map(float, _distinct(support, wanted))
    kind = _KINDS.get(wanted.counts)
    if kind:
        yield float(sum(item.kind == kind for item in items))
    yield float(len(items))
    for key in ("members", "unaffected", "object", "also_in", "node", "pod"):
        for item in items:
            if item.attributes.get(key, "").strip():
                yield float(item.attributes[key].count(",") + 1)
    if wanted.counts and wanted.kind != "times":
        own = [_counted(item, wanted.counts) for item in items]
        if None not in own and len(own) > 1:
            yield sum(value for value in own if value is not None)


def _counted(item: Evidence, noun: str) -> float | None:
    """Return how many of something an item says: 85 for "after 85 restarts"."""
    for found in read_cached(item.statement).numbers:
        if found.counts == noun and not found.kind:
            return found.value
    return next(
        (number_of(value) for key, value in item.attributes.items() if stem(key.split("_")[-1]) == noun), None
    )


def _distinct(support: Support, wanted: Quantity) -> Iterator[int]:
    """Yield how many different nodes, pods or services are cited; a node is no service."""
    if wanted.counts == "node":
        named = {item.attributes.get("node") or item.service for item in support.items}
        yield len(named & support.nodes)
    elif wanted.counts == "pod":
        yield len({item.attributes.get("object") for item in support.items if _is_pod(item)})
    elif wanted.counts in {stem("services"), stem("workloads"), stem("components")}:
        yield len({item.service for item in support.items if item.service} - support.nodes)


def _is_pod(item: Evidence) -> bool:
    return item.attributes.get("object_kind") == "Pod"


def pairs_of(support: Support) -> Iterator[tuple[int, int]]:
    """Yield part and whole: "3 of 5" as written, ready of wanted, lines of one phase."""
    for found in PAIR.finditer(support.text):
        yield int(found["part"]), int(found["whole"])
    for item in support.items:
        for whole, parts in _WHOLES.items():
            for part in parts:
                some, every = item.attributes.get(part, ""), item.attributes.get(whole, "")
                if some.isdigit() and every.isdigit():
                    yield int(some), int(every)


def counting(number: Quantity, text: str) -> Quantity:
    """Let a count in words count the noun behind its adjective: "three slow services"."""
    behind = re.match(r" (?P<noun>[a-z]+)", text.partition(number.text)[2])
    noun = stem(behind["noun"]) if behind else ""
    if not number.spelled or number.counts in COUNTED or noun not in COUNTED:
        return number
    return replace(number, counts=noun)


def is_sum(number: Quantity, support: Support) -> bool:
    """Tell whether a number is the sum of the counts of all cited items: "36 warnings altogether"."""
    counts = [number_of(item.attributes.get("count", "")) for item in support.items]
    return None not in counts and close(number, sum(count or 0.0 for count in counts))


def is_total(number: Quantity, text: str, digest: Digest) -> bool:
    """Tell whether a number is the whole that the digest counts: "six of the nine alerts"."""
    if not re.search(rf"\bof (?:the |all )?{re.escape(number.text)}", text):
        return False
    fired = next((fact.count for fact in digest.facts if fact.name == "alerts_fired"), None)
    if number.counts == "alert" and fired is not None:
        return number.value == fired
    kind = _KINDS.get(number.counts)
    return kind in {"A", "C"} and number.value == sum(item.kind == kind for item in digest.evidence)


def is_share(support: Support, wanted: Quantity) -> bool:
    """Tell whether a share is written in the citations, or is one of their counts of another one."""
    written = any(agree(wanted, found) for found in support.reading.numbers)
    return written or any(close(wanted, share) for share in _shares(support))


def is_computed(support: Support, wanted: Quantity) -> bool:
    """Tell whether a number follows from the cited ones as a count, ratio, change, difference or share."""
    counted = wanted.kind in {"", "times", "count"}
    if counted and any(close(wanted, count) for count in exact_counts(support, wanted)):
        return True
    if any(_follows(wanted, low, high) for low, high in _pairs(support)):
        return True
    if wanted.kind in {"ratio", "percent"} and any(
        _follows(wanted, low, high) for low, high in _compared(support)
    ):
        return True
    if wanted.kind in {"times", "ratio"} and len(support.reading.spans) <= _MOST_SPANS:
        lengths = {span.seconds for span in support.reading.spans if span.seconds}
        return any(close(wanted, b / a) for a in lengths for b in lengths if b > a)
    if wanted.kind == "percent" and not wanted.text[0].isdigit():
        quantile = {f"p{round(wanted.value)}", f"p{round(100 - wanted.value)}"}
        if any(name in support.text for name in quantile):
            return True
    return wanted.kind == "percent" and any(close(wanted, share) for share in _shares(support))


def _follows(wanted: Quantity, low: float, high: float) -> bool:
    """Tell whether a number is the ratio, the change in percent or the difference of two levels."""
    if wanted.kind in {"times", "ratio"} or (not wanted.kind and wanted.leads == "factor"):
        ratios = [high / low] if low else []
        if any(close(wanted, ratio) or (ratio and close(wanted, 1 / ratio)) for ratio in ratios):
            return True
    if wanted.kind == "percent":
        return bool(low) and (close(wanted, abs(high - low) / low * 100) or close(wanted, high / low * 100))
    exact = len(re.sub(r"[^\d]", "", wanted.text).lstrip("0")) > 1
    return (abs(wanted.value) >= 1 or exact) and close(wanted, abs(high - low))


def changes(support: Support) -> Iterator[tuple[float, float, float]]:
    """Yield level before, level after and peak of every cited change."""
    for item in support.items:
        before, after, peak = (number_of(item.attributes.get(key, "")) for key in ("before", "after", "peak"))
        if before is not None and after is not None:
            yield before, after, after if peak is None else peak
    for found in _CHANGE.finditer(support.raw):
        low, high = number_of(found.group("low")), number_of(found.group("high"))
        if low is not None and high is not None:
            yield low, high, high


def _pairs(support: Support) -> Iterator[tuple[float, float]]:
    for before, after, peak in changes(support):
        yield from ((before, after), (before, peak))
    known = {fact.name: fact.count for fact in support.facts}
    lines, before = known.get("error_lines"), known.get("error_lines_before")
    if lines is not None and before is not None:
        yield float(before), float(lines)
    for item in support.items:
        first, second = (
            number_of(item.attributes.get(key, "")) for key in ("baseline_count", "incident_count")
        )
        if first is not None and second is not None:
            yield first, second


def _compared(support: Support) -> Iterator[tuple[float, float]]:
    """Yield pairs of counts, and of levels of one metric, that a sentence over several items may compare."""
    items = support.items[:_MOST_COMPARED]
    for first, second in permutations(items, 2):
        if first.kind != second.kind:
            continue
        keys = ("count",) if first.kind == "L" else MEASURED if _metric(first) == _metric(second) else ()
        for key in keys:
            low, high = (number_of(item.attributes.get(key, "")) for item in (first, second))
            if low and high:
                yield low, high
        low, high = _current(first), _current(second)
        if low and high and _metric(first) == _metric(second):
            yield low, high


def _metric(item: Evidence) -> str:
    return item.attributes.get("metric") or item.attributes.get("alertname", "")


def _current(item: Evidence) -> float | None:
    """Return the level at which an alert fired."""
    found = _CHANGE.search(item.statement) if item.kind == "A" else None
    return number_of(found.group("high")) if found else None


def _shares(support: Support) -> Iterator[float]:
    for found in PAIR.finditer(support.text):
        if int(found["whole"]):
            share = int(found["part"]) / int(found["whole"]) * 100
            yield from (share, 100 - share)
    logs = [item for item in support.items if item.kind == "L"]
    counts = [found for item in logs if (found := number_of(item.attributes.get("count", ""))) is not None]
    counts.extend(float(fact.count) for fact in support.facts if fact.count)
    for part in counts[:20]:
        yield from (part / whole * 100 for whole in (*counts[:20], sum(counts)) if whole and part < whole)
    if _are_fractions(support):
        yield from (
            found.value * 100 for found in support.reading.numbers if not found.kind and 0 < found.value <= 1
        )


def _are_fractions(support: Support) -> bool:
    """Tell whether numbers below one may be shares: no metric is cited, or one that measures a share."""
    kinds = {item.attributes.get("metric_kind", "") for item in support.items if item.kind == "M"}
    return not kinds or bool(kinds & _FRACTIONS)
