"""All that logs show: patterns with what their parameters said, and parameters and levels that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from agent.digest import distributions, levelmix, parameters, patterns, sampling
from agent.digest.distributions import Changed
from agent.digest.levelmix import Mix
from agent.digest.logs import LogBook, Pattern, Place
from agent.digest.observation import Observation, one_line, quoted
from agent.digest.parameters import Sample
from agent.digest.patterns import Reading
from agent.digest.sampling import Recorded
from agent.digest.wording import headline, plural, quotation
from agent.schema.evidence import Pointer

MOST_COMPARED = 40
"""Patterns, the most frequent on both sides of the onset, whose parameters are compared."""
_MOST_CHANGED = 8
_MOST_TOLD = 4
"""Parameters that are told of one pattern."""
_MOST_POINTERS = 6


def observations(
    recorded: Recorded, found: Sequence[Pattern], onset: datetime | None, known: frozenset[str]
) -> list[Observation]:
    """Observe the logs; a bounded sample of the head of the patterns is read again for its parameters."""
    book = recorded.book
    readings = patterns.compare(book, found, onset)
    head = patterns.chosen(book, readings)
    compared = _compared(book, readings) if onset else []
    telling = [r for r in head if r.verdict is None or r.verdict.novelty != "steady"]
    reread = list({id(r.pattern): r for r in (*telling, *compared)}.values())
    samples = sampling.samples(recorded, [r.pattern for r in reread], onset)
    read = {id(r.pattern): each for r, each in zip(reread, samples, strict=True)}
    named = {id(r.pattern) for r in telling}
    observed = [
        _with_parameters(item, read[id(r.pattern)], r.pattern.count) if id(r.pattern) in named else item
        for item, r in zip(patterns.observations(book, readings, head, onset, known), head, strict=True)
    ]
    if onset is None:
        return observed
    by_pattern = distributions.changes(
        [each if r in compared else () for r, each in zip(reread, samples, strict=True)], onset.timestamp()
    )
    changed = [(r, change) for r, each in zip(reread, by_pattern, strict=True) for change in each]
    changed.sort(key=lambda pair: (-pair[1].size, pair[1].p_value, *_name(pair[0]), pair[1].name))
    observed += [_of_change(r, change, onset) for r, change in changed[:_MOST_CHANGED]]
    return observed + [_of_mix(book, mix, onset) for mix in levelmix.changes(book, found, onset)]


def _name(reading: Reading) -> tuple[str, str, str]:
    return reading.pattern.service or "", reading.pattern.template, reading.pattern.level


def _compared(book: LogBook, readings: Sequence[Reading]) -> list[Reading]:
    least = distributions.LEAST
    both = [r for r in readings if r.before >= least and r.after >= least and r.verdict]
    both = [r for r in both if not book.services[r.pattern.service].coarse]
    return sorted(both, key=lambda r: (-min(r.before, r.after), *_name(r)))[:MOST_COMPARED]


def _with_parameters(item: Observation, samples: Sequence[Sample], count: int) -> Observation:
    kept, read = parameters.summed_up(samples)[:_MOST_TOLD], len(samples)
    if not kept:
        return item
    said = "; ".join(each.text() for each in kept)
    if read < count:
        said += f" (of {read} records read of {count})"
    places = [place for each in kept[:2] for place in each.telling]
    pointers = dict.fromkeys((*item.pointers, *(_pointer(place) for place in places)))
    return replace(
        item,
        attributes={**item.attributes, "parameters": one_line(said, 400)},
        pointers=tuple(pointers)[:_MOST_POINTERS],
    )


def _of_change(reading: Reading, change: Changed, onset: datetime) -> Observation:
    pattern = reading.pattern
    who = pattern.service or "an unnamed service"
    message = quotation(one_line(headline(pattern.exemplar), 120))
    old, new = change.counts
    if change.value:
        text = (
            f"{change.name} was {one_line(change.value, 60)} in {change.after} of the records "
            f"{message} of {who} since the onset, against {change.before} before"
        )
    else:
        text = (
            f"{change.name} in the records {message} of {who} went from a median of {change.before} "
            f"before the onset to {change.after} since"
        )
    attributes = {
        "template": pattern.template,
        "level": pattern.level,
        "count": str(pattern.count),
        "baseline_count": str(reading.before),
        "incident_count": str(reading.after),
        "novelty": "changed",
        "parameter": change.name,
        "value": change.value,
        "before": change.before,
        "after": change.after,
        "p_value": f"{change.p_value:.2g}",
        "compared": f"{old} records before, {new} since",
    }
    began = pattern.first if pattern.first and pattern.first >= onset else onset
    return Observation(
        kind="L",
        statement=text,
        pointers=tuple(dict.fromkeys(_pointer(place) for place in (*change.telling, *pattern.places[:1]))),
        service=pattern.service,
        start=began.astimezone(UTC),
        end=pattern.last,
        severity="warning" if pattern.bad() else "info",
        quote=quoted(pattern.exemplar),
        attributes={key: value for key, value in attributes.items() if value},
        surprise=0.35 + 0.35 * min(1.0, change.size),
        role="symptom",
    )


def _of_mix(book: LogBook, mix: Mix, onset: datetime) -> Observation:
    (own, whole), (hits, total) = mix.before, mix.after
    text = (
        f"{_share(hits, total)} of the {plural(total, 'record')} of {mix.service} since the onset were "
        f"{mix.level}, against {_share(own, whole)} of {whole} before"
    )
    places = [hit[1] for p in mix.patterns if (hit := p.since(book.origin, onset)) is not None][:3]
    levels = sorted({pattern.level for pattern in mix.patterns})
    ends = [pattern.last for pattern in mix.patterns if pattern.last]
    attributes = {
        "level": ", ".join(levels),
        "count": str(own + hits),
        "baseline_count": str(own),
        "incident_count": str(hits),
        "novelty": "changed",
        "before": _share(own, whole),
        "after": _share(hits, total),
        "p_value": f"{mix.p_value:.2g}",
    }
    return Observation(
        kind="L",
        statement=text,
        pointers=tuple(_pointer(place) for place in places),
        service=mix.service,
        start=onset.astimezone(UTC),
        end=max(ends) if ends else None,
        severity="warning",
        attributes=attributes,
        surprise=0.3,
        role="symptom",
    )


def _share(part: int, whole: int) -> str:
    """Write a share so that small ones can be told apart."""
    percent = 100 * part / whole
    return f"{percent:.0f} %" if percent >= 10 or part == 0 else f"{percent:.2g} %"


def _pointer(place: Place) -> Pointer:
    return Pointer(artifact=place.artifact, lines=(place.first, place.last))
