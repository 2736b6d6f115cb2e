"""Clocks of container logs, by when the cluster started the containers and when their logs went on.

The times of states and events come from the cluster's API, in UTC. A container that starts again leaves a
gap in its log, or is where the log begins.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field

from agent.digest.objects import Inventory
from agent.digest.offsets import MOST_HOURS, ZONE_STEP, Offset
from agent.digest.runs import moment
from tools.formats.records import KubeEvent, LogRecord

_GAP = 5.0
"""Seconds without a line that may be a restart."""
_MOST_GAPS = 8
_EARLY, _BOOT = 2.0, 30.0
"""Seconds around a container's start within which its log goes on."""
_STARTED = ("started", "last_started")
Container = tuple[str, str]
"""A pod and a container of it; the container may be empty where a log does not name it."""


@dataclass(slots=True)
class _Course:
    """When one container's log begins, and its longest gaps as (length, time at which it goes on)."""

    first: float
    last: float
    gaps: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])

    def add(self, time: float) -> None:
        if time - self.last >= _GAP:
            self.gaps.append((time - self.last, time))
            self.gaps = sorted(self.gaps, reverse=True)[:_MOST_GAPS]
        self.last = max(self.last, time)

    def resumed(self, many: int) -> list[float]:
        """Give when the log goes on, of as many gaps as there were restarts."""
        return [self.first, *(time for _, time in self.gaps[:many])]


_Courses = Mapping[Container, _Course]


@dataclass(slots=True)
class RestartBook:
    """Collects starts of containers from events, and the gaps of container logs."""

    started: dict[Container, set[float]] = field(default_factory=dict[Container, set[float]])
    courses: dict[str, dict[Container, _Course]] = field(default_factory=dict[str, dict[Container, _Course]])

    def event(self, record: KubeEvent) -> None:
        """Note the first and the last start that an event tells of."""
        if record.reason == "Started" and record.object_kind == "Pod":
            name = record.object_name, record.message.rpartition("container ")[2].strip(" \"'")
            times = {time.timestamp() for time in (record.first, record.last) if time}
            self.started.setdefault(name, set()).update(times)

    def log(self, artifact: str, record: LogRecord) -> None:
        """Follow the log of a container."""
        if record.pod is None or record.time is None or record.undated:
            return
        time = record.time.timestamp()
        course = self.courses.setdefault(artifact, {}).setdefault(
            (record.pod, record.container or ""), _Course(time, time)
        )
        course.add(time)

    def offsets(self, inventory: Inventory, settled: Collection[str]) -> list[Offset]:
        """Find the whole half-hours by which container logs miss the starts of their containers."""
        started = {name: set(times) for name, times in self.started.items()}
        for name, times in _of_states(inventory):
            started.setdefault(name, set()).update(times)
        found = (
            _offset(artifact, self.courses[artifact], started)
            for artifact in sorted(self.courses.keys() - set(settled))
        )
        return [offset for offset in found if offset is not None]


def _of_states(inventory: Inventory) -> Iterable[tuple[Container, set[float]]]:
    for pod in inventory.of("Pod"):
        for name, fields in pod.containers().items():
            times = (moment(fields.get(key, "")) for key in _STARTED)
            yield (pod.name, name), {time.timestamp() for time in times if time is not None}


def _offset(artifact: str, courses: _Courses, started: Mapping[Container, Set[float]]) -> Offset | None:
    """Demand at least two restarts that the log shows once shifted, none as recorded, and no rival shift."""
    pairs = [(course, times) for name, course in courses.items() if (times := _starts(name, started))]
    steps = round(MOST_HOURS * 3600 / ZONE_STEP)
    counts = {step: _hits(pairs, step * ZONE_STEP) for step in range(-steps, steps + 1)}
    best = max(counts, key=lambda step: (counts[step], -abs(step)))
    rival = max(count for step, count in counts.items() if step != best)
    visible = _visible(pairs, best * ZONE_STEP)
    if best == 0 or counts[0] or counts[best] < max(2, 0.6 * visible) or rival * 2 > counts[best]:
        return None
    return Offset(artifact, best * ZONE_STEP, counts[best], 0.0, "restarts")


def _starts(name: Container, started: Mapping[Container, Set[float]]) -> set[float]:
    """Give when a container started; of a log that names the pod alone, when the only one in it did."""
    pod, container = name
    known = [times for (owner, each), times in started.items() if owner == pod and container in {each, ""}]
    return set(known[0]) if len(known) == 1 else set()


def _hits(pairs: Iterable[tuple[_Course, Set[float]]], ahead: float) -> int:
    return sum(
        any(-_EARLY <= resumed - ahead - time <= _BOOT for resumed in course.resumed(len(times)))
        for course, times in pairs
        for time in times
    )


def _visible(pairs: Iterable[tuple[_Course, Set[float]]], ahead: float) -> int:
    return sum(
        course.first - ahead - _BOOT <= time <= course.last - ahead
        for course, times in pairs
        for time in times
    )
