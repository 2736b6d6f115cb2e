"""Nezha-like: metrics of every pod by the minute, and three minutes of spans and logs around one injection."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from random import Random

import yaml

from benchmarks.planting.requests import KINDS, Injection, Recorder, class_name
from benchmarks.planting.system import Noise, System, grow, victim

_HEAD = (
    "Time,TimeStamp,PodName,CpuUsage(m),CpuUsageRate(%),MemoryUsage(Mi),MemoryUsageRate(%),SyscallRead,"
    "SyscallWrite,NetworkReceiveBytes,NetworkTransmitBytes,PodClientLatencyP90(s),PodServerLatencyP90(s),"
    "PodClientLatencyP95(s),PodServerLatencyP95(s),PodClientLatencyP99(s),PodServerLatencyP99(s),"
    "PodWorkload(Ops),PodSuccessRate(%),NodeCpuUsageRate(%),NodeMemoryUsageRate(%),NodeNetworkReceiveBytes"
).split(",")
_BEFORE, _AFTER = 12, 6
"""Minutes of metrics before and after the injection."""


def plant(seed: int, *, healthy: bool = False) -> dict[str, bytes]:
    """Make the files of one incident."""
    rng = Random(f"nezha{seed}")
    system = grow(rng, rng.randrange(12, 26), prefix="ts-")
    injected = datetime(2024, 5, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(86400 * 90))
    kind = KINDS[seed % len(KINDS)]
    root = victim(rng, system)
    size = {"network_delay": rng.choice((0.1, 0.2, 0.5)), "return": 1.0, "exception": 1.0}.get(
        kind, rng.choice((3.0, 6.0, 15.0))
    )
    faults = [Injection(kind, root, injected, timedelta(minutes=5), size)]
    if rng.random() < 0.5:  # an injection that was over before this one began
        other = rng.choice([name for name in system.nodes if name not in {root, system.entry}])
        earlier = injected - timedelta(minutes=rng.uniform(8, 10))
        size = rng.choice((3.0, 6.0))
        faults.append(
            Injection(
                rng.choice(("cpu_contention", "cpu_consumed")), other, earlier, timedelta(minutes=5), size
            )
        )
    if healthy:
        faults = []
    recorder = Recorder(rng, system, faults)
    lead = rng.choice((0, 60, 90, 120))
    begin = injected - timedelta(seconds=lead)
    for _ in range(rng.randrange(70, 130)):
        recorder.request(begin + timedelta(seconds=rng.uniform(0, 180)))
    metrics, front = _metrics(rng, system, faults, injected)
    truth = {
        "inject_time_utc": injected.strftime("%Y-%m-%d %H:%M:%S"),
        "root_cause_service": root,
        "root_cause_pod": system.nodes[root].pod,
        "fault_type": kind,
    }
    described = {
        "id": f"planted-{seed}",
        "system": "Train-Ticket-like",
        "window_start_utc": (injected - timedelta(minutes=_BEFORE)).isoformat(),
        "window_end_utc": (injected + timedelta(minutes=_AFTER)).isoformat(),
    }
    return {
        "incident.json": json.dumps(described).encode(),
        "ground_truth.yaml": yaml.safe_dump(truth).encode(),
        "logs.csv": _logs(recorder),
        "traces.csv": _traces(recorder),
        "metrics.csv": metrics,
        "front_service.csv": front,
    }


def _metrics(rng: Random, system: System, faults: list[Injection], injected: datetime) -> tuple[bytes, bytes]:
    load = system.load()
    base = {name: rng.uniform(1.0, 6.0) + 25 * load[name] * node.own for name, node in system.nodes.items()}
    memory = {name: rng.uniform(250, 420) for name in system.nodes}
    noise = {name: Noise(rng, 0.2, blips=0.01) for name in system.nodes}
    waits = {name: Noise(rng, 0.3, blips=0.03) for name in system.nodes}
    out, front = io.StringIO(), io.StringIO()
    writer, entry = csv.writer(out, lineterminator="\n"), csv.writer(front, lineterminator="\n")
    writer.writerow(_HEAD)
    entry.writerow(
        "Time,TimeStamp,ServiceName,SuccessRate(%),LatencyP50(s),LatencyP90(s),LatencyP95(s),LatencyP99(s)".split(
            ","
        )
    )
    start = injected.replace(second=rng.randrange(60)) - timedelta(minutes=_BEFORE)
    for minute in range(_BEFORE + _AFTER):
        at = start + timedelta(minutes=minute)
        active = [f for f in faults if f.on(at - timedelta(seconds=30))]
        extra: dict[str, float] = {}
        far: dict[str, float] = {}
        cpu = {name: base[name] * noise[name].next() for name in system.nodes}
        for fault in active:
            if fault.kind == "network_delay":
                far[fault.place] = far.get(fault.place, 0.0) + fault.size
                for callee in system.nodes[fault.place].calls:
                    far[callee] = far.get(callee, 0.0) + fault.size
            elif fault.own() > 1:
                extra[fault.place] = system.nodes[fault.place].own * (fault.size - 1)
                cpu[fault.place] += rng.uniform(250, 480)
        latency = system.latency(extra, far)
        stamp = at.strftime("%Y-%m-%d %H:%M:%S.%f") + " +0000 UTC m=+1.5"
        heat = {
            host: 15 + sum(cpu[n] for n, node in system.nodes.items() if node.host == host) / 80
            for host in system.hosts
        }
        for name, node in system.nodes.items():
            wait = waits[name].next()
            client = sum(share * (latency[c] + far.get(c, 0.0)) for c, share in node.calls.items()) * wait
            served = latency[name] * wait
            ops = 3 * load[name] * noise[name].next()
            writer.writerow(
                [
                    stamp,
                    int(at.timestamp()),
                    node.pod,
                    cpu[name],
                    cpu[name] / 5,
                    memory[name] * rng.uniform(0.995, 1.005),
                    memory[name] / 20,
                    rng.randrange(200),
                    rng.randrange(200),
                    2000 + 9000 * ops,
                    2500 + 12000 * ops,
                    *(value for scale in (1.6, 2.0, 3.0) for value in (client * scale, served * scale)),
                    ops,
                    0,
                    heat[node.host],
                    55.0,
                    1.6e6 * rng.uniform(0.9, 1.1),
                ]
            )
        seen = latency[system.entry] * waits[system.entry].next()
        entry.writerow([stamp, int(at.timestamp()), "Frontend", 0, *(seen * s for s in (0.7, 1.6, 2.0, 3.0))])
    return out.getvalue().encode(), front.getvalue().encode()


def _logs(recorder: Recorder) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow("Timestamp,TimeUnixNano,Node,PodName,Container,TraceID,SpanID,Log".split(","))
    for time, name, trace, span, text in sorted(recorder.logs):
        node = recorder.system.nodes[name]
        local = (time + timedelta(hours=8)).strftime("%H:%M:%S.%f")[:-3]
        level, _, rest = text.partition(" ")
        logger = f"{name.split('-')[1][:1]}.s.{class_name(name)}ServiceImpl#{30 + len(text) % 60}"
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"
        line = {
            "log": f"{local} {level:<5} {logger} TraceID: {trace} SpanID: {span} {rest}\n",
            "stream": "stdout",
            "time": stamp,
        }
        nanos = int(time.timestamp() * 1e6) * 1000
        writer.writerow([stamp, nanos, node.host, node.pod, "server", trace, span, json.dumps(line)])
    return out.getvalue().encode()


def _traces(recorder: Recorder) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        "TraceID,SpanID,ParentID,PodName,OperationName,StartTimeUnixNano,EndTimeUnixNano,Duration".split(",")
    )
    for trace, span, parent, pod, operation, start, took in recorder.spans:
        nanos = int(start.timestamp() * 1e6) * 1000
        writer.writerow(
            [trace, span, parent, pod, operation, nanos, nanos + int(took * 1e9), int(took * 1e6)]
        )
    return out.getvalue().encode()
