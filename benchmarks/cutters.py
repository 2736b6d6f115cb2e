"""The peers: ruptures' detectors over series on stdin, in an environment of their own.

`uv run --no-project --with ruptures==1.1.10 python benchmarks/cutters.py DETECTOR` reads a JSON list of
series and prints cuts and seconds. ruptures brings scipy, which this project does not need.
"""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, cast

PEER = "ruptures==1.1.10"
DETECTORS = ("KernelCPD linear", "Binseg l2", "Pelt l2 jump=5", "Pelt rbf jump=5")
Cuts = list[list[int]]


def run(detector: str, series: Sequence[Sequence[float]]) -> tuple[Cuts, float] | None:
    """Let one detector cut the series; None where it is not installed and cannot be had."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    command = [uv, "run", "--quiet", "--no-project", "--with", PEER, "python", __file__, detector]
    text = json.dumps([list(values) for values in series])
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    answer = json.loads(done.stdout)
    return cast("Cuts", answer["cuts"]), float(answer["seconds"])


def main() -> int:
    """Cut every series with the penalty 6 ln T; a series is centred and divided by its noise first."""
    import numpy as np  # noqa: PLC0415 - this file is a program of its own
    import ruptures as rpt  # pyright: ignore # noqa: PLC0415 - not installed beside this project

    makers: dict[str, Callable[[], Any]] = {
        "KernelCPD linear": lambda: rpt.KernelCPD(kernel="linear", min_size=3),  # pyright: ignore
        "Binseg l2": lambda: rpt.Binseg(model="l2", min_size=3, jump=1),  # pyright: ignore
        "Pelt l2 jump=5": lambda: rpt.Pelt(model="l2", min_size=3, jump=5),  # pyright: ignore
        "Pelt rbf jump=5": lambda: rpt.Pelt(model="rbf", min_size=3, jump=5),  # pyright: ignore
    }
    rows = np.array(json.load(sys.stdin), dtype=float)
    begun = time.perf_counter()
    steps = np.abs(np.diff(rows, axis=1))
    sigmas = 1.4826 * np.median(steps, axis=1) / math.sqrt(2)
    cuts: Cuts = []
    for row, sigma in zip(rows, sigmas, strict=True):
        scaled = ((row - np.median(row)) / sigma)[:, None]
        found = makers[sys.argv[1]]().fit(scaled).predict(pen=6 * math.log(len(row)))
        cuts.append([int(place) for place in found[:-1]])
    sys.stdout.write(json.dumps({"cuts": cuts, "seconds": time.perf_counter() - begun}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
