"""Facts with a value: shares of errors, what the symptom's metric was and reached, who was not affected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.digest.wording import instant, listed, measured
from agent.schema.digest import Fact, FactName
from agent.schema.evidence import Evidence

LABELS: Mapping[FactName, str] = {
    "error_share": "Share of error records since the onset",
    "error_share_before": "Share of error records before the onset",
    "symptom_baseline": "Symptom metric before the onset",
    "symptom_peak": "Symptom metric at its worst",
    "services_unaffected": "Services unaffected",
}
_SYMPTOMS = frozenset({"latency", "errors", "availability", "traffic"})
_EARLY = timedelta(minutes=10)
_MOST_BESIDE = 3
"""Further symptom metrics that the note of a fact tells."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Log records of level error or fatal, and of all levels, on both sides of the onset."""

    errors_before: int
    lines_before: int
    errors_since: int
    lines_since: int


def measures(onset: datetime | None, evidence: Sequence[Evidence], shares: Shares | None) -> tuple[Fact, ...]:
    """Every fact of `LABELS` once; what the evidence does not hold is not known."""
    lead, *others = _symptoms(onset, evidence) or [None]
    beside = [item for item in others if item is not None][:_MOST_BESIDE]
    found = (
        _share("error_share", shares and (shares.errors_since, shares.lines_since), "since the onset"),
        _share(
            "error_share_before", shares and (shares.errors_before, shares.lines_before), "before the onset"
        ),
        _level("symptom_baseline", lead, beside),
        _level("symptom_peak", lead, beside),
        _unaffected(evidence),
    )
    return tuple(found)


def _unknown(name: FactName, why: str) -> Fact:
    return Fact(name=name, label=LABELS[name], text="not known", note=why)


def _share(name: FactName, counts: tuple[int, int] | None, when: str) -> Fact:
    if counts is None or not counts[1]:
        return _unknown(name, f"no log records of known time were recorded {when}")
    errors, lines = counts
    share = 100 * errors / lines
    text = f"{share:.1f}%" if share >= 1 or not errors else f"{share:.2g}%"
    note = f"{errors} records of level error or fatal among {lines} {when}"
    return Fact(name=name, label=LABELS[name], text=text, note=note, count=errors, value=share, unit="%")


def _symptoms(onset: datetime | None, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Select what users feel and what was measured of it, the most telling first."""
    return [
        item
        for item in evidence
        if item.kind == "M"
        and item.severity in {"warning", "error", "critical"}
        and item.attributes.get("metric_kind") in _SYMPTOMS
        and item.attributes.get("harm") == "bad"
        and {"before", "peak", "metric"} <= set(item.attributes)
        and (onset is None or item.start is None or item.start >= onset - _EARLY)
    ]


def _level(name: FactName, lead: Evidence | None, beside: Sequence[Evidence]) -> Fact:
    if lead is None:
        return _unknown(name, "no metric of latency, errors, availability or traffic left its usual level")
    peak = name == "symptom_peak"
    text, value, time = _said(lead, peak=peak)
    worst = "lowest" if lead.attributes.get("direction") == "down" else "highest"
    note = f"{worst} sample of the most telling symptom" if peak else "usual level before it moved"
    if beside:
        note += f"; others: {'; '.join(_said(item, peak=peak)[0] for item in beside)}"
    return Fact(
        name=name,
        label=LABELS[name],
        text=text,
        note=note,
        time=time,
        value=value,
        unit=lead.attributes.get("unit", ""),
        evidence=tuple(item.id for item in (lead, *beside)),
    )


def _said(item: Evidence, *, peak: bool) -> tuple[str, float | None, datetime | None]:
    told = item.attributes
    value = _number(told["peak" if peak else "before"])
    written = (
        measured(value, told.get("unit", "")) if value is not None else told["peak" if peak else "before"]
    )
    metric = " ".join(part for part in (told["metric"], told.get("quantile", "")) if part)
    text = f"{metric} of {item.service}: {written}" if item.service else f"{metric}: {written}"
    time = datetime.fromisoformat(told["peak_at"]) if peak and "peak_at" in told else None
    return (f"{text} at {instant(time)}" if time else text), value, time


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def _unaffected(evidence: Sequence[Evidence]) -> Fact:
    name: FactName = "services_unaffected"
    item = next((e for e in evidence if "unaffected" in e.attributes), None)
    if item is None:
        return _unknown(name, "no service has records on both sides of the onset in which nothing moved")
    names = item.attributes["unaffected"].split(", ")
    note = (
        "their metrics or logs cover both sides of the onset, none of their series left its level, "
        "no warning or error of theirs is new or more frequent, and nothing else tells of trouble"
    )
    text = f"{len(names)} ({listed(names, 6)})"
    return Fact(name=name, label=LABELS[name], text=text, note=note, count=len(names), evidence=(item.id,))
