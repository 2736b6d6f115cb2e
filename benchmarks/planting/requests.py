"""Requests of users through a system: what it logs and which spans it leaves, with faults in places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from benchmarks.planting.system import System

Kind = Literal["cpu_contention", "cpu_consumed", "network_delay", "return", "exception"]
KINDS: tuple[Kind, ...] = ("cpu_contention", "cpu_consumed", "network_delay", "return", "exception")


@dataclass(slots=True)
class Injection:
    """One fault: what it adds to the place where it sits, from `at` on."""

    kind: Kind
    place: str
    at: datetime
    lasts: timedelta
    size: float

    def on(self, time: datetime) -> bool:
        """Whether it holds at a time."""
        return self.at <= time < self.at + self.lasts

    def own(self) -> float:
        """Factor on the work of its place."""
        return self.size if self.kind in {"cpu_contention", "cpu_consumed"} else 1.0


@dataclass(slots=True)
class Recorder:
    """Writes what a system shows."""

    rng: Random
    system: System
    faults: list[Injection]
    logs: list[tuple[datetime, str, str, str, str]] = field(
        default_factory=list[tuple[datetime, str, str, str, str]]
    )
    spans: list[tuple[str, str, str, str, str, datetime, float]] = field(
        default_factory=list[tuple[str, str, str, str, str, datetime, float]]
    )

    def fault_at(self, place: str, time: datetime) -> Injection | None:
        """Which fault sits there then."""
        return next((f for f in self.faults if f.place == place and f.on(time)), None)

    def request(self, start: datetime) -> None:
        """Follow one request of a user through the system."""
        self._serve(self.system.entry, _hex(self.rng, 32), "root", start, depth=0)

    def _serve(self, name: str, trace: str, parent: str, start: datetime, depth: int) -> tuple[float, bool]:
        rng, node = self.rng, self.system.nodes[name]
        fault = self.fault_at(name, start)
        work = node.own * rng.lognormvariate(0, 0.35) * (fault.own() if fault else 1.0)
        span, inner = _hex(rng, 16), _hex(rng, 16)
        path = f"/api/v1/{name.replace('-', '')}/items"
        spent, fine = work * 0.4, True
        for callee, share in node.calls.items():
            for _ in range(round(share) or int(rng.random() < share)):
                client = _hex(rng, 16)
                at = start + timedelta(seconds=spent)
                wait = rng.uniform(0.0006, 0.002)
                for place in (name, callee):
                    far = self.fault_at(place, at)
                    if far and far.kind == "network_delay":
                        wait += far.size * rng.uniform(0.8, 1.2)
                took, ok = self._serve(callee, trace, client, at + timedelta(seconds=wait / 2), depth + 1)
                took += wait
                self.spans.append((trace, client, inner, node.pod, "HTTP GET", at, took))
                spent += took
                if not ok:
                    fine = fine and rng.random() < 0.3
                    self._log(
                        at,
                        name,
                        trace,
                        client,
                        "ERROR",
                        f"500 : [Call to {callee} failed][request id {_hex(rng, 6)}]",
                    )
        spent += work * 0.6
        if fault and fault.kind in {"return", "exception"}:
            fine = self._broken(fault, name, trace, inner, start + timedelta(seconds=spent))
        else:
            self._log(
                start, name, trace, inner, "INFO", f"[{_method(name)}][get item {_hex(rng, 6)}][success]"
            )
        if rng.random() < 0.06:
            self._log(
                start, name, trace, inner, "WARN", f"[{_method(name)}][item list is empty][id {_hex(rng, 8)}]"
            )
        if rng.random() < 0.004:
            self._log(
                start, name, trace, inner, "ERROR", f"[{_method(name)}][no entry for user {_hex(rng, 8)}]"
            )
        self.spans.append((trace, span, parent, node.pod, path, start, spent + 0.001))
        self.spans.append((trace, inner, span, node.pod, f"{class_name(name)}Controller.query", start, spent))
        return spent + 0.001, fine

    def _broken(self, fault: Injection, name: str, trace: str, span: str, at: datetime) -> bool:
        if fault.kind == "exception":
            trouble = f"java.lang.{self.rng.choice(('NullPointerException', 'IllegalStateException', 'ArithmeticException'))}"
            self._log(
                at,
                name,
                trace,
                span,
                "ERROR",
                f"Servlet.service() threw exception: {trouble}\n\tat {name.split('-')[0]}.service."
                f"{class_name(name)}ServiceImpl.query({class_name(name)}ServiceImpl.java:{len(name) * 7})\n\tat "
                f"{name.split('-')[0]}.controller.{class_name(name)}Controller.query({class_name(name)}Controller.java:41)",
            )
            return False
        self._log(
            at, name, trace, span, "WARN", f"[{_method(name)}][no item found][item id {_hex(self.rng, 8)}]"
        )
        for caller in self.system.callers(name)[:1]:
            self._log(
                at,
                caller,
                trace,
                span,
                "ERROR",
                f"[{_method(caller)}][{name.split('-')[-2]} result is null][id {_hex(self.rng, 6)}]",
            )
        return True

    def _log(self, time: datetime, name: str, trace: str, span: str, level: str, text: str) -> None:
        self.logs.append((time, name, trace, span, f"{level} {text}"))


def _hex(rng: Random, length: int) -> str:
    return f"{rng.getrandbits(4 * length):0{length}x}"


def _words(name: str) -> Iterator[str]:
    yield from (part for part in name.split("-") if part not in {"ts", "service"})


def class_name(name: str) -> str:
    """Name the class of a service as its program does."""
    return "".join(part.capitalize() for part in _words(name))


def _method(name: str) -> str:
    return f"query{class_name(name)}"
