"""Whether every statement of a draft is carried by what it cites, rules G01 to G10."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from agent.checks import actors as acting
from agent.checks.absence import absences
from agent.checks.clause import clause_at
from agent.checks.contradiction import contradictions
from agent.checks.counted import Counted
from agent.checks.denial import asserted
from agent.checks.mention import Reading, read_sentence
from agent.checks.naming import PLATFORM, known_names, mentioned, name_like, said_absent
from agent.checks.places import Place, finding_at, read_places
from agent.checks.polarity import Contradiction, turned
from agent.checks.quotation import flat, misquoted, quotations, without_copies, without_quotations
from agent.checks.relation import better_evidence, speaks_of_nothing, unrelated
from agent.checks.row_grounding import check_rows
from agent.checks.sequence import misordered
from agent.checks.standing import overstated, overstated_cause, too_certain, unshown_change
from agent.checks.stem import stems
from agent.checks.support import Support, gather
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence
from agent.schema.finding import Finding, Level
from agent.schema.postmortem import PostMortem

_SUPPOSED = re.compile(r"\bwould(?:n't| not| also)? have\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|not|nothing|never|none|unknown|without|cannot)\b|n't\b", re.IGNORECASE)
_AT_EDGE = re.compile(
    r"\b(?:start|started|starts|began|begin|onset|incident|end|ended|ends|over|closed|resolved|outage|first|last)\b",
    re.IGNORECASE,
)


def check_grounding(draft: PostMortem, digest: Digest) -> tuple[Finding, ...]:
    """Report citations that do not exist and statements that their citations do not carry."""
    found: list[Finding] = []
    known = known_names(digest)
    for place in read_places(draft):
        found.extend(_citations(place, digest))
        if place.grounded:
            found.extend(_Reader(place, digest, draft, known).findings())
    found.extend(check_rows(draft, digest))
    found.extend(acting.check_owners(draft, digest))
    cause = Place("cause.claim", "factor", draft.cause.claim.text, draft.cause.claim.evidence)
    found.extend(finding_at(cause, "G06", "error", *parts) for parts in overstated_cause(draft.cause))
    return tuple(found)


def known_services(digest: Digest) -> frozenset[str]:
    """Collect every service name that the digest vouches for."""
    names = {item.service for item in digest.evidence if item.service}
    names.update(suspect.component for suspect in digest.suspects)
    names.update(name for edge in digest.topology for name in (edge.caller, edge.callee))
    return frozenset(names)


class _Reader:
    """Checks one grounded sentence against what it cites."""

    def __init__(self, place: Place, digest: Digest, draft: PostMortem, known: dict[str, str]) -> None:
        self.place = place
        self.digest = digest
        self.draft = draft
        self.known = known
        self.support: Support = gather(digest, draft.header, place.evidence, place.facts)
        self.verdict = draft.cause.verdict
        copied = (value for item in self.support.items for value in (item.statement, *_copied(item)))
        self.own = without_copies(place.text, copied)
        """The sentence without what it copies from its evidence word for word."""
        self.bare = without_quotations(self.own)
        self.reading: Reading = read_sentence(self.bare)
        self.support = self.support.meant_by(stems(place.text))

    def findings(self) -> Iterator[Finding]:
        """Yield every finding on the sentence; none where it cites nothing that exists."""
        if not self.support.items and not self.support.facts:
            return
        carried = [*self._carried(), *self._asserted()]
        yield from carried
        for found in self._turned():
            yield self._at("G07", found.words, found.message, "Say what the evidence shows.")
        for level, words, message in absences(self.bare, self.digest, self.known):
            if level == "warning" and self.place.standing != "supported":
                continue
            yield finding_at(
                self.place, "G07", level, words, message, "Say what was recorded, or what was not looked at."
            )
        for words, have in misordered(self.place.bare, self.support):
            message = f'"{words}" is not the order of the cited times: {have}'
            yield self._at("G07", words, message, "Give the order that the times have.")
        doubted = (*overstated(self.place, self.support), *unshown_change(self.place, self.support))
        for words, message, advice in doubted:
            yield self._at("G06", words, message, advice)
        if self.place.section != "cause.claim":
            for words, message, advice in too_certain(self.place, self.verdict):
                yield self._at("G06", words, message, advice)
        if not carried:
            yield from self._relation()

    def _at(self, rule: str, words: str, message: str, advice: str) -> Finding:
        return finding_at(self.place, rule, "error", words, message, advice)

    def _carried(self) -> Iterator[Finding]:
        """Yield what is quoted, numbered, timed or named and does not stand in the citations."""
        return chain(self._quotations(), self._numbers(), self._times(), self._names())

    def _turned(self) -> Iterator[Contradiction]:
        """Yield what the cited evidence says otherwise, apart from searches that found nothing."""
        items = tuple(item for item in self.support.items if item.kind != "N")
        if not items and len(items) != len(self.support.items):
            return
        shown = replace(self.support, items=items)
        yield from contradictions(self.own, self.bare, shown)
        yield from turned(self.place.text, shown)

    def _asserted(self) -> Iterator[Finding]:
        """Hold what a sentence asserts to other evidence than searches that found nothing.

        Their statements repeat what was looked for, so they carry a denial and nothing else.
        """
        if not any(item.kind == "N" for item in self.support.items):
            return
        said = asserted(self.place.text)
        rest = tuple(item.id for item in self.support.items if item.kind != "N")
        if said.clauses and not rest and not self.place.facts:
            message = "cites only what a search did not find, which carries a denial and nothing else"
            advice = better_evidence(self.place, self.digest) or "Cite what shows it."
            yield self._at("G08", said.clauses, message, advice)
            return
        text = "; ".join(part for part in (said.clauses, said.leads) if part)
        place = replace(self.place, text=text, evidence=rest)
        yield from _Reader(place, self.digest, self.draft, self.known)._carried()  # noqa: SLF001 - its own kind

    def _quotations(self) -> Iterator[Finding]:
        evidence = flat(self.support.text)
        for quotation in quotations(self.own):
            if misquoted(quotation, evidence):
                yield self._not_carried("G09", quotation)

    def _numbers(self) -> Iterator[Finding]:
        sentence = Counted(self.bare, self.place.bare, self.reading, self.support, self.known, self.digest)
        for words in sentence.unshown():
            yield self._not_carried("G02", words)

    def _times(self) -> Iterator[Finding]:
        edges = bool(_AT_EDGE.search(self.place.bare))
        for clock in self.reading.clocks:
            if not self.support.has_clock(clock, edges=edges):
                yield self._not_carried("G03", clock.text)
        for day in self.reading.dates:
            if not self.support.has_date(day):
                yield self._not_carried("G03", day)

    def _names(self) -> Iterator[Finding]:
        text = self.bare
        wanted = dict.fromkeys((*self.reading.names, *name_like(text, self.known)))
        for name in wanted:
            inside = name[0].isupper() and name.isalpha() and name.lower() in self.support.text
            absent = name.lower() in self.known and said_absent(name, text)
            if not (inside or absent) and not self.support.has_name(name):
                yield self._elsewhere(name, "error")
        for name in mentioned(text, self.known):
            if name in PLATFORM and self._is_platform(name):
                continue
            if name not in wanted and not self.support.has_name(name) and not said_absent(name, text):
                plain = name.isalpha() and name.islower() and not name.endswith("service")
                if plain and self._is_supposed(name):
                    continue
                yield self._elsewhere(name, "warning" if plain else "error")
        for who, message in acting.invented(text, self.support):
            yield self._at("G10", who, message, "Name who the evidence names, or what happened alone.")

    def _is_supposed(self, name: str) -> bool:
        """Tell whether a plain word stands in what would have been: "which CPU would not have shown"."""
        found = re.search(rf"\b{re.escape(name)}\b", self.bare, re.IGNORECASE)
        return found is not None and bool(_SUPPOSED.search(clause_at(self.bare, *found.span())))

    def _is_platform(self, name: str) -> bool:
        """Tell whether a part of the platform is meant, "the kubelet", that stands behind cited evidence."""
        at_work = any(item.kind == "K" for item in self.support.items) or "kubectl" in self.support.text
        return at_work and bool(
            re.search(
                rf"\b(?:the|its|each|every|that|whose|[\w-]+'s) {re.escape(name)}\b", self.bare, re.IGNORECASE
            )
        )

    def _elsewhere(self, name: str, level: Level) -> Finding:
        low = name.lower()
        holders = [
            item.id
            for item in self.digest.evidence
            if low in f"{item.statement} {item.quote} {item.service}".lower()
        ]
        if not holders:
            return self._not_carried("G04", name, level)
        suggestion = f"{', '.join(holders[:3])} has it: cite that, or name what the cited evidence has."
        return finding_at(
            self.place, "G04", level, name, f'"{name}" does not occur in the cited evidence', suggestion
        )

    def _relation(self) -> Iterator[Finding]:
        reading = self.reading
        telling = reading.numbers or reading.spans or reading.clocks or reading.dates or reading.names
        if not telling and (silent := speaks_of_nothing(self.place, self.support)):
            message = "the cited evidence does not speak of this"
            level: Level = "error" if ".whys." in self.place.section else "warning"
            yield finding_at(
                self.place,
                "G08",
                level,
                silent,
                message,
                better_evidence(self.place, self.digest) or "Cite what shows it.",
            )
            return
        for cited in unrelated(self.place, self.support, self.known, reading):
            message = f"cites {cited.id}, which does not speak of this: {cited.statement}"
            advice = (
                better_evidence(self.place, self.digest) or "Cite what shows it, or leave the citation out."
            )
            yield finding_at(self.place, "G08", "warning", cited.id, message, advice)

    def _not_carried(self, rule: str, words: str, level: Level = "error") -> Finding:
        items, facts = self.support.items, self.support.facts
        better = better_evidence(self.place, self.digest, holding=words)
        cited = "; ".join(f"{item.id}: {item.statement}" for item in items[:3])
        cited = cited or "; ".join(f"{fact.label}: {fact.text}" for fact in facts[:3])
        advice = f"The citations have: {cited}"
        if better and not any(better.startswith(f"{item.id} ") for item in items):
            advice = f"{advice}. {better}"
        verb = "is not quoted as it stands" if rule == "G09" else "does not occur"
        return finding_at(self.place, rule, level, words, f'"{words}" {verb} in the cited evidence', advice)


def _copied(item: Evidence) -> Iterator[str]:
    for key in ("metric", "message", "summary", "description", "text", "title"):
        if item.attributes.get(key):
            yield item.attributes[key]


def _citations(place: Place, digest: Digest) -> Iterator[Finding]:
    for cited in place.evidence:
        if digest.find(cited) is None:
            better = better_evidence(place, digest) or "The digest holds no evidence that shows it."
            yield finding_at(place, "G01", "error", cited, f"cites {cited}, which does not exist", better)
    for name in place.facts:
        fact = next((fact for fact in digest.facts if fact.name == name), None)
        if fact is None or not (fact.known or _DENIED.search(place.text)):
            note = f": {fact.note}" if fact and fact.note else ""
            message = f"uses the fact {name}, which is not known{note}"
            yield finding_at(
                place, "G01", "error", name, message, "Say that it is not established, or leave it out."
            )
    if place.grounded and not place.evidence and not place.facts:
        yield finding_at(
            place, "G01", "error", place.text, "cites nothing", "Cite the evidence or fact that shows it."
        )
