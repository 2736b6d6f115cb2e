"""What a sentence's citations carry: the numbers, times and names of its evidence and facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import combinations

from agent.checks.agreement import agree, close, lies_between, same_role, within
from agent.checks.computed import (
    COUNTED,
    COUNTERS,
    SUMMED,
    changes,
    exact_counts,
    is_computed,
    measured,
    pairs_of,
)
from agent.checks.evidence_text import MEASURED, counts_of, moments_of, number_of, read_cached, text_of
from agent.checks.held_name import holds_name
from agent.checks.mention import SEVERAL, Clock, Reading, weekday_of
from agent.checks.quantity import EVERY, Quantity, Span
from agent.checks.stem import stem
from agent.schema.digest import Digest, Fact
from agent.schema.evidence import Evidence
from agent.schema.postmortem import Header

_TIME_UNITS = (1.0, 1e3, 1e6, 1e9, 1 / 60, 1 / 3600)
_STATUS = re.compile(r"[1-5]\d\ds")
_ANY_KEY = frozenset(
    stem(word)
    for word in """normal current peak val value count total max min avg average size status code
    after before""".split()  # noqa: SIM905 - a list of words reads as prose
)
"""Keys that say nothing of what is measured."""


_MILLICORES = stem("millicores")
_NOTHING = Reading((), (), (), (), ())


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

    nodes: frozenset[str] = frozenset()
    """What the whole digest knows as nodes, which are no services."""

    def meant_by(self, told: frozenset[str]) -> Support:
        """Leave out numbers that stand as `key=1` where the stems of the sentence lack the key."""
        heard = told | _ANY_KEY
        numbers = tuple(
            found
            for found in self.reading.numbers
            if not found.keyed or found.leads in heard or found.kind == "bytes"
        )
        spans = tuple(found for found in self.reading.spans if not found.keyed or found.leads in heard)
        return replace(self, reading=replace(self.reading, numbers=numbers, spans=spans))

    def narrowed(self, items: tuple[Evidence, ...]) -> Support:
        """Keep some of the items, and what the facts state without their notes."""
        return _read(replace(self, items=items), [f"{fact.label}: {fact.text}" for fact in self.facts])

    def has_number(self, wanted: Quantity) -> bool:
        """Tell whether a number occurs in its role, or follows by unit, rounding, ratio, sum or count."""
        if wanted.per:
            return self._has_rate(wanted)
        if self._has_in_words(wanted):
            return True
        near = [found for found in self.reading.numbers if agree(wanted, found)]
        if wanted.weak:
            decided = self._has_weak(wanted, near)
            if decided is not None:
                return decided
        elif not wanted.kind and re.search(rf"[:=]{wanted.value:g}(?![\d.])", self.text):
            return True
        if near or is_computed(self, wanted):
            return True
        span = Span(wanted.text, wanted.base, wanted.slack, "", "", wanted.bound)
        return wanted.kind == "time" and self.has_length(span)

    def lacks_padded(self, text: str) -> bool:
        """Tell whether a number has zeros in front, as in no count, and is not cited as it is written."""
        padded = re.fullmatch(r"0\d+", text)
        return bool(padded) and not re.search(rf"(?<![\d.:+-]){text}(?![\d.:])", self.raw)

    def _has_rate(self, wanted: Quantity) -> bool:
        """Tell whether a rate is written, or is a cited count over the time that it took."""
        if any(
            agree(wanted, found) and (found.per == wanted.per or not wanted.weak)
            for found in self.reading.numbers
        ):
            return True
        if wanted.per == 1 and any(close(wanted, level) for level in self._levels("/s")):
            return True
        lengths = {span.seconds for span in self.reading.spans}
        lengths.update(
            (item.end - item.start).total_seconds() for item in self.items if item.start and item.end
        )
        counts = {found.base for found in self.reading.numbers if found.kind in {"", "times", "count"}}
        return any(
            close(wanted, count / length * wanted.per) for count in counts for length in lengths if length > 0
        )

    def _levels(self, unit: str) -> Iterator[float]:
        """Yield the levels of cited metrics with a unit."""
        for item in self.items:
            if item.attributes.get("unit") == unit:
                levels = (number_of(item.attributes.get(key, "")) for key in MEASURED)
                yield from (level for level in levels if level is not None)

    def _has_in_words(self, wanted: Quantity) -> bool:
        """Tell whether the evidence has it in other words: "no ready endpoints" for none, "cpu=10m"."""
        if wanted.counts == _MILLICORES and re.search(rf"\bcpu={wanted.value:g}m\b", self.text):
            return True
        return wanted.value == 0 and bool(wanted.counts) and self._has_none(wanted.counts)

    def _has_none(self, counted: str) -> bool:
        """Tell whether the evidence says that there were none of something: "no ready endpoints"."""
        return any(
            counted in {stem(word) for word in found.group().split()[1:]}
            for found in re.finditer(r"\b(?:no|without)(?: [a-z][\w-]*){1,3}", self.text)
        )

    def _has_weak(self, wanted: Quantity, near: list[Quantity]) -> bool | None:
        """Decide on a small whole number, for which an equal one proves little; None where nothing decides.

        A number of the same role wins over any other; where a count is cited as a fact, only that role or the
        fact itself will do.
        """
        if not wanted.counts and any(close(wanted, level) for change in changes(self) for level in change):
            return True
        counted = [fact.count for fact in self.facts if fact.count is not None]
        if counted and wanted.kind in {"", "times"}:
            return any(same_role(wanted, found) for found in near) or _is_one_of(wanted, counted)
        rivals = [found for found in self.reading.numbers if same_role(wanted, found)]
        if wanted.kind == "times":
            near = [found for found in near if found.kind in {"times", "ratio"} or found.counts in COUNTERS]
            if near:
                return True
            rivals = [found for found in rivals if found.kind == "times"]
        if rivals and not any(found in rivals for found in near):
            several = len(self.items) > 1 and wanted.counts in COUNTED | SUMMED
            return several and _is_one_of(wanted, exact_counts(self, wanted))
        return True if near else None

    def has_length(self, wanted: Span) -> bool:
        """Tell whether a duration occurs or lies between two cited times."""
        slack = wanted.slack * (1 - 1e-6)
        if any(within(wanted, span.seconds, slack) for span in self.reading.spans):
            return True
        if any(fact.seconds is not None and within(wanted, fact.seconds, slack) for fact in self.facts):
            return True
        for found in measured(self):
            if any(within(wanted, found / unit, wanted.slack) for unit in _TIME_UNITS):
                return True
        written = (found.base for found in self.reading.numbers if found.kind == "time")
        levels = self._levels("s")
        if any(within(wanted, seconds, wanted.slack) for seconds in (*written, *levels)):
            return True
        regular = wanted.leads == EVERY and any(within(wanted, gap, slack) for gap in self._gaps())
        if regular or (_STATUS.fullmatch(wanted.text) and self._has_code(wanted.text[:3])):
            return True
        moments = dict.fromkeys((*self.moments, *self.edges))
        return any(lies_between(wanted, a, b) for a, b in combinations(moments, 2))

    def _has_code(self, status: str) -> bool:
        """Tell whether a status is cited that people write in the plural: "43 requests got 503s"."""
        return any(item.attributes.get("code") == status for item in self.items)

    def _gaps(self) -> Iterator[float]:
        """Yield the mean seconds from one occurrence to the next of what occurs many times."""
        for item in self.items:
            count = number_of(item.attributes.get("count", "")) or 0
            if item.start and item.end and count > 1:
                yield (item.end - item.start).total_seconds() / count

    def has_clock(self, clock: Clock, *, edges: bool = False) -> bool:
        """Tell whether a time of day is that of a cited item; a time without seconds covers its minute."""
        own = [found.seconds for found in self.reading.clocks if found.zone == clock.zone]
        if not clock.zone:
            own.extend(_of_day(moment) for moment in self.moments)
            if edges:
                own.extend(_of_day(moment) for moment in self.edges)
            own.extend(
                (found.seconds - hours * 3600) % 86400
                for found in self.reading.clocks
                for hours in SEVERAL.get(found.zone, ())
            )
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
        return holds_name(self.text, name)

    def has_pair(self, part: int, whole: int) -> bool | None:
        """Tell whether "3 of 5" occurs, or is a state's ready and wanted; None where no pair is cited."""
        pairs, counts = set(pairs_of(self)), _counts(self.items)
        wholes = {fact.count for fact in self.facts}
        summed = part in counts and (whole in wholes or (len(counts) > 1 and whole == sum(counts)))
        if (part, whole) in pairs or summed or {part, whole} <= wholes:
            return True
        return False if pairs or counts else None


def gather(digest: Digest, header: Header, evidence: Iterable[str], facts: Iterable[str]) -> Support:
    """Collect what the cited ids and facts carry; unknown ids are left to the citation check."""
    wanted = set(facts)
    named = tuple(fact for fact in digest.facts if fact.name in wanted)
    ids = dict.fromkeys((*evidence, *(found for fact in named for found in fact.evidence)))
    items = tuple(item for item in (digest.find(found) for found in ids) if item is not None)
    edges = tuple(moment for moment in (header.start, header.end) if moment is not None)
    nodes = frozenset(item.attributes["node"] for item in digest.evidence if item.attributes.get("node"))
    told = [f"{fact.label}: {fact.text} ; {fact.note}" for fact in named]
    return _read(Support(items, named, "", "", _NOTHING, (), edges, nodes), told)


def _read(bare: Support, told: list[str]) -> Support:
    """Take apart what the items of a support hold, and what its facts tell."""
    parts = [*(text_of(item) for item in bare.items), *told]
    text = "\n".join(parts)
    read = [read_cached(part) for part in parts]
    reading = Reading(
        (
            *(found for one in read for found in one.numbers),
            *(found for item in bare.items for found in counts_of(item)),
        ),
        tuple(found for one in read for found in one.spans),
        tuple(found for one in read for found in one.clocks),
        tuple(found for one in read for found in one.dates),
        tuple(found for one in read for found in one.names),
    )
    moments = [moment for item in bare.items for moment in moments_of(item)]
    moments.extend(fact.time for fact in bare.facts if fact.time is not None)
    unique = tuple(dict.fromkeys(moments))
    return replace(bare, raw=text, text=text.lower(), reading=reading, moments=unique)


def _of_day(moment: datetime) -> float:
    return moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6


def _is_one_of(wanted: Quantity, counts: Iterable[float]) -> bool:
    return any(abs(count - wanted.base) <= wanted.slack for count in counts)


def _counts(items: Iterable[Evidence]) -> list[int]:
    written = (item.attributes.get("count", "") for item in items)
    return [int(count) for count in written if count.isdigit()]
