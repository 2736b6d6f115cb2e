"""The log digest on one file: `python -m benchmarks.logs FILE [--truth TRUTH] [--against drain3] --json`.

Speed, memory of the whole process tree, groups, and what was found of a planted incident. The peer and the
count of newlines run on the same file in the same call, so that ratios hold where figures do not.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import cast

from benchmarks import drain

Row = Mapping[str, object]
_PAGE = 4096


def digest(path: Path, onset: str) -> dict[str, object]:
    """Count, group and judge one file; what the digest does with a log artifact of this size."""
    from agent.digest import absorbing, bulk, patterns  # noqa: PLC0415 - only the measured process pays for it
    from agent.digest.families import merged  # noqa: PLC0415
    from agent.digest.logs import BUCKET_SECONDS, LogBook  # noqa: PLC0415
    from tools.formats.records import Clock  # noqa: PLC0415

    begun = time.perf_counter()
    start = datetime.fromisoformat(onset) if onset else None
    book = LogBook(origin=start.timestamp() if start else 0.0)
    counted = bulk.count(path, Clock(), book.origin, base_width=BUCKET_SECONDS)
    absorbing.absorb(book, path.name, counted, Clock(), {})
    readings = patterns.compare(book, merged(book), start)
    taken = time.perf_counter() - begun
    rows = [
        {
            "service": reading.pattern.service,
            "level": reading.pattern.level,
            "event": reading.pattern.event,
            "text": reading.pattern.exemplar.split("\n")[0][:400],
            "count": reading.pattern.count,
            "novelty": reading.verdict.novelty if reading.verdict else "",
        }
        for reading in readings
    ]
    return {"seconds": taken, "lines": counted.lines, "overflowed": counted.overflowed, "rows": rows}


def measure(path: Path, onset: str) -> tuple[dict[str, object], float]:
    """Run `digest` in a process of its own; return its result and the peak memory of its tree in MB."""
    command = [sys.executable, "-m", "benchmarks.logs", str(path), "--measured", "--onset", onset]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        with subprocess.Popen(command, stdout=output) as process:
            peak = peak_of(process)
        output.seek(0)
        return cast("dict[str, object]", json.load(output)), peak


def peak_of(process: subprocess.Popen[bytes]) -> float:
    """Wait for a process and return the peak memory of its tree in MB."""
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(_resident(pid) for pid in _tree(process.pid)))
        time.sleep(0.01)
    return peak / 1e6


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        try:
            tasks = Path(f"/proc/{parent}/task").iterdir()
            found += [
                int(c) for task in tasks for c in (task / "children").read_text(encoding="ascii").split()
            ]
        except OSError:
            continue
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    except OSError:
        return 0


def newline_seconds(path: Path) -> float:
    """Count the newlines of a file in Python; its seconds."""
    begun = time.perf_counter()
    with path.open("rb", buffering=0) as file:
        while block := file.read(1 << 20):
            block.count(b"\n")
    return time.perf_counter() - begun


def found(rows: Sequence[Row], truth: Mapping[str, object]) -> dict[str, object]:
    """Compare groups with what was planted."""
    result: dict[str, object] = {"groups_true": truth["groups"]}
    for kind, novelty in (("new", "new"), ("bursts", "burst")):
        planted = cast("list[Row]", truth[kind])
        called = [row for row in rows if row["novelty"] == novelty]
        hit = [plant for plant in planted if any(_is(row, plant) for row in called)]
        false = [row for row in called if not any(_is(row, plant) for plant in planted)]
        result[f"{kind}_planted"] = len(planted)
        result[f"{kind}_found"] = len(hit)
        result[f"{kind}_false"] = len(false)
        result[f"{kind}_missed"] = [
            f"{plant['service']}: {plant['text']}" for plant in planted if plant not in hit
        ]
    return result


def _is(row: Row, plant: Row) -> bool:
    status = str(plant["status"] or "")
    return (
        row["service"] == plant["service"]
        and row["level"] == plant["level"]
        and str(plant["text"]) in str(row["text"])
        and (not status or str(row["event"]).endswith(status))
    )


def report(path: Path, truth: Mapping[str, object] | None, against: str) -> dict[str, object]:
    """Measure everything on one file."""
    newline_seconds(path)  # the page cache is warm for all
    newlines = newline_seconds(path)
    result, peak = measure(path, str(truth["onset"]) if truth else "")
    rows = cast("list[Row]", result["rows"])
    seconds, lines = float(str(result["seconds"])), int(str(result["lines"]))
    size = path.stat().st_size / 1e6
    document: dict[str, object] = {
        "file": path.name,
        "lines": lines,
        "megabytes": round(size, 1),
        "seconds": round(seconds, 3),
        "lines_per_second": round(lines / seconds),
        "megabytes_per_second": round(size / seconds, 1),
        "newline_seconds": round(newlines, 3),
        "times_newline_counting": round(seconds / newlines, 2),
        "peak_rss_mb": round(peak, 1),
        "groups": len(rows),
        "overflowed": result["overflowed"],
    }
    if truth is not None:
        document |= found(rows, truth)
    if against:
        peer = drain.run(path)
        document["peer"] = {"name": against, **peer} if peer else {"name": against, "error": "not installed"}
        document["ratio"] = round(lines / seconds / peer["lines_per_second"], 2) if peer else None
    return document


def main() -> int:
    """Print the measurement of one file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.logs", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--truth", type=Path, metavar="TRUTH.json", help="from benchmarks.generate")
    parser.add_argument(
        "--against", choices=("drain3",), default="", help="measure this peer on the same file"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--measured", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--onset", default="", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if not args.file.is_file():
        sys.stderr.write(f"{args.file}: no such file\n")
        return 1
    if args.measured:
        sys.stdout.write(json.dumps(digest(args.file, args.onset)))
        return 0
    truth = cast("Row", json.loads(args.truth.read_text(encoding="utf-8"))) if args.truth else None
    document = report(args.file, truth, args.against)
    if args.json:
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
        return 0
    sys.stdout.write("".join(f"{name:24} {value}\n" for name, value in document.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
