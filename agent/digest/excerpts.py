"""The real lines and samples behind a pointer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent.digest import panel
from agent.schema.base import format_utc
from agent.schema.bundle import Artifact
from agent.schema.evidence import Evidence, Pointer
from agent.store import Bundle
from tools.formats import read
from tools.formats.opening import lines
from tools.formats.records import Clock, Series, Tally


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Part of one artifact, verbatim: lines, or samples of one series as (time, value)."""

    artifact: str
    first_line: int | None = None
    lines: tuple[str, ...] = ()
    damage: str = ""
    """What broke off a packed file within or before these lines; empty where nothing did."""
    cited: tuple[int, int] | None = None
    """First and last line that the evidence names; the others are context."""
    series: str | None = None
    samples: tuple[tuple[str, float], ...] = ()
    course: tuple[tuple[float, float], ...] = ()
    """The whole series as it was judged: epoch seconds and values, a counter as increases per second."""
    judged_as: str = ""
    """"per second" for a counter, a quantile such as "p95" for a histogram, else empty."""


def excerpt(bundle: Bundle, evidence: Evidence, *, around: int = 0, limit: int = 40) -> tuple[Excerpt, ...]:
    """Read what a piece of evidence points at; at most `limit` lines or samples a pointer."""
    artifacts = {artifact.path: artifact for artifact in bundle.manifest.artifacts}
    named = {pointer.artifact for pointer in evidence.pointers if pointer.lines is None}
    series = {name: _series_of(bundle, artifacts[name]) for name in sorted(named)}
    return tuple(
        _samples(series[pointer.artifact], pointer, evidence, around=around, limit=limit)
        if pointer.lines is None
        else _lines(bundle.path(pointer.artifact), pointer, around, limit)
        for pointer in evidence.pointers
    )


def _lines(path: Path, pointer: Pointer, around: int, limit: int) -> Excerpt:
    first, last = pointer.lines or (1, 1)
    low, high = max(1, first - around), min(last + around, max(1, first - around) + limit - 1)
    shown: list[str] = []
    tally = Tally()
    for number, line in lines(path, tally):
        if number > high:
            break
        if number >= low:
            shown.append(line)
    return Excerpt(
        artifact=pointer.artifact,
        first_line=low,
        lines=tuple(shown),
        cited=(first, last),
        damage=tally.first_bad_reason,
    )


def _samples(
    series: list[Series], pointer: Pointer, evidence: Evidence, *, around: int, limit: int
) -> Excerpt:
    record = _named(series, pointer.series, evidence.service)
    if record is None:
        return Excerpt(artifact=pointer.artifact, series=pointer.series)
    low, high = pointer.samples or (0, len(record.times) - 1)
    low = max(0, low - around)
    high = min(len(record.times) - 1, high + around, low + limit - 1)
    pairs = zip(record.times[low : high + 1], record.values[low : high + 1], strict=True)
    shown = tuple((format_utc(datetime.fromtimestamp(t, UTC)), value) for t, value in pairs)
    judged = panel.judged_as(series, record, evidence.attributes.get("quantile", ""))
    return Excerpt(
        artifact=pointer.artifact,
        series=record.column or record.name,
        samples=shown,
        course=tuple(zip(judged.times, judged.values, strict=True)),
        judged_as=judged.quantile or ("per second" if judged.rate else ""),
    )


def _series_of(bundle: Bundle, artifact: Artifact) -> list[Series]:
    clock = Clock(zone=artifact.assume_zone, recorded_at=artifact.recorded_at)
    reading = read(bundle.path(artifact.path), clock=clock, labels=artifact.labels)
    return [record for record in reading.records if isinstance(record, Series)]


def _named(series: list[Series], name: str | None, service: str | None) -> Series | None:
    """Find the series that a pointer means: in a wide table several services have one of the same name."""
    named = [record for record in series if name in (record.name, record.column)]
    ours = [record for record in named if record.service == service]
    return next(iter(ours or named), None)
