"""Cloud-OpsBench-like performance faults: metrics each five seconds, threshold alerts, pods and topology."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

import yaml

from benchmarks.planting import kubectl
from benchmarks.planting.kube import Cluster
from benchmarks.planting.system import Noise, System, grow, victim

KINDS = (
    "pod_cpu_overload", "pod_memory_overload", "pod_network_delay", "pod_network_packet_loss",
    "node_network_delay", "node_network_packet_loss",
)  # fmt: skip
_ROWS, _STEP = 56, 5
Cell = dict[str, float]


def plant(seed: int, *, healthy: bool = False) -> dict[str, bytes]:
    """Make the files of one incident."""
    rng = Random(f"performance{seed}")
    kind = KINDS[seed % len(KINDS)]
    system = grow(rng, rng.randrange(10, 28), suffix=rng.choice(("service", "-service")))
    at = rng.randrange(14, 26)
    start = datetime(2026, 2, 1) + timedelta(seconds=rng.randrange(86400 * 60))  # noqa: DTZ001 - the dataset writes local times
    root = victim(rng, system)
    host = system.nodes[root].host
    place = host if kind.startswith("node") else root
    rows = _sample(rng, system, kind, place, _ROWS if healthy else at)
    cluster = Cluster(rng, system, "boutique", start + timedelta(seconds=_ROWS * _STEP + 40))
    described = {
        "id": f"planted-{seed}",
        "namespace": "boutique",
        "query": rng.choice(("Service latency increased significantly", "Service quality degradation.")),
        "collection_timestamp": (start + timedelta(seconds=_ROWS * _STEP + 40)).isoformat(),
    }
    truth = {
        "source_case": f"planted/performance/{seed}",
        "fault_object": f"node/{host}" if place == host else f"app/{root}",
        "root_cause": kind,
        "anomaly_time_ranges": ["as in alert.json"],
    }
    return {
        "incident.json": json.dumps(described).encode(),
        "ground_truth.yaml": yaml.safe_dump(truth).encode(),
        "alert.json": json.dumps(_alerts(rows, at, start)).encode(),
        "metrics.csv": _table(rows, start),
        "service_dependencies.json": json.dumps(tree(system)).encode(),
        "k8s_states.json": json.dumps(
            kubectl.states(cluster, described=rng.sample(sorted(system.nodes), 3))
        ).encode(),
    }


def _sample(rng: Random, system: System, kind: str, place: str, at: int) -> list[Cell]:
    load = system.load()
    noise = {name: Noise(rng, rng.choice((0.05, 0.15)), blips=0.004) for name in system.nodes}
    wait = {name: Noise(rng, rng.choice((0.08, 0.2)), blips=0.01) for name in system.nodes}
    busy = {host: Noise(rng, 0.1) for host in system.hosts}
    memory = {name: rng.uniform(2e7, 4e8) for name in system.nodes}
    quiet = {name: rng.random() < 0.15 for name in system.nodes}
    severity = rng.choice((0.6, 1.0, 2.0))
    rows: list[Cell] = []
    for row in range(_ROWS):
        strength = severity * min(1.0, max(0.0, (row - at + 1) / 4)) if row >= at else 0.0
        on = (
            {name for name, node in system.nodes.items() if place in {name, node.host}}
            if strength
            else set[str]()
        )
        extra: dict[str, float] = {}
        tail: dict[str, float] = {}
        for name in on:
            own = system.nodes[name].own
            if kind.endswith("delay"):
                extra[name] = 0.3 * strength
            elif kind.endswith("loss"):
                extra[name], tail[name] = 0.3 * own, 0.2 * strength
            elif kind == "pod_cpu_overload":
                extra[name] = own * 6 * strength
            else:
                extra[name] = own * 0.6 * strength
        middle, high = (
            system.latency(extra),
            system.latency({n: extra.get(n, 0) + tail.get(n, 0) for n in system.nodes}),
        )
        cell: Cell = {}
        for name in system.nodes:
            factor, slow = noise[name].next(), wait[name].next()
            slower = 1 / (1 + 0.3 * max(0.0, middle[system.entry] - 0.5))
            rps = 24 * load[name] * factor * slower
            cpu = (0.004 + 0.006 * load[name]) * factor * slower
            heap = memory[name] * (1 + 0.002 * (factor - 1))
            throttled = 0.0 if rng.random() < 0.8 else rng.uniform(0, 0.01)
            packets = 3 * rps * noise[name].next()
            if name in on and kind == "pod_cpu_overload":
                cpu, throttled = 0.2 * min(1.0, 0.4 + strength), rng.uniform(0.6, 1.6) * strength
            if name in on and kind == "pod_memory_overload":
                heap += 2.5e8 * strength
            if name in on and kind.endswith("loss"):
                packets *= 1.3
            cell |= {
                f"{name}-cpu": cpu, f"{name}-mem": heap, f"{name}-cpu_cfs": throttled, f"{name}-rps": rps,
                f"{name}-success_rate": 1.0, f"{name}-network_receive": packets, f"{name}-network_transmit": packets * 1.1,
                f"{name}-p50latency": float("nan") if quiet[name] else 1000 * middle[name] * slow,
                f"{name}-p90latency": float("nan") if quiet[name] else 2500 * high[name] * slow,
            }  # fmt: skip
        for host in system.hosts:
            resent = rng.choice((0.0, 0.0, 0.1, 0.3))
            if kind.endswith("loss") and strength:
                direct = host == place or any(system.nodes[n].host == host for n in on)
                resent += (
                    rng.uniform(2.5, 6) * strength
                    if host == place
                    else rng.uniform(0.6, 2) * strength * direct
                )
                resent += 0.3 * strength
            cell |= {f"{host}-cpu": 0.3 * busy[host].next(), f"{host}-mem": 0.5, f"{host}-tcp_retans": resent}
        rows.append(cell)
    return rows


def _alerts(rows: list[Cell], at: int, start: datetime) -> Mapping[str, object]:
    found: list[dict[str, object]] = []
    window = f"{start + timedelta(seconds=at * _STEP)} ~ {start + timedelta(seconds=(at + 23) * _STEP)}"
    for key in rows[0]:
        place, _, metric = key.rpartition("-")
        before = sum(r[key] for r in rows[:at]) / at
        now = sum(r[key] for r in rows[at + 4 : at + 23]) / 19
        told = ""
        if metric == "p90latency" and now > 3 * before and now > 60:
            told = (
                f"LATENCY_DEGRADATION [Slow Response] | {key}: Normal={before:.2f}ms -> Current={now:.2f}ms"
            )
        if metric == "tcp_retans" and now > 0.5 and now > 4 * before:
            told = f"NETWORK_QUALITY_DEGRADED [TCP Retransmission] | Normal={before:.2f}retrans -> Current={now:.2f}retrans"
        if metric == "cpu_cfs" and now > 0.5:
            told = f"RESOURCE_SATURATION [cpu_cfs] | Val: {now:.3f}s (Throttled)"
        if metric == "mem" and now > 1.6 * before:
            told = f"RESOURCE_SATURATION [Memory] | Normal={before / 1e6:.1f}MB -> Current={now / 1e6:.1f}MB"
        if told:
            node = metric == "tcp_retans"
            found.append(
                {
                    "type": "Node" if node else "Service",
                    "name": place,
                    "time_range": window,
                    "status": "ABNORMAL",
                    "evidence": [told],
                }
            )
    return {"status": "has_anomalies", "alert_count": len(found), "alerts": found}


def _table(rows: list[Cell], start: datetime) -> bytes:
    lines = [",".join(["time", *rows[0]])]
    for index, row in enumerate(rows):
        cells = ("" if value != value else f"{value:.3f}" for value in row.values())  # noqa: PLR0124 - not a number
        lines.append(",".join([str(start + timedelta(seconds=index * _STEP)), *cells]))
    return ("\ufeff" + "\n".join(lines) + "\n").encode()


def tree(system: System) -> dict[str, str]:
    """Write the call graph as the dataset does: one text tree for each service."""

    def below(name: str, indent: str) -> list[str]:
        calls = list(system.nodes[name].calls)
        lines: list[str] = []
        for index, callee in enumerate(calls):
            last = index == len(calls) - 1
            lines.append(f"{indent}{'└── ' if last else '├── '}{callee}")
            lines += below(callee, indent + ("    " if last else "│   "))
        return lines

    told: dict[str, str] = {}
    for name, node in system.nodes.items():
        callers = ", ".join(system.callers(name)) or "(None - Entry)"
        calls = "\n".join([name, *below(name, "")]) if node.calls else "(None - Leaf Service)"
        key = f"GetServiceDependencies:{json.dumps({'service_name': name}, separators=(',', ':'))}"
        told[key] = f"[Service]: {name}\n[Upstream (Called By)]: {callers}\n[Downstream (Calls)]:\n{calls}"
    return told
