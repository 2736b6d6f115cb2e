"""PetShop-like: five samples of latency, requests and availability by component, a baseline, a call graph."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from random import Random

import yaml

from benchmarks.planting.system import Node, Noise, System, grow, victim

_STEP = 300
_STATISTICS = (
    ("latency", "Average"), ("latency", "p50"), ("latency", "p90"), ("latency", "p99"),
    ("requests", "Sum"), ("availability", "Average"),
)  # fmt: skip
Fault = Callable[[int], tuple[Mapping[str, float], Mapping[str, float]]]
"""From a row to extra seconds and own failures by component."""
_SUFFIXES = ("_AWS::ECS::Fargate", "_AWS::Lambda", "_AWS::DynamoDB::Table", "_remote", "", "_Database::SQL")


def plant(seed: int, *, healthy: bool = False) -> dict[str, bytes]:
    """Make the files of one incident."""
    rng = Random(f"petshop{seed}")
    system = grow(rng, rng.randrange(14, 34), suffix="", hosts=1)
    labels = {name: name + rng.choice(_SUFFIXES) for name in system.nodes}
    _twin(rng, system, labels)
    labels[system.entry] = "FrontSite"
    root = victim(rng, system)
    kind = rng.choice(("latency", "latency", "availability"))
    size = rng.choice((0.05, 0.1, 0.25, 0.5, 1.5)) if kind == "latency" else rng.choice((0.05, 0.15, 0.5))
    missing = {name for name in system.nodes if name not in {root, system.entry} and rng.random() < 0.12}
    symptom_at = 1_700_000_000 + rng.randrange(10_000_000)
    recorder = _Recorder(rng, system, labels, missing)
    baseline = recorder.table(1_690_000_000, 48, lambda _n: ({}, {}))
    extra = {root: size} if kind == "latency" else {}
    failing = {root: size} if kind == "availability" else {}
    before = rng.choice((1, 2, 2))
    metrics = recorder.table(
        symptom_at - before * _STEP,
        5,
        lambda n: (extra, failing) if n >= before and not healthy else ({}, {}),
    )
    symptom = {"node": "FrontSite", "metric": kind, "agg": "Average", "timestamp": symptom_at}
    truth = {"root_cause_node": labels[root], "root_cause_metric": None}
    return {
        "incident.json": json.dumps(
            {"id": f"planted-{seed}", "system": "PetShop-like", "symptom": symptom}
        ).encode(),
        "ground_truth.yaml": yaml.safe_dump(truth).encode(),
        "baseline_metrics.csv": baseline,
        "metrics.csv": metrics,
        "graph.csv": _graph(system, labels),
    }


class _Recorder:
    """Samples a system; noise goes on from one table to the next."""

    def __init__(self, rng: Random, system: System, labels: dict[str, str], missing: set[str]) -> None:
        self.rng, self.system, self.labels, self.missing = rng, system, labels, missing
        self.noise = {
            name: Noise(rng, rng.choice((0.05, 0.15, 0.35, 0.5)), blips=0.05) for name in system.nodes
        }
        self.unsteady = {name: rng.choice((0.0, 0.0, 0.002, 0.01)) for name in system.nodes}
        """Share of calls that fail at any time."""
        self.traffic = Noise(rng, 0.08, blips=0.0)

    def table(self, start: int, rows: int, fault: Fault) -> bytes:
        """Sample all components `rows` times; the fault of each row comes from `fault`."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        columns = [
            (name, metric, stat)
            for metric, stat in _STATISTICS
            for name in self.system.nodes
            if name not in self.missing
        ]
        writer.writerow(["microservice", *(self.labels[name] for name, _, _ in columns)])
        writer.writerow(["metric", *(metric for _, metric, _ in columns)])
        writer.writerow(["statistic", *(stat for _, _, stat in columns)])
        writer.writerow(["unix_timestamp", *("" for _ in columns)])
        load = self.system.load()
        for row in range(rows):
            extra, failing = fault(row)
            usual = {name: share * self.rng.random() for name, share in self.unsteady.items()}
            latency = self.system.latency(extra)
            errors = self.system.errors({name: usual[name] + failing.get(name, 0.0) for name in usual})
            volume = 900 * self.traffic.next()
            factor = {name: noise.next() for name, noise in self.noise.items()}
            cells: list[str] = []
            for name, metric, stat in columns:
                if metric == "latency":
                    scale = {"Average": 1.0, "p50": 0.8, "p90": 2.0, "p99": 4.0}[stat]
                    cells.append(f"{latency[name] * factor[name] * scale:.6f}")
                elif metric == "requests":
                    cells.append(f"{round(volume * load[name])}")
                else:
                    asked = max(1, round(volume * load[name]))
                    lost = sum(self.rng.random() < errors[name] for _ in range(min(asked, 400)))
                    cells.append(f"{100 * (1 - lost / min(asked, 400)):.3f}")
            writer.writerow([start + row * _STEP, *cells])
        return out.getvalue().encode()


def _twin(rng: Random, system: System, labels: dict[str, str]) -> None:
    """Give some leaves a twin that calls nothing else, as a client and the function behind it are two nodes."""
    for name in [node.name for node in system.nodes.values() if not node.calls and rng.random() < 0.5]:
        twin = f"{name}-inner"
        node = system.nodes[name]
        system.nodes[twin] = Node(twin, twin, node.host, node.own)
        node.calls, node.own = {twin: 1.0}, 0.003
        labels[name], labels[twin] = f"{name}_AWS::Lambda", f"{name}_AWS::Lambda::Function"


def _graph(system: System, labels: dict[str, str]) -> bytes:
    names = list(system.nodes)
    edges = set(system.edges())
    rows = [",".join(["", *(labels[name] for name in names)])]
    rows += [
        ",".join([labels[caller], *("1" if (caller, callee) in edges else "0" for callee in names)])
        for caller in names
    ]
    return ("\n".join(rows) + "\n").encode()
