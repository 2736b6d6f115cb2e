"""Grouping of labelled log samples: `python -m benchmarks.loghub DIR [--raw] --json`.

GA: share of lines whose group holds exactly the lines of their labelled template. FGA: F1 over groups,
a group being right where its lines are exactly those of one label (Jiang et al., ISSTA 2024).
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

from agent.digest import templates
from tools.formats.logs_text import LineReader
from tools.formats.records import Clock, Tally
from tools.formats.stamps import Stamps

_RECORDED = datetime(2026, 1, 1, tzinfo=UTC)
"""Years do not matter for groups, but stamps without one need some."""


def scores(predicted: Sequence[Hashable], labels: Sequence[str]) -> tuple[float, float]:
    """Return GA and FGA of one sample."""
    mine: dict[Hashable, list[int]] = defaultdict(list)
    true: dict[str, list[int]] = defaultdict(list)
    for index, (group, label) in enumerate(zip(predicted, labels, strict=True)):
        mine[group].append(index)
        true[label].append(index)
    right = {tuple(lines) for lines in mine.values()} & {tuple(lines) for lines in true.values()}
    ga = sum(map(len, right)) / len(labels)
    precision, recall = len(right) / len(mine), len(right) / len(true)
    return ga, 2 * precision * recall / (precision + recall) if right else 0.0


def grouped(messages: Sequence[str]) -> list[str]:
    """Give each message the template of its group."""
    forms = [templates.masked(message) for message in messages]
    found = templates.mine(forms)
    return [found[form] for form in forms]


def messages_of(lines: Sequence[str]) -> list[str]:
    """Take raw lines apart as the digest does, and keep their messages."""
    reader = LineReader(Stamps(Clock(recorded_at=_RECORDED), Tally()))
    return [reader.read(line).message for line in lines]


def measure(folder: Path, *, raw: bool) -> dict[str, dict[str, float]]:
    """Score every `<System>/<System>_2k.log_structured.csv` below a folder."""
    result: dict[str, dict[str, float]] = {}
    for path in sorted(folder.glob("*/*_2k.log_structured.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        labels = [row["EventId"] for row in rows]
        if raw:
            source = path.with_name(path.name.removesuffix("_structured.csv"))
            lines = source.read_text(encoding="utf-8", errors="replace").split("\n")[: len(rows)]
            messages = messages_of([line.rstrip("\r") for line in lines])
        else:
            messages = [row["Content"] for row in rows]
        groups = grouped(messages)
        ga, fga = scores(groups, labels)
        result[path.parent.name] = {
            "GA": round(ga, 4),
            "FGA": round(fga, 4),
            "groups": len(Counter(groups)),
            "true_groups": len(Counter(labels)),
        }
    return result


def main() -> int:
    """Print GA and FGA per system and their means; exit 1 where the folder holds no sample."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.loghub", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder of loghub 2k samples")
    parser.add_argument(
        "--raw", action="store_true", help="whole lines with their headers, not the Content column"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    args = parser.parse_args()
    systems = measure(args.folder, raw=args.raw)
    if not systems:
        sys.stderr.write(f"{args.folder}: no <System>/<System>_2k.log_structured.csv here\n")
        return 1
    mean = {name: round(fmean(system[name] for system in systems.values()), 4) for name in ("GA", "FGA")}
    if args.json:
        document = {"input": "raw" if args.raw else "content", "systems": systems, "mean": mean}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
        return 0
    for name, system in [*systems.items(), ("mean", mean)]:
        sys.stdout.write(f"{name:14} GA {system['GA']:.3f}  FGA {system['FGA']:.3f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
