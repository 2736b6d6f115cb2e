"""How long `pm-agent --help` takes beside an empty interpreter: `python -m benchmarks.startup [--json]`."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time

LIMIT_MS = 150.0
COMMANDS = {"python -c pass": ["-c", "pass"], "python -m agent --help": ["-m", "agent", "--help"]}


def measure(runs: int) -> dict[str, list[float]]:
    """Run the commands in turn, so that a busy moment hits all of them; milliseconds of each run."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs + 1):
        for name, arguments in COMMANDS.items():
            begun = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
            times[name].append((time.perf_counter() - begun) * 1000)
    return {name: taken[1:] for name, taken in times.items()}  # the first one fills the caches


def main() -> int:
    """Print medians and their ratio; exit 1 where `--help` takes longer than the limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__)
    parser.add_argument("--runs", type=int, default=21)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    medians = {name: statistics.median(taken) for name, taken in measure(args.runs).items()}
    empty, helped = medians.values()
    if args.json:
        result = {
            "runs": args.runs,
            "median_ms": {name: round(median, 1) for name, median in medians.items()},
            "ratio": round(helped / empty, 2),
            "limit_ms": LIMIT_MS,
        }
        sys.stdout.write(json.dumps(result, indent=2) + "\n")
    else:
        rows = "\n".join(f"{name:<24} {median:7.1f} ms" for name, median in medians.items())
        sys.stdout.write(f"{rows}\nratio                    {helped / empty:7.2f}\n")
    return 0 if helped <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
