"""Measure `pm-agent check` as a document grows: `python -m benchmarks.document_size [--rows N] [--json]`.

Each shape is written with N/2 and with N rows and checked by the command line in a process of its own;
printed are the seconds of processor time and their ratio, 2 where the work is linear. One line is 12.8 MB.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.rows import say

_HEAD = "# Post-mortem: sizes\n\n**Date**: 2026-01-01\n\n"
_TIMELINE = "## Timeline\n\n| Time | Event |\n|---|---|\n"
_ACTIONS = "## Action items\n\n| ID | Action | Owner | Due | Priority |\n|---|---|---|---|---|\n"
SHAPES: dict[str, tuple[str, Callable[[int], str]]] = {
    "timeline in order": (
        _TIMELINE,
        lambda n: (
            f"| {n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02} | error {n} was logged by api-{n % 7} |\n"
        ),
    ),
    "timeline out of order": (
        _TIMELINE,
        lambda n: f"| {n * 7 % 24:02}:{n * 13 % 60:02} | error {n} was logged after the deploy |\n",
    ),
    "action items in a table": (
        _ACTIONS,
        lambda n: f"| A{n} | Improve the monitoring of api-{n % 7} | Dana | 2026-02-01 | P1 |\n",
    ),
    "action items in a list": (
        "## Action items\n\n",
        lambda n: f"- Improve the monitoring of api-{n % 7} (owner: Dana, due 2026-02-01)\n",
    ),
    "paragraphs with findings": (
        "## Impact\n\n",
        lambda n: (
            f"About {n % 100}% of the requests failed for 5 minutes because Dana carelessly forgot it.\n\n"
        ),
    ),
    "one paragraph": (
        "## Impact\n\n",
        lambda n: f"api-{n % 9} failed {n % 50} requests within {n % 60} minutes after the deploy.\n",
    ),
}


def document(shape: str, rows: int) -> str:
    """Write a document of a shape."""
    opening, row = SHAPES[shape]
    return _HEAD + opening + "".join(row(number) for number in range(rows))


def seconds(text: str) -> float:
    """Return the processor time that `pm-agent check` takes for a document, start-up included."""
    with tempfile.TemporaryDirectory(prefix="pm-agent-size-") as folder:
        path = Path(folder) / "postmortem.md"
        path.write_text(text, encoding="utf-8")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-m", "agent", "check", str(path)], stdout=subprocess.DEVNULL, check=False
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in {0, 1}:
        raise SystemExit(f"pm-agent check ended with {done.returncode}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Measure and print; exit 1 where doubling a document takes more than 2.3 times as long."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=20_000, help="rows of the larger document (20000)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    idle = seconds(_HEAD)
    measured = {shape: [seconds(document(shape, args.rows // part)) for part in (2, 1)] for shape in SHAPES}
    ratios = {shape: (pair[1] - idle) / (pair[0] - idle) for shape, pair in measured.items()}
    line = seconds(_HEAD + "## Summary\n\n" + "It failed for 4 minutes. " * 512_000)
    if args.json:
        say(json.dumps({"seconds": measured, "ratios": ratios, "one long line": line}, indent=2))
    else:
        for shape, pair in measured.items():
            say(f"{shape:<26} {pair[0]:>6.1f} s {pair[1]:>6.1f} s  ratio {ratios[shape]:.2f}")
        say(f"{'one line of 12.8 MB':<26} {line:>6.1f} s")
    return int(max(ratios.values()) > 2.3)


if __name__ == "__main__":
    raise SystemExit(main())
