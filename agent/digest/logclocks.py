"""Clocks of logs compared with each other, by the ids of requests that both show."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from agent.digest.offsets import TOLERATED, Offset, centre, is_zone, settled

SHARED = 5
"""Ids that two sources must share before their clocks are compared."""
_SCATTER = 60.0
Times = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Clock:
    """How far a log is ahead, in seconds, and what says so: ids shared with a log whose clock is known."""

    seconds: float
    shared: int = 0
    spread: float = 0.0

    def plus(self, seconds: float) -> _Clock:
        """Reckon from another clock, which is ahead by so much."""
        return replace(self, seconds=self.seconds + seconds)


_Links = Mapping[str, Mapping[str, _Clock]]


def offsets(
    sampled: Mapping[str, Times], known: Mapping[str, float], zoneless: Collection[str]
) -> list[Offset]:
    """Find the logs whose clocks differ from those of the logs that they share ids with.

    `known` are clocks found by better evidence, in seconds ahead: they settle the others. Without them the
    clock that most logs keep is right, of as many the one that names its zone; else nothing is shifted. A
    difference that is no zone is told but never taken from times: one log may wait for the other.
    """
    links = _links(sampled)
    left = set(sampled)
    found: list[Offset] = []
    for name in (*sorted(known.keys() & left), *sorted(sampled)):
        if name in left:
            roots = sorted(known.keys() & left) if name in known else [name]
            clocks = _walked({root: _Clock(known.get(root, 0.0)) for root in roots}, links)
            left -= clocks.keys()
            right = (0.0, "") if name in known else _right(clocks, zoneless)
            apart = {log: clock.plus(-right[0]) for log, clock in clocks.items() if log not in known}
            found += _told(apart, right[1])
    return sorted(found, key=lambda offset: offset.artifact)


def _links(sampled: Mapping[str, Times]) -> _Links:
    links: dict[str, dict[str, _Clock]] = {name: {} for name in sampled}
    for one, other in combinations(sorted(sampled), 2):
        shared = sorted(sampled[one].keys() & sampled[other].keys())
        if len(shared) < SHARED:
            continue
        ahead, spread = centre([sampled[other][name] - sampled[one][name] for name in shared])
        if spread <= min(_SCATTER, max(1.0, 0.1 * abs(ahead))):
            links[one][other] = _Clock(ahead, len(shared), spread)
            links[other][one] = _Clock(-ahead, len(shared), spread)
    return links


def _walked(roots: Mapping[str, _Clock], links: _Links) -> dict[str, _Clock]:
    """Reckon the clocks of all logs that links lead to, along the links with the most shared ids."""
    clocks = dict(roots)
    while True:
        ways = [(link, at, to) for at in clocks for to, link in links[at].items() if to not in clocks]
        if not ways:
            return clocks
        link, at, to = min(ways, key=lambda way: (-way[0].shared, way[1], way[2]))
        clocks[to] = link.plus(clocks[at].seconds)


def _right(clocks: Mapping[str, _Clock], zoneless: Collection[str]) -> tuple[float, str]:
    """Choose the clock that is right; where that is open give one, and the log whose it is."""
    groups = _agreeing(clocks)
    ranked = sorted(groups, key=lambda logs: (-len(logs), -_zoned(logs, zoneless), logs))
    best = ranked[0]
    rank = len(best), _zoned(best, zoneless)
    is_open = any((len(logs), _zoned(logs, zoneless)) == rank for logs in ranked[1:])
    return clocks[best[0]].seconds, best[0] if is_open else ""


def _agreeing(clocks: Mapping[str, _Clock]) -> list[list[str]]:
    groups: list[list[str]] = []
    last = None
    for name in sorted(clocks, key=lambda name: (clocks[name].seconds, name)):
        if last is None or clocks[name].seconds - last > TOLERATED:
            groups.append([])
        groups[-1].append(name)
        last = clocks[name].seconds
    return [sorted(group) for group in groups]


def _zoned(logs: Sequence[str], zoneless: Collection[str]) -> int:
    return sum(name not in zoneless for name in logs)


def _told(apart: Mapping[str, _Clock], against: str) -> list[Offset]:
    found: list[Offset] = []
    for name, clock in apart.items():
        if abs(clock.seconds) > TOLERATED:
            seconds = settled(clock.seconds)
            applied = is_zone(seconds) and not against
            spread = round(clock.spread, 3)
            found.append(Offset(name, seconds, clock.shared, spread, "shared ids", applied, against))
    return found
