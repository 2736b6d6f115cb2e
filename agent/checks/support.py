"""What a sentence's citations carry: the numbers, times and names of its evidence and facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import combinations

from agent.checks.agreement import agree, close, same_role, within
from agent.checks.evidence_text import MEASURED, counts_of, number_of, read_cached, text_of
from agent.checks.mention import Clock, Reading, weekday_of
from agent.checks.quantity import Quantity, Span
from agent.checks.stem import stem
from agent.schema.digest import Digest, Fact
from agent.schema.evidence import Evidence
from agent.schema.postmortem import Header

_TIME_UNITS = (1.0, 1e3, 1e6, 1e9, 1 / 60, 1 / 3600)
_PAIR = re.compile(
    r"(?<![\w.])(?P<part>\d+)\s*(?:of|out of|/)\s*(?:the )?(?P<whole>\d+)(?![\w.])", re.IGNORECASE
)
_CHANGE = re.compile(
    r"(?:from|Normal=)\s*(?P<low>\d[\d.]*(?:e-?\d+)?)\s*[A-Za-z%]*\s*(?:to|->\s*Current=)\s*(?P<high>\d[\d.]*(?:e-?\d+)?)"
)
_EDGE = r"(?<![a-z0-9])"


@dataclass(frozen=True)
class Support:
    """The evidence and facts that one sentence cites, taken apart once."""

    items: tuple[Evidence, ...]
    facts: tuple[Fact, ...]
    raw: str
    text: str
    """All of it in lower case."""
    reading: Reading
    moments: tuple[datetime, ...]
    """Times of the cited items and facts."""
    edges: tuple[datetime, ...] = field(default=())
    """Start and end of the incident: what "after the start" counts from."""

    def meant_by(self, told: frozenset[str]) -> Support:
        """Leave out numbers that stand as `key=1` where the sentence, by its stems, does not speak of the key."""
        heard = told | _ANY_KEY
        numbers = tuple(found for found in self.reading.numbers if not found.keyed or found.leads in heard)
        spans = tuple(found for found in self.reading.spans if not found.keyed or found.leads in heard)
        return replace(self, reading=replace(self.reading, numbers=numbers, spans=spans))

    def has_number(self, wanted: Quantity) -> bool:
        """Tell whether a number occurs in its role, or follows by unit, rounding, ratio, sum or count."""
        near = [found for found in self.reading.numbers if agree(wanted, found)]
        counted = [fact.count for fact in self.facts if fact.count is not None]
        if counted and wanted.weak and wanted.kind in {"", "times"}:
            near = [found for found in near if same_role(wanted, found)]
            return bool(near) or any(abs(count - wanted.base) <= wanted.slack for count in counted)
        if wanted.weak and wanted.kind == "times":
            near = [found for found in near if found.kind in {"times", "ratio"} or found.counts in _COUNTERS]
            if near:
                return True
        if wanted.weak:
            rivals = [found for found in self.reading.numbers if same_role(wanted, found)]
            if wanted.kind == "times":
                rivals = [found for found in rivals if found.kind == "times"]
            if rivals and not any(found in rivals for found in near):
                counts = self._exact_counts(wanted) if wanted.counts in _COUNTED else ()
                return any(abs(count - wanted.base) <= wanted.slack for count in counts)
        if near:
            return True
        if wanted.kind == "time" and self.has_length(
            Span(wanted.text, wanted.base, wanted.slack, "", "", wanted.bound)
        ):
            return True
        if not wanted.weak and wanted.kind == "" and re.search(rf"[:=]{wanted.value:g}(?![\d.])", self.text):
            return True
        return self._is_computed(wanted)

    def has_length(self, wanted: Span) -> bool:
        """Tell whether a duration occurs or lies between two cited times."""
        slack = wanted.slack * (1 - 1e-6)
        if any(within(wanted, span.seconds, slack) for span in self.reading.spans):
            return True
        if any(fact.seconds is not None and within(wanted, fact.seconds, slack) for fact in self.facts):
            return True
        for found in self._measured():
            if any(within(wanted, found / unit, slack) for unit in _TIME_UNITS):
                return True
        if any(found.kind == "time" and within(wanted, found.base, slack) for found in self.reading.numbers):
            return True
        every = dict.fromkeys((*self.moments, *self.edges))
        return any(within(wanted, abs((b - a).total_seconds()), slack) for a, b in combinations(every, 2))

    def has_clock(self, clock: Clock, *, edges: bool = False) -> bool:
        """Tell whether a time of day is that of a cited item; a time without seconds covers its minute."""
        own = [found.seconds for found in self.reading.clocks if found.zone == clock.zone]
        if not clock.zone:
            own.extend(_of_day(moment) for moment in self.moments)
            if edges:
                own.extend(_of_day(moment) for moment in self.edges)
        if clock.exact:
            return any(abs(found - clock.seconds) < 1 for found in own)
        return any(
            clock.seconds <= found < clock.seconds + 60 or abs(found - clock.seconds) <= 30 for found in own
        )

    def has_date(self, day: str) -> bool:
        """Tell whether a date, a day without a year or a weekday is that of a cited item."""
        if day in self.reading.dates:
            return True
        moments = (*self.moments, *self.edges)
        if day.startswith("--"):
            return any(moment.date().isoformat()[4:] == day[1:] for moment in moments)
        return any(day in {moment.date().isoformat(), weekday_of(moment.date())} for moment in moments)

    def has_name(self, name: str) -> bool:
        """Tell whether a name occurs in the cited items, also as the head of a longer name."""
        low = name.lower()
        version = "v?" if re.match(r"v?\d", low) else ""
        low = low[1:] if re.match(r"v\d", low) else low
        ending = r"(?!\d)" if low[-1].isdigit() else r"(?![a-z])" if low[-1].isalpha() else ""
        if re.search(rf"{_EDGE}{version}{re.escape(low)}{ending}", self.text):
            return True
        percentile = re.fullmatch(r"p(\d\d)", low)
        if percentile:
            digits = percentile.group(1)
            return bool(re.search(rf"0\.{digits.rstrip('0')}\b|\b{digits}th\b|p{digits}", self.text))
        return (
            low.endswith("s")
            and len(low) > 4
            and bool(re.search(rf"{_EDGE}{re.escape(low[:-1])}(?![a-z0-9])", self.text))
        )

    def has_pair(self, part: int, whole: int) -> bool:
        """Tell whether "3 of 5" occurs, or is a state's ready and wanted."""
        pairs = {(int(found["part"]), int(found["whole"])) for found in _PAIR.finditer(self.text)}
        for item in self.items:
            values = item.attributes
            for key in ("ready", "available"):
                have, want = values.get(key, ""), values.get("desired", "")
                if have.isdigit() and want.isdigit():
                    pairs.add((int(have), int(want)))
        counts = [
            int(item.attributes["count"]) for item in self.items if item.attributes.get("count", "").isdigit()
        ]
        if (part, whole) in pairs or (part in counts and whole in {*counts, sum(counts)}):
            return True
        return any(fact.count == part or fact.count == whole for fact in self.facts) or not pairs

    def _measured(self) -> Iterator[float]:
        """Yield levels of metrics whose unit the recording does not have."""
        for item in self.items:
            if item.kind == "M" and not item.attributes.get("unit"):
                for key in MEASURED:
                    value = number_of(item.attributes.get(key, ""))
                    if value is not None:
                        yield value

    def _exact_counts(self, wanted: Quantity) -> Iterator[float]:
        """Yield counts that follow from what is cited: items of a kind, services, what a sum of counts gives."""
        yield from (float(fact.count) for fact in self.facts if fact.count is not None)
        items = self.items
        counts = [
            found for item in items if (found := number_of(item.attributes.get("count", ""))) is not None
        ]
        if len(counts) > 1 and (wanted.spelled or not wanted.weak):
            yield sum(counts)
        single = sum(item.kind in {"M", "A", "C", "T"} for item in items)
        if wanted.spelled and wanted.kind == "times" and single:
            yield from (1.0, float(single))
        if wanted.kind == "times" or "." in wanted.text:
            return
        if wanted.counts in _COUNTED:
            yield float(len({item.service for item in items if item.service}))
            yield float(sum(counts))
        kind = _KINDS.get(wanted.counts)
        if kind:
            yield float(sum(item.kind == kind for item in items))
        yield float(len(items))
        for key in ("members", "object", "also_in", "node", "pod"):
            for item in items:
                if item.attributes.get(key, "").strip():
                    yield float(item.attributes[key].count(",") + 1)
        restarts = [
            found for item in items if (found := number_of(item.attributes.get("restarts", ""))) is not None
        ]
        if len(restarts) > 1:
            yield sum(restarts)

    def _is_computed(self, wanted: Quantity) -> bool:
        if wanted.kind in {"", "times", "count"}:
            if any(close(wanted, count) for count in self._exact_counts(wanted)):
                return True
        for low, high in self._changes():
            ratio = wanted.kind in {"times", "ratio"} or (not wanted.kind and wanted.leads == "factor")
            if ratio and low and (close(wanted, high / low) or (high and close(wanted, low / high))):
                return True
            if wanted.kind == "percent" and low:
                if any(close(wanted, value) for value in (abs(high - low) / low * 100, high / low * 100)):
                    return True
            if wanted.kind != "percent" and abs(wanted.value) >= 1 and close(wanted, abs(high - low)):
                return True
        if wanted.kind in {"times", "ratio"} and len(self.reading.spans) <= 12:
            lengths = {span.seconds for span in self.reading.spans if span.seconds}
            if any(close(wanted, b / a) for a in lengths for b in lengths if b > a):
                return True
        if wanted.kind == "percent":
            return any(close(wanted, share) for share in self._shares())
        return False

    def changes(self) -> Iterator[tuple[float, float, float]]:
        """Yield level before, level after and peak of every cited change."""
        for item in self.items:
            before, after, peak = (
                number_of(item.attributes.get(key, "")) for key in ("before", "after", "peak")
            )
            if before is not None and after is not None:
                yield before, after, after if peak is None else peak
        for found in _CHANGE.finditer(self.raw):
            low, high = number_of(found.group("low")), number_of(found.group("high"))
            if low is not None and high is not None:
                yield low, high, high

    def _changes(self) -> Iterator[tuple[float, float]]:
        for before, after, peak in self.changes():
            yield from ((before, after), (before, peak))
        for item in self.items:
            first, second = (
                number_of(item.attributes.get(key, "")) for key in ("baseline_count", "incident_count")
            )
            if first is not None and second is not None:
                yield first, second

    def _shares(self) -> Iterator[float]:
        for found in _PAIR.finditer(self.text):
            if int(found["whole"]):
                share = int(found["part"]) / int(found["whole"]) * 100
                yield from (share, 100 - share)
        logs = [item for item in self.items if item.kind == "L"]
        counts = [
            found for item in logs if (found := number_of(item.attributes.get("count", ""))) is not None
        ]
        counts.extend(float(fact.count) for fact in self.facts if fact.count)
        for part in counts[:20]:
            yield from (part / whole * 100 for whole in (*counts[:20], sum(counts)) if whole and part < whole)
        if self._are_fractions():
            yield from (
                found.value * 100 for found in self.reading.numbers if not found.kind and 0 < found.value <= 1
            )

    def _are_fractions(self) -> bool:
        """Tell whether bare numbers below one may be shares: no metric is cited, or one that measures a share."""
        kinds = {item.attributes.get("metric_kind", "") for item in self.items if item.kind == "M"}
        return not kinds or bool(kinds & _FRACTIONS)


_COUNTERS = frozenset({"count", "restart", "member", "baselin", "incident", "desir", "readi", "availabl"})
_COUNTED = frozenset(
    stem(word)
    for word in "alerts services pods changes metrics events logs nodes workloads components".split()
)  # noqa: SIM905
_ANY_KEY = frozenset(
    stem(word)
    for word in "normal current peak val value count total max min avg average size status code after before".split()  # noqa: SIM905
)
"""Keys that say nothing of what is measured."""
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


def gather(digest: Digest, header: Header, evidence: Iterable[str], facts: Iterable[str]) -> Support:
    """Collect what the cited ids and facts carry; unknown ids are left to the citation check."""
    wanted = set(facts)
    named = tuple(fact for fact in digest.facts if fact.name in wanted)
    ids = dict.fromkeys((*evidence, *(found for fact in named for found in fact.evidence)))
    items = tuple(item for item in (digest.find(found) for found in ids) if item is not None)
    moments = [moment for item in items for moment in (item.start, item.end) if moment is not None]
    moments.extend(fact.time for fact in named if fact.time is not None)
    edges = tuple(moment for moment in (header.start, header.end) if moment is not None)
    parts = [
        *(text_of(item) for item in items),
        *(f"{fact.label}: {fact.text} ; {fact.note}" for fact in named),
    ]
    text = "\n".join(parts)
    read = [read_cached(part) for part in parts]
    reading = Reading(
        (
            *(found for one in read for found in one.numbers),
            *(found for item in items for found in counts_of(item)),
        ),
        tuple(found for one in read for found in one.spans),
        tuple(found for one in read for found in one.clocks),
        tuple(found for one in read for found in one.dates),
        tuple(found for one in read for found in one.names),
    )
    return Support(items, named, text, text.lower(), reading, tuple(dict.fromkeys(moments)), edges)


def _of_day(moment: datetime) -> float:
    return moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
