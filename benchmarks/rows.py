"""Labelled rows as JSON lines, in two halves by hash: lexicons may be written looking at half "a" only."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

Row = dict[str, object]


def read_rows(path: Path, half: str) -> Iterator[Row]:
    """Yield the rows of one half ("a", "b") or of both ("all")."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            row = cast("Row", json.loads(line))
            odd = int(hashlib.sha256(str(row["text"]).encode()).hexdigest(), 16) % 2
            if half in {"all", "b" if odd else "a"}:
                yield row


def arguments(description: str) -> argparse.Namespace:
    """Parse the command line that the measurements share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder with *.jsonl or *.md")
    parser.add_argument("--half", choices=("a", "b", "all"), default="b", help="b: not looked at")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser.parse_args()


def ratio(part: int, whole: int) -> float | None:
    """Divide; None where there is nothing to divide by."""
    return round(part / whole, 4) if whole else None


def report(result: dict[str, object], *, as_json: bool) -> None:
    """Print a result on stdout."""
    if as_json:
        sys.stdout.write(json.dumps(result, indent=2) + "\n")
        return
    for name, value in result.items():
        sys.stdout.write(f"{name:28} {value}\n")


def say(line: str) -> None:
    """Print one line."""
    sys.stdout.write(f"{line}\n")
