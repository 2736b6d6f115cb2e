"""Changes of level in metrics: `python -m benchmarks.metrics [--json]`.

Plants changes in 500 series of 720 samples under four noises (see benchmarks.series) and asks what the digest
finds: "pm-agent" are the changes that its detector cuts at, "pm-agent, reported" what a reader is told of.
Beside it, in the same run and on the same series, a plain robust z and detectors of ruptures. Slow peers get
the first series only; their seconds are scaled to all, and their cells rest on fewer cases.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import cast

from agent.digest import changepoints, shifts
from benchmarks import cutters
from benchmarks.series import NOISES, Planted, Score, make, score

Series = Sequence[Sequence[float]]
Detector = Callable[[Series], list[list[int]]]
BARS = {"f1": 0.82, "alarmed": 0.05, "seconds": 0.3}
STRETCH = {"f1": 0.90, "alarmed": 0.02, "seconds": 0.15}
_QUIET = 30
"""Samples without an alarm after which the plain robust z may alarm anew."""
_PEER_SERIES = {"KernelCPD linear": 500, "Binseg l2": 40, "Pelt l2 jump=5": 20, "Pelt rbf jump=5": 10}


def cut(series: Series) -> list[list[int]]:
    """Cut with the detector of the digest."""
    return [list(course.cuts) for course in changepoints.courses(series)]


def report(series: Series) -> list[list[int]]:
    """Take what the digest tells a reader: where a series left its usual level, and where it came back."""
    return [[place for item in items for place in _edges(item)] for items in shifts.excursions_of(series)]


def _edges(item: shifts.Excursion) -> list[int]:
    begun = [item.first] if item.first or item.change == "spike" else []
    return begun + ([item.last + 1] if item.recovered and item.change != "spike" else [])


def robust_z(series: Series) -> list[list[int]]:
    """Alarm where five samples in a row are 6 MADs from the median of the first quarter; once an episode."""
    found: list[list[int]] = []
    for values in series:
        before = values[: len(values) // 4]
        middle = statistics.median(before)
        bound = 6 * statistics.median(abs(value - middle) for value in before)
        away = [abs(value - middle) > bound for value in values]
        alarms: list[int] = []
        last = -_QUIET
        for place in range(len(values) - 4):
            if all(away[place : place + 5]):
                if place - last > _QUIET:
                    alarms.append(place)
                last = place
        found.append(alarms)
    return found


def _measured(detector: Detector, planted: Sequence[Planted]) -> tuple[Score, float]:
    series = [item.values for item in planted]
    begun = time.perf_counter()
    found = detector(series)
    taken = time.perf_counter() - begun
    return score(planted, found), taken


def _row(scores: dict[str, list[Score]], taken: Sequence[float], series: int) -> dict[str, object]:
    return {
        "series_per_noise": series,
        "seeds": len(scores[NOISES[0]]),
        "seconds": round(statistics.median(taken), 3),
        "seconds_fastest": round(min(taken), 3),
        "noises": {
            noise: {
                "f1": round(statistics.mean(s.f1 for s in found), 3),
                "onset": round(statistics.mean(s.onset for s in found), 3),
                "alarmed": round(statistics.mean(s.alarmed for s in found), 3),
                "worst_seed": asdict(min(found, key=lambda s: s.f1)),
            }
            for noise, found in scores.items()
        },
    }


def measure(seeds: Sequence[int], count: int, length: int, *, peers: bool) -> dict[str, object]:
    """Measure everything; seconds are the median over noises and seeds for `count` series."""
    begun = time.perf_counter()
    importlib.import_module("numpy")  # the detection needs it for long series
    imported = time.perf_counter() - begun
    planted = {noise: [make(noise, seed, count=count, length=length) for seed in seeds] for noise in NOISES}
    cut([item.values for item in planted[NOISES[0]][0][:5]])
    rows: dict[str, dict[str, object]] = {}
    own: dict[str, Detector] = {"pm-agent": cut, "pm-agent, reported": report, "robust z": robust_z}
    for name, detector in own.items():
        scores: dict[str, list[Score]] = {}
        taken: list[float] = []
        for noise in NOISES:
            for sample in planted[noise]:
                found, seconds = _measured(detector, sample)
                scores.setdefault(noise, []).append(found)
                taken.append(seconds)
        rows[name] = _row(scores, taken, count)
    for name in cutters.DETECTORS if peers else ():
        if row := _peer(name, {noise: planted[noise][0] for noise in NOISES}, count):
            rows[f"ruptures {name}"] = row
    ours = float(str(rows["pm-agent"]["seconds"]))
    return {
        "series": count,
        "samples": length,
        "seeds": list(seeds),
        "numpy_import_seconds": round(imported, 3),
        "detectors": rows,
        "times_our_seconds": {
            name: round(float(str(row["seconds"])) / ours, 1) for name, row in rows.items()
        },
        "bars": BARS,
        "stretch": STRETCH,
        "met": {"bars": _met(rows["pm-agent"], BARS), "stretch": _met(rows["pm-agent"], STRETCH)},
        "peers_left_out": ""
        if peers and len(rows) > len(own)
        else "ruptures: not asked for or not to be had",
    }


def _peer(name: str, planted: dict[str, list[Planted]], count: int) -> dict[str, object] | None:
    series = min(count, _PEER_SERIES[name])
    scores: dict[str, list[Score]] = {}
    taken: list[float] = []
    for noise, all_of_it in planted.items():
        sample = all_of_it[:series]
        answer = cutters.run(name, [item.values for item in sample])
        if answer is None:
            return None
        scores[noise] = [score(sample, answer[0])]
        taken.append(answer[1] * count / series)
    return _row(scores, taken, series)


def _met(row: dict[str, object], bars: dict[str, float]) -> bool:
    cells = cast("dict[str, dict[str, float]]", row["noises"]).values()
    good = all(cell["f1"] >= bars["f1"] and cell["alarmed"] <= bars["alarmed"] for cell in cells)
    return good and float(str(row["seconds"])) <= bars["seconds"]


def _table(document: dict[str, object]) -> str:
    lines = [
        f"{'F1 / onset / healthy alarmed':28}" + "".join(f"{noise:>16}" for noise in NOISES) + "         s"
    ]
    detectors = cast("dict[str, dict[str, object]]", document["detectors"])
    for name, row in detectors.items():
        cells = cast("dict[str, dict[str, float]]", row["noises"])
        shown = "".join(f"  {c['f1']:.2f}/{c['onset']:.2f}/{c['alarmed']:.2f}" for c in cells.values())
        lines.append(f"{name:28}{shown}{float(str(row['seconds'])):10.3f}")
    rest = {key: value for key, value in document.items() if key != "detectors"}
    return "\n".join([*lines, *(f"{key}: {value}" for key, value in rest.items())]) + "\n"


def main() -> int:
    """Print the measurement."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.metrics", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[101, 102, 103], metavar="N")
    parser.add_argument("--series", type=int, default=500, metavar="N", help="series a noise and seed")
    parser.add_argument("--samples", type=int, default=720, metavar="N", help="samples a series")
    parser.add_argument(
        "--no-peers", action="store_true", help="leave ruptures out (it takes a minute or two)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    args = parser.parse_args()
    document = measure(args.seeds, args.series, args.samples, peers=not args.no_peers)
    sys.stdout.write(json.dumps(document, indent=2) + "\n" if args.json else _table(document))
    return 0


if __name__ == "__main__":
    sys.exit(main())
