"""One cluster with the workload that a fault is about, and how a fault changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from benchmarks.planting.kube import Cluster, Workload

Apply = Callable[["Scene"], str]
"""Changes a scene; gives the object at fault, such as `app/cart` or `node/node-01`."""


@dataclass(slots=True)
class Scene:
    """One cluster with the workload that a fault is about; what it and its callers log."""

    rng: Random
    cluster: Cluster
    item: Workload
    logs: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    previous: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    units: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def callers_fail(self, reason: str) -> None:
        """Let every caller log that calls to the workload fail."""
        for caller in self.cluster.system.callers(self.item.name):
            for _ in range(self.rng.randrange(3, 9)):
                self.say(caller, f"error calling {self.item.name}: {reason}", level="error")

    def say(self, name: str, text: str, *, level: str = "info", previous: bool = False) -> None:
        """Log one line."""
        (self.previous if previous else self.logs).setdefault(name, []).append(f"{level}|{text}")

    def event(
        self,
        reason: str,
        message: str,
        *,
        ago: int = 20,
        count: int = 1,
        since: int = 0,
        kind: str = "pod",
        type_: str = "Warning",
    ) -> None:
        """Add one event of the workload."""
        name = {
            "pod": self.item.pod,
            "replicaset": self.cluster.set_of(self.item),
            "deployment": self.item.name,
        }[kind]
        self.cluster.event(kind, name, type_, reason, message, ago, count, since)

    def waits(
        self, status: str, message: str = "", *, restarts: int = 0, last: tuple[str, int] | None = None
    ) -> None:
        """Let the pod wait for a reason."""
        item = self.item
        item.status, item.ready, item.available, item.restarts = status, False, 0, restarts
        item.state = f"Waiting\n      Reason:       {status}" + (
            f"\n      Message:      {message}" if message else ""
        )
        if last:
            item.last = f"    Last State:     Terminated\n      Reason:       {last[0]}\n      Exit Code:    {last[1]}\n"

    def crashes(self, code: int, reason: str = "Error", restarts: int = 0) -> None:
        """Let the container crash again and again."""
        restarts = restarts or self.rng.randrange(3, 9)
        self.waits(
            "CrashLoopBackOff",
            f"back-off 1m20s restarting failed container=server pod={self.item.pod}",
            restarts=restarts,
            last=(reason, code),
        )
        self.event(
            "BackOff",
            f"Back-off restarting failed container server in pod {self.item.pod}_{self.cluster.namespace}(7d1)",
            count=6,
            since=160,
        )

    def pending(self, message: str) -> None:
        """Keep the pod from being scheduled."""
        item, cluster = self.item, self.cluster
        cluster.forget(item, "Scheduled", "Pulled", "Started")
        item.status, item.ready, item.available, item.host, item.ip = "Pending", False, 0, "<none>", "<none>"
        item.state = "Waiting"
        self.event("FailedScheduling", message, ago=60)
