"""When the incident began to show."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from agent.digest.alerts import Episode, noise
from agent.digest.kubeevents import EventBook, weight_of
from agent.digest.logs import LogBook, Pattern
from agent.digest.metrics import Move, telling
from agent.schema.incident import Incident, Window

_TOGETHER = timedelta(minutes=5)
_LATE = timedelta(minutes=10)
"""How late a start may be stated, at the most, for what began before it to be taken for the beginning."""
_OVER = 0.1
_PASSED = 0.7
_LASTING = 3
"""Steps between samples from which a move is no spike: one sample, or a few, may be chance."""
_SETTLE = 0.15
"""Share of a service's record that counts as its start-up, where a message says nothing about change."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that may have been the beginning, and how strongly it speaks."""

    time: datetime
    weight: float
    end: datetime | None = None
    """When it was over again; None where it lasted."""


@dataclass(frozen=True, slots=True)
class Onset:
    """The estimate and what it rests on."""

    time: datetime | None
    source: Literal["record", "evidence", "not known"]
    shows: datetime | None = None
    """From when on the evidence differs; before `time` where the stated start came a little late."""


def find(incident: Incident, signs: Sequence[Sign], since: datetime | None = None) -> Onset:
    """Take the record's start, else the earliest sign of a group that carries enough weight.

    A stated start stands; but where what lasts began up to ten minutes before it, `shows` says so, for
    whoever states a start has noticed it by then. `since` is when the last of the signals began to be
    recorded: what was over by then is what happened before the incident.
    """
    weighed = [_weighed(sign, since) for sign in signs]
    if incident.start is not None:
        near = [
            s for s in weighed if s.end is None and incident.start - _LATE <= s.time <= incident.start + _LATE
        ]
        first = _first(near)
        shows = min(first.time, incident.start) if first else incident.start
        return Onset(incident.start, "record", shows)
    first = _first([sign for sign in weighed if _inside(sign.time, incident.window)])
    if first is None:
        return Onset(None, "not known")
    time = first.time.replace(microsecond=0)
    return Onset(time, "evidence", time)


def _first(signs: Sequence[Sign]) -> Sign | None:
    """Give the first sign of the first group that counts; None where all of them weigh little.

    A group is what shows within five minutes; it counts from 40 % of the heaviest group's weight on, so that
    one stray early sign moves nothing and a late burst does not hide a real beginning.
    """
    usable = sorted(signs, key=lambda sign: sign.time)
    times = [sign.time for sign in usable]
    weight_of = [sign.weight for sign in usable]
    weights = [
        sum(weight_of[bisect_left(times, time) : bisect_right(times, time + _TOGETHER)]) for time in times
    ]
    heaviest = max(weights, default=0.0)
    if heaviest < 0.3:
        return None
    pairs = zip(usable, weights, strict=True)
    return next((s for s, weight in pairs if weight >= 0.4 * heaviest and s.weight >= 0.2), None)


def _weighed(sign: Sign, since: datetime | None) -> Sign:
    """Lower the weight of what did not last, and take it from what was over before all was recorded."""
    if sign.end is None:
        return sign
    over = since is not None and sign.end <= since
    return Sign(sign.time, sign.weight * (_OVER if over else _PASSED), sign.end)


def _inside(time: datetime, window: Window | None) -> bool:
    return window is None or window.start <= time <= window.end


def of_moves(moves: Sequence[Move]) -> list[Sign]:
    """Take moves of metrics that tell of harm, by surprise; spikes only where nothing lasted."""
    strong = [move for move in telling(moves) if move.surprise >= 0.25]
    lasting = [move for move in strong if move.last_sample - move.first_sample >= _LASTING]
    return [
        Sign(
            datetime.fromtimestamp(move.start, UTC),
            move.surprise,
            None if move.end is None else datetime.fromtimestamp(move.end, UTC),
        )
        for move in lasting or strong
    ]


def of_alerts(episodes: Sequence[Episode], services: Sequence[str]) -> list[Sign]:
    """Alerts that are no noise."""
    return [
        Sign(episode.record.starts_at, 0.8)
        for episode in episodes
        if episode.record.starts_at and noise(episode, None, services) == "no"
    ]


def of_events(book: EventBook, over: frozenset[str]) -> list[Sign]:
    """Take telling Kubernetes events; not those on what is `over`, because it is well or gone."""
    found: list[Sign] = []
    for fold in book.folds.values():
        weight = weight_of(fold)
        if weight and weight.role != "context" and fold.workload not in over and fold.first:
            found.append(Sign(fold.first, weight.surprise))
    return found


def of_logs(book: LogBook, patterns: Sequence[Pattern]) -> list[Sign]:
    """Errors and warnings that began some while after their service's log did."""
    found: list[Sign] = []
    for pattern in patterns:
        log = book.services[pattern.service]
        if not pattern.bad() or pattern.first is None or log.first is None or log.last is None:
            continue
        if pattern.undated == pattern.count:
            continue
        length = (log.last - log.first).total_seconds()
        if (pattern.first - log.first).total_seconds() < max(20.0, _SETTLE * min(length, 3600.0)):
            continue
        base = 0.5 if pattern.level in {"error", "fatal"} else 0.25
        found.append(Sign(pattern.first, base * min(1.0, 0.4 + pattern.count / 20)))
    return found
