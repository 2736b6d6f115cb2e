"""One outage of a watched system: what it does to latency, errors, gauges, logs, events and changes over time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from benchmarks.planting.kube import Cluster
from benchmarks.planting.system import System

STEP = 30
"""Seconds between samples."""
ROWS = 180

Shape = Callable[[int], float]
"""Strength of an effect from 0 to 1 at a row."""
Blame = tuple[str, ...]
"""Names of the component at fault, any of which counts."""


@dataclass(slots=True)
class Line:
    """One line of a service's log."""

    time: datetime
    service: str
    level: str
    text: str


@dataclass(slots=True)
class Gauge:
    """A series beside those that every service has: its usual level, and where it goes."""

    metric: str
    labels: dict[str, str]
    usual: float
    wrong: float
    shape: Shape
    spread: float = 0.05


@dataclass(slots=True)
class Outage:
    """A system that is watched for an hour and a half, and what goes wrong in it from row `at` on."""

    rng: Random
    system: System
    cluster: Cluster
    start: datetime
    at: int
    root: str
    """The service that the outage is about."""
    extra: list[tuple[str, float, Shape]] = field(default_factory=list[tuple[str, float, Shape]])
    failing: list[tuple[str, float, Shape]] = field(default_factory=list[tuple[str, float, Shape]])
    load: list[tuple[str, float, Shape]] = field(default_factory=list[tuple[str, float, Shape]])
    """Calls to one service (or, at the entry, to all) beside the usual, as a share of the usual."""
    gauges: list[Gauge] = field(default_factory=list[Gauge])
    busy: list[tuple[str, str, float, Shape]] = field(default_factory=list[tuple[str, str, float, Shape]])
    """Service, `cpu` or `memory`, and how many times the usual it goes to."""
    lines: list[Line] = field(default_factory=list[Line])
    changes: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    @property
    def onset(self) -> datetime:
        """When it begins."""
        return self.start + timedelta(seconds=self.at * STEP)

    @property
    def end(self) -> datetime:
        """When the recording ends."""
        return self.start + timedelta(seconds=ROWS * STEP)

    @property
    def host(self) -> str:
        """The node that the service runs on."""
        return self.system.nodes[self.root].host

    def step(self, ramp: int = 0) -> Shape:
        """Shape that begins at the onset and is whole after `ramp` rows."""
        return lambda row: 0.0 if row < self.at else min(1.0, (row - self.at + 1) / (ramp + 1))

    def climb(self, rows: int) -> Shape:
        """Shape that is whole at the onset, after rising for so many rows before it."""
        return lambda row: min(1.0, max(0.0, (row - self.at + rows) / rows))

    def callers(self) -> list[str]:
        """Services that call the root."""
        return self.system.callers(self.root)

    def on_host(self) -> list[str]:
        """Services that run on the same node."""
        return [node.name for node in self.system.nodes.values() if node.host == self.host]

    def says(
        self,
        service: str,
        text: Callable[[], str],
        *,
        level: str = "error",
        every: float = 20.0,
        after: float = 0.0,
    ) -> None:
        """Log a line about every so many seconds from the onset to the end."""
        at = self.onset + timedelta(seconds=after + self.rng.expovariate(1 / every))
        while at < self.end:
            self.lines.append(Line(at, service, level, text()))
            at += timedelta(seconds=self.rng.expovariate(1 / every))

    def callers_say(self, reason: str, *, every: float = 25.0) -> None:
        """Let every caller of the root log that its calls fail."""
        for caller in self.callers():
            self.says(caller, lambda: f"call to {self.root} failed: {reason}", every=every)

    def changed(self, kind: str, title: str, *, service: str = "", before: float = 60.0) -> None:
        """Record a change so many seconds before the onset."""
        record = {
            "time": (self.onset - timedelta(seconds=before)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "kind": kind,
            "title": title,
        }
        self.changes.append(record | ({"service": service} if service else {}))

    def event(
        self,
        kind: str,
        name: str,
        reason: str,
        message: str,
        *,
        warns: bool = True,
        after: float = 0.0,
        count: int = 1,
    ) -> None:
        """Add a Kubernetes event so many seconds after the onset, or one that repeats from then on."""
        ago = int((self.end - self.onset).total_seconds() - after)
        last = self.rng.randrange(20, 90) if count > 1 else ago
        self.cluster.event(
            kind,
            name,
            "Warning" if warns else "Normal",
            reason,
            message,
            last,
            count,
            ago if count > 1 else 0,
        )
