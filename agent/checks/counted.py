"""The numbers of one sentence against what its citations carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.checks.agreement import agree, close, within
from agent.checks.attribution import parts_of
from agent.checks.computed import changes, counting, is_share, is_sum, is_total
from agent.checks.enumeration import is_rest, names_in_lists, rests
from agent.checks.keyed_number import off_key
from agent.checks.level import misplaced
from agent.checks.mention import Reading, read_sentence
from agent.checks.multiple import miscounted, not_steepest
from agent.checks.naming import mentioned
from agent.checks.number_reading import loose_counts
from agent.checks.quantity import Quantity
from agent.checks.role_number import out_of_role
from agent.checks.stem import stem, stems
from agent.checks.support import Support
from agent.checks.tally import mistold
from agent.schema.digest import Digest

_PAIR = re.compile(r"(?<![\w.])(?P<part>\d{1,9}) (?:of|out of) (?:the )?(?P<whole>\d{1,9})(?![\w.%])")
_FROM_TO = re.compile(
    r"\bfrom (?P<low>(?:about |around |roughly )?\d[\d.,]*\s?[a-zA-Z%]{0,3}) to (?P<high>(?:about "
    r"|around |roughly |a peak of )?\d[\d.,]*\d|\d)"
)
_STATE_AT = re.compile(r"^\s*(?:by|before|until|till) (?:about |around )?$", re.IGNORECASE)
_STILL = re.compile(r"\b(?:still|not yet)\b", re.IGNORECASE)
"""Words with which a time is that of another's change: "at 12:35 orders was still slow"."""
_IN_ALL = re.compile(
    r"\b(?:altogether|in total|in all|all told|together|combined|between (?:them|the two)|overall"
    r"|a total of)\b",
    re.IGNORECASE,
)
_OF_WHAT = re.compile(r"\d\s?(?:%|percent) of (?:all |the |its |their )?(?P<noun>[a-z]{3,})", re.IGNORECASE)
_WHOLES = frozenset(
    stem(word)
    for word in """time capacity limit total normal baseline maximum level usual available quota size these
    those them which cases lines limits""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Counted:
    """One sentence with its numbers and what it cites."""

    text: str
    """Without quotations and copies of the evidence."""
    whole: str
    """Without citations only."""
    reading: Reading
    """Of `text`."""
    support: Support
    known: dict[str, str]
    """Names that the digest vouches for, by their lower case."""
    digest: Digest

    def unshown(self) -> Iterator[str]:
        """Yield the numbers, durations, shares and changes of level that the citations do not carry."""
        yield from (found.group() for found, shown in self._pairs() if not shown)
        yield from (found.group().strip(" ,") for found, shown in self._rests() if not shown)
        yield from self._levels()
        for found in _OF_WHAT.finditer(self.text):
            noun = stem(found["noun"])
            if noun in _WHOLES:
                continue
            share = next((one for one in self.reading.numbers if one.at <= found.start() < one.at + 20), None)
            if noun not in stems(self.support.raw) or (share and not is_share(self.support, share)):
                yield found.group()
        yield from (span.text for span in self.reading.spans if not self.support.has_length(span))
        yield from out_of_role(self.text, self.support.raw)
        yield from mistold(self.text, self.support)
        yield from misplaced(self.text, self.reading, self.support)
        yield from miscounted(self.text, self.support)
        yield from not_steepest(self.text, self.support)
        yield from self._numbers()
        yield from self._of_others()

    def _of_others(self) -> Iterator[str]:
        """Yield what only other cited evidence holds than that of which the part of the sentence speaks."""
        numbers = (*self.reading.numbers, *loose_counts(self.text))
        clocks = [(self.text.find(clock.text), clock) for clock in self.reading.clocks]
        places = [found.at for found in (*numbers, *self.reading.spans)] + [place for place, _ in clocks]
        for part in parts_of(self.text, self.support.items, places):
            strange = self.support.narrowed(part.strangers).reading
            kept = tuple(item for item in self.support.items if item not in part.strangers)
            own = self.support.narrowed(kept)
            lasting = replace(own, moments=self.support.moments)
            here = range(part.start, part.end)
            for number in numbers:
                held = number.at in here and any(agree(number, other) for other in strange.numbers)
                if held and not replace(self, support=own).carries(counting(number, self.text)):
                    yield number.text
            for span in self.reading.spans:
                held = span.at in here and any(
                    within(span, other.seconds, span.slack) for other in strange.spans
                )
                if held and not lasting.has_length(span):
                    yield span.text
            for at, clock in clocks:
                if _STATE_AT.search(self.text[part.start : at]) or _STILL.search(
                    self.text[part.start : part.end]
                ):
                    continue
                if part.named and at in here and not own.has_clock(clock, edges=True):
                    yield clock.text

    def _pairs(self) -> Iterator[tuple[re.Match[str], bool]]:
        """Yield each "3 of 5" on which a cited pair decides, and whether it is that one."""
        for found in _PAIR.finditer(self.text):
            shown = self.support.has_pair(int(found["part"]), int(found["whole"]))
            if shown is not None:
                yield found, shown

    def _rests(self) -> Iterator[tuple[re.Match[str], bool]]:
        """Yield each "and 3 more" behind a list, and whether a cited list has so many more."""
        for found, count, listed in rests(self.text, self.known | names_in_lists(self.support)):
            yield found, is_rest(count, listed, self.support)

    def _numbers(self) -> Iterator[str]:
        decided = {found.start(part) for found, _ in self._pairs() for part in ("part", "whole")}
        decided.update(max(found.start("count"), found.start("few")) for found, _ in self._rests())
        off = set(off_key(self.reading.numbers, self.text, self.support.raw))
        for written in self.reading.numbers:
            if decided.intersection(range(written.at, written.at + len(written.text) + 1)):
                continue
            wrong = written.text in off or self.support.lacks_padded(written.text)
            if wrong or not self.carries(counting(written, self.text)):
                yield written.text

    def carries(self, number: Quantity) -> bool:
        """Tell whether the citations, or what the sentence lists itself, carry a number."""
        if self.support.has_number(number) or is_total(number, self.text, self.digest):
            return True
        if self._listed(number) or self._short_for_span(number):
            return True
        return bool(_IN_ALL.search(self.text)) and is_sum(number, self.support)

    def _levels(self) -> Iterator[str]:
        """Hold "from A to B" to a cited metric: A is the level before, B the one after or the peak."""
        for found in _FROM_TO.finditer(self.text):
            first, second = (read_sentence(found[name]).numbers[:1] for name in ("low", "high"))
            if not first or not second:
                continue
            levels = list(changes(self.support))
            peaked = "peak" in self.text[found.end() :]
            fits = [
                (low, high)
                for low, high, peak in levels
                if close(first[0], low)
                and (close(second[0], high) or (close(second[0], peak) and not peaked))
            ]
            known = [number for number in (first[0], second[0]) if self.support.has_number(number)]
            if levels and not fits and len(known) == 2:
                yield found.group()

    def _listed(self, number: Quantity) -> bool:
        """Tell whether a count is that of the names that the sentence lists: "three services: a, b and c"."""
        if number.keyed or number.kind or "." in number.text or not number.counts:
            return False
        named = set(mentioned(self.whole, self.known))
        more = sum(count for _, count, _ in rests(self.whole, self.known))
        return number.value > 1 and bool(named) and number.value == len(named) + more

    def _short_for_span(self, number: Quantity) -> bool:
        """Tell whether a duration beside a bare number lends its unit: "2 seconds; its siblings get 35"."""
        if number.kind or number.counts or number.keyed:
            return False
        units = {unit for span in self.reading.spans for unit in re.findall(r"[A-Za-z]+$", span.text)}
        meant = (read_sentence(f"{number.text} {unit}").spans for unit in units)
        return any(self.support.has_length(span) for spans in meant for span in spans)
