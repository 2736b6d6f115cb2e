"""`python -m benchmarks.planting KIND DST --count N [--seed S] [--healthy]`: write N planted incidents as cases.

With `--healthy` the same systems are recorded with nothing wrong: cases in which nothing should stand out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from benchmarks.planting import cluster, nab, nezha, performance, petshop, watched, workload
from evals.expectation import ExpectedCause, dump_expectation, read_expectation
from evals.importers import import_case


class Plant(Protocol):
    """Makes the files of the incident of a seed, in the layout of a dataset."""

    def __call__(self, seed: int) -> dict[str, bytes]:
        """Give content by file name."""
        ...


class PlantEither(Protocol):
    """Makes the same system with or without its fault."""

    def __call__(self, seed: int, *, healthy: bool = False) -> dict[str, bytes]:
        """Give content by file name; with nothing wrong where it is healthy."""
        ...


PLANTERS: Mapping[str, tuple[str, Plant]] = {
    "petshop": ("petshop", petshop.plant),
    "nezha": ("nezha", nezha.plant),
    "performance": ("cloud-opsbench", performance.plant),
    "cluster": ("cloud-opsbench", cluster.plant),
    "workload": ("holmesgpt", workload.plant),
    "nab": ("nab", nab.plant),
}
"""Kind -> the dataset whose layout it has, and what writes one incident from a seed."""

HEALTHY: Mapping[str, PlantEither] = {
    "petshop": petshop.plant,
    "nezha": nezha.plant,
    "performance": performance.plant,
    "cluster": cluster.plant,
}
"""Kinds that can be recorded with nothing wrong."""
KINDS = (*PLANTERS, "watched")


def write(kind: str, seed: int, destination: Path, *, healthy: bool = False) -> Path:
    """Plant one incident, or a healthy recording, and import it; return the case folder."""
    if kind == "watched":
        return watched.write(seed, destination, healthy=healthy)
    dataset, plant = PLANTERS[kind]
    if healthy:
        case = _imported(kind, dataset, HEALTHY[kind](seed, healthy=True), seed, destination)
        expected = read_expectation(case / "expect.yaml")
        clear = expected.model_copy(
            update={"cause": ExpectedCause(), "must_state": (), "should_abstain": True}
        )
        (case / "expect.yaml").write_text(dump_expectation(clear), encoding="utf-8")
        return case
    return _imported(kind, dataset, plant(seed), seed, destination)


def _imported(kind: str, dataset: str, files: Mapping[str, bytes], seed: int, destination: Path) -> Path:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / f"{kind}-{seed}"
        folder.mkdir()
        for name, data in files.items():
            (folder / name).write_bytes(data)
        return import_case(dataset, folder, destination)


def main(argv: list[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planting", description=__doc__)
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("destination", type=Path)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--healthy", action="store_true", help="with nothing wrong")
    options = parser.parse_args(argv)
    if options.healthy and options.kind not in {*HEALTHY, "watched"}:
        parser.error(f"{options.kind} cannot be healthy; these can: {', '.join(HEALTHY)}, watched")
    for seed in range(options.seed, options.seed + options.count):
        sys.stdout.write(f"{write(options.kind, seed, options.destination, healthy=options.healthy)}\n")


if __name__ == "__main__":
    main()
