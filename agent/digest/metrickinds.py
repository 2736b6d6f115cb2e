"""What a metric measures, read off its name: kind, unit, and which direction hurts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal[
    "latency",
    "errors",
    "traffic",
    "cpu",
    "throttling",
    "memory",
    "disk",
    "network",
    "saturation",
    "queue",
    "availability",
    "replication",
    "clock",
    "other",
]
Direction = Literal["up", "down"]
Harm = Literal["bad", "good", "neutral"]

_KINDS: tuple[tuple[Kind, str], ...] = (
    ("throttling", r"throttl|cpu_?cfs"),
    ("memory", r"mem[a-z]*_?avail|avail[a-z]*_mem"),
    ("disk", r"(filesystem|disk|volume|inode|storage)s?_([a-z]+_)*avail"),
    (
        "availability",
        r"success|availab|(^|_)up$|healthy|ready_replicas|replicas_(ready|available)|slo(_|$)|uptime",
    ),
    ("clock", r"clock|ntp|timex|time_?drift|time_?skew"),
    ("replication", r"replica(tion)?_?(lag|delay)|seconds_behind|wal_lag|slave"),
    ("queue", r"queue|backlog|consumer_?lag|messages_(ready|unacked)|pending|in_?flight"),
    ("errors", r"error|5xx|4xx|fault|fail|exception|abort|restart|oom|rejected|crash|timeouts?(_|$)|evict"),
    ("network", r"retr?ans|packet|(^|_)(rx|tx)(_|$)|dropped|network|net_|tcp|pps|conntrack|bandwidth"),
    (
        "latency",
        r"latency|duration|response_?time|(^|_)rt(_|$)|elapsed|p(50|[79]5|9[09])|quantile|wait_?time|requests?_(sec|mil)",
    ),
    (
        "saturation",
        r"pool|connections?|saturation|file_?descriptor|open_?files|(^|_)fds?(_|$)|threads|load\d*$",
    ),
    ("disk", r"disk|filesystem|volume|inode|iops|i/?o_|storage|syscall(read|write)"),
    ("memory", r"mem|heap|rss|working_?set|swap|gc_"),
    ("cpu", r"cpu|processor|core"),
    ("traffic", r"rps|qps|(^|_)ops(_|$)|requests?|workload|throughput|traffic|calls|hits|rate$"),
)
_COMPILED: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern)) for kind, pattern in _KINDS
)
_BAD_NETWORK = re.compile(r"ret(r?an|x)|drop|err|loss|reset|conntrack")
_GOOD_WHEN_HIGH = re.compile(r"avail(able)?|free|idle|remaining|headroom")
_COUNTER = re.compile(r"(_total|_count|_sum|_bucket)$")
_UNITS: tuple[tuple[str, str], ...] = (
    (r"\((%|percent)\)|_percent$|percentage|_pct$", "%"),
    (r"\(ms\)|_(ms|millis|milliseconds)(_|$)", "ms"),
    (r"\((us|µs)\)|_(us|micros|microseconds)(_|$)", "µs"),
    (r"\(s\)|_seconds(_|$)", "s"),
    (r"\(m\)|_millicores$", "millicores"),
    (r"\(mi\)", "MiB"),
    (r"\(gi\)", "GiB"),
    (r"bytes", "bytes"),
    (r"\(ops\)|(^|[-_])(rps|qps)$", "/s"),
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a series measures."""

    kind: Kind
    unit: str
    counter: bool
    """Whether its name says that it only counts up."""
    harmless: Direction | None
    """The direction that is no trouble; None where neither or both tell nothing alone."""

    def harm(self, direction: Direction) -> Harm:
        """Say whether a move in this direction hurts."""
        if self.harmless is None:
            return "neutral"
        return "good" if direction == self.harmless else "bad"


def meaning(metric: str, labels: Mapping[str, str]) -> Meaning:
    """Read kind, unit and good direction off a metric's name."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", metric).lower()
    kind = _kind(name)
    unit = labels.get("unit") or next((unit for pattern, unit in _UNITS if re.search(pattern, name)), "")
    return Meaning(kind, unit, bool(_COUNTER.search(name)), _harmless(kind, name))


def distribution(metric: str, labels: Mapping[str, str]) -> Meaning:
    """Read what a quantile or mean of a histogram or summary measures: in a unit of time it is a latency."""
    read = meaning(metric, labels)
    return replace(read, kind="latency", harmless="down") if read.unit in {"s", "ms", "µs"} else read


def _kind(name: str) -> Kind:
    for kind, pattern in _COMPILED:
        if pattern.search(name):
            return kind
    return "other"


def _harmless(kind: Kind, name: str) -> Direction | None:
    if kind == "availability":
        return "up"
    if kind == "network":
        return "down" if _BAD_NETWORK.search(name) else None
    if kind == "other" or name.endswith(("limit", "limits", "requests_cpu", "capacity")):
        return None
    if kind == "traffic":
        return "up"
    if kind in {"memory", "disk", "cpu"} and _GOOD_WHEN_HIGH.search(name):
        return "up"
    return "down"
