"""`python -m benchmarks.planting KIND DST --count N [--seed S]`: write N planted incidents as cases."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.planting import cluster, nab, nezha, performance, petshop, workload
from evals.importers import import_case

PLANTERS: Mapping[str, tuple[str, Callable[[int], dict[str, bytes]]]] = {
    "petshop": ("petshop", petshop.plant),
    "nezha": ("nezha", nezha.plant),
    "performance": ("cloud-opsbench", performance.plant),
    "cluster": ("cloud-opsbench", cluster.plant),
    "workload": ("holmesgpt", workload.plant),
    "nab": ("nab", nab.plant),
}
"""Kind -> the dataset whose layout it has, and what writes one incident from a seed."""


def write(kind: str, seed: int, destination: Path) -> Path:
    """Plant one incident and import it; return the case folder."""
    dataset, plant = PLANTERS[kind]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / f"{kind}-{seed}"
        folder.mkdir()
        for name, data in plant(seed).items():
            (folder / name).write_bytes(data)
        return import_case(dataset, folder, destination)


def main(argv: list[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planting", description=__doc__)
    parser.add_argument("kind", choices=sorted(PLANTERS))
    parser.add_argument("destination", type=Path)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    for seed in range(options.seed, options.seed + options.count):
        sys.stdout.write(f"{write(options.kind, seed, options.destination)}\n")


if __name__ == "__main__":
    main()
