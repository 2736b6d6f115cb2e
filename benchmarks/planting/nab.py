"""NAB-like: one production series with anomalies, or with none."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from random import Random

import yaml

from benchmarks.planting.system import Noise

_STEP = timedelta(minutes=5)


def plant(seed: int) -> dict[str, bytes]:
    """Make the files of one incident: one to three anomalies in two weeks, told as windows."""
    rng = Random(f"nab{seed}")
    start = datetime(2022, 1, 1, tzinfo=UTC) + timedelta(days=rng.randrange(600))
    rows = rng.randrange(2000, 4200)
    noise, level, swing = (
        Noise(rng, rng.choice((0.03, 0.1)), blips=0.0005),
        rng.choice((40.0, 0.8, 900.0)),
        rng.choice((0.0, 0.1, 0.3)),
    )
    values = [level * (1 + swing * math.sin(2 * math.pi * n / 288)) * noise.next() for n in range(rows)]
    count = rng.randrange(1, 4)
    windows: list[list[str]] = []
    labels: list[str] = []
    for index in range(count):
        at = rng.randrange(rows * (index + 1) // (count + 1) - 50, rows * (index + 1) // (count + 1) + 50)
        length, size = rng.randrange(12, 80), rng.choice((0.1, 0.3, 1.8, 2.5))
        for n in range(at, min(rows, at + length)):
            values[n] *= size
        labels.append((start + at * _STEP).strftime("%Y-%m-%d %H:%M:%S"))
        windows.append([(start + max(0, at + d) * _STEP).strftime("%Y-%m-%d %H:%M:%S.%f") for d in (-60, 60)])
    csv = "timestamp,value\n" + "".join(
        f"{(start + n * _STEP).strftime('%Y-%m-%d %H:%M:%S')},{value:.4f}\n" for n, value in enumerate(values)
    )
    described = {
        "id": f"planted-{seed}",
        "description": "One metric of a server",
        "interval_s": 300,
        "metric_rows": rows,
    }
    truth = {
        "known_cause": "not in the series",
        "description": "",
        "anomaly_labels": labels,
        "anomaly_windows": windows,
    }
    return {
        "incident.json": json.dumps(described).encode(),
        "ground_truth.yaml": yaml.safe_dump(truth).encode(),
        "metrics.csv": csv.encode(),
    }
