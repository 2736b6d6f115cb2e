"""Measure masking: `python -m benchmarks.redaction DIR... [--shown 20] [--json]`.

Reads every text file below DIR with all rules but those for IP addresses. Prints masks in 1,000 lines by
rule, some of the masked lines to be judged by a person (where nothing was planted each is a false alarm), and
the speed of one process and of two side by side.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tools.redact import Redactor

_SPEED_BYTES = 64 * 1024 * 1024


def texts(folders: list[Path]) -> list[Path]:
    """List files that hold no zero byte at their beginning."""
    found = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [path for path in found if b"\0" not in path.open("rb").read(4096)]


def count(path: Path, shown: list[str], most: int) -> tuple[int, Counter[str]]:
    """Count lines and masks of one file; show some."""
    data = path.read_bytes()
    counts: Counter[str] = Counter()
    for hit in Redactor().hits(data):
        counts[hit.rule] += 1
        if counts[hit.rule] <= 3 and len(shown) < most:
            shown.append(f"{hit.rule}: {data[max(0, hit.start - 40) : hit.end + 10]!r}")
    return data.count(b"\n") + 1, counts


def seconds(data: bytes) -> tuple[float, float]:
    """Mask bytes as a stream; return wall-clock and processor seconds, which a loaded machine alters less."""
    began, busy = time.perf_counter(), time.process_time()
    Redactor().stream(io.BytesIO(data), io.BytesIO())
    return time.perf_counter() - began, time.process_time() - busy


def main() -> None:
    """Count, then time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--shown", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    lines, counts, shown, sample = 0, Counter[str](), list[str](), bytearray()
    for path in texts(args.folders):
        more, found = count(path, shown, args.shown)
        lines += more
        counts += found
        if len(sample) < _SPEED_BYTES:
            sample += path.read_bytes()
    data = bytes(sample[:_SPEED_BYTES])
    seconds(data[:1_000_000])
    wall, busy = seconds(data)
    began = time.perf_counter()
    with ProcessPoolExecutor(2) as pool:
        each = [spent for _, spent in pool.map(seconds, [data, data])]
    two = 2 * len(data) / (time.perf_counter() - began) / 1e6
    result = {
        "lines": lines,
        "masks": dict(counts.most_common()),
        "masks in 1,000 lines": round(1000 * counts.total() / max(1, lines), 3),
        "MB/s, 1 process": round(len(data) / wall / 1e6, 1),
        "MB per processor second": round(len(data) / busy / 1e6, 1),
        "MB/s, 2 processes": round(two, 1),
        "MB/s of 2 processes by processor time": round(sum(len(data) / spent for spent in each) / 1e6, 1),
    }
    sys.stdout.write("\n".join([json.dumps(result, indent=2), *([] if args.json else shown), ""]))


if __name__ == "__main__":
    main()
