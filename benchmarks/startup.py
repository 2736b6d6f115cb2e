"""Processor time of a process, start-up included: `python -m benchmarks.startup [--runs N] [--json]`.

`pm-agent --help`, and `pm-agent check --json` of a post-mortem of ten pages, beside an empty interpreter. The
first run is not counted: it writes the byte code and the compiled patterns, where PYTHONDONTWRITEBYTECODE is
not set.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

LIMITS_MS = {"help": 150.0, "check": 300.0}
WORDS = 4_600
_SENTENCES = Path(__file__).parents[1] / "tests/fixtures/wording/everyday.txt"


def ten_pages() -> str:
    """Write a post-mortem of 4,600 words: a header, then sections of everyday sentences, five a paragraph."""
    parts = ["# Post-mortem\n\n**Date**: 2026-03-03\n"]
    words = 0
    for heading, sentences in _sections():
        parts.append(f"\n## {heading.capitalize()}\n")
        for place in range(0, len(sentences), 5):
            paragraph = " ".join(sentences[place : place + 5])
            parts.append(f"\n{paragraph}\n")
            words += len(paragraph.split())
            if words >= WORDS:
                return "".join(parts)
    return "".join(parts)


def _sections() -> list[tuple[str, list[str]]]:
    lines = [
        line for line in _SENTENCES.read_text(encoding="utf-8").splitlines() if line[:1] not in {"", "#"}
    ]
    sections: list[tuple[str, list[str]]] = []
    for opens, group in itertools.groupby(lines, lambda line: line.startswith("[")):
        if opens:
            sections.append((list(group)[-1].strip("[]"), []))
        else:
            sections[-1][1].extend(group)
    return sections


def measure(runs: int) -> dict[str, list[float]]:
    """Run the commands in turn, so that a busy moment hits all of them; milliseconds of each run."""
    with tempfile.TemporaryDirectory(prefix="pm-agent-startup-") as folder:
        path = Path(folder) / "postmortem.md"
        path.write_text(ten_pages(), encoding="utf-8")
        commands = {
            "empty": ["-c", "pass"],
            "help": ["-m", "agent", "--help"],
            "check": ["-m", "agent", "check", "--json", str(path)],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(runs + 1):
            for name, arguments in commands.items():
                times[name].append(_milliseconds(arguments))
    return {name: taken[1:] for name, taken in times.items()}


def _milliseconds(arguments: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, *arguments], check=False, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in {0, 1}:
        raise SystemExit(f"{' '.join(arguments)} ended with {done.returncode}")
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def main() -> int:
    """Print the least of the runs; exit 1 where a command takes longer than its limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=21)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    least = {name: round(min(taken), 1) for name, taken in measure(args.runs).items()}
    if args.json:
        result = {"runs": args.runs, "least_ms": least, "limits_ms": LIMITS_MS}
        sys.stdout.write(json.dumps(result, indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{name:<6} {taken:7.1f} ms\n" for name, taken in least.items())
    return int(any(least[name] > limit for name, limit in LIMITS_MS.items()))


if __name__ == "__main__":
    sys.exit(main())
