"""Looks into a large log: `python -m benchmarks.looks [--lines N] --json`.

Makes a log, and gives the CPU seconds of looks that a model may ask for, beside those of reading all records.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from agent.investigation.large import LargeLog
from benchmarks import generate
from tools.formats import read
from tools.formats.records import Clock, LogRecord

T = TypeVar("T")
_MOMENT = generate.START + timedelta(seconds=30)


def report(path: Path) -> dict[str, object]:
    """Measure looks into one log file."""
    log, opening = _timed(lambda: LargeLog(path, Clock(), {}, timedelta()))
    minute = _MOMENT, _MOMENT + timedelta(minutes=1)
    looks: dict[str, Callable[[], object]] = {
        "words that many lines hold": lambda: log.search("pool size", None, None),
        "words that no line holds": lambda: log.search("zebra crossing", None, None),
        "no words, all of it": lambda: log.search("", None, None),
        "no words, one minute": lambda: log.search("", *minute),
        "lines around a moment": lambda: list(log.around(_MOMENT, _MOMENT)),
    }
    _, by_records = _timed(lambda: _count(read(path).records))
    return {
        "lines": log.lines,
        "megabytes": round(path.stat().st_size / 1e6, 1),
        "index_cpu_seconds": opening,
        "every_record_cpu_seconds": by_records,
        "look_cpu_seconds": {name: _timed(look)[1] for name, look in looks.items()},
    }


def _count(records: Iterable[object]) -> int:
    return sum(isinstance(r, LogRecord) and "pool size" in r.message.casefold() for r in records)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    begun = time.process_time()
    done = work()
    return done, round(time.process_time() - begun, 2)


def main() -> int:
    """Print the measurement."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.looks", description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "app.log"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in generate.generate(arguments.lines, 1))
        found = report(path)
    sys.stdout.write(json.dumps(found, indent=None if arguments.json else 2) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
