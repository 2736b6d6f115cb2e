"""Timeline rows: evidence in order of time, nothing that evidence does not hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.drafting.circumstances import real_alerts
from agent.drafting.phrasing import MOST_NAMED, form_of, listed, plain, shared
from agent.drafting.ranking import relevance
from agent.drafting.telling import told
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence
from agent.schema.postmortem import TimelineRow

MOST_ROWS = 22
MOST_RECOVERIES = 4
MOST_EVENTS = 3
ENOUGH = 3
"""Rows that tell of trouble, from which on routine log messages are left out."""
_EARLIER = timedelta(hours=24)
_BONUS: Mapping[str, float] = {
    "A": 0.4,
    "C": 0.35,
    "H": 0.5,
    "K": 0.1,
    "M": 0.0,
    "L": 0.0,
    "T": 0.0,
    "N": 0.0,
}
_SOURCES: Mapping[str, str] = {
    "L": "logs",
    "M": "metrics",
    "A": "alert",
    "C": "change",
    "K": "Kubernetes",
    "H": "chat",
    "T": "trace",
    "N": "search",
}


@dataclass(frozen=True, slots=True)
class _Moment:
    time: datetime
    evidence: Evidence
    event: str
    weight: float
    over: bool = False
    """It tells of the end of something."""


def rows(digest: Digest, cited: Collection[str] = ()) -> tuple[TimelineRow, ...]:
    """Choose the moments worth a row, merge those of one second and one service, and sort them.

    `cited` is evidence that factors rest on; it is shown before other evidence.
    """
    starts = _best(_starts(digest, cited), MOST_ROWS)
    ends = _best(_recoveries(digest, {moment.evidence.id for moment in starts}), MOST_RECOVERIES)
    groups: dict[tuple[datetime, str], list[_Moment]] = {}
    for moment in sorted((*starts, *ends), key=lambda item: (item.time, -item.weight, item.evidence.id)):
        second = moment.time.replace(microsecond=0)
        groups.setdefault((second, moment.evidence.service or moment.evidence.id), []).append(moment)
    found: dict[tuple[datetime, str], list[list[_Moment]]] = {}
    for (second, name), moments in groups.items():
        form = "; ".join(dict.fromkeys(_form(moment) or name for moment in moments))
        found.setdefault((second, form), []).append(moments)
    return tuple(_row(alike[0]) if len(alike) == 1 else _shared_row(alike) for alike in found.values())


def render(evidence: Evidence, time: datetime) -> TimelineRow:
    """Render one piece of evidence as a row."""
    return _row([_Moment(time, evidence, told(evidence), 1.0)])


def actor(evidence: Evidence) -> str:
    """Who or what acted, as the evidence has it."""
    keys = ("callee", "caller") if evidence.kind == "T" else ("author",)
    named = next((evidence.attributes[key] for key in keys if evidence.attributes.get(key)), None)
    return named or evidence.service or evidence.attributes.get("object") or "system"


def _best(moments: Iterable[_Moment], most: int) -> list[_Moment]:
    return sorted(moments, key=lambda item: (-item.weight, item.time, item.evidence.id))[:most]


def _starts(digest: Digest, cited: Collection[str]) -> list[_Moment]:
    found: list[_Moment] = []
    noise_matters = not real_alerts(digest) and not digest.suspects
    for item in digest.evidence:
        share = relevance(item, digest.onset)
        if "alertname" in item.attributes and noise_matters:
            share = 1.0
        if item.start is None or share < 0.5:
            continue
        if item.kind != "M" and item.id not in cited and _long_before(item, digest):
            continue
        if item.kind == "C" and "members" in item.attributes and item.id not in cited:
            continue  # the roll-out of a whole namespace
        weight = share * (item.salience + _BONUS[item.kind]) + (1.0 if item.id in cited else 0.0)
        found.append(_Moment(item.start, item, plain(item), weight))
    telling = [item for item in found if item.evidence.id in cited or not _is_routine(item.evidence)]
    return telling if len(telling) >= ENOUGH else found


def _is_routine(item: Evidence) -> bool:
    """Whether it is a log message that its writer calls information, such as a kubelet's daily work."""
    return item.kind == "L" and item.severity == "info" and item.attributes.get("level") in {"info", "debug"}


def _long_before(item: Evidence, digest: Digest) -> bool:
    reference = digest.onset or (digest.window.start if digest.window else None)
    return reference is not None and item.start is not None and item.start < reference - _EARLIER


def _recoveries(digest: Digest, shown: set[str]) -> list[_Moment]:
    found: list[_Moment] = []
    for item in digest.evidence:
        if item.id not in shown or item.end is None or item.end == item.start:
            continue
        attributes = item.attributes
        if item.kind == "A" and attributes.get("state") == "resolved":
            name = attributes.get("alertname") or item.service or "Alert"
            found.append(_Moment(item.end, item, f"Alert {name} resolved", item.salience + 0.4, over=True))
        elif (
            item.kind == "M"
            and attributes.get("harm") == "bad"
            and attributes.get("change") in {"shift", "ramp"}
        ):
            event = f"{_measured(item)} recovered"
            found.append(_Moment(item.end, item, event, item.salience, over=True))
    return found


def _measured(item: Evidence) -> str:
    """Name what moved as the statement does, which leaves the functions of a query out."""
    subject, moved, _ = told(item).partition(" from ")
    return subject.rpartition(" ")[0] if moved else item.attributes.get("metric") or "metric"


def _form(moment: _Moment) -> str | None:
    """Give what a moment says of any service; an alert that resolved says it of whatever it fired for."""
    return moment.event if moment.over else form_of(moment.evidence)


def _shared_row(alike: list[list[_Moment]]) -> TimelineRow:
    """Write one row for services to which the same happened in the same second."""
    firsts = [moments[0] for moments in alike]
    events: list[str] = []
    for place in range(len(alike[0])):
        moments = [group[place] for group in alike if place < len(group)]
        names = list(
            dict.fromkeys(str(moment.evidence.service) for moment in moments if moment.evidence.service)
        )
        over = f"{moments[0].event} for {listed(names)}" if moments[0].over and names else None
        events.append(over or shared([moment.evidence for moment in moments]) or moments[0].event)
    everything = [moment for moments in alike for moment in moments]
    return TimelineRow(
        time=firsts[0].time,
        event="; ".join(dict.fromkeys(events)),
        source=_sources(everything),
        actor=_actors(firsts),
        evidence=tuple(dict.fromkeys(moment.evidence.id for moment in everything)),
    )


def _actors(moments: list[_Moment]) -> str:
    """List the actors; of more than a row can name, what happened was the system's."""
    names = list(dict.fromkeys(actor(moment.evidence) for moment in moments))
    return listed(names) if len(names) <= MOST_NAMED else "system"


def _sources(moments: list[_Moment]) -> str:
    return ", ".join(dict.fromkeys(_SOURCES[moment.evidence.kind] for moment in moments))


def _row(moments: list[_Moment]) -> TimelineRow:
    first = moments[0]
    events = list(dict.fromkeys(moment.event for moment in moments))
    if len(events) > MOST_EVENTS:
        events = [*events[:MOST_EVENTS], "and more of the kind"]
    ids = tuple(dict.fromkeys(moment.evidence.id for moment in moments))
    return TimelineRow(
        time=first.time,
        event="; ".join(events),
        source=_sources(moments),
        actor=actor(first.evidence),
        evidence=ids,
    )
