"""Whether cited evidence speaks of what the sentence says at all, rule G08, and which evidence would."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.checks.agreement import lies_between
from agent.checks.evidence_text import moments_of, text_of
from agent.checks.mention import Reading, read_sentence
from agent.checks.naming import mentioned
from agent.checks.number_words import SPELLED
from agent.checks.places import Place
from agent.checks.sequence import kind_words
from agent.checks.stem import stem, stems
from agent.checks.support import Support
from agent.schema.digest import Digest
from agent.schema.evidence import KIND_NAMES, Evidence

_OF_REPORTS = frozenset(
    stem(word)
    for word in """
    incident outage trouble component components recorded recording evidence first symptom cause
    established likely time shows showed visible state states not none nothing other signal signals
    pattern patterns between began ended happened seen found established known affected system systems
    service services reached point same again never""".split()  # noqa: SIM905
)
"""Words of the report itself, which no evidence has to hold."""
_GATHERED = re.compile(
    r"\b(?:all|every|each|other|others|among|together|both|including|further|more|several|remaining|rest)\b",
    re.IGNORECASE,
)
_SHORT_NAME = 5
_RANKED = re.compile(r"\b(?:first|last|slowest|fastest|earliest|latest)(?=[,.;]|$)", re.IGNORECASE)
"""Compares with all the others that are cited, without naming them."""
_TOGETHER = {
    kind: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for kind, words in {
        "A": "alerts|alarms|signals",
        "M": "signals",
    }.items()
}
"""Plural words for evidence of a kind."""


def speaks_of_nothing(place: Place, support: Support) -> str:
    """Return a sentence that is called supported but shares no telling word with its citations; else ""."""
    evidenced = ".whys." in place.section and bool(place.own)
    if not (evidenced or place.standing == "supported") or place.facts or not support.items:
        return ""
    told = stems(place.text) - _OF_REPORTS
    cited = [item for item in support.items if item.id in place.own] if evidenced else list(support.items)
    shown: set[str] = set()
    for item in cited:
        shown |= stems(f"{text_of(item)} {KIND_NAMES[item.kind]} {kind_words(item)}")
    return place.text if len(told) >= 2 and not told & shown else ""


def unrelated(place: Place, support: Support, known: dict[str, str], reading: Reading) -> Iterator[Evidence]:
    """Yield cited items that share neither a name nor a telling word with the sentence, where others do."""
    wanted = place.evidence if place.standing else place.own
    cited = [item for item in support.items if item.id in wanted]
    if len(support.items) < 2 or _counts_them(place.text, len(cited)):
        return
    told = stems(place.text) - _OF_REPORTS
    named = {name.lower() for name in mentioned(place.text, known)}
    texts = {
        item.id: f"{_told_by(item)} {KIND_NAMES[item.kind]} {kind_words(item)}" for item in support.items
    }
    shares = {item.id: len(told & stems(texts[item.id])) for item in support.items}
    holds = {
        item.id: any(name in texts[item.id].lower() for name in named) or _is_called(item, place.text)
        for item in support.items
    }
    if max(shares.values()) < 2 and not (place.facts and any(holds.values())):
        return
    carriers = [item for item in cited if item.service and shares[item.id] >= 2]
    for item in cited:
        beside = any(other.service == item.service for other in carriers if other is not item)
        timed = _tells_its_time(item, place.text) and not _is_timed_by_another(item, place, support, named)
        if beside or timed or _is_measured_from(item, support, reading):
            continue
        if _RANKED.search(place.text) and len({other.kind for other in support.items}) == 1:
            continue
        if _meant_together(place.text, item, support, named):
            continue
        if place.facts and _adds_nothing(item, place, support, texts):
            yield item
            continue
        if (
            named
            and item.service
            and any(holds.values())
            and not holds[item.id]
            and shares[item.id] < max(2.0, max(shares.values()) / 2)
        ) or (not shares[item.id] and not holds[item.id]):
            yield item


def _adds_nothing(item: Evidence, place: Place, support: Support, texts: dict[str, str]) -> bool:
    """Tell whether another item, brought by a fact, names what the text names and has all its words."""
    low = place.text.lower()
    named = {other.service.lower() for other in support.items if other.service}
    named = {name for name in named if name in low}
    if not named or _GATHERED.search(place.text) or any(name in texts[item.id].lower() for name in named):
        return False
    told = stems(place.text) - _OF_REPORTS
    own = told & stems(texts[item.id])
    return any(
        own <= stems(texts[other.id]) for other in support.items if (other.service or "").lower() in named
    )


def _is_called(item: Evidence, text: str) -> bool:
    """Tell whether a text calls a component by the first part of its name: payforadoption_AWS::ECS."""
    head = re.split(r"[_/:@]", (item.service or "").lower())[0]
    return len(head) > _SHORT_NAME and bool(re.search(rf"(?<![\w-]){re.escape(head)}(?![\w-])", text.lower()))


def _is_measured_from(item: Evidence, support: Support, reading: Reading) -> bool:
    """Tell whether a duration of the sentence lies between the item's time and that of another cited one."""
    own = moments_of(item)
    others = [moment for other in support.items if other.id != item.id for moment in moments_of(other)]
    return any(lies_between(span, a, b) for span in reading.spans for a in own for b in others)


def _meant_together(text: str, item: Evidence, support: Support, named: set[str]) -> bool:
    """Tell whether a text speaks of all cited items of a kind at once, as "nine alerts" does.

    One that names the component of some of them means those, unless it counts or gathers them all.
    """
    if item.kind not in _TOGETHER or not _TOGETHER[item.kind].search(text):
        return False
    alike = [other for other in support.items if other.kind == item.kind]
    some = any((other.service or "").lower() in named for other in alike)
    counted = any(found.value == len(alike) for found in read_sentence(text).numbers)
    return not some or counted or bool(_GATHERED.search(text))


def _tells_its_time(item: Evidence, text: str) -> bool:
    """Tell whether the sentence gives the minute at which the item began."""
    return item.start is not None and f"{item.start:%H:%M}" in text


def _tells_its_peak(item: Evidence, text: str) -> bool:
    """Tell whether the sentence gives the minute at which a metric was at its highest."""
    peak = item.attributes.get("peak_at", "")[11:16]
    return bool(peak) and peak in text


def _is_timed_by_another(item: Evidence, place: Place, support: Support, named: set[str]) -> bool:
    """Tell whether a time of the sentence is that of a component that it names, which the item is not."""
    if not item.service or item.service.lower() in named:
        return False
    return any(
        (other.service or "").lower() in named
        and (_tells_its_time(other, place.text) or _tells_its_peak(other, place.text))
        for other in support.items
        if other.kind == item.kind or item.kind in {"A", "M"}
    )


def _told_by(item: Evidence) -> str:
    """Return the words of a piece of evidence without the marks that the analysis left on it."""
    marks = [key for key, value in item.attributes.items() if value in {"true", "false"}]
    told = {key: value for key, value in item.attributes.items() if key not in marks}
    return text_of(item.model_copy(update={"attributes": told}) if marks else item)


def _counts_them(text: str, cited: int) -> bool:
    """Tell whether the sentence counts as many things as it cites: it speaks of them together."""
    numbers = read_sentence(text).numbers
    both = cited == 2 and re.search(r"\b(?:both|neither|two)\b", text, re.IGNORECASE)
    among = re.search(r"\bof the (?P<few>[a-z]+)\b(?! [a-z]+s\b)", text)
    if among and SPELLED.get(among["few"]) == cited:
        return True
    return bool(both) or any(found.spelled and found.value == cited for found in numbers)


def better_evidence(place: Place, digest: Digest, holding: str = "") -> str:
    """Say which evidence would carry the sentence, or the words `holding`; "" where none comes close."""
    told = stems(place.text)
    wanted = {name.lower() for name in read_sentence(place.text).names}
    best: tuple[float, Evidence] | None = None
    for item in digest.evidence:
        text = text_of(item).lower()
        if holding and holding.lower() not in text:
            continue
        score = len(told & stems(item.statement)) + 3 * sum(name in text for name in wanted)
        if score >= 2 and (best is None or score > best[0]):
            best = (score, item)
    return f"{best[1].id} would carry it: {best[1].statement}" if best else ""
