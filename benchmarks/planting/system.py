"""A made-up system: services on nodes, who calls whom, and how slowness and errors travel to the callers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Literal

_WORDS = (
    "account", "basket", "billing", "booking", "catalog", "coupon", "courier", "feed", "gallery", "invoice",
    "ledger", "loyalty", "mailer", "media", "menu", "offer", "parcel", "pricing", "profile", "quote", "rating",
    "refund", "region", "report", "review", "rules", "session", "stock", "survey", "tariff", "tax", "ticker",
    "tour", "vendor", "wallet", "warranty", "wishlist",
)  # fmt: skip
_HEX = "bcdfghjklmnpqrstvwxz2456789"

Fault = Literal["latency", "errors", "none"]


@dataclass(slots=True)
class Node:
    """One service, its cost alone, and the services that it calls with their calls per request."""

    name: str
    pod: str
    host: str
    own: float
    """Seconds of its own for one request."""
    calls: dict[str, float] = field(default_factory=dict[str, float])


@dataclass(slots=True)
class System:
    """Services in an order in which callers come before what they call; the first is the entry."""

    nodes: dict[str, Node]
    hosts: tuple[str, ...]

    @property
    def entry(self) -> str:
        """The service that users call."""
        return next(iter(self.nodes))

    def edges(self) -> Iterator[tuple[str, str]]:
        """Every call edge."""
        for node in self.nodes.values():
            yield from ((node.name, callee) for callee in node.calls)

    def callers(self, name: str) -> list[str]:
        """Who calls it directly."""
        return [caller for caller, callee in self.edges() if callee == name]

    def load(self) -> dict[str, float]:
        """Count the calls to each service for one request of a user."""
        rates = dict.fromkeys(self.nodes, 0.0)
        rates[self.entry] = 1.0
        for node in self.nodes.values():
            for callee, share in node.calls.items():
                rates[callee] += rates[node.name] * share
        return rates

    def latency(self, extra: Mapping[str, float], far: Mapping[str, float] | None = None) -> dict[str, float]:
        """Seconds that callers wait for each service; `extra` is work of its own, `far` is time on the way to it."""
        total: dict[str, float] = {}
        far = far or {}
        for node in reversed(self.nodes.values()):
            below = sum(share * (total[c] + far.get(c, 0.0)) for c, share in node.calls.items())
            total[node.name] = node.own + extra.get(node.name, 0.0) + below
        return total

    def errors(self, own: Mapping[str, float], passed_on: float = 0.9) -> dict[str, float]:
        """Share of calls to each service that fail, with failures of callees passed on."""
        total: dict[str, float] = {}
        for node in reversed(self.nodes.values()):
            fine = 1 - own.get(node.name, 0.0)
            for callee, share in node.calls.items():
                fine *= 1 - min(1.0, share) * passed_on * total[callee]
            total[node.name] = 1 - fine
        return total


def grow(rng: Random, size: int, *, prefix: str = "", suffix: str = "-service", hosts: int = 3) -> System:
    """Grow a random system of that many services; every service is reached from the entry."""
    names = [f"{prefix}gateway{suffix}"]
    names += [f"{prefix}{word}{suffix}" for word in rng.sample(_WORDS, size - 1)]
    machines = tuple(f"node-{n:02}" for n in range(1, hosts + 1))
    nodes = {
        name: Node(
            name,
            f"{name}-{token(rng, 10)}-{token(rng, 5)}",
            rng.choice(machines),
            rng.lognormvariate(-5, 0.7),
        )
        for name in names
    }
    for index, name in enumerate(names[1:], start=1):
        reach = max(0, index - 7)
        caller = names[rng.randrange(reach, index)]
        nodes[caller].calls[name] = rng.choice((0.3, 0.6, 1.0, 1.0, 2.0))
        if index > 3 and rng.random() < 0.35:
            nodes[names[rng.randrange(reach, index)]].calls.setdefault(name, rng.choice((0.2, 0.5, 1.0)))
    return System(nodes, machines)


def token(rng: Random, length: int) -> str:
    """Make part of a pod name."""
    return "".join(rng.choice(_HEX) for _ in range(length))


class Noise:
    """Multiplicative noise with memory, and a rare blip of one sample."""

    def __init__(self, rng: Random, spread: float, *, memory: float = 0.4, blips: float = 0.004) -> None:
        self._rng, self._spread, self._memory, self._blips = rng, spread, memory, blips
        self._state = 0.0

    def next(self) -> float:
        """Give the next factor, about 1."""
        step = self._rng.gauss(0, self._spread * math.sqrt(1 - self._memory**2))
        self._state = self._memory * self._state + step
        blip = self._rng.uniform(1.8, 4.0) if self._rng.random() < self._blips else 1.0
        return math.exp(self._state) * blip


def victim(rng: Random, system: System, *, busiest: bool = True) -> str:
    """Choose where the fault sits; not the entry, and by default among services that get calls enough."""
    load = system.load()
    names = [
        name for name in system.nodes if name != system.entry and load[name] >= (0.15 if busiest else 0.0)
    ]
    return rng.choice(names or list(system.nodes)[1:])
