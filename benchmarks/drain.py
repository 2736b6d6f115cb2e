"""The peer: drain3 with its defaults over the lines of a file, in an environment of its own.

`uv run --no-project --with drain3==0.9.11 python benchmarks/drain.py FILE` prints one JSON document. drain3
pins old versions of libraries that this project uses, so it is never installed beside it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import cast

PEER = "drain3==0.9.11"
LIMIT = 1_000_000
"""Lines that the peer is given; its rate is steady or falls beyond."""


def run(path: Path) -> dict[str, float] | None:
    """Measure the peer on a file; None where it is not installed and cannot be had."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    command = [uv, "run", "--quiet", "--no-project", "--with", PEER, "python", __file__, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return cast("dict[str, float]", json.loads(done.stdout)) if done.returncode == 0 else None


def main() -> int:
    """Feed every line of a file to a TemplateMiner with default settings."""
    import logging  # noqa: PLC0415 - this file is a program of its own

    from drain3 import TemplateMiner  # pyright: ignore # noqa: PLC0415 - not installed beside this project

    logging.disable(logging.CRITICAL)
    miner = TemplateMiner()
    begun = time.perf_counter()
    lines = 0
    with Path(sys.argv[1]).open(encoding="utf-8", errors="replace") as file:
        for line in file:
            miner.add_log_message(line.rstrip("\n"))
            lines += 1
            if lines >= LIMIT:
                break
    taken = time.perf_counter() - begun
    result = {
        "lines": lines,
        "seconds": taken,
        "lines_per_second": lines / taken,
        "groups": len(miner.drain.clusters),
    }
    sys.stdout.write(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
