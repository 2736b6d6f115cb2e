"""A system watched by Prometheus and Kubernetes for an hour and a half, with an outage in it or none."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from agent.schema.incident import Incident
from benchmarks.planting import kubectl
from benchmarks.planting.kube import Cluster
from benchmarks.planting.outage import ROWS, STEP, Gauge, Line, Outage
from benchmarks.planting.outages import OUTAGES
from benchmarks.planting.system import Noise, grow, token
from evals.expectation import Expectation, ExpectedCause
from evals.importers.casefolder import Piece, Recording, slug, write_case
from tools.formats.records import Clock

_CHATTER = (
    "handled GET /items in {n} ms", "cache hit for key item:{n}", "listing {n} entries", "job queue drained after {n} ms",
    "session {n} refreshed", "GET /healthz 200",
)  # fmt: skip
_GRUMBLES = (
    ("warning", "slow query took {n} ms"), ("warning", "cache miss for user {n}, retrying"),
    ("error", "payment {n} declined by issuer"), ("error", "user {n} not found"),
    ("warning", "deprecated header X-Client-{n} sent"), ("error", "client {n} closed the connection"),
)  # fmt: skip


def write(seed: int, destination: Path, *, healthy: bool = False) -> Path:
    """Write the case of a seed; seeds go round the outages. One that is healthy has none."""
    rng = Random(f"watched{seed}")
    name = list(OUTAGES)[seed % len(OUTAGES)]
    system = grow(rng, rng.randrange(8, 18), suffix=rng.choice(("", "-service", "-svc")), hosts=4)
    start = datetime(2025, 3, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(86400 * 300))
    end = start + timedelta(seconds=ROWS * STEP)
    cluster = Cluster(rng, system, "shop", end.replace(tzinfo=None), age=86400 * 9)
    root = rng.choice([node for node in system.nodes if node != system.entry])
    outage = Outage(rng, system, cluster, start, rng.randrange(70, 120), root)
    blamed = () if healthy else OUTAGES[name](outage)
    _background(outage)
    case = f"watched-{token(rng, 6)}{seed}"
    started = outage.onset if rng.random() < 0.7 else None
    title = rng.choice(
        ("Elevated error rate", "Users report slow pages", "Alerts about the shop", "Degraded service")
    )
    incident = Incident(
        id=case,
        title=title,
        start=started,
        services=(system.entry,) if rng.random() < 0.5 else (),
        summary=title,
    )
    expected = Expectation(
        id=case, title=title, system="Watched by Prometheus", signals=(), licence="own",
        cause=ExpectedCause(component=blamed, label="" if healthy else name), should_abstain=healthy,
    )  # fmt: skip
    pieces = tuple(_pieces(outage))
    clock = Clock(zone="UTC", recorded_at=end)
    return write_case(Recording(incident, expected, pieces, clock, "Planted.\n"), destination)


def _background(o: Outage) -> None:
    """Add what is there with or without an outage: releases, a chart upgrade, an old node event, steady grumbles."""
    rng, names = o.rng, sorted(o.system.nodes)
    others = [name for name in names if name != o.root]
    for name in rng.sample(others, rng.choice((0, 1, 2))):
        o.changed(
            "deploy",
            f"Deploy {name} v1.{rng.randrange(90)}.{rng.randrange(9)}",
            service=name,
            before=rng.choice((-900, 400, 1500, 9000, 40000)),
        )
    if rng.random() < 0.4:
        back = rng.choice((600, 1500, 2700))
        for name in names:
            for set_ in (f"{name}-{token(rng, 9)}",):
                o.event(
                    "deployment",
                    name,
                    "ScalingReplicaSet",
                    f"Scaled up replica set {set_} to 1 from 0",
                    warns=False,
                    after=-back - rng.uniform(0, 40),
                )
        if rng.random() < 0.5:
            o.changed("deploy", f"helm upgrade shop to chart 4.{rng.randrange(20)}.0", before=back + 60)
    for name in rng.sample(names, 3):
        level, text = rng.choice(_GRUMBLES)
        _steady(o, name, level, text, rng.choice((40.0, 120.0, 400.0)))
    for name in names:
        for text in rng.sample(_CHATTER, 3):
            _steady(o, name, "info", text, rng.choice((12.0, 30.0)))


def _steady(o: Outage, name: str, level: str, text: str, every: float) -> None:
    at = o.start + timedelta(seconds=o.rng.expovariate(1 / every))
    while at < o.end:
        o.lines.append(Line(at, name, level, text.replace("{n}", str(o.rng.randrange(2, 5000)))))
        at += timedelta(seconds=o.rng.expovariate(1 / every))


def _pieces(o: Outage) -> Iterator[Piece]:
    for metric, rows in _series(o).items():
        body = {"status": "success", "data": {"resultType": "matrix", "result": rows}}
        yield Piece("prometheus", f"{slug(metric)}.json", json.dumps(body).encode(), query=metric)
    by_service: dict[str, list[Line]] = {}
    for line in o.lines:
        by_service.setdefault(line.service, []).append(line)
    for name in sorted(by_service):
        text = "".join(
            json.dumps({"time": line.time.isoformat(), "level": line.level, "msg": line.text}) + "\n"
            for line in sorted(by_service[name], key=lambda line: (line.time, line.text))
        )
        yield Piece(
            "logs",
            f"{name}.log",
            text.encode(),
            query=f"kubectl logs deploy/{name}",
            labels={"service": name},
        )
    for command, told in kubectl.states(o.cluster, described=[]).items():
        yield Piece("kubectl", f"{slug(command)}.txt", told.encode(), query=command)
    if o.changes:
        told = json.dumps(sorted(o.changes, key=lambda change: change["time"]), indent=1)
        yield Piece("changes", "changes.json", told.encode(), query="changes of the day")
    if o.rng.random() < 0.6:
        out = io.StringIO()
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(("caller", "callee"))
        rows.writerows(o.system.edges())
        yield Piece("topology", "edges.csv", out.getvalue().encode(), query="service graph")


def _series(o: Outage) -> dict[str, list[dict[str, object]]]:
    rng, system = o.rng, o.system
    noise = {name: Noise(rng, rng.choice((0.04, 0.1)), blips=0.002) for name in system.nodes}
    wait = {name: Noise(rng, rng.choice((0.06, 0.15)), blips=0.004) for name in system.nodes}
    share = system.load()
    memory = {name: rng.uniform(1e8, 9e8) for name in system.nodes}
    cells: dict[tuple[str, str], list[float]] = {}
    for row in range(ROWS):
        extra, failing = _sum(o.extra, row), _sum(o.failing, row)
        latency = system.latency(extra)
        errors = system.errors({name: min(1.0, 0.001 + failing[name]) for name in system.nodes})
        more = _sum(o.load, row)
        for name in system.nodes:
            times = 1 + more[system.entry] + (more[name] if name != system.entry else 0.0)
            rps = 30 * share[name] * noise[name].next() * max(0.02, times)
            cpu = (0.02 + 0.01 * share[name]) * noise[name].next() * max(0.3, times)
            heap = memory[name] * (1 + 0.01 * (noise[name].next() - 1))
            for who, what, factor, shape in o.busy:
                if who == name:
                    grown = 1 + (factor - 1) * shape(row)
                    cpu, heap = (cpu * grown, heap) if what == "cpu" else (cpu, heap * grown)
            told = {
                "http_requests_rps": rps,
                "http_request_latency_p99_ms": 3000 * latency[name] * wait[name].next(),
                "http_error_ratio": max(0.0, errors[name] * rng.uniform(0.8, 1.2) - 0.001),
                "container_cpu_usage_cores": cpu,
                "container_memory_working_set_bytes": heap,
            }
            for metric, value in told.items():
                cells.setdefault((metric, name), []).append(value)
    found: dict[str, list[dict[str, object]]] = {}
    for (metric, name), values in cells.items():
        found.setdefault(metric, []).append(
            _matrix(o, metric, {"service": name, "namespace": "shop"}, values)
        )
    for gauge in (*o.gauges, *_usual_gauges(o)):
        flutter = Noise(rng, gauge.spread, blips=0.0)
        values = [
            (gauge.usual + (gauge.wrong - gauge.usual) * gauge.shape(row)) * flutter.next()
            for row in range(ROWS)
        ]
        found.setdefault(gauge.metric, []).append(_matrix(o, gauge.metric, gauge.labels, values))
    return found


def _usual_gauges(o: Outage) -> Iterator[Gauge]:
    """Give every node, and a few stores, the gauges that an outage would move."""
    taken = {(gauge.metric, *sorted(gauge.labels.values())) for gauge in o.gauges}
    for host in o.system.hosts:
        for metric, usual in (
            ("node_memory_MemAvailable_bytes", 6e9),
            ("node_timex_offset_seconds", 0.0004),
            ("node_filesystem_avail_bytes", 5e10),
        ):
            if (metric, host) not in taken:
                yield Gauge(metric, {"node": host}, usual, usual, lambda _row: 0.0, 0.03)
    for name in sorted(o.system.nodes)[:4]:
        for metric, usual in (("hikaricp_connections_active", 4.0), ("volume_available_bytes", 4e10)):
            if (metric, name) not in taken:
                yield Gauge(metric, {"service": name}, usual, usual, lambda _row: 0.0, 0.05)


def _matrix(o: Outage, metric: str, labels: dict[str, str], values: list[float]) -> dict[str, object]:
    begun = o.start.timestamp()
    rows = [[begun + row * STEP, f"{value:.6g}"] for row, value in enumerate(values)]
    return {"metric": {"__name__": metric, **labels}, "values": rows}


def _sum(effects: list[tuple[str, float, object]], row: int) -> Counter[str]:
    total: Counter[str] = Counter()
    for name, size, shape in effects:
        total[name] += size * shape(row)
    return total
