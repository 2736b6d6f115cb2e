"""Labelled rows, in two halves by hash: lexicons may be written looking at half "a" only."""

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
    """Yield the rows of one half ("a", "b") or of both ("all") of a *.jsonl file or a folder of sentences."""
    every = _sentences(path) if path.is_dir() else _json_lines(path)
    for row in every:
        odd = int(hashlib.sha256(str(row["text"]).encode()).hexdigest(), 16) % 2
        if half in {"all", "b" if odd else "a"}:
            yield row


def _json_lines(path: Path) -> Iterator[Row]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield cast("Row", json.loads(line))


def _sentences(folder: Path) -> Iterator[Row]:
    """Read blameful.txt and acceptable.txt: one sentence a line under "[family section]"."""
    for name, label in (("blameful", "blameful"), ("acceptable", "ok")):
        family = context = ""
        for line in (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                family, context = line.strip("[]").split()
            elif line and not line.startswith("#"):
                yield {"text": line, "label": label, "family": family, "context": context}


def arguments(description: str) -> argparse.Namespace:
    """Parse the command line that the measurements share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder with *.jsonl or *.md")
    parser.add_argument("--half", choices=("a", "b", "all"), default="b", help="b: not looked at")
    parser.add_argument("--wrong", action="store_true", help="list what is scored wrong")
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
        if isinstance(value, list):
            sys.stdout.write("".join(f"{item}\n" for item in cast("list[object]", value)))
            continue
        sys.stdout.write(f"{name:28} {value}\n")


def say(line: str) -> None:
    """Print one line."""
    sys.stdout.write(f"{line}\n")
