"""Gigabytes to a digest: `python -m benchmarks.digest [--lines N] [--series N] [--alerts N] --json`.

Makes an incident of one large log with a planted incident, series over two hours and alerts, collects it,
and computes the digest twice, each time in a process of its own: seconds, memory of the process tree, whether
both are equal to the byte, and the tokens of the digest cut to a budget.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from benchmarks import generate
from benchmarks.logs import newline_seconds, peak_of

_STEP = 10


def write_series(path: Path, count: int, seed: int) -> None:
    """Write a range-query answer: a tenth of the series step up while the incident lasts."""
    rng = generate.Random(seed)
    begin = generate.BEGIN.timestamp()
    incident = range(int(generate.START.timestamp() - begin), int(generate.END.timestamp() - begin))
    result: list[object] = []
    for number in range(count):
        service = generate.SERVICES[number % len(generate.SERVICES)]
        base, raised = rng.uniform(5, 500), number % 10 == 0
        values = [
            [
                begin + at,
                f"{base * (3.0 if raised and at in incident else 1.0) + rng.gauss(0, base / 20):.4f}",
            ]
            for at in range(0, generate.SECONDS, _STEP)
        ]
        labels = {"__name__": f"request_latency_seconds_{number % 25}", "service": service, "n": str(number)}
        result.append({"metric": labels, "values": values})
    document = {"status": "success", "data": {"resultType": "matrix", "result": result}}
    path.write_text(json.dumps(document), encoding="utf-8")


def write_alerts(path: Path, count: int, seed: int) -> None:
    """Write an Alertmanager list; the alerts of the incident's half hour are a third."""
    rng = generate.Random(seed)
    rows: list[object] = []
    for number in range(count):
        inside = number % 3 == 0
        start = generate.START if inside else generate.BEGIN
        at = start + timedelta(seconds=rng.uniform(0, 1500 if inside else generate.SECONDS))
        end = at + timedelta(seconds=rng.uniform(60, 900))
        labels = {
            "alertname": f"Alert{math.isqrt(number % 400)}",
            "service": generate.SERVICES[number % len(generate.SERVICES)],
            "severity": ("warning", "critical")[number % 2],
            "pod": f"pod-{number % 42}",
        }
        row = {
            "labels": labels,
            "annotations": {"summary": "over its threshold"},
            "fingerprint": f"{number:016x}",
            "startsAt": at.isoformat(),
            "endsAt": end.isoformat(),
            "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
        }
        rows.append(row)
    path.write_text(json.dumps(rows), encoding="utf-8")


def report(folder: Path, lines: int, series: int, alerts: int, tokens: int) -> dict[str, object]:
    """Make the incident in a folder, collect it and digest it twice."""
    evidence = folder / "export"
    evidence.mkdir()
    log = evidence / "app.log"
    with log.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in generate.generate(lines, 1))
    write_series(evidence / "metrics.json", series, 1)
    write_alerts(evidence / "alerts.json", alerts, 1)
    home = folder / "home"
    start = generate.START.isoformat()
    made = ["new", "--id", "bench", "--title", "Benchmark", "--start", start, "--source", str(evidence)]
    _command([*made, "--home", str(home)])
    newlines = newline_seconds(log)
    collecting, _, _ = _command(["collect", "bench", "--home", str(home), "--json"])
    command = ["digest", "bench", "--home", str(home), "--json", "--budget", str(tokens)]
    runs = [_command(command) for _ in range(2)]
    texts = {hashlib.sha256(output).hexdigest() for _, _, output in runs}
    return {
        "log_megabytes": round(log.stat().st_size / 1e6, 1),
        "lines": lines,
        "series": series,
        "alerts": alerts,
        "collect_seconds": round(collecting, 2),
        "digest_seconds": [round(seconds, 2) for seconds, _, _ in runs],
        "times_newline_counting": round(min(seconds for seconds, _, _ in runs) / newlines, 1),
        "peak_rss_mb": round(max(peak for _, peak, _ in runs), 1),
        "byte_identical": len(texts) == 1,
        **_fitted(runs[0][2], tokens),
    }


def _fitted(output: bytes, most: int) -> dict[str, object]:
    from agent.drafting.claude import rendering  # noqa: PLC0415 - only after what is measured
    from agent.schema.digest import Digest  # noqa: PLC0415

    digest = Digest.model_validate_json(output)
    return {
        "budget_tokens": most,
        "tokens": rendering.fitted(digest, most).tokens,
        "evidence": len(digest.evidence),
        "cut": next((note for note in digest.notes if " were left out to fit the budget" in note), "nothing"),
    }


def _command(arguments: list[str]) -> tuple[float, float, bytes]:
    """Run pm-agent; its seconds, the peak memory of its tree in MB, and what it printed."""
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        with subprocess.Popen([sys.executable, "-m", "agent", *arguments], stdout=output) as process:
            peak = peak_of(process)
        taken = time.perf_counter() - begun
        if process.returncode:
            raise SystemExit(f"pm-agent {arguments[0]} failed")
        output.seek(0)
        return taken, peak, output.read()


def main() -> int:
    """Print the measurement."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.digest", description=__doc__)
    parser.add_argument(
        "--lines", type=int, default=5_200_000, metavar="N", help="of the log (default: 1 GB)"
    )
    parser.add_argument("--series", type=int, default=500, metavar="N")
    parser.add_argument("--alerts", type=int, default=10_000, metavar="N")
    parser.add_argument("--tokens", type=int, default=8_000, metavar="N", help="budget of the digest")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        document = report(Path(folder), args.lines, args.series, args.alerts, args.tokens)
    if args.json:
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        sys.stdout.write("".join(f"{name:24} {value}\n" for name, value in document.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
