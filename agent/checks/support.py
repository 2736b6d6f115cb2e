"""What a sentence's citations carry: the numbers, times and names of its evidence and facts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from agent.checks.quantity import Quantity, Reading, read_sentence, seconds_of, without_united
from agent.schema.base import format_utc
from agent.schema.digest import Digest, Fact
from agent.schema.evidence import Evidence
from agent.schema.postmortem import Header

_MEASURED = frozenset({"before", "after", "peak"})
_TIME_UNITS = (1.0, 1e3, 1e6, 1e9, 1 / 60, 1 / 3600)


@dataclass(frozen=True, slots=True)
class Support:
    """The evidence and facts that one sentence cites, taken apart once."""

    items: tuple[Evidence, ...]
    facts: tuple[Fact, ...]
    text: str
    reading: Reading
    moments: tuple[datetime, ...]

    def has_number(self, wanted: Quantity) -> bool:
        """Tell whether a number occurs, or follows by unit, rounding, ratio, sum or count."""
        if any(_agree(wanted, found) for found in self.reading.numbers):
            return True
        if any(
            fact.count is not None and abs(fact.count - wanted.base) <= wanted.slack for fact in self.facts
        ):
            return True
        if wanted.kind == "time":
            return self.has_length(wanted.base, wanted.slack)
        return self._is_computed(wanted)

    def has_length(self, seconds: float, slack: float) -> bool:
        """Tell whether a duration occurs or lies between two cited times."""
        for _, length, own in self.reading.lengths:
            if abs(length - seconds) <= max(slack, min(own, slack)):
                return True
        for fact in self.facts:
            if fact.seconds is not None and abs(fact.seconds - seconds) <= slack:
                return True
        for found in self.reading.numbers:
            if not found.kind and any(abs(found.value / unit - seconds) <= slack for unit in _TIME_UNITS):
                return True
            if found.kind == "time" and abs(found.base - seconds) <= slack:
                return True
        apart = (abs((b - a).total_seconds()) for a, b in combinations(self.moments, 2))
        return any(abs(length - seconds) <= slack for length in apart)

    def has_clock(self, clock: str) -> bool:
        """Tell whether a time of day is that of a cited item; a time without seconds covers its minute."""
        wanted, exact = seconds_of(clock)
        own = [seconds_of(found)[0] for found in self.reading.clocks]
        own.extend(_of_day(moment) for moment in self.moments)
        if exact:
            return any(abs(found - wanted) < 1 for found in own)
        return any(wanted <= found < wanted + 60 or abs(found - wanted) <= 30 for found in own)

    def has_date(self, day: str) -> bool:
        """Tell whether a date is that of a cited item."""
        return day in self.reading.dates or any(moment.date().isoformat() == day for moment in self.moments)

    def has_name(self, name: str) -> bool:
        """Tell whether a name occurs in the cited items, also as part of a longer name."""
        return name.lower().removeprefix("v") in self.text

    def _is_computed(self, wanted: Quantity) -> bool:
        values = [
            *(found.base for found in self.reading.numbers),
            *(length[1] for length in self.reading.lengths),
        ][:60]
        counts = [
            float(item.attributes["count"])
            for item in self.items
            if item.attributes.get("count", "").isdigit()
        ]
        totals = (
            float(len(self.items)),
            sum(counts),
            float(len({item.service for item in self.items if item.service})),
        )
        if any(abs(total - wanted.base) <= wanted.slack for total in totals):
            return True
        for low, high in combinations(values, 2):
            for a, b in ((low, high), (high, low)):
                if a and wanted.kind == "times" and abs(b / a - wanted.base) <= wanted.slack:
                    return True
                if (
                    a
                    and wanted.kind == "percent"
                    and min(abs((b - a) / a * 100 - wanted.base), abs(b / a * 100 - wanted.base))
                    <= wanted.slack
                ):
                    return True
        return False


def gather(digest: Digest, header: Header, evidence: Iterable[str], facts: Iterable[str]) -> Support:
    """Collect what the cited ids and facts carry; unknown ids are left to the citation check."""
    wanted = set(facts)
    named = tuple(fact for fact in digest.facts if fact.name in wanted)
    ids = dict.fromkeys((*evidence, *(found for fact in named for found in fact.evidence)))
    items = tuple(item for item in (digest.find(found) for found in ids) if item is not None)
    moments = [moment for item in items for moment in (item.start, item.end) if moment is not None]
    moments.extend(fact.time for fact in named if fact.time is not None)
    moments.extend(moment for moment in (header.start, header.end) if moment is not None)
    text = "\n".join([*(_text_of(item) for item in items), *(f"{fact.text} {fact.note}" for fact in named)])
    return Support(items, named, text.lower(), _readings(text), tuple(dict.fromkeys(moments)))


def _readings(text: str) -> Reading:
    """Read evidence text; digits inside names and markup count too, such as a code in a template."""
    plain = read_sentence(text)
    loose = read_sentence(re.sub(r"[A-Za-z_=\[\](){}<>\"'|/]", " ", without_united(text)))
    return Reading((*plain.numbers, *loose.numbers), plain.clocks, plain.dates, plain.names, plain.lengths)


def _text_of(item: Evidence) -> str:
    times = " ".join(format_utc(moment) for moment in (item.start, item.end) if moment is not None)
    places = " ".join(f"{pointer.artifact} {pointer.series or ''}" for pointer in item.pointers)
    unit = item.attributes.get("unit", "")
    values = [f"{value} {unit}" if key in _MEASURED else value for key, value in item.attributes.items()]
    return " ; ".join([item.statement, item.quote, item.service or "", times, places, *values])


def _of_day(moment: datetime) -> float:
    return moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6


def _agree(wanted: Quantity, found: Quantity) -> bool:
    if wanted.kind == found.kind and abs(wanted.base - found.base) <= wanted.slack:
        return True
    if not found.kind or not wanted.kind:
        scale = wanted.base / wanted.value if wanted.value else 1.0
        if (
            abs(wanted.value - found.value) <= wanted.slack / scale
            or abs(wanted.base - found.base) <= wanted.slack
        ):
            return True
    return (
        wanted.kind == "percent" and not found.kind and abs(wanted.value - found.value * 100) <= wanted.slack
    )
